"""Taking in a sheet of a registered kind: chunk by chunk, each in a transaction of its own; run again, it changes nothing.

`take_sheet` is the job behind the pages, `take_input` what it shares with imports that have a job of their own; `preview`
shows what the first rows would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from wangcheng.common.audit.actions import record
from wangcheng.common.jobs import actions as jobs
from wangcheng.common.jobs.asking import rows_given
from wangcheng.common.jobs.progress import Superseded
from wangcheng.common.jobs.registry import Opened, job
from wangcheng.common.models import AuditEntry
from wangcheng.common.sheets.cells import RowProblem, text
from wangcheng.common.sheets.reading import FileProblem, SheetRow, chunks, count_rows, open_sheet, repeats_header
from wangcheng.common.sheets.registry import Outcome, RowTaker, SheetColumn, SheetKind, sheet_kind
from wangcheng.common.sheets.rejects import Counts, Rejects, check_duplicate
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from django.core.files import File

    from wangcheng.common.jobs.progress import Progress
    from wangcheng.common.models import Job, User

KIND = "common.sheet"
CHUNK = 500


def take_input(progress: Progress, load: Callable[[Path, Path], Counts]) -> dict[str, Any]:
    """The sheet of the job's input through `load(sheet, rejects)`; the rejected rows become a file beside the result."""
    with TemporaryDirectory() as place:
        sheet, rejects = Path(place) / "sheet", Path(place) / "rejects.csv"
        with progress.job.input.open("rb") as source, sheet.open("wb") as copy:
            for part in source.chunks():
                copy.write(part)
        progress.total(count_rows(sheet))
        counts = load(sheet, rejects)
        if progress.job.attempts > 1:
            counts.notes.append("导入曾中断，已自动从头重新执行：中断前已写入的行计入“无变化”。")
        if counts.rejected:
            progress.reject_file("未导入的行.csv", rejects.read_bytes())
    return counts.as_json()


def taken_in(job: Job) -> list[Opened]:
    """The list to which the rows of the sheet belong."""
    found = sheet_kind(job.arguments["kind"])
    return [Opened(f"打开{found.title}", reverse(found.back))]


@job(KIND, "导入表格", opens=taken_in, giving=rows_given(lambda job: sheet_kind(job.arguments["kind"]).permission))
def take_sheet(progress: Progress, kind: str) -> dict[str, Any]:
    """A sheet of a registered kind."""
    by, found = progress.job.requested_by, sheet_kind(kind)
    if by is None:
        raise FileProblem("导入须由有权限的人员发起。")
    with _secrets_forgotten(progress.job, found):
        return take_input(
            progress, lambda sheet, rejects: load(sheet, found, by=by, rejects=rejects, advance=progress.advance)
        )


@contextmanager
def _secrets_forgotten(job: Job, kind: SheetKind) -> Iterator[None]:
    """A sheet with secrets is not kept, whether it was taken or refused; unless another worker is reading it now."""
    try:
        yield
    except Superseded:
        raise
    except Exception:
        _forget_secrets(job, kind)
        raise
    _forget_secrets(job, kind)


def _forget_secrets(job: Job, kind: SheetKind) -> None:
    if any(column.secret for column in kind.columns):
        job.input.storage.delete(str(job.input.name))


@transaction.atomic
def start(kind: SheetKind, sheet: File[bytes], *, by: User) -> Job:
    """导入: queue it.  NotAllowed without the right."""
    if not by.has_perm(kind.permission):
        raise NotAllowed("您的岗位没有导入该表的权限。", Code.RIGHT)
    started = jobs.start(KIND, {"kind": kind.name}, by=by, input=sheet)
    started.label = f"导入{kind.title}"
    started.save(update_fields=["label"])
    record(AuditEntry.Kind.DATA, f"导入{kind.title}。", by=by, object=f"job {started.pk}")
    return started


def load(
    path: Path, kind: SheetKind, *, by: User, rejects: Path, advance: Callable[[int], None] = lambda count: None
) -> Counts:
    """The rows of a sheet.  FileProblem where it is refused as a whole."""
    with open_sheet(path) as (header, rows):
        columns = kind.match(header)
        shown = [title for title in header if title not in kind.secret_headers(columns)]
        run = _Run(kind, columns, kind.taker(by), Rejects(rejects, shown))
        try:
            for chunk in chunks(rows, CHUNK):
                run.take(chunk)
                advance(len(chunk))
        finally:
            run.rejects.close()
    run.counts.reasons = dict(run.rejects.reasons.most_common())
    return run.counts


class _Run:
    """One run over one sheet."""

    def __init__(self, kind: SheetKind, columns: dict[str, str], taker: RowTaker, rejects: Rejects) -> None:
        self.kind, self.columns, self.taker, self.rejects = kind, columns, taker, rejects
        self.counts = Counts()
        self.seen: dict[str, int] = {}  # key → row

    def take(self, chunk: Iterable[SheetRow]) -> None:
        good = [(row, found) for row in chunk if (found := self._read(row)) is not None]
        try:
            outcomes = self._write([found for _, found in good])
        except IntegrityError:  # another import brought the same rows at this moment: now they are there
            outcomes = self._write([found for _, found in good])
        for (row, _), outcome in zip(good, outcomes, strict=True):
            if isinstance(outcome, Outcome):
                setattr(self.counts, outcome.value, getattr(self.counts, outcome.value) + 1)
            else:
                self._refuse(row, outcome)

    @transaction.atomic
    def _write(self, good: list[Any]) -> list[Outcome | str]:
        return self.taker.write(good) if good else []

    def _read(self, row: SheetRow) -> Any:
        self.counts.read += 1
        try:
            return read_row(self.kind, self.columns, self.taker, row, self.seen)
        except RowProblem as problem:
            self._refuse(row, str(problem))
            return None

    def _refuse(self, row: SheetRow, reason: str) -> None:
        self.counts.rejected += 1
        self.rejects.add(row, reason)


def read_row(kind: SheetKind, columns: dict[str, str], taker: RowTaker, row: SheetRow, seen: dict[str, int]) -> Any:
    """A row as its taker reads it, after those whose keys were `seen` (key → row); what is needed must be there."""
    if repeats_header(row.cells):
        raise RowProblem("本行与表头相同，已略过。")
    check_duplicate(row.cells)
    cells = {name: row.cells.get(header) for name, header in columns.items()}
    for column in kind.columns:
        if column.needed and not text(cells.get(column.name)):
            raise RowProblem(f"{column.header}为空。")
    found = taker.read(cells)
    key = taker.key(found)
    if key and (first := seen.setdefault(key, row.number)) != row.number:
        raise RowProblem(f"与第{first}行重复。")
    return found


@dataclass(frozen=True, slots=True)
class Previewed:
    """A row as it stands in the sheet, and why it could not be taken."""

    number: int
    cells: list[tuple[str, str]]  # header, text
    problem: str = ""


def preview(path: Path, kind: SheetKind, *, by: User, most: int) -> list[Previewed]:
    """The first rows.  FileProblem where the sheet as a whole is refused."""
    with open_sheet(path) as (header, rows):
        columns, taker = kind.match(header), kind.taker(by)
        seen: dict[str, int] = {}
        return [_previewed(kind, columns, taker, row, seen) for row in islice(rows, most)]


def _shown(column: SheetColumn, value: Any) -> str:
    words = text(value)[:60]
    return "••••" if words and column.secret else words


def _previewed(
    kind: SheetKind, columns: dict[str, str], taker: RowTaker, row: SheetRow, seen: dict[str, int]
) -> Previewed:
    cells = [(column.header, _shown(column, row.cells.get(columns.get(column.name, "")))) for column in kind.columns]
    try:
        read_row(kind, columns, taker, row, seen)
    except RowProblem as problem:
        return Previewed(row.number, cells, str(problem))
    return Previewed(row.number, cells)
