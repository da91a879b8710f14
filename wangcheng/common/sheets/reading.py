"""Reading a sheet: what kind of file it is by its content, its header and its rows.  Pure; nothing is written.

A file is refused as a whole (FileProblem) when it is not a sheet, unpacks to more than it should, or cannot be decoded.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, cast

from wangcheng.common.sheets import workbook

UNPACKED_MOST = 1 << 30  # bytes of a csv
XLSX_MOST = 400 << 20  # bytes unpacked: a workbook is read into memory
RATIO_MOST = 100  # unpacked to packed, beyond the first UNSUSPICIOUS bytes; real sheets stay below 30
UNSUSPICIOUS = 20 << 20
EMPTY_MOST = 1 << 20  # rows: as many as a whole sheet of Excel has
LINE_MOST = 8 << 20  # characters of one physical line
HEADER_WITHIN = 10  # rows from the top: above the header stand titles, who exported and when
TITLE_MOST, TITLES_MOST = (
    100,
    1000,
)  # characters of a column's title, and titled columns: every title is compared with all
_PEEK = 1 << 16
_VILLAGE = re.compile(r"村[(（]社区[)）]$")
_OTHERS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"\xd0\xcf\x11\xe0",), "这是旧版Excel工作簿（xls）或加了密码的工作簿，请在Excel中打开后另存为不加密的xlsx文件。"),
    ((b"<html", b"<!doc", b"<table", b"<?xml", b"<meta"), "这是网页格式的表格，请在Excel中打开后另存为xlsx文件。"),
)  # by the first bytes, in lower case; some platforms give out both under the name of xls
_NO_SHEETS = (  # by the first bytes: programs, pictures, documents, archives
    b"MZ", b"\x7fELF", b"#!", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"{\\rtf", b"Rar!", b"7z\xbc\xaf",
)  # fmt: skip
_CONTROLS = [bytes((code,)) for code in {*range(32)} - set(b"\t\n\v\f\r\x1a\x1b")]  # in a text by accident alone
_CONTROLS_MOST = 0.01  # of the bytes
_NO_SHEET = "文件内容不是表格（可能是改了扩展名的程序、图片或其他文件），请上传csv或xlsx文件。"
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
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
        _check_kind(start)
        if start.startswith(b"PK"):
            _check_workbook(file)
            with closing(_xlsx_rows(path)) as rows:
                yield _with_header(rows)
        elif start.startswith(b"\x1f\x8b"):
            _check_archive(path)
            with gzip.open(file) as unpacked:
                yield _with_header(_csv_rows(cast("IO[bytes]", unpacked), packed=path.stat().st_size))
        else:
            yield _with_header(_csv_rows(file, packed=None))


def check_named(name: str, path: Path) -> None:
    """FileProblem where a file is called a workbook and is none: its person believes to have brought one."""
    with path.open("rb") as file:
        start = file.read(8)
    _check_kind(start)
    if Path(name).suffix.lower() in {".xlsx", ".xlsm"} and not start.startswith(b"PK"):
        raise FileProblem("不是有效的xlsx文件，请在Excel中打开后另存为xlsx文件；文本格式的表格请以csv为扩展名。")


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


def repeats_header(cells: Mapping[str, Any]) -> bool:
    """Whether a row is the header once more, as files that were put together from several have it."""
    return all(str(value).strip() == header for header, value in cells.items() if header)


def _check_kind(start: bytes) -> None:
    for signs, said in _OTHERS:
        if start.lower().startswith(signs):
            raise FileProblem(said)
    if start.startswith(_NO_SHEETS):
        raise FileProblem(_NO_SHEET)


def _with_header(rows: Iterator[list[Any]]) -> tuple[list[str], Iterator[SheetRow]]:
    top = list(islice(rows, HEADER_WITHIN))
    place = _header_place([_filled(cells) for cells in top])
    header = [str(cell or "").strip().lstrip("\ufeff") for cell in top[place]] if top else []
    if not any(header):
        raise FileProblem("文件是空的，没有表头。")
    _check_titles(header)
    return header, _numbered(header, chain(top[place + 1 :], rows), place + 2)


def _check_titles(header: list[str]) -> None:
    """A title as long as a text, or more columns than any form has: no header, and costly to look at."""
    for place, title in enumerate(header, start=1):
        if len(title) > TITLE_MOST:
            raise FileProblem(
                f"第{place}列的表头“{title[:20]}…”有{len(title)}个字，超过{TITLE_MOST}字，请改短后再导入。"
            )
    if (count := _filled(header)) > TITLES_MOST:
        raise FileProblem(f"表头有{count}列，超过{TITLES_MOST}列，请删去多余的列后再导入。")


def _filled(cells: list[Any]) -> int:
    return sum(bool(str(cell or "").strip()) for cell in cells)


def _header_place(filled: list[int]) -> int:
    """The first row that is not a title, a date of export or the like, which fill few of the columns that are there."""
    widest = max(filled, default=0)
    return next((place for place, count in enumerate(filled) if count > widest // 3), 0)


def _numbered(header: list[str], rows: Iterator[list[Any]], first: int) -> Iterator[SheetRow]:
    empty = 0
    for number, cells in enumerate(rows, start=first):
        if any(cell not in (None, "") for cell in cells):
            yield SheetRow(number, dict(zip(header, cells, strict=False)))
        elif (empty := empty + 1) > EMPTY_MOST:
            raise FileProblem("文件中空行过多，不是正常的表格，请删去空行后再导入。")


# csv


def _csv_rows(file: IO[bytes], *, packed: int | None) -> Iterator[list[Any]]:
    encoding = _encoding(file)
    lines = _lines(io.TextIOWrapper(io.BufferedReader(_Metered(file, packed)), encoding=encoding, newline=""))
    try:
        yield from _records(lines)
    except csv.Error as problem:
        raise FileProblem("文件中有过长的单元格，或引号、换行有误，无法读取。") from problem
    except UnicodeError as problem:
        raise FileProblem("文件编码无法识别，请另存为UTF-8编码的csv文件或xlsx文件。") from problem
    except (EOFError, OSError, zlib.error) as problem:
        raise FileProblem("压缩文件已损坏，无法读取。") from problem


def _records(lines: Iterator[str]) -> Iterator[list[Any]]:
    """Rows, by commas or as “Unicode 文本” by tabs.  A quote left open would swallow the rows below it in silence."""
    first = next(lines, "")
    since: list[str] = []  # the lines of the row that is being read
    by = "\t" if "\t" in first and "," not in first else ","
    reader = csv.reader(_noted(chain([first], lines), since), delimiter=by)
    for cells in reader:
        if len(since) > 1 and sum(line.count('"') for line in since) % 2:
            raise FileProblem(f"第{reader.line_num - len(since) + 1}行的引号没有成对，无法读取，请改正后再导入。")
        since.clear()
        yield cells


def _noted(lines: Iterable[str], since: list[str]) -> Iterator[str]:
    for line in lines:
        since.append(line)
        yield line


def _encoding(file: IO[bytes]) -> str:
    """UTF-8, GB18030 as Chinese Excel saves csv, or UTF-16 as it saves “Unicode 文本”; a picture or program is none."""
    try:
        start = file.read(_PEEK)
    except (EOFError, OSError, zlib.error) as problem:
        raise FileProblem("压缩文件已损坏，无法读取。") from problem
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start or sum(map(start.count, _CONTROLS)) > _CONTROLS_MOST * len(start):
        raise FileProblem(_NO_SHEET)
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            decoder.decode(start, final=len(start) < _PEEK)  # the character at the cut may be incomplete
        except UnicodeDecodeError:
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


def _check_archive(path: Path) -> None:
    """Refuse a bomb by its bytes alone, long before its rows are read one by one."""
    with path.open("rb") as file, gzip.open(file) as unpacked:
        metered = _Metered(cast("IO[bytes]", unpacked), path.stat().st_size)
        try:
            while metered.read(_PEEK):
                pass
        except (EOFError, OSError, zlib.error):
            return  # said where the rows are read


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
