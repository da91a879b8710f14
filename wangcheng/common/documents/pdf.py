"""Writes an official document as PDF (PDF/A-2u) with typst.

The text reaches the template `official.typ` as JSON data and is never read as markup.  PDF/A forbids glyphs that are
not there, so a character without a font is an error here and not an empty box on paper.
"""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from wangcheng.common.documents import layout
from wangcheng.common.documents.arrange import Break, Grid, Line, Piece, Section, arrange
from wangcheng.common.documents.fonts import WEIGHTS, FontBook, installed
from wangcheng.common.documents.model import Document, DocumentError, Placed

NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
LONG_CELL = 300  # characters
ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


def to_pdf(document: Document, fonts: FontBook | None = None) -> bytes:
    """The document as PDF; the same document gives the same bytes.  DocumentError names a character without a glyph."""
    fonts = fonts or installed()
    content = json.dumps(data(document, fonts), ensure_ascii=False)
    try:
        result = typst.compile(
            template(),
            font_paths=fonts.fonts,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"document": content},
            pdf_standards="a-2u",
            timestamp=stamp(document),
        )
    except typst.TypstError as error:
        raise explained(error) from error
    return bytes(result)


@cache
def template() -> bytes:
    return (Path(__file__).parent / "official.typ").read_bytes()


def stamp(document: Document) -> datetime:
    """The date of the document, so that printing it again changes nothing; an undated draft bears the epoch."""
    day = document.date
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else datetime(1970, 1, 1, tzinfo=UTC)


def explained(error: typst.TypstError) -> DocumentError:
    message = str(error)
    if match := NO_GLYPH.search(message):
        text = ESCAPE.sub(lambda m: chr(int(m[1], 16)), match[1])
        codes = "、".join(f"U+{ord(c):04X}" for c in text)
        return DocumentError(
            f"字体中没有“{text}”（{codes}）的字形，请换用其他字，或在 DOC_FONT_DIRS 中放入含有该字的字体。"
        )
    return DocumentError(f"生成PDF时排版程序报错：{message}")


def data(document: Document, fonts: FontBook) -> dict[str, Any]:
    """All that the template needs, measures included: no number stands in the template itself."""
    return {
        "title": document.title.replace("\n", ""),
        "author": document.signature,
        "pages": {"portrait": asdict(layout.PORTRAIT), "landscape": asdict(layout.LANDSCAPE)},
        "styles": {key: asdict(style) for key, style in layout.STYLES.items()},
        "faces": {face: {"families": fonts.families(face), "weight": weight} for face, weight in WEIGHTS.items()},
        "latin": fonts.latin(),
        "body_size": layout.BODY_SIZE,
        "char_pitch": layout.CHAR_PITCH,
        "cell_padding": layout.CELL_PADDING,
        "page_number": {"size": layout.PAGE_NUMBER_SIZE, "drop": layout.PAGE_NUMBER_DROP},
        "red": layout.RED,
        "sections": [section_data(section) for section in arrange(document)],
    }


def section_data(section: Section) -> dict[str, Any]:
    return {"landscape": section.landscape, "pieces": [piece_data(piece) for piece in section.pieces]}


def piece_data(piece: Piece) -> dict[str, Any]:
    if isinstance(piece, Line):
        return {"kind": "line", **asdict(piece)}
    if isinstance(piece, Break):
        return {"kind": "break"}
    return grid_data(piece)


def grid_data(grid: Grid) -> dict[str, Any]:
    """The cells in three lots: repeated on every page, free to break, kept on one page."""
    lots: tuple[list[dict[str, Any]], ...] = ([], [], [])
    seams = (grid.header_rows, grid.rows - grid.foot_rows)
    for placed in grid.cells:
        lots[sum(placed.row >= seam for seam in seams)].append(cell_data(placed, grid))
    head, cells, foot = lots
    return {"kind": "grid", "widths": grid.widths, "head": head, "cells": cells, "foot": foot}


def cell_data(placed: Placed, grid: Grid) -> dict[str, Any]:
    head = placed.row < grid.header_rows
    align = placed.cell.align or ("center" if head else grid.aligns[placed.column])
    style = "head" if head or placed.cell.bold else "cell"
    # A row stays on one page, as in docx; what might not fit on any page has to break.
    breakable = placed.cell.rowspan > 1 or len(placed.cell.text) > LONG_CELL
    return {**asdict(placed.cell), "align": align, "style": style, "breakable": breakable}
