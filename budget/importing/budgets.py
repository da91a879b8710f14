"""导入年初预算: one row a fund and year, entered as the page enters it.

What is entered already is never overwritten: the same row changes nothing, another amount is refused and sent to
adjustment or correction, which want a document and a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from budget.actions import set_budget
from budget.importing.funds import FUND, Funds, within, year, yuan
from budget.models import Budget, Fund
from wangcheng.common import clock
from wangcheng.common.sheets import registry
from wangcheng.common.sheets.cells import day
from wangcheng.common.sheets.registry import Outcome, SheetColumn, SheetKind
from wangcheng.common.workflow import NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

COLUMNS = (
    FUND,
    SheetColumn("year", "年度", True, example="2023"),
    SheetColumn("amount", "年初预算数（元）", True, help="单位为元", example="4160000.00"),
    SheetColumn("document_number", "批复文号", True, example="望财预〔2023〕1号"),
    SheetColumn("decided_on", "批复日期", help="不填为今天", example="2023-01-03"),
)


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One budget as the sheet has it."""

    fund: Fund
    year: int
    amount: Decimal
    document_number: str
    decided_on: date | None


class BudgetRows:
    """Funds are read once for the sheet, budgets once for a chunk."""

    def __init__(self, by: User) -> None:
        self.by, self.funds = by, Funds()

    def read(self, cells: Mapping[str, Any]) -> BudgetRow:
        return BudgetRow(
            self.funds.find(cells.get("fund")), year(cells.get("year"), "年度"),
            yuan(cells.get("amount"), "年初预算数", least=Decimal(0)),
            within(cells.get("document_number"), "批复文号", 80), day(cells.get("decided_on")),
        )  # fmt: skip

    def key(self, row: BudgetRow) -> str:
        return f"{row.fund.code}/{row.year}"

    def write(self, rows: Sequence[BudgetRow]) -> list[Outcome | str]:
        held = Budget.objects.filter(fund__in={row.fund for row in rows}, year__in={row.year for row in rows})
        known = {(found.fund_id, found.year): found for found in held}
        return [self._put(row, known.get((row.fund.pk, row.year))) for row in rows]

    def _put(self, row: BudgetRow, found: Budget | None) -> Outcome | str:
        if found is not None:
            return _agreed(row, found)
        try:
            with transaction.atomic():
                set_budget(
                    row.fund, year=row.year, amount=row.amount, document_number=row.document_number,
                    decided_on=row.decided_on or clock.today(), by=self.by,
                )  # fmt: skip
        except NotAllowed as refused:
            return refused.message
        return Outcome.CREATED


def _agreed(row: BudgetRow, found: Budget) -> Outcome | str:
    same_day = row.decided_on in {None, found.decided_on}
    if same_day and (row.amount, row.document_number) == (found.amount, found.document_number):
        return Outcome.UNCHANGED
    return (
        f"“{row.fund.name}”{row.year}年度预算已按{found.document_number or '无文号'}登记为{found.amount:,.2f}元，与本行不一致；"
        "有增减的请办理预算调整，登记有误的请更正。"
    )


registry.register(
    SheetKind(
        "budgets", "年初预算", "budget.manage_budget", COLUMNS, BudgetRows, "fund_list",
        "按资金项目和年度识别，已登记的不重复登记、不改动。",
    )
)  # fmt: skip
