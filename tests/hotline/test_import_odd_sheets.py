"""Sheets as platforms and people really give them out: whichever door they come by, read, or refused in clear words."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
import xlsxwriter

from hotline.models import Ticket
from tests.common.api import bearer, get
from tests.hotline import desk
from tests.hotline.test_import_tickets import CITY, ROW, counts, reasons, refused, run, write_csv
from tests.hotline.test_pages import upload
from tests.world import World
from wangcheng.common.jobs.running import take_up
from wangcheng.common.sheets.cells import RowProblem, moment, number, paragraphs, text

OTHER = {**ROW, "工单编号": "CS2"}
TITLES = [["望城区12345工单明细表"], ["导出时间：2023年1月3日", "", "导出人：李四"], []]


def as_text(*rows: dict[str, str], by: str = ",", above: list[list[str]] | None = None) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=by)
    writer.writerows([*(above or ()), CITY, *([row.get(name, "") for name in CITY] for row in rows)])
    return out.getvalue()


SHAPES = {
    "utf16-tabs": as_text(ROW, OTHER, by="\t").encode("utf-16"),
    "utf16-big-endian": b"\xfe\xff" + as_text(ROW, OTHER).encode("utf-16-be"),
    "gb18030": as_text({**ROW, "主要内容": "占道经营"}, OTHER).encode("gb18030"),
    **{
        f"bom-cut-{more}": b"\xef\xbb\xbf" + as_text({**ROW, "主要内容": "a" * more + "长" * 19_000}, OTHER, *(
            {**ROW, "工单编号": f"M{n}", "主要内容": "长" * 19_000} for n in range(2)
        )).encode()
        for more in range(3)
    },
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_way_of_writing_text_is_read_and_a_repeat_changes_nothing(
    world: World, tmp_path: Path, shape: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(SHAPES[shape])
    result = run(path)
    assert result["created"] == result["read"] >= 2
    assert Ticket.objects.get(city_number="CS2").title == "占道经营"
    assert (run(path)["created"], run(path)["unchanged"]) == (0, result["read"])


def workbook(path: Path, *rows: dict[str, str], number: float | None = None) -> Path:
    """A merged title, a line of remarks, the header in row 3."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, len(CITY) - 1, "2022年12月工单明细表")
        sheet.write_row(1, 0, ["统计日期：2022-12-31", "制表：李四"])
        sheet.write_row(2, 0, CITY)
        for place, row in enumerate(rows, start=3):
            sheet.write_row(place, 0, [row.get(name, "") for name in CITY])
        if number is not None:
            sheet.write_number(3, 0, number)
    return path


def test_the_header_is_found_below_titles_and_rows_keep_their_numbers(world: World, tmp_path: Path) -> None:
    bad = {**ROW, "工单编号": "CS3", "标题": ""}
    book = workbook(tmp_path / "a.xlsx", ROW, bad, OTHER)
    assert counts(run(book)) == (3, 2, 0, 0, 1)
    assert reasons(book) == {5: "标题为空。"}
    sheet = tmp_path / "a.csv"
    sheet.write_text(as_text(ROW, bad, OTHER, above=TITLES), encoding="utf-8-sig")
    assert counts(run(sheet)) == (3, 0, 0, 2, 1)
    assert reasons(sheet) == {6: "标题为空。"}


def test_a_sheet_whose_header_leaves_columns_unnamed_begins_in_its_first_row(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("工单编号,标题,主要内容,工单类型,,,,\nA1,占道,内容,投诉,甲,乙,丙,丁\n", encoding="utf-8")
    assert counts(run(path)) == (1, 1, 0, 0, 0)


def test_a_header_that_is_repeated_among_the_rows_is_passed_over_in_words(world: World, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", CITY, ROW, dict(zip(CITY, CITY, strict=True)), OTHER)
    assert counts(run(path)) == (3, 2, 0, 0, 1)
    assert reasons(path) == {3: "本行与表头相同，已略过。"}


def test_a_number_that_excel_has_rounded_is_a_bad_row(world: World, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ROW, OTHER, number=20230101123456789)
    assert counts(run(path)) == (2, 1, 0, 0, 1)
    assert reasons(path) == {4: "市级编号在表中是数值，第15位以后已失真，请将该列设为文本并重新导出。"}
    assert counts(run(workbook(tmp_path / "b.xlsx", ROW, number=202301011234)))[1] == 1
    assert Ticket.objects.filter(city_number="202301011234").exists()


def test_a_quote_left_open_does_not_swallow_the_rows_below_it(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('工单编号,标题,主要内容,工单类型\nA1,"占道,内容,投诉\nA2,"乙",内容,投诉\n', encoding="utf-8")
    assert refused(path) == "第2行的引号没有成对，无法读取，请改正后再导入。"
    path.write_text('工单编号,标题,主要内容,工单类型\nA1,占5"道,"内容",投诉\nA2,乙,内容,投诉\n', encoding="utf-8")
    assert counts(run(path)) == (2, 2, 0, 0, 0)


NO_SHEETS = {
    "旧版Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "网页格式": "<HTML><table><tr><td>工单编号</td></tr></table></HTML>".encode(),
    "不是表格": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)),
    "没有表头": b",,,\r\n,,\r\n",
    "第4列的表头“((((((((((((((((((((…”有50000个字，超过100字": f"标题,内容,市级编号,{'(' * 50_000}\n".encode(),
    "表头有60003列，超过1000列": f"标题,内容,市级编号{',列' * 60_000}\n".encode(),
}


@pytest.mark.parametrize("said", NO_SHEETS)
def test_what_is_no_sheet_is_refused_in_words_at_every_door(world: World, tmp_path: Path, said: str) -> None:
    path = tmp_path / "工单.xls"
    path.write_bytes(NO_SHEETS[said])
    assert said in refused(path)
    answer = upload(world.client("dispatcher"), path)
    assert (answer.status_code, said in answer.content.decode()) == (400, True)
    client = bearer(world, "dispatcher")
    with path.open("rb") as file:
        job = client.post("/api/v1/tickets/import/", {"file": file}).json()["job"]
    take_up(job)
    found = get(client, f"jobs/{job}/").json()
    assert (found["state"], said in found["error"]) == ("failed", True)
    assert not Ticket.objects.exists()


def test_long_numbers_stay_whole_in_what_excel_opens_and_come_back(world: World, tmp_path: Path) -> None:
    long = "20230101123456789"
    path = write_csv(tmp_path / "a.csv", CITY, {**ROW, "工单编号": long, "标题": ""})
    run(path)
    rejected = path.with_name("a.csv.rejected.csv")
    assert f",\t{long}," in rejected.read_text("utf-8-sig")
    mended = tmp_path / "b.csv"
    mended.write_text(rejected.read_text("utf-8-sig").replace(",占道经营,,", ",占道经营,路灯不亮,"), encoding="utf-8")
    assert counts(run(mended)) == (1, 1, 0, 0, 0)
    assert Ticket.objects.get().city_number == long
    answer = world.client("dispatcher").post("/tickets/?tab=all", {"export": "csv"})
    assert f"\t{long}" in b"".join(answer.streaming_content).decode()


def test_no_cell_of_an_export_is_a_formula(world: World) -> None:
    signs = "=+-@＝＋－＠"
    for sign in signs:
        desk.received(world, title=f"{sign}1+1", caller_phone="")
    answer = world.client("dispatcher").post("/tickets/?tab=all", {"export": "csv"})
    shown = b"".join(answer.streaming_content).decode()
    assert [sign for sign in signs if f",'{sign}1+1," not in shown] == []


@pytest.mark.parametrize("words", ["5_0", "_5", "5_", "1_000.00"])
def test_a_number_with_underscores_is_none(words: str) -> None:
    with pytest.raises(RowProblem):
        number(words)


def test_a_cell_of_line_breaks_alone_is_read_at_once() -> None:
    """A second is far more than either needs, and far less than a pattern that tries every pair of breaks."""
    begun = time.perf_counter()
    assert paragraphs(f"甲{chr(0x2028) * 200_000}乙") == "甲\n乙"
    assert text(" 甲 \n\n 乙\u3000\r\n") == "甲 乙"
    with pytest.raises(RowProblem):
        moment(f"2023-01-01{chr(0x1680) * 20_000}x")
    assert time.perf_counter() - begun < 1
