"""The money's entries of the menu and of the manual of processes.  Imported by BudgetConfig.ready()."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from budget import report_steps, steps
from budget.models import Appropriation, SelfEvaluation
from wangcheng.common.audit import things
from wangcheng.common.ways import menu, processes
from wangcheng.common.ways.menu import MenuItem
from wangcheng.common.ways.processes import Process
from wangcheng.common.workflow import Holder, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from budget.report_steps import ReportStep
    from budget.steps import AppropriationStep, PaymentStep
    from wangcheng.common.models import User


def waiting_payments(user: User) -> QuerySet[Any]:
    from budget.views.payments import waiting

    return waiting(user)


def waiting_appropriations(user: User) -> QuerySet[Any]:
    from budget.views.rewards import waiting

    return waiting(user)


things.name({
    "appropriation": "拨付", "payment": "支付", "rewards": "奖励", "contract": "合同", "fund": "资金项目",
    "performance_table": "绩效自评表", "performance_tables": "绩效自评表", "self_evaluation": "自评报告",
})  # fmt: skip
menu.register(
    MenuItem("资金与预算", "fund_list", "budget.view_budget", menu.MONEY, 10),
    MenuItem("支付", "payment_list", "budget.view_payment", menu.MONEY, 20, count=waiting_payments),
    MenuItem("合同", "contract_list", "budget.view_budget", menu.MONEY, 30),
    MenuItem("奖励", "reward_list", "budget.view_budget", menu.MONEY, 40),
    MenuItem("奖励拨付", "appropriation_list", "budget.view_budget", menu.MONEY, 50, count=waiting_appropriations),
    MenuItem("奖励签收", "appropriation_list", "budget.confirm_receipt", menu.MONEY, 50, count=waiting_appropriations),
)


def in_manual(
    first: str, label: str, permission: str, table: Iterable[PaymentStep | AppropriationStep | ReportStep]
) -> tuple[Step, ...]:
    """The table as the manual draws it, after the step that makes the row; whoever may go on is at the centre."""
    lines = tuple(table)
    onward = {line.source for line in lines}
    begun = Step(first, label, frozenset({""}), lines[0].source, permission, holder=Holder.CENTRE)
    return begun, *(
        Step(
            line.name, line.label, frozenset({line.source}), line.target, line.permission,
            holder=Holder.CENTRE if line.target in onward else Holder.NOBODY,
        )
        for line in lines
    )  # fmt: skip


processes.register(
    Process(
        "支付",
        in_manual("request", "申请支付", "budget.request_payment", steps.STEPS.values()),
        steps.STATES,
    ),
    Process(
        "奖励拨付",
        in_manual("appropriate", "申请拨付", "budget.appropriate_payment", steps.APPROPRIATION_STEPS.values()),
        dict(Appropriation.State.choices),
    ),
    Process(
        "绩效自评报告",
        in_manual("draft", "起草", "budget.draft_selfevaluation", report_steps.STEPS.values()),
        dict(SelfEvaluation.State.choices),
    ),
)
