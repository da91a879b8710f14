"""The report's pages: drafted, edited, frozen and corrected by finance; every figure opens what stands behind it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from budget.models import Budget, Fund, SelfEvaluation
from tests.budget.money import budgeted
from tests.world import World


@pytest.fixture
def report(world: World) -> SelfEvaluation:
    for code in ("hotline_grid", "daily", "maintenance"):
        fund = Fund.objects.create(code=code, name=code, kind="special")
        budgeted(fund, 100, 2022, date(2022, 1, 10))
    world.client("finance").post("/self-evaluations/new/", {"year": 2022})
    return SelfEvaluation.objects.get(year=2022)


def _fields(report: SelfEvaluation, **changed: str) -> dict[str, str | int]:
    fields: dict[str, str | int] = {"version": report.version, "dated_on": "2023-02-24"}
    fields |= {f"section{place}": section["text"] for place, section in enumerate(report.sections)}
    return fields | changed


def test_finance_drafts_and_sees_text_figures_and_cross_check(world: World, report: SelfEvaluation) -> None:
    page = world.client("finance").get("/self-evaluations/2022/1/").content.decode()
    assert "一、部门基本情况" in page
    assert "/figures/fund_daily_rate/rows/" in page
    assert "勾稽校验" in page


def test_an_edited_text_is_kept_and_an_unknown_place_is_refused(world: World, report: SelfEvaluation) -> None:
    client = world.client("finance")
    last = f"section{len(report.sections) - 1}"
    client.post("/self-evaluations/2022/1/edit/", _fields(report, **{last: "另有说明。"}))
    report.refresh_from_db()
    assert report.sections[-1]["text"] == "另有说明。"
    client.post("/self-evaluations/2022/1/edit/", _fields(report, **{last: "共{{ 实有人数 }}人。"}))
    report.refresh_from_db()
    assert report.sections[-1]["text"] == "共{{ staff_total }}人。"
    assert "{{ 实有人数 }}" in client.get("/self-evaluations/2022/1/edit/").content.decode()
    assert "共0人。" in re.sub(r"<[^>]+>", "", client.get("/self-evaluations/2022/1/").content.decode())
    page = client.post("/self-evaluations/2022/1/edit/", _fields(report, **{last: "共{{ nothing }}件"}))
    assert "没有对应的数据" in page.content.decode()
    report.refresh_from_db()
    assert report.sections[-1]["text"] == "共{{ staff_total }}人。"


def test_a_stale_edit_is_told_and_changes_nothing(world: World, report: SelfEvaluation) -> None:
    client = world.client("finance")
    stale = _fields(report)
    client.post("/self-evaluations/2022/1/edit/", _fields(report))
    page = client.post("/self-evaluations/2022/1/edit/", stale)
    assert "已被其他人员修改" in page.content.decode()


def test_a_frozen_report_keeps_its_files_and_refuses_changes(world: World, report: SelfEvaluation) -> None:
    client = world.client("finance")
    client.post("/self-evaluations/2022/1/freeze/", {"version": report.version, "acknowledgement": "测试"})
    report.refresh_from_db()
    assert report.state == "frozen"
    assert report.figures["fund_daily_budget"]["printed"] == "0.01"
    Budget.objects.update(amount=999)
    kept = client.get("/self-evaluations/2022/1/report.pdf")
    assert kept.content == report.pdf.open("rb").read()
    page = client.post("/self-evaluations/2022/1/edit/", _fields(report))
    assert "报告已定稿" in page.content.decode()
    client.post("/self-evaluations/2022/1/correct/", {"reason": "数据更正"})
    assert SelfEvaluation.objects.get(year=2022, edition=2).state == "draft"


def test_a_leader_reads_and_downloads_but_does_not_edit_and_a_town_sees_nothing(
    world: World, report: SelfEvaluation
) -> None:
    leader = world.client("leader")
    assert leader.get("/self-evaluations/2022/1/").status_code == 200
    assert leader.get("/self-evaluations/2022/1/report.docx").content.startswith(b"PK")
    assert leader.get("/self-evaluations/2022/1/edit/").status_code == 403
    assert leader.post("/self-evaluations/2022/1/freeze/", {"version": 1}).status_code == 403
    assert world.client("town").get("/self-evaluations/").status_code == 403


def _typed(world: World, report: SelfEvaluation, text: str) -> str:
    """The report's page with this as its last section."""
    client = world.client("finance")
    last = f"section{len(report.sections) - 1}"
    assert client.post("/self-evaluations/2022/1/edit/", _fields(report, **{last: text})).status_code == 302
    return client.get("/self-evaluations/2022/1/").content.decode()


def test_a_number_typed_by_hand_is_compared_with_the_data_and_holds_the_freezing_up(
    world: World, report: SelfEvaluation
) -> None:
    page = _typed(world, report, "全区受理工单12件，办结率66.00%（10/20）。专项资金预算0.03万元。")
    assert "“受理工单”文中为12件，截至2022年12月31日的数据为0件" in page
    assert "按10÷20=50%，应为50.00%" in page
    assert "“专项资金预算”文中为" not in page
    report.refresh_from_db()
    address, body = "/self-evaluations/2022/1/freeze/", {"version": report.version, "acknowledgement": ""}
    refused = world.client("finance").post(address, body)
    assert refused.status_code == 400
    assert "“受理工单”文中为12件" in refused.content.decode()


def test_what_may_be_written_stands_beside_the_editor_with_its_value(world: World, report: SelfEvaluation) -> None:
    page = world.client("finance").get("/self-evaluations/2022/1/edit/").content.decode()
    assert 'data-inserts="{{ 专项资金预算 }}"' in page
    topics = re.findall(r'class="places-topic">([^<]*)<', page)
    assert len(topics) == len(set(topics)) > 3
    labels = re.findall(r'data-inserts="{{ ([^"]*) }}"', page)
    assert labels.index("实有人数") < labels.index("受理工单")
    listed = page[page.index('id="places"') :]
    for label, value in (("专项资金预算", "0.03 万元"), ("截止日期", "2022年12月31日"), ("按时办结率", "—")):
        row = listed[listed.index(f'place-name">{label}<') :]
        assert value in row[: row.index("</li>")]


def test_the_text_is_previewed_with_its_findings_and_nothing_is_kept(world: World, report: SelfEvaluation) -> None:
    client, last = world.client("finance"), f"section{len(report.sections) - 1}"
    text = "专项资金预算{{ 专项资金预算 }}万元，受理工单12件。"
    shown = client.post("/self-evaluations/2022/1/edit/", _fields(report, **{last: text, "preview": "1"}))
    preview = re.sub(r"<[^>]+>", "", shown.content.decode().partition('id="preview"')[2].partition("</section>")[0])
    assert shown.status_code == 200
    assert "专项资金预算0.03万元，受理工单12件。" in preview
    assert "“受理工单”文中为12件" in preview
    assert text in shown.content.decode()
    wrong = client.post("/self-evaluations/2022/1/edit/", _fields(report, **{last: "{{ 没有的 }}", "preview": "1"}))
    assert (wrong.status_code, "没有对应的数据" in wrong.content.decode()) == (400, True)
    version = report.version
    report.refresh_from_db()
    assert (report.version, report.sections[-1]["text"]) == (version, "无。")
