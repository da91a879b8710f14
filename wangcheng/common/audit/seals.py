"""Sealing the audit: once a minute the new entries become leaves of a Merkle tree whose root is chained to the seal before.

`seal` is called by the clock, `faults` by the command verify_audit.  A seal covers every key after the seal before it up
to its last one, so that a row slipped into a gap shows as well.  The digest of each seal also goes to the log: an anchor
outside the database against a tail that was cut off.  Nothing is ever deleted, which keeps entries well beyond the six
months the law asks for.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection, transaction

from wangcheng.common import clock
from wangcheng.common.models import AuditEntry, AuditSeal
from wangcheng.common.workflow import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

LOCK = 0x57434155  # key of the advisory lock between writers (shared) and the sealer (exclusive)
PATIENCE = 5.0  # seconds the sealer waits for a moment without a writer before it leaves it to the next minute
COLUMNS = ("pk", "kind", "at", "actor_id", "actor_name", "organisation", "address", "object", "summary", "data")


def hold_off_sealer() -> None:
    """A writer's part: no seal is made while its entry has a key but is not yet committed (SQLite has one writer anyway)."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])


@transaction.atomic
def seal() -> AuditSeal | None:
    """封存: seal what came since the last seal; None if there is nothing, or writers never paused."""
    if not _alone():
        log.info("audit not sealed this time: writers did not pause")
        return None
    last = AuditSeal.objects.last()
    rows = list(entries(last.last if last else 0))
    if not rows:
        return None
    made = AuditSeal(
        first=last.last + 1 if last else 1,
        last=rows[-1][0],
        count=len(rows),
        root=merkle_root(map(leaf, rows)),
        previous=last.digest if last else "",
        at=clock.now(),
    )
    made.digest = seal_digest(made)
    made.save(force_insert=True)
    log.info("audit sealed %s–%s (%s entries): %s", made.first, made.last, made.count, made.digest)
    return made


def _alone() -> bool:
    """Take the exclusive lock without ever queueing for it, so that no writer waits behind the sealer."""
    if connection.vendor != "postgresql":
        return True
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if cursor.fetchone()[0]:
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)


def entries(after: int, until: int | None = None) -> Iterator[Sequence[Any]]:
    """The entries with keys in (after, until], in order, as COLUMNS."""
    rows = AuditEntry.objects.filter(pk__gt=after).order_by("pk")
    if until is not None:
        rows = rows.filter(pk__lte=until)
    return rows.values_list(*COLUMNS).iterator(chunk_size=5000)


def leaf(row: Sequence[Any]) -> bytes:
    return hashlib.sha256(b"\0" + orjson.dumps([plain(value) for value in row], option=orjson.OPT_SORT_KEYS)).digest()


def merkle_root(leaves: Iterable[bytes]) -> str:
    """Root of the tree over `leaves`; an odd one out moves up as it is."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex() if level else ""


def seal_digest(found: AuditSeal) -> str:
    content = [found.previous, found.first, found.last, found.count, found.root, plain(found.at)]
    return hashlib.sha256(orjson.dumps(content)).hexdigest()


def faults() -> Iterator[str]:
    """What does not agree between seals and entries, each as a Chinese sentence."""
    previous, covered = "", 0
    for found in AuditSeal.objects.order_by("pk").iterator():
        name = f"封存{found.pk}（审计记录{found.first}至{found.last}）"
        if found.previous != previous or found.first != covered + 1:
            yield f"{name}与前一封存不相连，可能有封存被删除或插入。"
        if found.digest != seal_digest(found):
            yield f"{name}本身被改动。"
        yield from _fault_of_entries(found, name)
        previous, covered = found.digest, found.last


def _fault_of_entries(found: AuditSeal, name: str) -> Iterator[str]:
    rows = list(entries(found.first - 1, found.last))
    if len(rows) != found.count:
        yield f"{name}应有{found.count}条记录，现有{len(rows)}条，有记录被删除或插入。"
    elif merkle_root(map(leaf, rows)) != found.root:
        yield f"{name}的记录被改动，内容与封存时不一致。"
