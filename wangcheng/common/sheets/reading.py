"""Reading a sheet: what kind of file it is by its content, its header and its rows.  Pure; nothing is written.

A file is refused as a whole (FileProblem) when it is not a sheet, unpacks to more than it should, or cannot be decoded.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from wangcheng.common.sheets import workbook

UNPACKED_MOST = 1 << 30  # bytes of a csv
XLSX_MOST = 400 << 20  # bytes unpacked: a workbook is read into memory
RATIO_MOST = 100  # unpacked to packed, beyond the first UNSUSPICIOUS bytes; real sheets stay below 30
UNSUSPICIOUS = 20 << 20
LINE_MOST = 8 << 20  # characters of one physical line
_PEEK = 1 << 16
_VILLAGE = re.compile(r"村[(（]社区[)）]$")
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
csv.field_size_limit(LINE_MOST)  # one cell too long is one bad row, not the end of the file


class FileProblem(ValueError):
    """The file as a whole cannot be taken; one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with the number a person sees in the sheet (the header is row 1)."""

    number: int
    cells: dict[str, Any]


@contextmanager
def open_sheet(path: Path) -> Iterator[tuple[list[str], Iterator[SheetRow]]]:
    """The header and the rows of a sheet.  FileProblem where it is none."""
    with path.open("rb") as file:
        start = file.read(8)
        file.seek(0)
        if start.startswith(b"PK"):
            _check_workbook(file)
            with closing(_xlsx_rows(path)) as rows:
                yield _with_header(rows)
        elif start.startswith(b"\x1f\x8b"):
            with gzip.open(file) as unpacked:
                yield _with_header(_csv_rows(cast("IO[bytes]", unpacked), packed=path.stat().st_size))
        else:
            yield _with_header(_csv_rows(file, packed=None))


def count_rows(path: Path) -> int:
    """How many rows a sheet has; reads it to the end, so that a broken file is refused before anything is written."""
    with open_sheet(path) as (_, rows):
        return sum(1 for _ in rows)


def chunks(rows: Iterable[SheetRow], size: int) -> Iterator[list[SheetRow]]:
    """The rows, so many at a time."""
    walk = iter(rows)
    while chunk := list(islice(walk, size)):
        yield chunk


def plain_header(header: str) -> str:
    """A header without blanks and what stands in brackets: 是否解决(解决/部分解决/未解决) → 是否解决.

    村（社区） is one word, whatever its brackets: 所属村(社区) → 所属村社区.
    """
    bare = _VILLAGE.sub("村社区", re.sub(r"\s+", "", header))
    return _BRACKETS.sub("", bare) or bare


def _with_header(rows: Iterator[list[Any]]) -> tuple[list[str], Iterator[SheetRow]]:
    header = [str(cell or "").strip().lstrip("\ufeff") for cell in next(rows, [])]
    if not any(header):
        raise FileProblem("文件是空的，第一行应为表头。")
    return header, _numbered(header, rows)


def _numbered(header: list[str], rows: Iterator[list[Any]]) -> Iterator[SheetRow]:
    for number, cells in enumerate(rows, start=2):
        if any(cell not in (None, "") for cell in cells):
            yield SheetRow(number, dict(zip(header, cells, strict=False)))


# csv


def _csv_rows(file: IO[bytes], *, packed: int | None) -> Iterator[list[Any]]:
    encoding = _encoding(file)
    lines = _lines(io.TextIOWrapper(io.BufferedReader(_Metered(file, packed)), encoding=encoding, newline=""))
    reader = csv.reader(lines)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise FileProblem(f"第{reader.line_num}行附近的引号或换行有误，无法读取。") from problem
        except UnicodeDecodeError as problem:
            raise FileProblem("文件编码无法识别，请另存为UTF-8编码的csv文件或xlsx文件。") from problem
        except (EOFError, OSError, zlib.error) as problem:
            raise FileProblem("压缩文件已损坏，无法读取。") from problem


def _encoding(file: IO[bytes]) -> str:
    """UTF-8, or GB18030 as Chinese Excel saves csv; a picture or program under a false name is neither."""
    try:
        start = file.read(_PEEK)
    except (EOFError, OSError, zlib.error) as problem:
        raise FileProblem("压缩文件已损坏，无法读取。") from problem
    file.seek(0)
    if b"\0" in start:
        raise FileProblem("文件内容不是表格（可能是改了扩展名的图片或其他文件），请上传csv或xlsx文件。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            start[: -4 if len(start) == _PEEK else None].decode(encoding)
        except UnicodeDecodeError as problem:
            if len(start) == _PEEK and problem.start >= len(start) - 8:
                return encoding  # only the character at the cut is broken
            continue
        return encoding
    raise FileProblem("文件内容不是表格或编码无法识别，请上传UTF-8编码的csv文件或xlsx文件。")


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines, none of them endless."""
    while line := text.readline(LINE_MOST):
        if len(line) == LINE_MOST and not line.endswith("\n"):
            raise FileProblem("文件中有过长的行，不是正常的表格。")
        yield line


class _Metered(io.RawIOBase):
    """Counts what comes out of a file and stops a bomb."""

    def __init__(self, file: IO[bytes], packed: int | None) -> None:
        self.file, self.packed, self.count = file, packed, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.file.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.count += len(chunk)
        check_unpacked(self.count, self.packed, UNPACKED_MOST)
        return len(chunk)


def check_unpacked(size: int, packed: int | None, most: int) -> None:
    """FileProblem where so many unpacked bytes are not a sheet any more."""
    if size > most:
        raise FileProblem(f"文件解压后超过{most >> 20}MB，请分批导入。")
    if packed is not None and size > UNSUSPICIOUS and size > packed * RATIO_MOST:
        raise FileProblem("文件压缩比异常，疑似压缩炸弹，已拒绝。")


# xlsx


def _xlsx_rows(path: Path) -> Generator[list[Any], None, None]:
    try:
        yield from workbook.rows(path)
    except workbook.Broken as problem:
        raise FileProblem("xlsx文件已损坏，无法读取。") from problem
    except workbook.TooBig as problem:
        raise FileProblem("xlsx文件展开后过大（表中可能有极远处的单元格），请删去多余的行和列后再导入。") from problem


def _check_workbook(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as problem:
        raise FileProblem("xlsx文件已损坏，无法读取。") from problem
    names = {entry.filename for entry in entries}
    if not any(name.startswith("xl/workbook") for name in names):
        raise FileProblem("文件不是Excel工作簿（xlsx），请上传csv或xlsx文件。")
    for entry in entries:
        check_unpacked(entry.file_size, entry.compress_size, XLSX_MOST)
    check_unpacked(sum(entry.file_size for entry in entries), None, XLSX_MOST)
