"""Official documents by GB/T 9704-2012: one source, written as docx and as PDF.

Any app may call this.  Build a `Document` out of blocks, then `to_docx(document)` and `to_pdf(document)`; both writers
read the same arrangement, so the two files differ in nothing but their format.
"""

from wangcheng.common.documents.model import (
    Align,
    Annex,
    Block,
    Cell,
    Column,
    Document,
    DocumentError,
    Heading,
    Landscape,
    PageBreak,
    Paragraph,
    Table,
    numbered,
)
from wangcheng.common.documents.pdf import to_pdf
from wangcheng.common.documents.word import to_docx

__all__ = [
    "Align",
    "Annex",
    "Block",
    "Cell",
    "Column",
    "Document",
    "DocumentError",
    "Heading",
    "Landscape",
    "PageBreak",
    "Paragraph",
    "Table",
    "numbered",
    "to_docx",
    "to_pdf",
]
