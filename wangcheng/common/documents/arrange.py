"""The order of things on the page (GB/T 9704-2012, 7): turns a Document into sections of lines and grids.

Called by both writers only.  Blank lines, the place of signature and date, the annex list: decided here, once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from wangcheng.common.documents.layout import PORTRAIT, STYLES, chars
from wangcheng.common.documents.model import (
    Align,
    Annex,
    Block,
    Document,
    Heading,
    Landscape,
    PageBreak,
    Paragraph,
    Placed,
    Table,
)

DATE_INDENT = 4  # characters right of the date, 7.3.5.1


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a style.  `left`, `right`, `hang` are characters; `lead` stands in the hanging part."""

    style: str
    text: str = ""
    align: Align | None = None
    left: float = 0
    right: float = 0
    hang: float = 0
    lead: str = ""
    size: float | None = None
    keep_next: bool = False
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose cells have found their places; widths are shares of the line and add up to 1."""

    widths: tuple[float, ...]
    cells: tuple[Placed, ...]
    aligns: tuple[Align, ...]
    rows: int
    header_rows: int
    foot_rows: int


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""


Piece = Line | Grid | Break


@dataclass(slots=True)
class Section:
    """Pages of one orientation."""

    landscape: bool = False
    pieces: list[Piece] = field(default_factory=list)


BLANK = Line("flush")


def arrange(document: Document) -> list[Section]:
    """The whole document as sections; each section begins on a new page."""
    sections = [Section(pieces=[*head(document)])]
    for block in document.blocks:
        if isinstance(block, Landscape):
            sections += [Section(True, [*body(block.blocks)]), Section()]
        else:
            sections[-1].pieces += body([block])
    end = [*annex_list(document.annexes), *closing(document.signature, document.date)]
    sections[-1].pieces = [*held(sections[-1].pieces, end), *end]
    for n, annex in enumerate(document.annexes, 1):
        if annex.blocks:
            sections.append(Section(annex.landscape, [*annex_pages(annex, n if len(document.annexes) > 1 else None)]))
    return [section for section in sections if section.pieces]


def head(document: Document) -> Iterator[Line]:
    """眉首、标题、主送机关."""
    if document.letterhead:
        yield Line("letterhead", document.letterhead, size=letterhead_size(document.letterhead))
        yield from (BLANK, BLANK, Line("number", document.number, ruled=True), BLANK, BLANK)
    yield Line("title", document.title)
    if document.subtitle:
        yield Line("subtitle", document.subtitle)
    if document.number and not document.letterhead:
        yield Line("number", document.number)
    yield BLANK
    if document.recipients:
        yield Line("flush", "、".join(document.recipients) + "：")


def letterhead_size(text: str) -> float:
    """As large as the line holds, but never larger than the style; rounded down to half a point."""
    return min(STYLES["letterhead"].size, int(2 * PORTRAIT.text_width / chars(text)) / 2)


def body(blocks: Iterable[Block]) -> Iterator[Piece]:
    for block in blocks:
        if isinstance(block, Heading):
            yield Line(f"heading{block.level}", block.text)
        elif isinstance(block, Paragraph):
            yield Line("body" if block.indent else "flush", block.text, align=block.align)
        elif isinstance(block, PageBreak):
            yield Break()
        elif isinstance(block, Table):
            yield from ruled_table(block)


def ruled_table(table: Table) -> Iterator[Piece]:
    if table.caption:
        yield Line("caption", table.caption)
    if table.unit:
        yield Line("unit", table.unit)
    total = sum(column.width for column in table.columns)
    yield Grid(
        tuple(column.width / total for column in table.columns),
        tuple(table.placed()),
        tuple(column.align for column in table.columns),
        len(table.rows),
        table.header_rows,
        table.foot_rows,
    )


def annex_list(annexes: tuple[Annex, ...]) -> Iterator[Line]:
    """附件说明 (7.3.4): one line below the text, two characters in, names aligned under each other, no full stop."""
    if not annexes:
        return
    yield Line("flush", keep_next=True)
    if len(annexes) == 1:
        yield Line("annexed", on_one_line(annexes[0].name), left=5, hang=3, lead="附件：", keep_next=True)
        return
    for n, annex in enumerate(annexes, 1):
        mark, hang = ("附件：", 4.5) if n == 1 else ("", 1.5)
        yield Line("annexed", on_one_line(annex.name), left=6.5, hang=hang, lead=f"{mark}{n}.", keep_next=True)


def on_one_line(name: str) -> str:
    """A name may break for its own page only."""
    return name.replace("\n", "")


def closing(signature: str, day: date | None) -> Iterator[Line]:
    """落款 (7.3.5): the date four characters from the right, the office centred over the date."""
    if not signature and day is None:
        return
    text = official_date(day) if day else ""
    yield Line("flush", keep_next=True)
    yield Line("flush", keep_next=True)
    if signature:
        right = max(0.0, DATE_INDENT + (chars(text) - chars(signature)) / 2) if text else DATE_INDENT / 2
        yield Line("closing", signature, right=right, keep_next=bool(text))
    if text:
        yield Line("closing", text, right=DATE_INDENT)


def official_date(day: date) -> str:
    """成文日期 in Arabic figures, months and days without a leading nought."""
    return f"{day.year}年{day.month}月{day.day}日"


def held(pieces: list[Piece], end: list[Line]) -> list[Piece]:
    """落款不单独成页 (7.3.5.5): the last paragraph goes with what stands below it."""
    if not end or not pieces or not isinstance(pieces[-1], Line):
        return pieces
    return [*pieces[:-1], replace(pieces[-1], keep_next=True)]


def annex_pages(annex: Annex, n: int | None) -> Iterator[Piece]:
    """附件 (7.3.7): “附件1” flush left in 黑体, its title centred on the third line."""
    yield from (Line("annex", "附件" if n is None else f"附件{n}"), Line("flush", keep_next=True))
    yield Line("title", annex.name)
    yield BLANK
    yield from body(annex.blocks)
