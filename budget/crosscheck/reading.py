"""Gives the text of a report file: docx, txt or html.  Pure; every failure is a `ReportError` with a Chinese sentence.

Paragraphs become lines; a row of a table becomes one line with its cells parted by tabs.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

LARGEST = 50 * 1024 * 1024  # of a file, and twice that unpacked: no report comes near, a zip bomb does
BLOCKS = {"p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "table", "ul", "ol", "section", "title"}
UNREAD = {"script", "style", "head", "template"}


class ReportError(Exception):
    """The file cannot be read as a report; the message is for the person who gave it."""


def read_report(path: str | Path) -> str:
    file = Path(path)
    if not file.is_file():
        raise ReportError(f"找不到文件“{file}”。")
    if file.stat().st_size > LARGEST:
        raise ReportError(f"文件“{file.name}”超过50兆字节，不像是报告，未予读取。")
    readers = {".docx": docx_text, ".txt": plain_text, ".text": plain_text, ".md": plain_text}
    readers |= {".html": html_text, ".htm": html_text}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise ReportError(f"不支持“{file.suffix or '无扩展名'}”格式，请另存为docx、txt或html后再核对。")
    text = reader(file)
    if not text.strip():
        raise ReportError(f"文件“{file.name}”中没有文字。")
    return text


def plain_text(file: Path) -> str:
    return decoded(file.read_bytes(), file.name)


def decoded(data: bytes, name: str) -> str:
    """UTF-8 (with or without mark), UTF-16 with its mark, or GB 18030."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise ReportError(f"文件“{name}”不是文本文件，或编码既不是UTF-8也不是GB18030。")


def html_text(file: Path) -> str:
    data = file.read_bytes()
    declared = re.search(rb"charset=[\"']?(gb2312|gbk|gb18030)", data[:2000], re.IGNORECASE)
    reader = HtmlReader()
    try:
        reader.feed(data.decode("gb18030") if declared else decoded(data, file.name))
    except UnicodeDecodeError as error:
        raise ReportError(f"文件“{file.name}”的编码与其声明不符。") from error
    return reader.text()


class HtmlReader(HTMLParser):
    """Keeps text, line breaks and cells; a cell over several columns is repeated so that columns stay in line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.row: list[tuple[str, int]] | None = None
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in UNREAD
        if tag == "tr":
            self.row = []
        elif tag in {"td", "th"} and self.row is not None:
            span = dict(attrs).get("colspan") or "1"
            self.row.append(("", min(int(span), 100) if span.isdecimal() else 1))
        elif tag in BLOCKS and self.row is None:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in UNREAD and self.hidden > 0
        if tag == "tr" and self.row is not None:
            cells = [" ".join(text.split()) for text, span in self.row for _ in range(span)]
            self.lines += ["\t".join(cells), ""]
            self.row = None
        elif tag == "table":
            self.lines += ["", "\x1e"]
        elif tag in BLOCKS and self.row is None:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if self.row is None:
            self.lines[-1] += re.sub(r"\s+", " ", data)
        elif self.row:
            text, span = self.row[-1]
            self.row[-1] = text + data, span

    def text(self) -> str:
        return "\n".join(line for line in self.lines if line.strip(" ")).replace("\x1e", "")


def docx_text(file: Path) -> str:
    try:
        with ZipFile(file) as archive:
            if sum(info.file_size for info in archive.infolist()) > 2 * LARGEST:
                raise ReportError(f"文件“{file.name}”解压后过大，未予读取。")
        body = Document(str(file)).element.body
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError) as error:  # lxml's syntax errors too
        raise ReportError(f"文件“{file.name}”不是有效的docx文档，可能已损坏或扩展名不符。") from error
    return "\n".join(docx_lines(body))


def docx_lines(parent: BaseOxmlElement) -> Iterator[str]:
    """Paragraphs and tables in reading order, also those inside content controls."""
    for child in parent:
        if child.tag == qn("w:p"):
            yield words(child)
        elif child.tag == qn("w:tbl"):
            yield from ("\t".join(row_cells(row)) for row in child.iter(qn("w:tr")))
            yield ""
        elif child.tag in {qn("w:sdt"), qn("w:sdtContent")}:
            yield from docx_lines(child)


def words(element: BaseOxmlElement) -> str:
    """The visible text: insertions are in, deletions are out."""
    marks = {qn("w:tab"): " ", qn("w:br"): "\n"}
    pieces = (node.text or "" if node.tag == qn("w:t") else marks.get(node.tag, "") for node in element.iter())
    return "".join(pieces)


def row_cells(row: BaseOxmlElement) -> Iterator[str]:
    """The cells by column: one over several columns is repeated, the continuation of one over several rows is empty."""
    for cell in row.iterchildren(qn("w:tc")):
        spans = cell.xpath("w:tcPr/w:gridSpan/@w:val")
        merges = cell.xpath("w:tcPr/w:vMerge[not(@w:val='restart')]")
        text = "" if merges else " ".join("".join(words(p) for p in cell.iter(qn("w:p"))).split())
        for _ in range(int(spans[0]) if spans else 1):
            yield text
