"""Official documents: what GB/T 9704-2012 asks for, measured in the files with tools that are not ours."""

import re
import subprocess
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from docx.oxml.ns import qn
from docx.shared import Mm

from tests.judges import by_office, tool
from wangcheng.common.documents import (
    Annex,
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
    to_docx,
    to_pdf,
)
from wangcheng.common.documents.fonts import NPM_FONT, FontBook

TWO_PAGES = (
    "社会治理服务中心关于示范工作情况的报告如下请予审阅并批示" * 30 + "完"
)  # 28 characters, no mark that could be squeezed
FULL = Document("题", blocks=(PageBreak(), Paragraph(TWO_PAGES, indent=False)))
PERFORMANCE = Table.of(
    [Column(2), Column(3, "left"), Column(), Column()],
    [
        [Cell("示范项目支出绩效自评表", colspan=4, bold=True)],
        [Cell("年度资金", rowspan=2), "预算数", "执行数", "得分"],
        ["400.00", "372.40", Cell("9.31", align="right")],
    ],
    header_rows=0,
)
LONG = Table.of(
    [Column(), Column()], [["序号", "单位"], *([str(n), f"示范单位{n}"] for n in range(60))], caption="一览"
)
LETTER = Document(
    "某某中心\n关于示范工作的通报",
    letterhead="长沙市某某区示范服务中心文件",
    number="示社治〔2023〕1号",
    recipients=("各街道办事处", "各镇人民政府"),
    blocks=(
        *numbered((Heading("总体情况"), Heading("受理", 2), Heading("分类", 3), Heading("说明", 4))),
        Paragraph("全区“示范”工作推进有序，共办理 #strong[12] 件 <b>&amp; $x$ \\ “引号”。"),
        LONG,
        Landscape((PERFORMANCE,)),
        Paragraph("特此通报。"),
    ),
    annexes=(Annex("示范项目支出绩效自评表", (PERFORMANCE,)), Annex("名单")),
    signature="长沙市某某区示范服务中心",
    date=date(2023, 2, 4),
)


@pytest.fixture(scope="module")
def letter() -> Any:
    """The letter as python-docx reads it back."""
    return docx.Document(BytesIO(to_docx(LETTER)))


@pytest.fixture(scope="module")
def npm() -> FontBook:
    """A machine without a Chinese font of its own."""
    return FontBook([Path(settings.BASE_DIR) / NPM_FONT], system=False)


def words(pdf: bytes, room: Path) -> list[list[tuple[str, float, float, float]]]:
    """Per page the words with left edge, right edge and top in points."""
    (room / "a.pdf").write_bytes(pdf)
    subprocess.run([tool("pdftotext"), "-bbox", "a.pdf", "a.html"], cwd=room, check=True, capture_output=True)
    pages = (room / "a.html").read_text(encoding="utf-8").split("<page ")[1:]
    word = re.compile(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>')
    return [[(m[4], float(m[1]), float(m[3]), float(m[2])) for m in word.finditer(page)] for page in pages]


def office_pdf(document: Document, room: Path) -> bytes:
    """The docx as LibreOffice prints it."""
    return by_office(to_docx(document), "docx", "pdf", room)


def page_sizes(pdf: bytes, room: Path) -> list[tuple[int, int]]:
    (room / "b.pdf").write_bytes(pdf)
    command = [tool("pdfinfo"), "-l", "99", "b.pdf"]
    shown = subprocess.run(command, cwd=room, check=True, capture_output=True, text=True).stdout
    return [(round(float(w)), round(float(h))) for w, h in re.findall(r"size:\s+([\d.]+) x ([\d.]+)", shown)]


# docx


def test_the_paper_and_the_margins_are_those_of_the_standard(letter: Any) -> None:
    sheet = letter.sections[0]
    measured = (sheet.page_width, sheet.page_height, sheet.top_margin, sheet.left_margin, sheet.bottom_margin)
    assert [round(length.mm) for length in (*measured, sheet.right_margin)] == [210, 297, 37, 28, 35, 26]
    assert sheet.footer_distance < Mm(35 - 7)


@pytest.mark.parametrize(
    ("style", "font", "half_points", "pitch"),
    [
        ("Normal", "仿宋_GB2312", 32, 579),
        ("公文正文", "仿宋_GB2312", 32, 579),
        ("公文标题", "方正小标宋简体", 44, 720),
        ("heading 1", "黑体", 32, 579),
        ("heading 2", "楷体_GB2312", 32, 579),
        ("heading 3", "仿宋_GB2312", 32, 579),
        ("heading 4", "仿宋_GB2312", 32, 579),
        ("公文页码", "宋体", 28, 280),
    ],
)
def test_each_style_names_the_font_size_and_exact_pitch_of_the_standard(
    letter: Any, style: str, font: str, half_points: int, pitch: int
) -> None:
    [element] = letter.styles.element.xpath(f"w:style[w:name/@w:val='{style}']")
    assert element.xpath("w:rPr/w:rFonts/@w:eastAsia") == [font]
    assert element.xpath("w:rPr/w:sz/@w:val") == [str(half_points)]
    assert element.xpath("w:pPr/w:spacing/@w:line") == [str(pitch)]
    assert element.xpath("w:pPr/w:spacing/@w:lineRule") == ["exact"]


def test_no_theme_font_shines_through(letter: Any) -> None:
    for part in (letter.styles.element, letter.element):
        assert not [name for node in part.iter() for name in node.attrib if "Theme" in name or "theme" in name]
    assert letter.styles.element.xpath("w:docDefaults//w:rFonts/@w:eastAsia") == ["仿宋_GB2312"]


def test_every_style_a_paragraph_names_exists(letter: Any) -> None:
    known = set(letter.styles.element.xpath("w:style/@w:styleId"))
    footers = [letter.sections[0].footer._element, letter.sections[0].even_page_footer._element]
    used = {name for part in (letter.element, *footers) for name in part.xpath(".//w:pStyle/@w:val")}
    assert used <= known


def test_odd_and_even_pages_number_themselves_on_the_outside(letter: Any) -> None:
    assert letter.settings.odd_and_even_pages_header_footer
    sheet = letter.sections[0]
    for footer, side in ((sheet.footer, "right"), (sheet.even_page_footer, "left")):
        assert footer._element.xpath(".//w:jc/@w:val") == [side]
        assert footer._element.xpath(".//w:fldSimple/@w:instr") == [" PAGE "]
        assert "".join(footer._element.xpath(".//w:t/text()")) == "— 1 —"


def test_headings_are_headings_for_the_outline(letter: Any) -> None:
    headings = [(p.style.name, p.text) for p in letter.paragraphs if p.style.style_id.startswith("Heading")]
    assert headings == [
        ("Heading 1", "一、总体情况"),
        ("Heading 2", "（一）受理"),
        ("Heading 3", "1.分类"),
        ("Heading 4", "（1）说明"),
    ]


def test_spans_and_repeated_headers_reach_the_docx(letter: Any) -> None:
    long, wide, annexed = letter.tables
    assert len(long._tbl.xpath("w:tr/w:trPr/w:tblHeader")) == 1
    assert [cell.text for cell in wide.rows[2].cells] == ["年度资金", "400.00", "372.40", "9.31"]
    assert {cell.text for cell in wide.rows[0].cells} == {"示范项目支出绩效自评表"}
    assert annexed._tbl.xpath("count(.//w:vMerge)") == 2


def test_two_tables_in_a_row_stay_two() -> None:
    file = docx.Document(BytesIO(to_docx(Document("题", blocks=(PERFORMANCE, PERFORMANCE)))))
    tags = [child.tag for child in file.element.body]
    assert len(file.tables) == 2
    assert not any(tag == after == qn("w:tbl") for tag, after in pairwise(tags))


def test_wide_tables_lie_on_pages_of_their_own(letter: Any) -> None:
    assert [sheet.page_width > sheet.page_height for sheet in letter.sections] == [False, True, False, False]


def test_the_file_tells_whose_it_is_and_nothing_of_the_library(letter: Any) -> None:
    about = letter.core_properties
    assert (about.title, about.author, about.comments) == ("某某中心关于示范工作的通报", LETTER.signature, "")
    assert about.created.date() == date(2023, 2, 4)


# Both formats beside each other


def both(document: Document, room: Path, npm: FontBook) -> Iterator[bytes]:
    yield to_pdf(document, npm)
    yield office_pdf(document, room)


def test_a_page_holds_22_lines_of_28_characters_in_both_formats(tmp_path: Path, npm: FontBook) -> None:
    for pdf in both(FULL, tmp_path, npm):
        pages = words(pdf, tmp_path)
        lines = [[word for word, *_ in page if len(word) > 10] for page in pages]
        assert [len(page) for page in lines] == [0, 22, 8]
        assert {len(line) for page in lines for line in page} == {28}


def test_the_lines_stand_2895_hundredths_of_a_point_apart_in_both_formats(tmp_path: Path, npm: FontBook) -> None:
    for pdf in both(FULL, tmp_path, npm):
        tops = [top for word, _, _, top in words(pdf, tmp_path)[1] if len(word) > 10]
        assert (tops[21] - tops[0]) / 21 == pytest.approx(28.95, abs=0.02)


def test_the_type_area_begins_at_the_margins_in_both_formats(tmp_path: Path, npm: FontBook) -> None:
    for pdf in both(FULL, tmp_path, npm):
        _, left, right, top = next(word for word in words(pdf, tmp_path)[1] if len(word[0]) == 28)
        assert left == pytest.approx(28 / 25.4 * 72, abs=1)
        assert right == pytest.approx((210 - 26) / 25.4 * 72, abs=2)
        assert 37 / 25.4 * 72 <= top <= 37 / 25.4 * 72 + 13


def test_page_numbers_stand_on_the_outside_edge_in_both_formats(tmp_path: Path, npm: FontBook) -> None:
    for pdf in both(FULL, tmp_path, npm):
        pages = words(pdf, tmp_path)
        for n, page in enumerate(pages, 1):
            dash, number, end = page[-3:]
            assert (dash[0], number[0], end[0]) == ("—", str(n), "—")
            if n % 2:
                assert end[2] == pytest.approx((210 - 26) / 25.4 * 72 - 14, abs=1.5)
            else:
                assert dash[1] == pytest.approx(28 / 25.4 * 72 + 14, abs=1.5)
            assert (297 - 35) / 25.4 * 72 < number[3] < (297 - 20) / 25.4 * 72


def test_libreoffice_breaks_the_pages_where_the_pdf_does(tmp_path: Path, npm: FontBook) -> None:
    ours, theirs = both(LETTER, tmp_path, npm)
    portrait, landscape = (595, 842), (842, 595)
    assert page_sizes(ours, tmp_path) == page_sizes(theirs, tmp_path)
    assert page_sizes(ours, tmp_path)[-3:] == [landscape, portrait, portrait]
    for mine, other in zip(words(ours, tmp_path), words(theirs, tmp_path), strict=True):
        assert sorted(text_of(mine)) == sorted(text_of(other))  # cells are read in another order


def test_the_last_rows_of_a_table_stay_on_one_page_in_both_formats(tmp_path: Path, npm: FontBook) -> None:
    """A total never stands alone on a page."""
    rows = [[f"示例{n}", str(n)] for n in range(27)]  # of which a page below its title holds 26
    table = Table.of([Column(), Column()], rows, header_rows=0, foot_rows=3)
    for pdf in both(Document("题", blocks=(table,)), tmp_path, npm):
        first, second = (text_of(page) for page in words(pdf, tmp_path))
        assert "示例23" in first
        assert [name in second for name in ("示例23", "示例24", "示例25", "示例26")] == [False, True, True, True]


def text_of(page: list[tuple[str, float, float, float]]) -> str:
    return "".join(word for word, *_ in page)


# PDF


def test_the_pdf_needs_no_font_of_the_system(tmp_path: Path, npm: FontBook) -> None:
    (tmp_path / "a.pdf").write_bytes(to_pdf(LETTER, npm))
    shown = subprocess.run([tool("pdffonts"), "a.pdf"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    rows = shown.splitlines()[2:]
    assert rows
    assert all("NotoSerifSC" in row for row in rows)
    assert all(re.search(r"yes yes yes", row) for row in rows)  # embedded, subset, readable as text


def test_text_is_data_and_never_markup(tmp_path: Path, npm: FontBook) -> None:
    text = text_of(words(to_pdf(LETTER, npm), tmp_path)[0])
    assert "#strong[12]件&lt;b&gt;&amp;amp;$x$\\“引号”。" in text
    assert any(
        "#strong[12] 件 <b>&amp; $x$ \\ “引号”。" in p.text for p in docx.Document(BytesIO(to_docx(LETTER))).paragraphs
    )


def test_a_table_head_is_repeated_on_every_page(tmp_path: Path, npm: FontBook) -> None:
    pages = words(to_pdf(Document("题", blocks=(LONG,)), npm), tmp_path)
    assert len(pages) > 1
    assert all("序号" in text_of(page) for page in pages)


def test_the_date_stands_four_characters_from_the_right_and_the_office_over_it(tmp_path: Path, npm: FontBook) -> None:
    page = next(page for page in words(to_pdf(LETTER, npm), tmp_path) if "特此通报" in text_of(page))
    right_edge = (210 - 26) / 25.4 * 72
    _, left, right, top = next(word for word in page if word[0] == "2023年2月4日")
    _, office_left, office_right, office_top = next(word for word in page if word[0] == LETTER.signature)
    assert right == pytest.approx(right_edge - 4 * 15.79, abs=1)
    assert (office_left + office_right) / 2 == pytest.approx((left + right) / 2, abs=8)
    assert top - office_top == pytest.approx(28.95, abs=0.1)


def test_a_long_office_name_stays_inside_the_type_area(tmp_path: Path, npm: FontBook) -> None:
    office = "长沙市某某区社会治理示范服务中心网格化工作办公室"
    document = Document("题", signature=office, date=date(2023, 12, 31))
    _, left, right, _ = next(word for word in words(to_pdf(document, npm), tmp_path)[0] if word[0] == office)
    assert left >= 28 / 25.4 * 72 - 1
    assert right <= (210 - 26) / 25.4 * 72 + 1


def test_annexes_are_listed_before_the_signature_and_set_after_it(tmp_path: Path, npm: FontBook) -> None:
    text = "".join(text_of(page) for page in words(to_pdf(LETTER, npm), tmp_path))
    order = ["附件：1.", "示范项目支出绩效自评表", "2.", "名单", "2023年2月4日", "附件1", "372.40"]
    places = [text.index("附件：1.")]
    for part in order[1:]:
        places.append(text.index(part, places[-1]))
    assert places == sorted(places)
    assert "附件2" not in text  # a name without contents has no page


@pytest.mark.parametrize("lines", [17, 19, 21])
def test_no_page_holds_the_signature_alone(tmp_path: Path, npm: FontBook, lines: int) -> None:
    """Wherever the text ends on its page, its last paragraph goes with the date, in both formats."""
    blocks = (PageBreak(), *(Paragraph(f"第{n}段") for n in range(lines)), Paragraph("末段"))
    document = Document("题", blocks, signature="某某办公室", date=date(2023, 2, 4))
    for pdf in both(document, tmp_path, npm):
        last = text_of(words(pdf, tmp_path)[-1])
        assert "末段" in last
        assert "2023年2月4日" in last.replace(" ", "")


def test_a_single_annex_has_no_number(tmp_path: Path, npm: FontBook) -> None:
    document = Document("题", annexes=(Annex("名单", (Paragraph("无。"),)),))
    text = "".join(text_of(page) for page in words(to_pdf(document, npm), tmp_path))
    assert "附件：名单" in text
    assert "附件1" not in text


def test_the_same_document_gives_the_same_bytes(npm: FontBook) -> None:
    assert to_pdf(LETTER, npm) == to_pdf(LETTER, npm)


def test_the_fonts_of_this_machine_will_do() -> None:
    assert to_pdf(LETTER).startswith(b"%PDF")


# What cannot be set


def test_a_character_without_a_glyph_is_named(npm: FontBook) -> None:
    with pytest.raises(DocumentError, match=r"没有“\U00020BB7”（U\+20BB7）的字形"):
        to_pdf(Document("题", blocks=(Paragraph("经办人𠮷某"),)), npm)


def test_a_character_of_private_use_in_a_cell_is_named(npm: FontBook) -> None:
    table = Table.of([Column()], [["姓名"], ["张\ue123"]])
    with pytest.raises(DocumentError, match=r"U\+E123"):
        to_pdf(Document("题", blocks=(table,)), npm)


def test_a_machine_without_any_chinese_font_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="DOC_FONT_DIRS"):
        FontBook([tmp_path], system=False)


def test_an_unprintable_character_is_refused_before_anything_is_written() -> None:
    with pytest.raises(DocumentError, match=r"U\+0007"):
        Document("题", blocks=(Paragraph("响\x07铃"),))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["甲"]], "缺少1个单元格"),
        ([["甲", "乙", "丙"]], "放不下"),
        ([[Cell("甲", rowspan=2), "乙"]], "放不下"),
        ([[Cell("甲", rowspan=2), "乙"], [Cell("丙", colspan=2)]], "放不下"),
    ],
)
def test_a_table_with_holes_or_overlaps_is_refused(rows: list[list[Cell | str]], sentence: str) -> None:
    document = Document("题", blocks=(Table.of([Column(), Column()], rows, header_rows=0, caption="示例"),))
    for write in (to_docx, to_pdf):
        with pytest.raises(DocumentError, match=sentence):
            write(document)


def test_a_heading_has_one_of_four_levels() -> None:
    with pytest.raises(DocumentError, match="一至四层"):
        Heading("题", 5)


def test_numbering_starts_anew_below_each_heading() -> None:
    blocks = [Heading("甲"), Heading("乙", 2), Heading("丙", 2), Heading("丁", 3), Heading("戊"), Heading("己", 2)]
    texts = [block.text for block in numbered(blocks) if isinstance(block, Heading)]
    assert texts == ["一、甲", "（一）乙", "（二）丙", "1.丁", "二、戊", "（一）己"]
    assert [b.text for b in numbered([Heading("")] * 21) if isinstance(b, Heading)][9::10] == ["十、", "二十、"]
