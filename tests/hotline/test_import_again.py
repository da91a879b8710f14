"""The file of bad rows is made to be mended and imported again: it holds what stood in the sheet, and undoes nothing."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import IntegrityError

from hotline.importing import loading
from hotline.models import Ticket
from tests.hotline.test_import_tickets import CITY, ROW, counts, reasons, run, write_csv
from tests.hotline.test_pages import page, upload
from tests.world import World
from wangcheng.common.jobs.running import take_up
from wangcheng.common.models import Job
from wangcheng.common.sheets.cells import RowProblem, digits


def bad_rows(path: Path) -> Path:
    return path.with_name(f"{path.name}.rejected.csv")


def mended(path: Path, **values: str) -> Path:
    """The file of bad rows, each changed as its clerk does."""
    with bad_rows(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [{**row, **values} for row in reader]
        return write_csv(path.with_name("改正.csv"), list(reader.fieldnames or ()), *rows)


def test_a_mended_row_comes_back_as_it_was_in_the_workbook(world: World, tmp_path: Path) -> None:
    path, long = tmp_path / "a.xlsx", "-" + "反映小区门口占道经营。" * 200
    row: dict[str, Any] = {**ROW, "来电类别": "闲聊", "联系电话": 13900000005, "工单编号": 2023010001, "主要内容": long}
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, CITY)
        sheet.write_row(1, 0, [row.get(title, "") for title in CITY])
    assert counts(run(path)) == (1, 0, 0, 0, 1)
    assert "\t13900000005," in bad_rows(path).read_text("utf-8-sig")
    result = run(mended(path, 来电类别="求助"))
    assert (counts(result), result["notes"]) == ((1, 1, 0, 0, 0), [])
    ticket = Ticket.objects.get()
    assert (ticket.caller_phone, ticket.city_number, ticket.content) == ("13900000005", "2023010001", long)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        (13900000005.0, "13900000005"),
        ("13900000005.0", "13900000005"),
        ("1.3900000005E+10", "13900000005"),
        ("0731-88888888", "0731-88888888"),
    ],
)
def test_a_telephone_that_a_program_made_a_decimal_of_is_taken_back(cell: Any, read: str) -> None:
    assert digits(cell) == read


def test_a_telephone_that_has_lost_its_digits_is_refused() -> None:
    with pytest.raises(RowProblem, match=r"1.39E\+10.*已失真"):
        digits("1.39E+10")


def test_a_repetition_is_refused_again_until_its_clerk_says_otherwise(world: World, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", CITY, ROW, {**ROW, "标题": "同号的另一行", "联系电话": "13900000001"})
    run(path)
    again = mended(path)
    for _ in range(2):
        assert counts(run(again)) == (1, 0, 0, 0, 1)
        assert reasons(again)[2].startswith("与第2行重复（上次导入时）。")
        again = mended(again)
    assert Ticket.objects.get().title == "占道经营"
    assert counts(run(mended(again, 未导入原因=""))) == (1, 0, 1, 0, 0)
    assert Ticket.objects.get().title == "同号的另一行"


def test_categories_that_nobody_knows_are_counted_and_named(world: World, tmp_path: Path) -> None:
    rows = [{**ROW, "工单编号": f"CS{n}", "三级分类": f"怪类{max(0, n - 3)}"} for n in range(14)]
    known = {**ROW, "工单编号": "CS99"}
    (note,) = run(write_csv(tmp_path / "a.csv", CITY, *rows, known))["notes"]
    assert note.startswith("有14行的分类无法识别，按上级分类或未分类导入，由派单员核定：“怪类0”4行、“怪类1”1行")
    assert note.endswith("等11种。")


@pytest.mark.parametrize(
    "start", [b"MZ,\xe6\xa0\x87\xe9\xa2\x98\n1,2\n", b"%PDF-1.4\n", b"a,b\n" + bytes(range(1, 9)) * 9]
)
def test_what_is_no_table_by_its_content_is_refused_at_the_page(world: World, tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(start)
    answer = upload(world.client("dispatcher"), path)
    assert (answer.status_code, "文件内容不是表格" in answer.content.decode()) == (400, True)


def imported(world: World, path: Path, **chosen: str) -> Job:
    """By the pages, with the columns as the page offers them and what was chosen instead."""
    client = world.client("dispatcher")
    upload(client, path)
    form = client.get("/tickets/import/mapping/").context["form"]
    drawn = {name: field.initial or "" for name, field in form.fields.items() if field.initial}
    client.post("/tickets/import/mapping/", {**drawn, **chosen, "start": "1"})
    job = take_up(Job.objects.latest("pk").pk)
    assert job is not None
    return job


def test_the_columns_chosen_by_hand_are_offered_for_the_next_sheet_of_that_kind(world: World, tmp_path: Path) -> None:
    header = ["流水", "事由", *CITY[1:14], "主要内容"]
    row = {**{name: ROW.get(name, "") for name in CITY[1:14]}, "流水": "CS1", "事由": "占道", "主要内容": "占道经营"}
    chosen = {"city_number": "流水", "title": "事由", "constant_source": "site"}
    assert imported(world, write_csv(tmp_path / "a.csv", header, row), **chosen).result["created"] == 1
    second = write_csv(tmp_path / "b.csv", header, {**row, "流水": "CS2"}, {**row, "流水": "CS3", "来电类别": ""})
    job = imported(world, second)
    assert (job.result["created"], job.result["rejected"]) == (1, 1)
    assert set(Ticket.objects.values_list("title", "source")) == {("占道", "site")}
    client = world.client("dispatcher")
    upload(client, second)
    assert "已套用" in page(client, "/tickets/import/mapping/")
    assert "已套用" not in page(client, "/tickets/import/mapping/?anew=1")


def test_rows_taken_one_by_one_as_another_import_interferes_keep_their_job_too(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interfered(*given: object) -> None:
        raise IntegrityError("city_number")

    monkeypatch.setattr(loading, "_write_chunk", interfered)
    job = imported(world, write_csv(tmp_path / "a.csv", CITY, ROW))
    assert job.result["created"] == 1
    assert Ticket.objects.get().import_job_id == job.pk


def test_the_job_names_the_reasons_and_leads_to_what_it_made(world: World, tmp_path: Path) -> None:
    bad = [{**ROW, "工单编号": f"CS{n}", "紧急程度": f"火急{n}"} for n in range(3)]
    job = imported(world, write_csv(tmp_path / "a.csv", CITY, ROW, {**ROW, "工单编号": "CS8", "标题": ""}, *bad))
    assert job.result["reasons"] == {"紧急程度“…”无法识别，应为一般、紧急、特急。": 3, "标题为空。": 1}
    other = imported(world, write_csv(tmp_path / "b.csv", CITY, {**ROW, "工单编号": "CS9", "标题": "路灯不亮"}))
    client = world.client("dispatcher")
    shown = page(client, f"/jobs/{job.pk}/")
    assert "火急" not in shown
    assert "紧急程度“…”无法识别" in shown
    assert f"/tickets/?tab=all&amp;job={job.pk}" in shown
    listed = page(client, f"/tickets/?tab=all&job={job.pk}")
    assert ("占道经营" in listed, "路灯不亮" in listed) == (True, False)
    assert Ticket.objects.get(import_job=other).title == "路灯不亮"
