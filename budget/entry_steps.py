"""What finance can do with a budget of a year and with a contract once they are entered: one table each for REST.

The pages ask with the same forms and call the same actions, which check once more under the lock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms

from budget import actions
from budget.entry_forms import (
    AdjustForm,
    ChangedContractForm,
    ChangedNodeForm,
    CorrectForm,
    NodeForm,
    NodeRequestForm,
    NodeScoreForm,
    OfNode,
    ReductionForm,
)
from budget.models import Budget, Contract, ContractNode
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

MANAGE = "budget.manage_budget"


@dataclass(frozen=True, slots=True)
class EntryStep:
    """One line of a table."""

    name: str
    label: str
    permission: str
    form: type[forms.Form]
    action: Callable[..., Any]
    fits: Callable[[ContractNode], bool] | None = None  # on which node it can be taken; None where it needs none

    def refusal(self, found: Budget | Contract, user: User) -> NotAllowed | None:
        """Why the person cannot do it now, or None."""
        if not user.has_perm(self.permission):
            return NotAllowed(f"您的岗位没有“{self.label}”的权限。", Code.RIGHT)
        if self.fits and isinstance(found, Contract) and not any(map(self.fits, found.nodes.all())):
            return NotAllowed(f"该合同没有可以{self.label}的付款节点。", Code.STATE)
        return None

    def form_of(self, found: Budget | Contract) -> Callable[..., forms.Form]:
        """Its form, which offers the nodes of this contract."""
        if isinstance(found, Contract) and issubclass(self.form, OfNode):
            return partial(self.form, contract=found)
        return self.form


def _edit(pk: int, *, by: User, version: int | None, **values: Any) -> Contract:
    return actions.keep_contract(values, by=by, contract_id=pk, version=version)


def _edit_node(pk: int, *, node: ContractNode, by: User, **values: Any) -> ContractNode:
    return actions.keep_node(pk, **values, by=by, node_id=node.pk)


def _score(pk: int, *, node: ContractNode, score: Decimal, note: str, by: User) -> ContractNode:
    return actions.score_node(node.pk, score, by=by, note=note)


def _request(pk: int, *, node: ContractNode, budget_year: int, by: User) -> Any:
    return actions.request_node(node.pk, budget_year=budget_year, by=by)


def _any(node: ContractNode) -> bool:
    return True


def _untied(node: ContractNode) -> bool:
    """Nothing was asked for it, or it was taken back."""
    return not any(payment.live for payment in node.payments.all())


def _payable(node: ContractNode) -> bool:
    return node.score is not None and _untied(node)


BUDGET_STEPS = {
    step.name: step
    for step in (
        EntryStep("adjust", "调整预算", MANAGE, AdjustForm, actions.adjust_budget),
        EntryStep("correct", "更正年初预算", MANAGE, CorrectForm, actions.correct_budget),
    )
}
CONTRACT_STEPS = {
    step.name: step
    for step in (
        EntryStep("edit", "修改合同", MANAGE, ChangedContractForm, _edit),
        EntryStep("add_node", "新增付款节点", MANAGE, NodeForm, actions.keep_node),
        EntryStep("edit_node", "修改付款节点", MANAGE, ChangedNodeForm, _edit_node, _any),
        EntryStep("reduce", "核减", MANAGE, ReductionForm, actions.reduce_scope, _untied),
        EntryStep("score", "评分", MANAGE, NodeScoreForm, _score, _untied),
        EntryStep("request", "申请支付", "budget.request_payment", NodeRequestForm, _request, _payable),
    )
}


def open_entry_steps(found: Budget | Contract, user: User) -> list[EntryStep]:
    """The steps open to the person on this budget or contract now; the nodes' payments are best prefetched."""
    steps = BUDGET_STEPS if isinstance(found, Budget) else CONTRACT_STEPS
    return [step for step in steps.values() if step.refusal(found, user) is None]
