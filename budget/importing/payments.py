"""导入已支付款项: payments made elsewhere, before this system or beside it.

A sheet does not go around the two-person rule: each row comes in as a request of the person who imports, with the day and
the voucher of its payment, and waits for another person.  Consent books it as paid at once, for the money has left
already; it counts from that moment on, so that figures of a period that is over stay as they were printed.  Refused, it
never counted.  Every rule of a request holds row by row: a budget of its year, never above what is left of it, and no
contract or reward money, which is asked for from the contract and by the appropriation.

A row is known again by fund, budget year, voucher and payee, whether it was imported or paid here, until it is refused or
reversed; another amount or day under the same four is refused and names the payment that is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from budget.actions import request_payment
from budget.forms import UNTIED
from budget.importing.funds import FUND, Funds, within, year, yuan
from budget.models import Fund, Payment
from budget.steps import state_words
from wangcheng.common import clock
from wangcheng.common.sheets import registry
from wangcheng.common.sheets.cells import RowProblem, day, text
from wangcheng.common.sheets.registry import Outcome, SheetColumn, SheetKind
from wangcheng.common.workflow import NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

COLUMNS = (
    FUND,
    SheetColumn("budget_year", "归属年度", True, help="支出使用哪一年度的预算", example="2023"),
    SheetColumn("amount", "金额（元）", True, help="单位为元", example="12800.00"),
    SheetColumn("payee", "收款单位", True, example="某印务公司"),
    SheetColumn("made_on", "支付日期", True, help="款项实际付出的日期", example="2023-01-03"),
    SheetColumn(
        "voucher", "凭证号", True, help="同一凭证付给同一单位的合为一行；按月编号的请带月份", example="记01-009"
    ),
    SheetColumn("purpose", "事由", help="不填为“已支付款项导入”", example="资料印刷"),
    SheetColumn("kind", "用途", help="、".join(label for _, label in UNTIED) + "；不填为其他", example="日常事务"),
    SheetColumn("three_public", "三公经费", help="是或否，不填为否", example="否"),
)
Key = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment as the sheet has it."""

    fund: Fund
    budget_year: int
    amount: Decimal
    payee: str
    made_on: date
    voucher: str
    purpose: str
    kind: str
    three_public: bool

    @property
    def key(self) -> Key:
        return self.fund.pk, self.budget_year, self.voucher, self.payee


class PaymentRows:
    """Funds are read once for the sheet, payments that may be the same once for a chunk."""

    def __init__(self, by: User) -> None:
        self.by, self.today, self.funds = by, clock.today(), Funds()

    def read(self, cells: Mapping[str, Any]) -> PaymentRow:
        made_on = day(cells.get("made_on"))
        if made_on is None or made_on > self.today:
            raise RowProblem("支付日期不能晚于今天。")
        return PaymentRow(
            fund=self.funds.find(cells.get("fund")), budget_year=year(cells.get("budget_year"), "归属年度"),
            amount=yuan(cells.get("amount"), "金额", least=Decimal("0.01")),
            payee=within(cells.get("payee"), "收款单位", 80), made_on=made_on,
            voucher=within(cells.get("voucher"), "凭证号", 40),
            purpose=within(cells.get("purpose"), "事由", 200) or "已支付款项导入",
            kind=registry.choice(text(cells.get("kind")) or Payment.Kind.OTHER.label, UNTIED, "用途"),
            three_public=_yes(cells.get("three_public")),
        )  # fmt: skip

    def key(self, row: PaymentRow) -> str:
        return "/".join(map(str, row.key))

    def write(self, rows: Sequence[PaymentRow]) -> list[Outcome | str]:
        held = Payment.objects.filter(
            fund__in={row.fund for row in rows}, budget_year__in={row.budget_year for row in rows},
            voucher__in={row.voucher for row in rows}, live=True,
        )  # fmt: skip
        known: dict[Key, Payment] = {
            (found.fund_id, found.budget_year, found.voucher, found.payee): found for found in held
        }
        return [self._put(row, known.get(row.key)) for row in rows]

    def _put(self, row: PaymentRow, found: Payment | None) -> Outcome | str:
        if found is not None:
            return _agreed(row, found)
        try:
            with transaction.atomic():
                request_payment(
                    row.fund, budget_year=row.budget_year, kind=row.kind, amount=row.amount, payee=row.payee,
                    purpose=row.purpose, three_public=row.three_public, made_on=row.made_on, voucher=row.voucher,
                    by=self.by,
                )  # fmt: skip
        except NotAllowed as refused:
            return refused.message
        return Outcome.CREATED


def _yes(cell: Any) -> bool:
    words = text(cell)
    if words not in {"", "是", "否"}:
        raise RowProblem(f"三公经费“{words[:10]}”应为是或否。")
    return words == "是"


def _agreed(row: PaymentRow, found: Payment) -> Outcome | str:
    paid_on = found.made_on or (clock.local(found.paid_at).date() if found.paid_at else None)
    if (row.amount, row.made_on) == (found.amount, paid_on):
        return Outcome.UNCHANGED
    return (
        f"凭证{row.voucher}付给{row.payee}的款项已有支付{found.number}（{found.amount:,.2f}元，{state_words(found)}），"
        "与本行的金额或日期不一致。"
    )


registry.register(
    SheetKind(
        "payments", "已支付款项", "budget.request_payment", COLUMNS, PaymentRows, "payment_list",
        "导入的每笔款项均须由另一人同意后才计入使用，不能超过该资金年度预算的剩余额；合同款、奖励资金请在合同、奖励拨付中办理。",
    )
)  # fmt: skip
