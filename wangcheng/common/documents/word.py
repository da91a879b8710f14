"""Writes an official document as docx with python-docx: sections, lines, tables, page numbers.

The styles stand in `word_styles`.  Every measure comes from `layout`, every blank line from `arrange`.
"""

import datetime
from io import BytesIO

import docx
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.xmlchemy import BaseOxmlElement as Element
from docx.section import Section as DocxSection
from docx.shared import Mm, Pt

from wangcheng.common.documents import layout
from wangcheng.common.documents.arrange import Break, Grid, Line, Section, arrange
from wangcheng.common.documents.layout import CHAR_PITCH
from wangcheng.common.documents.model import Document, Placed
from wangcheng.common.documents.word_styles import JUSTIFY, E, prepare, style_id

PRESERVE = {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}


def to_docx(document: Document) -> bytes:
    """The document as docx for Word, WPS and LibreOffice."""
    file = docx.Document()
    prepare(file)
    describe(file, document)
    for number, section in enumerate(arrange(document)):
        sheet = file.sections[0] if number == 0 else file.add_section(WD_SECTION.NEW_PAGE)
        turn(sheet, section.landscape)
        if number == 0:
            number_pages(sheet)
        write(file, section)
    target = BytesIO()
    file.save(target)
    return target.getvalue()


def describe(file: Docx, document: Document) -> None:
    """The properties of the file: nothing of the library's own template remains."""
    about = file.core_properties
    day = document.date or datetime.date(1970, 1, 1)
    about.title, about.author = document.title.replace("\n", ""), document.signature
    about.last_modified_by, about.comments, about.language = document.signature, "", "zh-CN"
    about.created = about.modified = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)


def turn(sheet: DocxSection, landscape: bool) -> None:
    """Paper, margins and the grid of 22 lines to the page."""
    page = layout.LANDSCAPE if landscape else layout.PORTRAIT
    sheet.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    sheet.page_width, sheet.page_height = Mm(page.width), Mm(page.height)
    sheet.top_margin, sheet.bottom_margin = Mm(page.top), Mm(page.bottom)
    sheet.left_margin, sheet.right_margin = Mm(page.left), Mm(page.right)
    sheet.header_distance = Mm(15)
    # The footer's single line is as high as its type; the dashes stand in its middle.
    half = layout.PAGE_NUMBER_SIZE / layout.POINTS_PER_MM / 2
    sheet.footer_distance = Mm(page.bottom - layout.PAGE_NUMBER_DROP - half)
    properties = sheet._sectPr
    for old in properties.xpath("w:docGrid"):
        properties.remove(old)
    # No grid type: the pitch is exact in every style, and LibreOffice would push a gridded page down by half a line.
    properties.append(E.docGrid(linePitch=twips(layout.LINE_PITCH)))


def twips(points: float) -> int:
    return round(points * 20)


def write(file: Docx, section: Section) -> None:
    """Everything goes before the section's own closing element."""
    body, new_page = file.element.body, False
    for piece in section.pieces:
        if not isinstance(piece, Break):
            for element in elements(piece, section.landscape, new_page):
                body.insert_element_before(element, "w:sectPr")
        new_page = isinstance(piece, Break)


def elements(piece: Line | Grid, landscape: bool, new_page: bool) -> list[Element]:
    """A line is one paragraph.  A table is followed by a thread: two in a row would grow together."""
    if isinstance(piece, Line):
        return [paragraph(piece, new_page)]
    return [*([thread(new_page)] if new_page else []), table(piece, landscape), thread()]


def thread(new_page: bool = False) -> Element:
    """A paragraph one point high."""
    return paragraph(Line("tableend"), new_page)


def paragraph(line: Line, new_page: bool = False) -> Element:
    properties = E.pPr(E.pStyle(val=style_id(line.style)))
    if line.keep_next:
        properties.append(E.keepNext())
    if new_page:
        properties.append(E.pageBreakBefore())
    if line.ruled:
        properties.append(E.pBdr(E.bottom(val="single", sz=12, space=11, color=layout.RED)))
    if line.left or line.right or line.align == "center":
        properties.append(indents(line))
    if line.align:
        properties.append(E.jc(val=JUSTIFY[line.align]))
    text = f"{line.lead}\t{line.text}" if line.lead else line.text
    return E.p(properties, run(text, line.size))


def indents(line: Line) -> Element:
    """Both in twips and in hundredths of a character: Word and WPS follow the latter, LibreOffice the former."""
    sides = {"left": line.left, "right": line.right}
    sides |= {"hanging": line.hang} if line.hang else {"firstLine": 0}
    exact = {side: twips(value * CHAR_PITCH) for side, value in sides.items()}
    return E.ind(**exact, **{f"{side}Chars": round(value * 100) for side, value in sides.items()})


def run(text: str, size: float | None = None) -> Element:
    """A run of text; the East Asian hint keeps “quotation marks” full-width."""
    properties = E.rPr(E.rFonts(hint="eastAsia"))
    if size:
        properties.append(E.sz(val=round(size * 2)))
        properties.append(E.szCs(val=round(size * 2)))
    result = E.r(properties)
    for n, part in enumerate(text.split("\n")):
        if n:
            result.append(E.br())
        for m, piece in enumerate(part.split("\t")):
            if m:
                result.append(E.tab())
            result.append(written(piece))
    return result


def written(text: str) -> Element:
    element = E.t()
    element.text = text
    element.attrib.update(PRESERVE)
    return element


def table(grid: Grid, landscape: bool) -> Element:
    """A ruled table; python-docx's own cells are not used because they take quadratic time."""
    page = layout.LANDSCAPE if landscape else layout.PORTRAIT
    widths = [twips(share * page.text_width) for share in grid.widths]
    edges = [getattr(E, side)(val="single", sz=4, space=0, color="000000") for side in BORDERS]
    margins = [
        getattr(E, side)(w=twips(layout.CELL_PADDING), type="dxa") for side in ("top", "left", "bottom", "right")
    ]
    properties = E.tblPr(
        E.tblW(w=sum(widths), type="dxa"),
        E.jc(val="center"),
        E.tblBorders(*edges),
        E.tblLayout(type="fixed"),
        E.tblCellMar(*margins),
    )
    covering = {(p.row + i, p.column): p for p in grid.cells for i in range(p.cell.rowspan)}
    rows = [row(n, covering, grid, widths) for n in range(grid.rows)]
    return E.tbl(properties, E.tblGrid(*[E.gridCol(w=width) for width in widths]), *rows)


BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")


def row(number: int, covering: dict[tuple[int, int], Placed], grid: Grid, widths: list[int]) -> Element:
    properties = E.trPr(E.cantSplit())
    if number < grid.header_rows:
        properties.append(E.tblHeader())
    cells = [covering[number, c] for c in range(len(widths)) if (number, c) in covering]
    return E.tr(properties, *[cell(placed, number, grid, widths) for placed in cells])


def cell(placed: Placed, number: int, grid: Grid, widths: list[int]) -> Element:
    source, column = placed.cell, placed.column
    properties = E.tcPr(E.tcW(w=sum(widths[column : column + source.colspan]), type="dxa"))
    if source.colspan > 1:
        properties.append(E.gridSpan(val=source.colspan))
    if source.rowspan > 1:
        properties.append(E.vMerge(val="restart" if number == placed.row else "continue"))
    properties.append(E.vAlign(val="center"))
    head = placed.row < grid.header_rows
    style = "head" if head or source.bold else "cell"
    align = source.align or ("center" if head else grid.aligns[column])
    text = source.text if number == placed.row else ""
    kept = grid.rows - grid.foot_rows <= number < grid.rows - 1
    return E.tc(properties, paragraph(Line(style, text, align=align, keep_next=kept)))


def number_pages(sheet: DocxSection) -> None:
    """“— 1 —” one character in from the outside edge: right on odd pages, left on even ones; later sections follow."""
    for footer, side in ((sheet.footer, "right"), (sheet.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        one = Pt(layout.PAGE_NUMBER_SIZE).twips
        properties = E.pPr(
            E.pStyle(val=style_id("pagenumber")),
            E.ind(**{side: one, f"{side}Chars": 100, "firstLine": 0}),
            E.jc(val=side),
        )
        field = [E.fldSimple(E.r(written("1")), instr=" PAGE ")]
        target = footer._element
        for old in list(target):
            target.remove(old)
        target.append(E.p(properties, E.r(written("— ")), *field, E.r(written(" —"))))
