"""What became of the rows of a sheet: the counts, and the rows not taken as a file with the reasons."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from wangcheng.common.sheets.cells import neutral
from wangcheng.common.sheets.reading import SheetRow

REASON, LINE = "未导入原因", "行号"


@dataclass(slots=True)
class Counts:
    """What became of the rows; notes say what was assumed for the whole sheet."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Rejects:
    """The rows that were not taken, with the reasons; opened only when there is one."""

    def __init__(self, path: Path, header: list[str]) -> None:
        self.path, self.header = path, header
        self._file: IO[str] | None = None
        self._writer: Any = None

    def add(self, row: SheetRow, reason: str) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow([LINE, REASON, *self.header])
        cells = (neutral(row.cells.get(name))[:1000] for name in self.header)
        self._writer.writerow([row.number, reason, *cells])

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def rejects_beside(path: Path) -> Path:
    """<name>.rejected.csv beside the sheet."""
    return path.with_name(f"{path.name}.rejected.csv")
