"""The money's entries of the menu.  Imported by BudgetConfig.ready()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wangcheng.common.ways import menu
from wangcheng.common.ways.menu import MenuItem

if TYPE_CHECKING:
    from wangcheng.common.models import User


def waiting_payments(user: User) -> int:
    from budget.views.payments import waiting

    return waiting(user)


def waiting_appropriations(user: User) -> int:
    from budget.views.rewards import waiting

    return waiting(user)


menu.register(
    MenuItem("资金与预算", "fund_list", "budget.view_budget", menu.MONEY, 10),
    MenuItem("支付", "payment_list", "budget.view_payment", menu.MONEY, 20, count=waiting_payments),
    MenuItem("合同", "contract_list", "budget.view_budget", menu.MONEY, 30),
    MenuItem("奖励", "reward_list", "budget.view_budget", menu.MONEY, 40),
    MenuItem("奖励拨付", "appropriation_list", "budget.view_budget", menu.MONEY, 50, count=waiting_appropriations),
    MenuItem("奖励签收", "appropriation_list", "budget.confirm_receipt", menu.MONEY, 50, count=waiting_appropriations),
)
