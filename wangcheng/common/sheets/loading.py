"""Taking in a sheet of a registered kind: chunk by chunk, each in a transaction of its own; run again, it changes nothing.

`take_sheet` is the job behind the pages; `preview` shows what the first rows would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.db import transaction

from wangcheng.common.audit.actions import record
from wangcheng.common.jobs import actions as jobs
from wangcheng.common.jobs.registry import job
from wangcheng.common.models import AuditEntry
from wangcheng.common.sheets.cells import RowProblem, text
from wangcheng.common.sheets.reading import FileProblem, SheetRow, chunks, count_rows, open_sheet
from wangcheng.common.sheets.registry import Outcome, RowTaker, SheetColumn, SheetKind, sheet_kind
from wangcheng.common.sheets.rejects import Counts, Rejects
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from django.core.files import File

    from wangcheng.common.jobs.progress import Progress
    from wangcheng.common.models import Job, User

KIND = "common.sheet"
CHUNK = 500


@job(KIND, "导入表格")
def take_sheet(progress: Progress, kind: str) -> dict[str, Any]:
    """The sheet of the job's input; the rejected rows become a file beside the result."""
    by = progress.job.requested_by
    if by is None:
        raise FileProblem("导入须由有权限的人员发起。")
    with TemporaryDirectory() as place:
        sheet, rejects = Path(place) / "sheet", Path(place) / "rejects.csv"
        with progress.job.input.open("rb") as source, sheet.open("wb") as copy:
            for part in source.chunks():
                copy.write(part)
        progress.total(count_rows(sheet))
        counts = load(sheet, sheet_kind(kind), by=by, rejects=rejects, advance=progress.advance)
        if counts.rejected:
            progress.reject_file("未导入的行.csv", rejects.read_bytes())
    if any(column.secret for column in sheet_kind(kind).columns):
        progress.job.input.storage.delete(str(progress.job.input.name))
    return counts.as_json()


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
    return run.counts


class _Run:
    """One run over one sheet."""

    def __init__(self, kind: SheetKind, columns: dict[str, str], taker: RowTaker, rejects: Rejects) -> None:
        self.kind, self.columns, self.taker, self.rejects = kind, columns, taker, rejects
        self.counts = Counts()
        self.seen: dict[str, int] = {}  # key → row

    def take(self, chunk: Iterable[SheetRow]) -> None:
        good = [(row, found) for row in chunk if (found := self._read(row)) is not None]
        with transaction.atomic():
            outcomes = self.taker.write([found for _, found in good]) if good else []
        for (row, _), outcome in zip(good, outcomes, strict=True):
            if isinstance(outcome, Outcome):
                setattr(self.counts, outcome.value, getattr(self.counts, outcome.value) + 1)
            else:
                self._refuse(row, outcome)

    def _read(self, row: SheetRow) -> Any:
        self.counts.read += 1
        try:
            found = read_row(self.kind, self.columns, self.taker, row)
            key = self.taker.key(found)
            if key and (first := self.seen.setdefault(key, row.number)) != row.number:
                raise RowProblem(f"与第{first}行重复。")
        except RowProblem as problem:
            self._refuse(row, str(problem))
            return None
        return found

    def _refuse(self, row: SheetRow, reason: str) -> None:
        self.counts.rejected += 1
        self.rejects.add(row, reason)


def read_row(kind: SheetKind, columns: dict[str, str], taker: RowTaker, row: SheetRow) -> Any:
    """A row as its taker reads it; what is needed must be there."""
    cells = {name: row.cells.get(header) for name, header in columns.items()}
    for column in kind.columns:
        if column.needed and not text(cells.get(column.name)):
            raise RowProblem(f"{column.header}为空。")
    return taker.read(cells)


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
        return [_previewed(kind, columns, taker, row) for row in islice(rows, most)]


def _shown(column: SheetColumn, value: Any) -> str:
    words = text(value)[:60]
    return "••••" if words and column.secret else words


def _previewed(kind: SheetKind, columns: dict[str, str], taker: RowTaker, row: SheetRow) -> Previewed:
    cells = [(column.header, _shown(column, row.cells.get(columns.get(column.name, "")))) for column in kind.columns]
    try:
        read_row(kind, columns, taker, row)
    except RowProblem as problem:
        return Previewed(row.number, cells, str(problem))
    return Previewed(row.number, cells)
