"""The self-evaluation: every named figure, one set of values in all four files, and nothing half-written."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

import docx
import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from python_calamine import CalamineWorkbook

from budget import actions
from budget.crosscheck import crosscheck
from budget.models import Budget, Fund, Indicator, PerformanceTable
from budget.performance import computed, default_tables
from budget.report.document import text_of
from budget.report.figures import ALSO, NAMES, figures_of
from budget.report.issue import files_of
from budget.report.naming import known_figures
from budget.report.narrative import default_sections, values_of
from budget.report.tables import TableShown, as_table, tables_of
from tests.budget.money import budgeted
from tests.judges import by_office
from tests.world import World
from wangcheng.common import clock

FUNDS = {"personnel": "basic", "public": "basic", "subsidies": "basic", "hotline_grid": "special", "daily": "special"}
FILES = ["figures.json", "report.docx", "report.pdf", "tables.xlsx"]


@pytest.fixture
def money(world: World) -> dict[str, Fund]:
    """Five funds with a budget of 100 万元 each for 2022 and one payment of 25 万元 from the hotline fund."""
    funds = {}
    for code, kind in FUNDS.items():
        funds[code] = Fund.objects.create(code=code, name=code, kind=kind)
        budgeted(funds[code], 1_000_000, 2022, date(2022, 1, 10))
    with clock.frozen(clock.at(date(2022, 6, 1), 10)):
        _pay(world, funds["hotline_grid"], Decimal("250000"))
    return funds


def _pay(world: World, fund: Fund, amount: Decimal) -> None:
    payment = actions.request_payment(
        fund, budget_year=2022, kind="other", amount=amount, payee="供应商", purpose="测试", by=world.finance
    )
    actions.approve_payment(payment.pk, by=world.leader)
    actions.pay(payment.pk, voucher="记06-001", by=world.finance)


def test_every_name_that_other_programs_rely_on_is_given_in_order(money: dict[str, Fund]) -> None:
    found = figures_of(2022)
    assert tuple(found) == NAMES
    assert all(set(entry) == {"printed", "value", "numerator", "denominator", "as_of"} for entry in found.values())
    assert {entry["as_of"] for entry in found.values()} == {"2022-12-31"}


def test_rates_carry_six_places_and_both_parts_amounts_are_text_in_ten_thousands(money: dict[str, Fund]) -> None:
    found = figures_of(2022)
    assert found["fund_hotline_grid_rate"]["value"] == "25.000000"
    assert found["fund_hotline_grid_rate"]["printed"] == "25.00"
    assert found["fund_hotline_grid_used"]["value"] == "25"
    assert found["fund_hotline_grid_used"]["printed"] == "25.00"
    assert found["special_budget"]["printed"] == "200.00"
    assert found["tickets_received"]["value"] == 0


def test_one_payment_more_moves_exactly_the_use_and_the_rate_of_its_fund(world: World, money: dict[str, Fund]) -> None:
    before = figures_of(2022)
    with clock.frozen(clock.at(date(2022, 11, 1), 10)):
        _pay(world, money["daily"], Decimal("100000"))
    after = figures_of(2022)
    moved = {name for name in NAMES if before[name] != after[name]}
    assert moved == {"fund_daily_used", "fund_daily_rate"}
    assert after["fund_daily_rate"]["printed"] == "10.00"


def test_a_payment_after_the_cut_off_changes_no_figure_of_the_year(world: World, money: dict[str, Fund]) -> None:
    before = figures_of(2022)
    _pay(world, money["daily"], Decimal("100000"))
    assert figures_of(2022) == before


def test_the_command_writes_four_files_of_one_set_of_values(money: dict[str, Fund], tmp_path: Path) -> None:
    default_tables(2022)
    call_command("self_evaluation", year=2022, out=str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    figures = json.loads((tmp_path / "figures.json").read_text())
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(tmp_path / "report.docx")).paragraphs)
    assert f"资金使用率{figures['fund_hotline_grid_rate']['printed']}%" in text
    sheet = CalamineWorkbook.from_path(tmp_path / "tables.xlsx").get_sheet_by_name("指标").to_python()
    printed = {row[-1]: row[1] for row in sheet[1:]}
    assert printed == {
        name: entry["printed"] if entry["value"] is None else float(entry["printed"]) for name, entry in figures.items()
    }
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_the_tables_hold_numbers_with_formats_and_chinese_names_first(money: dict[str, Fund], tmp_path: Path) -> None:
    """As python-calamine, openpyxl and LibreOffice read them."""
    default_tables(2022)
    content = files_of(2022)["tables.xlsx"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheet = book.get_sheet_by_name("指标").to_python()
    assert sheet[0] == ["指标", "数值", "单位", "分子", "分母", "口径", "截止日期", "指标代码"]
    rate = next(row for row in sheet if row[-1] == "fund_hotline_grid_rate")
    assert (rate[1], rate[3], rate[4], rate[6]) == (25.0, 250000.0, 1000000.0, date(2022, 12, 31))
    whole = next(row for row in book.get_sheet_by_name("绩效自评表1").to_python() if row[0] == "年度资金总额")
    assert whole[1:4] == [500.0, 500.0, 25.0]
    styled = {row[7].value: row[1] for row in openpyxl.load_workbook(io.BytesIO(content))["指标"].iter_rows()}
    assert styled["fund_hotline_grid_used"].number_format == "#,##0.00"
    assert styled["staff_total"].number_format == "0"
    read = by_office(content, "xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", tmp_path).decode()
    assert any(line.startswith("专项资金预算,200.00,万元,") for line in read.splitlines())


def test_a_year_without_budgets_is_refused_in_one_sentence_and_writes_nothing(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="2019年度没有预算数据"):
        call_command("self_evaluation", year=2019, out=str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_the_cross_check_finds_nothing_wrong_in_our_own_text(money: dict[str, Fund]) -> None:
    figures = figures_of(2022, NAMES + ALSO)
    text = text_of(default_sections(), values_of(2022, figures))
    assert [f for f in crosscheck(text, known_figures(figures), 2022) if f.severity == "error"] == []


def test_an_amount_of_nothing_reads_as_nothing(money: dict[str, Fund]) -> None:
    figures = figures_of(2022, NAMES + ALSO)
    assert figures["basic_subsidies"]["printed"] == "0.00"
    assert "补助支出0万元。" in text_of(default_sections(), values_of(2022, figures))


def test_the_execution_score_follows_the_spending_and_a_missed_target_asks_for_a_reason(money: dict[str, Fund]) -> None:
    default_tables(2022)
    found = computed(PerformanceTable.objects.get(fund=money["hotline_grid"]))
    assert (found.executions[-1].rate, found.executions[-1].score) == (Decimal("25.00"), Decimal("2.50"))
    assert "“攻坚哨基本解决”未完成，须填写偏差原因。" in found.problems
    Indicator.objects.filter(level3="攻坚哨基本解决").update(reason="测试")
    found = computed(PerformanceTable.objects.get(fund=money["hotline_grid"]))
    assert "“攻坚哨基本解决”未完成，须填写偏差原因。" not in found.problems


def test_a_fund_without_budget_has_no_execution_score_and_needs_a_reason(money: dict[str, Fund]) -> None:
    Budget.objects.filter(fund=money["daily"]).update(amount=0)
    table = PerformanceTable.objects.create(year=2022, fund=money["daily"])
    found = computed(table)
    assert found.executions[-1].score is None
    assert found.warning == "yellow"
    assert found.problems[0] == "“daily”没有预算，不计执行率得分，须说明原因。"
    PerformanceTable.objects.update(execution_reason="本年未安排")
    assert "没有预算" not in "".join(computed(PerformanceTable.objects.get()).problems)


def test_a_budget_that_is_assumed_is_said_to_be_in_every_form_of_the_table(money: dict[str, Fund]) -> None:
    default_tables(2022)
    assert not any(found.get("note") for found in tables_of(2022))
    Budget.objects.filter(fund=money["personnel"]).update(invented=True)
    notes = {found["fund"]: found.get("note") for found in tables_of(2022)}
    assert notes[""] == f"{money['personnel'].name}的预算没有公开来源，为演示假定数"
    assert notes["hotline_grid"] == ""
    whole = next(found for found in tables_of(2022) if not found["fund"])
    assert as_table(whole).unit == f"单位：万元（{notes['']}）"
    assert "注：" + str(notes[""]) in render_to_string("budget/performance_body.html", {"found": whole})
    older = {name: value for name, value in whole.items() if name != "note"}
    assert as_table(cast("TableShown", older)).rows
