"""The kinds of sheets that people may bring to a page: each app registers its own, and page and job find it by name.

sheets.register(SheetKind("video", "视频点位", "grid.manage_ledger", COLUMNS, VideoRows, back="video_list"))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from wangcheng.common.sheets.cells import RowProblem
from wangcheng.common.sheets.reading import FileProblem, plain_header

if TYPE_CHECKING:
    from wangcheng.common.models import User


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column by its header, in the template as in the sheets that come back."""

    name: str
    header: str
    needed: bool = False
    help: str = ""
    example: str = ""
    secret: bool = False  # never shown again: not in the preview, not in the file of rejected rows, not kept


class RowTaker(Protocol):
    """Reads and writes the rows of one sheet; made anew for every run, so that it may look things up once."""

    def read(self, cells: Mapping[str, Any]) -> Any:
        """A row, by the names of its columns, as `write` wants it.  RowProblem says why not; nothing is written."""
        ...

    def key(self, row: Any) -> str:
        """What two rows of one sheet may not share; empty where they may."""
        ...

    def write(self, rows: Sequence[Any]) -> list[Outcome | str]:
        """In one transaction: what became of each, or in words why it was refused after all."""
        ...


@dataclass(frozen=True)
class SheetKind:
    """One kind of sheet: who may bring it, what its columns are, who takes its rows, and the list it belongs to."""

    name: str
    title: str
    permission: str
    columns: Sequence[SheetColumn]
    taker: Callable[[User], RowTaker]
    back: str  # the name of the list's address
    note: str = ""

    def secret_headers(self, columns: Mapping[str, str]) -> frozenset[str]:
        """Headers of the sheet whose cells are shown to nobody."""
        return frozenset(columns[column.name] for column in self.columns if column.secret and column.name in columns)

    def match(self, header: Iterable[str]) -> dict[str, str]:
        """Column name → header of the sheet.  FileProblem where a needed one is missing or one stands there twice."""
        titles = [title for title in header if title]
        plain = [plain_header(title) for title in titles]
        if twice := {title for title in plain if plain.count(title) > 1}:
            raise FileProblem(f"表头“{min(twice)}”出现了两次。")
        there = dict(zip(plain, titles, strict=True))
        wanted = {column.name: plain_header(column.header) for column in self.columns}
        if missing := [column.header for column in self.columns if column.needed and wanted[column.name] not in there]:
            raise FileProblem(f"缺少必需的列：{'、'.join(missing)}。请使用本页的模板。")
        return {name: there[title] for name, title in wanted.items() if title in there}


_kinds: dict[str, SheetKind] = {}


def register(*kinds: SheetKind) -> None:
    """Called by an app when it is ready."""
    _kinds.update({kind.name: kind for kind in kinds})


def sheet_kind(name: str) -> SheetKind:
    """The kind called `name`; LookupError if no app registered it."""
    return _kinds[name]


def choice(words: str, choices: Iterable[tuple[str, Any]], label: str) -> str:
    """The code of a word of a choice field, by its label or itself; RowProblem names what there is."""
    known = {str(shown): code for code, shown in choices}
    if words in known:
        return known[words]
    if words in known.values():
        return words
    raise RowProblem(f"{label}“{words[:20]}”无法识别，应为{'、'.join(known)}。")
