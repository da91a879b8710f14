"""What both sheets of finance share: funds by code or name, amounts, years."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from budget.forms import SPAN
from budget.models import Fund
from wangcheng.common.sheets.cells import RowProblem, number, text
from wangcheng.common.sheets.registry import SheetColumn

FUND = SheetColumn("fund", "资金项目", True, help="资金项目的名称或代码，须已登记", example="daily")
MOST = Decimal(10) ** 12


class Funds:
    """Every fund by its code and its name; read once for a sheet."""

    def __init__(self) -> None:
        funds = list(Fund.objects.all())
        self._known = {found.name: found for found in funds} | {found.code: found for found in funds}

    def find(self, cell: Any) -> Fund:
        words = text(cell)
        if words not in self._known:
            raise RowProblem(f"没有资金项目“{words[:30]}”，请先新增。")
        return self._known[words]


def yuan(cell: Any, label: str, *, least: Decimal) -> Decimal:
    """An amount to the cent."""
    found = number(cell)
    if found is None or not least <= found < MOST or found != found.quantize(Decimal("0.01")):
        raise RowProblem(f"{label}应为不小于{least}元、至多两位小数的数。")
    return found


def year(cell: Any, label: str) -> int:
    found = number(cell)
    if found is None or found != int(found) or int(found) not in SPAN:
        raise RowProblem(f"{label}“{text(cell)[:10]}”应为{SPAN[0]}至{SPAN[-1]}的年份。")
    return int(found)


def within(cell: Any, label: str, most: int) -> str:
    words = text(cell)
    if len(words) > most:
        raise RowProblem(f"{label}有{len(words)}字，超过{most}字。")
    return words
