"""What became of the rows of a sheet: the counts, and the rows not taken as a file with the reasons.

The file is made to be mended and imported again: what stands in it is what stood in the sheet, and a row that was refused
because another one has its number is refused again as long as its reason stands there.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from wangcheng.common.sheets.cells import RowProblem, neutral, text
from wangcheng.common.sheets.reading import SheetRow

REASON, LINE = "未导入原因", "行号"
OURS = (LINE, REASON)  # columns that are no part of the sheet
CELL_MOST = 32_767  # characters, as in Excel
_DUPLICATE = re.compile(r"与第\d+行重复")
_PARTICULAR = re.compile(r"“[^”]*”|\d[\d.,:-]*")  # what differs from row to row in a reason that is the same


@dataclass(slots=True)
class Counts:
    """What became of the rows; notes say what was assumed for the whole sheet."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)  # why rows were refused, the commonest first

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Rejects:
    """The rows that were not taken, with the reasons; opened only when there is one."""

    def __init__(self, path: Path, header: list[str]) -> None:
        self.path, self.header = path, [title for title in header if title not in OURS]
        self.reasons: Counter[str] = Counter()
        self._file: IO[str] | None = None
        self._writer: Any = None

    def add(self, row: SheetRow, reason: str) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow([*OURS, *self.header])
        self.reasons[_in_general(reason)] += 1
        cells = (_kept(row.cells.get(name)) for name in self.header)
        self._writer.writerow([row.number, reason, *cells])

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _in_general(reason: str) -> str:
    """The reason without what differs from row to row: 紧急程度“火急”无法识别 → 紧急程度“…”无法识别."""
    return _PARTICULAR.sub(lambda found: "“…”" if found[0].startswith("“") else "…", reason)


def _kept(value: Any) -> str:
    """A cell that Excel leaves as it is: it saves a telephone as 1.38E+10 and takes the noughts off 0101."""
    words = neutral(value)[:CELL_MOST]
    risky = words.isdecimal() and (len(words) > 10 or (words.startswith("0") and len(words) > 1))
    return f"\t{words}" if risky else words


def check_duplicate(cells: Mapping[str, Any]) -> None:
    """RowProblem where the row comes from a file of rejects and is still marked as the repetition of another row there."""
    if found := _DUPLICATE.search(text(cells.get(REASON))):
        raise RowProblem(
            f"{found[0]}（上次导入时）。重复的行会覆盖先导入的内容；核对后确需导入的，请清空“{REASON}”一栏再导入。"
        )


def rejects_beside(path: Path) -> Path:
    """<name>.rejected.csv beside the sheet."""
    return path.with_name(f"{path.name}.rejected.csv")
