"""The source of an official document: frozen blocks of text and tables, without any measure or font.

Built by whoever issues a document (letters, circulars, reports); arranged by `arrange`, written by `word` and `pdf`.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

Align = Literal["left", "center", "right", "justify"]
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class DocumentError(Exception):
    """The document cannot be set as it stands; the message is a Chinese sentence for the person who issues it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """层次标题 of level 1 to 4; the text carries its own number unless `numbered` gives it one."""

    text: str
    level: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 4:
            raise DocumentError(f"标题“{self.text}”的层次为{self.level}，公文标题只有一至四层。")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """正文 paragraph; `indent` is the usual two characters.  A newline in the text breaks the line."""

    text: str
    indent: bool = True
    align: Align = "justify"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `align` and `bold` left out follow the column and the header."""

    text: str = ""
    colspan: int = 1
    rowspan: int = 1
    align: Align | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """`width` is a share: 2 is twice as wide as 1; tables always fill the line."""

    width: float = 1
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell and the place of its upper left corner."""

    row: int
    column: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table.  The first `header_rows` rows are repeated on every page, the last `foot_rows` stay on one page;
    spans work as in HTML.

    `caption` stands centred above it, `unit` (“单位：万元”) right-aligned below the caption.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    header_rows: int = 1
    caption: str = ""
    unit: str = ""
    foot_rows: int = 0

    @classmethod
    def of(
        cls,
        columns: Iterable[Column],
        rows: Iterable[Iterable[Cell | str]],
        *,
        header_rows: int = 1,
        caption: str = "",
        unit: str = "",
        foot_rows: int = 0,
    ) -> "Table":
        """The same from plain strings and cells mixed."""
        cells = tuple(tuple(c if isinstance(c, Cell) else Cell(c) for c in row) for row in rows)
        return cls(tuple(columns), cells, header_rows, caption, unit, foot_rows)

    def placed(self) -> list[Placed]:
        """Every cell with its place.  DocumentError if the spans leave a hole, overlap or stick out."""
        taken: set[tuple[int, int]] = set()
        places: list[Placed] = []
        for r, row in enumerate(self.rows):
            free = (c for c in range(len(self.columns)) if (r, c) not in taken)
            for cell in row:
                column = next(free, len(self.columns))
                area = {(r + i, column + j) for i in range(cell.rowspan) for j in range(cell.colspan)}
                self.check_fits(area, taken, cell, r)
                taken |= area
                places.append(Placed(r, column, cell))
        if missing := len(self.rows) * len(self.columns) - len(taken):
            raise DocumentError(f"表格“{self.name()}”缺少{missing}个单元格。")
        return places

    def check_fits(self, area: set[tuple[int, int]], taken: set[tuple[int, int]], cell: Cell, row: int) -> None:
        inside = all(r < len(self.rows) and c < len(self.columns) for r, c in area)
        seams = (self.header_rows, len(self.rows) - self.foot_rows)
        straddles = any(row < seam < row + cell.rowspan for seam in seams)
        if not area or not inside or area & taken or straddles:
            raise DocumentError(f"表格“{self.name()}”第{row + 1}行的单元格“{cell.text}”放不下或与其他单元格重叠。")

    def name(self) -> str:
        return self.caption or next((cell.text for row in self.rows for cell in row if cell.text), "未命名")


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class Landscape:
    """Blocks on pages of their own turned sideways, for wide tables."""

    blocks: tuple["Heading | Paragraph | Table | PageBreak", ...]


Block = Heading | Paragraph | Table | PageBreak | Landscape


@dataclass(frozen=True, slots=True)
class Annex:
    """附件: named in the list after the text; with blocks it is also set on pages of its own after the signature.

    A newline in the name breaks the title of these pages.
    """

    name: str
    blocks: tuple[Heading | Paragraph | Table | PageBreak, ...] = ()
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One official document.  Only the title is needed; a newline in the title breaks its line.

    `letterhead` is the red 发文机关标志 (with it, `number` stands between it and the red line; without it, under the
    title).  `recipients` are the 主送机关 without the colon.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    subtitle: str = ""
    number: str = ""
    letterhead: str = ""
    recipients: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    signature: str = ""
    date: datetime.date | None = None

    def __post_init__(self) -> None:
        for text in self.texts():
            if bad := UNPRINTABLE.search(text):
                raise DocumentError(f"文字“{text[:20]}”中有不可打印的字符（U+{ord(bad[0]):04X}），请删除后重试。")

    def texts(self) -> Iterator[str]:
        """Every piece of text in reading order."""
        yield from (self.letterhead, self.number, self.title, self.subtitle, *self.recipients)
        yield from block_texts(self.blocks)
        yield from (annex.name for annex in self.annexes)
        yield self.signature
        for annex in self.annexes:
            yield from block_texts(annex.blocks)


def block_texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            yield block.text
        elif isinstance(block, Landscape):
            yield from block_texts(block.blocks)
        elif isinstance(block, Table):
            yield from (block.caption, block.unit)
            yield from (cell.text for row in block.rows for cell in row)


def numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The same blocks with headings numbered 一、（一）1.（1）; a heading starts the levels below it anew."""
    counts = [0, 0, 0, 0]
    result: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            counts[block.level - 1] += 1
            counts[block.level :] = [0] * (4 - block.level)
            block = replace(block, text=ordinal(block.level, counts[block.level - 1]) + block.text)
        result.append(block)
    return tuple(result)


def ordinal(level: int, n: int) -> str:
    """结构层次序数 of GB/T 9704-2012, 7.3.3."""
    return {1: f"{chinese_number(n)}、", 2: f"（{chinese_number(n)}）", 3: f"{n}.", 4: f"（{n}）"}[level]


def chinese_number(n: int) -> str:
    """1 to 99 in Chinese numerals; no official document has a hundred headings of one level."""
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(n, 10)
    if not tens:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
