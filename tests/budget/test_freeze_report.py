"""A frozen report stays as it was issued: by its actions, and by the database where somebody goes round them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from budget import actions, report_actions
from budget.models import Fund, IssuedDocument, PerformanceTable, SelfEvaluation
from budget.report.issue import files_of
from tests.budget.money import budgeted
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry
from wangcheng.common.workflow import Code, NotAllowed


@pytest.fixture
def report(world: World, settings: Any, tmp_path: Path) -> SelfEvaluation:
    """A draft for 2022 with one fund behind it."""
    settings.MEDIA_ROOT = tmp_path
    fund = Fund.objects.create(code="daily", name="日常事务", kind="special")
    budgeted(fund, 1_000_000, 2022, date(2022, 1, 10))
    return report_actions.draft(2022, by=world.finance)


def _spend(world: World) -> None:
    with clock.frozen(clock.at(date(2022, 11, 1), 10)):
        payment = actions.request_payment(
            Fund.objects.get(code="daily"), budget_year=2022, kind="other", amount=Decimal("100000"), payee="供应商",
            purpose="测试", by=world.finance,
        )  # fmt: skip
        actions.approve_payment(payment.pk, by=world.leader)
        actions.pay(payment.pk, voucher="记11-001", by=world.finance)


def test_a_frozen_report_keeps_its_figures_and_files_when_the_ledger_moves_on(
    world: World, report: SelfEvaluation
) -> None:
    report_actions.freeze(report.pk, by=world.finance, acknowledgement="测试")
    frozen = SelfEvaluation.objects.get(pk=report.pk)
    pdf = frozen.pdf.read()
    _spend(world)
    again = SelfEvaluation.objects.get(pk=report.pk)
    assert again.figures["fund_daily_used"]["printed"] == "0.00"
    assert again.pdf.read() == pdf
    assert pdf.startswith(b"%PDF")


def test_the_database_refuses_to_change_or_delete_a_frozen_report(world: World, report: SelfEvaluation) -> None:
    SelfEvaluation.objects.filter(pk=report.pk).update(reason="草稿可以修改")
    report_actions.freeze(report.pk, by=world.finance, acknowledgement="测试")
    rows = SelfEvaluation.objects.filter(pk=report.pk)
    for change in (lambda: rows.update(figures={}), lambda: rows.update(state="draft"), rows.delete):
        with pytest.raises(DatabaseError, match="已定稿"), transaction.atomic():
            change()
    assert SelfEvaluation.objects.get(pk=report.pk).state == SelfEvaluation.State.FROZEN


def test_a_frozen_report_is_corrected_by_one_new_edition_with_the_figures_of_now(
    world: World, report: SelfEvaluation
) -> None:
    report_actions.freeze(report.pk, by=world.finance, acknowledgement="测试")
    _spend(world)
    new = report_actions.correct(report.pk, "漏记一笔支付", by=world.finance)
    assert (new.edition, new.reason, new.state) == (2, "漏记一笔支付", SelfEvaluation.State.DRAFT)
    with pytest.raises(NotAllowed, match="已有更正版"):
        report_actions.correct(report.pk, "再次更正", by=world.finance)
    report_actions.freeze(new.pk, by=world.finance, acknowledgement="测试")
    used = {row.edition: row.figures["fund_daily_used"]["printed"] for row in SelfEvaluation.objects.filter(year=2022)}
    assert used == {1: "0.00", 2: "10.00"}


def test_a_stale_form_and_a_frozen_report_are_refused_each_with_its_reason(
    world: World, report: SelfEvaluation
) -> None:
    report_actions.edit(report.pk, {0: "另有说明。"}, date(2023, 2, 24), by=world.finance, version=1)
    with pytest.raises(NotAllowed, match="其他人员修改") as stale:
        report_actions.edit(report.pk, {0: "另有说明。"}, date(2023, 2, 25), by=world.finance, version=1)
    assert stale.value.code == Code.VERSION
    report_actions.freeze(report.pk, by=world.finance, acknowledgement="测试")
    with pytest.raises(NotAllowed, match="已定稿"):
        report_actions.edit(report.pk, {0: "另有说明。"}, date(2023, 2, 25), by=world.finance)


def _shown(world: World) -> str:
    """The page between its bars."""
    page = world.client("finance").get("/self-evaluations/2022/1/").content.decode()
    return page[page.index("<section") : page.index("</main>")]


def test_a_frozen_edition_shows_what_was_frozen_whatever_is_changed_afterwards(
    world: World, report: SelfEvaluation
) -> None:
    """Lists, tables and text too, not the figures alone."""
    table = PerformanceTable.objects.get(year=2022, fund=None)
    IssuedDocument.objects.create(title="考核办法", issued_on=date(2022, 3, 1))
    report_actions.freeze(report.pk, by=world.finance, acknowledgement="测试")
    before = _shown(world)
    IssuedDocument.objects.create(title="后补的文件", issued_on=date(2022, 4, 1))
    Fund.objects.update(name="改名的资金")
    table.indicators.all().delete()
    _spend(world)
    after = _shown(world)
    assert "《考核办法》" in after
    assert after == before
    kept = SelfEvaluation.objects.get(pk=report.pk)
    files = files_of(2022)
    assert files["report.pdf"] == kept.pdf.read()
    assert json.loads(files["figures.json"])["fund_daily_used"]["printed"] == "0.00"


def test_problems_are_listed_and_refused_until_mended_or_acknowledged(world: World, report: SelfEvaluation) -> None:
    address = "/self-evaluations/2022/1/freeze/"
    finance = world.client("finance")
    page = finance.get(address).content.decode()
    assert "“日常事务”预算执行率为0.00%，须填写执行率偏差原因及改进措施。" in page
    refused = finance.post(address, {"version": report.version, "acknowledgement": " "})
    assert refused.status_code == 400
    assert "预算执行率为0.00%" in refused.content.decode()
    assert SelfEvaluation.objects.get().state == SelfEvaluation.State.DRAFT
    done = finance.post(address, {"version": report.version, "acknowledgement": "款项次年支付"})
    assert done.status_code == 302
    frozen = SelfEvaluation.objects.get()
    assert frozen.content["acknowledgement"] == "款项次年支付"
    assert any("预算执行率" in problem for problem in frozen.content["problems"])
    told = AuditEntry.objects.filter(summary="自评报告定稿").get()
    assert told.data["acknowledgement"] == "款项次年支付"


def test_a_kept_file_that_was_tampered_with_is_not_given_out_and_a_lost_one_is_made_again(
    world: World, report: SelfEvaluation
) -> None:
    report_actions.freeze(report.pk, by=world.finance, acknowledgement="测试")
    kept = SelfEvaluation.objects.get(pk=report.pk)
    pdf = kept.pdf.read()
    Path(kept.docx.path).write_bytes(b"PK else")
    Path(kept.pdf.path).unlink()
    finance = world.client("finance")
    refused = finance.get(f"/api/v1/self-evaluations/{kept.pk}/report.docx")
    assert (refused.status_code, "不一致" in str(refused.json())) == (409, True)
    assert "不一致" in finance.get("/self-evaluations/2022/1/report.docx", follow=True).content.decode()
    assert finance.get(f"/api/v1/self-evaluations/{kept.pk}/report.pdf").content == pdf
