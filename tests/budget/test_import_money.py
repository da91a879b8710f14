"""导入年初预算、已支付款项: nothing is overwritten, nothing goes around the second person or the budget."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from budget.models import Budget, Fund, Payment
from tests.budget.money import YEAR, fund, paid
from tests.common.test_import_people import counts, csv_of, rejected, take
from wangcheng.common.figures.compute import compute
from wangcheng.common.figures.periods import Period
from wangcheng.common.models import AuditEntry

if TYPE_CHECKING:
    from tests.world import World

BUDGET = ["资金项目", "年度", "年初预算数（元）", "批复文号", "批复日期"]
ROW = ["daily", str(YEAR), "416万", "望财预1号", "2023-01-02"]
PAYMENT = ["资金项目", "归属年度", "金额（元）", "收款单位", "支付日期", "凭证号", "事由", "用途", "三公经费"]
PAID = ["资金daily", str(YEAR), "1,200.50", "印刷厂", "2023-01-02", "记01-009", "资料印刷", "日常事务", ""]


@pytest.fixture
def finance(world: World) -> Client:
    return world.client("finance")


def test_budgets_come_in_once_and_what_differs_comes_back(world: World, finance: Client) -> None:
    Fund.objects.create(code="daily", name="日常事务", kind="special")
    sheet = csv_of(BUDGET, [*ROW[:2], "4160000", *ROW[3:]])
    assert counts(take(finance, "budgets", sheet)) == (1, 0, 0, 0)
    assert counts(take(finance, "budgets", sheet)) == (0, 0, 1, 0)
    found = Budget.objects.get()
    assert (found.amount, found.decided_on) == (Decimal(4160000), date(2023, 1, 2))
    job = take(finance, "budgets", csv_of(BUDGET, ["日常事务", str(YEAR), "5000000", "望财预1号", ""]))
    (reason,) = rejected(job)
    assert "已按望财预1号登记为4,160,000.00元，与本行不一致；有增减的请办理预算调整" in reason
    assert AuditEntry.objects.filter(object=f"budget daily-{YEAR}").count() == 1


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, "培训", "没有资金项目“培训”，请先新增。"),
        (1, "今年", "数值“今年”无法识别。"),
        (1, "2014", "年度“2014”应为2015至2099的年份。"),
        (2, "416万", "数值“416万”无法识别。"),
        (2, "-1", "年初预算数应为不小于0元、至多两位小数的数。"),
        (3, "", "批复文号为空。"),
        (4, "2023-01-04", "批复日期不能晚于今天。"),
    ],
)
def test_a_bad_budget_is_left_out_with_its_reason(
    world: World, finance: Client, place: int, value: str, reason: str
) -> None:
    Fund.objects.create(code="daily", name="日常事务", kind="special")
    row = [*ROW[:2], "100", *ROW[3:]]
    job = take(finance, "budgets", csv_of(BUDGET, [*row[:place], value, *row[place + 1 :]]))
    assert (rejected(job), Budget.objects.exists()) == ([reason], False)


def test_a_payment_made_elsewhere_waits_for_another_person_and_then_counts(world: World, finance: Client) -> None:
    fund("daily", "10000")
    sheet = csv_of(PAYMENT, PAID)
    assert counts(take(finance, "payments", sheet)) == (1, 0, 0, 0)
    payment = Payment.objects.get()
    assert (payment.state, payment.requested_by, payment.paid_at) == ("requested", world.finance, None)
    page = f"/budget/payments/{payment.number}/"
    assert finance.post(f"{page}approve/", {}).status_code == 403  # not who brought it
    used = compute(["fund_daily_used"], Period.parse(str(YEAR)))[0].value
    assert used == 0
    assert world.client("leader").post(f"{page}approve/", {"note": "属实"}).status_code == 302
    payment.refresh_from_db()
    assert (payment.state, payment.voucher, payment.made_on) == ("paid", "记01-009", date(2023, 1, 2))
    assert compute(["fund_daily_used"], Period.parse(str(YEAR)))[0].value == Decimal("0.12005")
    assert "2023年1月2日（导入）" in finance.get(page).content.decode()
    assert counts(take(finance, "payments", sheet)) == (0, 0, 1, 0)
    assert Payment.objects.count() == 1


def test_a_payment_of_last_year_leaves_last_years_figure_and_stands_in_its_month(world: World, finance: Client) -> None:
    made = fund("daily", "10000")
    Budget.objects.create(fund=made, year=2022, amount=10_000, decided_on=date(2022, 1, 10))
    take(finance, "payments", csv_of(PAYMENT, [PAID[0], "2022", *PAID[2:4], "2022-11-30", *PAID[5:]]))
    world.client("leader").post(f"/budget/payments/{Payment.objects.get().number}/approve/", {"note": "属实"})
    assert compute(["fund_daily_used"], Period.parse("2022"))[0].value == 0
    months = finance.get("/budget/funds/daily/2022/").context["months"]
    assert months[10]["sum"] == Decimal("1200.50")


def test_what_is_refused_or_reversed_may_be_brought_again(world: World, finance: Client) -> None:
    fund("daily", "10000")
    sheet = csv_of(PAYMENT, PAID)
    take(finance, "payments", sheet)
    leader = world.client("leader")
    leader.post(f"/budget/payments/{Payment.objects.get().number}/refuse/", {"note": "凭证不符"})
    assert counts(take(finance, "payments", sheet)) == (1, 0, 0, 0)
    again = Payment.objects.get(state="requested")
    leader.post(f"/budget/payments/{again.number}/approve/", {"note": "属实"})
    finance.post(f"/budget/payments/{again.number}/reverse/", {"reason": "重复", "voucher": "记01-010"})
    assert counts(take(finance, "payments", sheet)) == (1, 0, 0, 0)


def test_a_payment_made_here_is_known_again(world: World, finance: Client) -> None:
    payment = paid(world, fund("daily", "10000"), "1200.50", payee="印刷厂")
    row = [*PAID[:4], "2023-01-03", "记01-001", *PAID[6:]]
    assert counts(take(finance, "payments", csv_of(PAYMENT, row))) == (0, 0, 1, 0)
    (reason,) = rejected(take(finance, "payments", csv_of(PAYMENT, [*row[:2], "1200.51", *row[3:]])))
    assert reason.startswith(f"凭证记01-001付给印刷厂的款项已有支付{payment.number}（1,200.50元，已支付）")


def test_payments_come_in_up_to_what_is_left_and_no_further(world: World, finance: Client) -> None:
    fund("daily", "2000")
    job = take(finance, "payments", csv_of(PAYMENT, PAID, [*PAID[:5], "记01-010", *PAID[6:]]))
    assert counts(job) == (1, 0, 0, 1)
    (reason,) = rejected(job)
    assert reason.endswith("余799.50元，不足以支付1,200.50元；请先调整预算。")


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, "none", "没有资金项目“none”，请先新增。"),
        (1, "2022", "“资金daily”没有2022年度预算，不能支付。"),
        (2, "0", "金额应为不小于0.01元、至多两位小数的数。"),
        (2, "1.005", "金额应为不小于0.01元、至多两位小数的数。"),
        (3, "厂" * 81, "收款单位有81字，超过80字。"),
        (4, "2023-01-04", "支付日期不能晚于今天。"),
        (5, "", "凭证号为空。"),
        (7, "奖励资金", "用途“奖励资金”无法识别，应为人员经费、日常公用、公务用车运行维护、日常事务、其他。"),
        (8, "也许", "三公经费“也许”应为是或否。"),
    ],
)
def test_a_bad_payment_is_left_out_with_its_reason(
    world: World, finance: Client, place: int, value: str, reason: str
) -> None:
    fund("daily", "10000")
    job = take(finance, "payments", csv_of(PAYMENT, [*PAID[:place], value, *PAID[place + 1 :]]))
    assert (rejected(job), Payment.objects.exists()) == ([reason], False)


@pytest.mark.parametrize("name", ["leader", "assessor", "town", "admin"])
def test_others_bring_no_money(world: World, name: str) -> None:
    for kind in ("budgets", "payments"):
        assert world.client(name).get(f"/sheets/{kind}/").status_code == 403


def test_the_template_of_each_is_a_sheet_that_can_be_brought(world: World, finance: Client) -> None:
    fund("daily", "10000")
    for kind in ("budgets", "payments"):
        template = finance.get(f"/sheets/{kind}/template/").content
        assert sum(counts(take(finance, kind, template))) == 1
