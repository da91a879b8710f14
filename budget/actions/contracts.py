"""合同: entered with its payment nodes, scored, reduced in scope, and asked for by what the score pays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Sum

from budget.actions.payments import request_payment
from budget.models import Contract, ContractNode, Payment, ScopeReduction
from budget.rules import HUNDRED, cents, payable
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User


def _tell(summary: str, contract: Contract, by: User | None, **data: Any) -> None:
    data = {name: str(value) for name, value in data.items()}
    record(AuditEntry.Kind.DATA, summary, by=by, object=f"contract {contract.number}", data=data)


def _changed(contract: Contract) -> None:
    contract.version += 1
    contract.save(update_fields=["version"])


def _locked(contract_id: int, version: int | None) -> Contract:
    contract: Contract = Contract.objects.select_for_update(of=("self",)).get(pk=contract_id)
    if version is not None and version != contract.version:
        raise NotAllowed("合同已被其他人员修改，请刷新后重试。", Code.VERSION)
    return contract


def _locked_node(node_id: int) -> ContractNode:
    """A node under the lock of its contract, so that nobody changes share, amount or reductions meanwhile."""
    rows = ContractNode.objects.select_for_update(of=("self", "contract")).select_related("contract__fund")
    node: ContractNode = rows.get(pk=node_id)
    return node


@transaction.atomic
def keep_contract(
    values: dict[str, Any], *, by: User, contract_id: int | None = None, version: int | None = None
) -> Contract:
    """新增或修改合同.  The amount and the fund stay once money was asked for."""
    contract = _locked(contract_id, version) if contract_id else Contract()
    if values["ends_on"] < values["starts_on"]:
        raise NotAllowed("服务止日不能早于服务起日。", Code.RULE, "ends_on")
    tied = contract_id is not None and Payment.objects.filter(node__contract=contract, live=True).exists()
    if tied and (contract.amount != values["amount"] or contract.fund_id != values["fund"].pk):
        raise NotAllowed("合同已申请付款，不能修改金额和资金项目。", Code.STATE)
    for name, value in values.items():
        setattr(contract, name, value)
    contract.version += 1 if contract_id else 0
    with refused_twice(f"合同编号“{values['number']}”已被使用。", Code.RULE, "number"):
        contract.save()
    _tell("修改合同" if contract_id else "登记合同", contract, by, **values)
    return contract


@transaction.atomic
def keep_node(
    contract_id: int,
    *,
    name: str,
    share: Decimal,
    due_on: date,
    by: User,
    node_id: int | None = None,
    version: int | None = None,
) -> ContractNode:
    """新增或修改付款节点: all shares together are at most the whole."""
    contract = _locked(contract_id, version)
    others = contract.nodes.exclude(pk=node_id or 0)
    taken = others.aggregate(sum=Sum("share"))["sum"] or Decimal(0)
    if taken + share > HUNDRED:
        raise NotAllowed(f"各节点付款比例合计将为{taken + share}%，不能超过100%。", Code.RULE, "share")
    node = contract.nodes.get(pk=node_id) if node_id else ContractNode(contract=contract, place=_next_place(contract))
    if node_id and node.share != share:
        _unpaid(node, "不能修改付款比例")
    node.name, node.share, node.due_on = name, share, due_on
    node.save()
    _changed(contract)
    _tell("修改付款节点" if node_id else "新增付款节点", contract, by, node=name, share=share, due_on=due_on)
    return node


def _next_place(contract: Contract) -> int:
    return max(contract.nodes.values_list("place", flat=True), default=0) + 1


def _unpaid(node: ContractNode, words: str) -> None:
    if node.payments.filter(live=True).exists():
        raise NotAllowed(f"“{node.name}”已申请支付，{words}；请先冲销或退回。", Code.STATE)


@transaction.atomic
def reduce_scope(
    contract_id: int, node: ContractNode, *, amount: Decimal, reason: str, decided_on: date, by: User,
    version: int | None = None,
) -> ScopeReduction:  # fmt: skip
    """核减: what is out of use is not paid; at most what the node pays in full."""
    contract = _locked(contract_id, version)
    if node.contract_id != contract.pk:
        raise NotAllowed("所选节点不属于本合同。", Code.RULE, "node")
    _unpaid(node, "不能核减")
    left = contract.amount * node.share / HUNDRED - (node.reductions.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))
    if not 0 < amount <= left:
        raise NotAllowed(f"核减金额应大于0，且不超过该节点剩余的{cents(left):,.2f}元。", Code.RULE, "amount")
    reduction = ScopeReduction.objects.create(
        contract=contract, node=node, amount=amount, reason=reason, decided_on=decided_on
    )
    _changed(contract)
    _tell("核减合同金额", contract, by, node=node.name, amount=amount, reason=reason)
    return reduction


@transaction.atomic
def score_node(node_id: int, score: Decimal, *, by: User | None, note: str = "") -> ContractNode:
    """考核评分 of a payment node, before it is paid."""
    node = _locked_node(node_id)
    if not 0 <= score <= HUNDRED:
        raise NotAllowed("得分应在0至100之间。", Code.RULE, "score")
    if node.payments.filter(live=True).exists():
        raise NotAllowed("该节点已申请支付，不能改分；请先冲销或退回。", Code.STATE)
    node.score, node.scored_by, node.scored_at, node.note = score, by, clock.now(), note
    node.save(update_fields=["score", "scored_by", "scored_at", "note"])
    _tell(f"“{node.name}”考核评分", node.contract, by, score=score, note=note)
    return node


def node_payable(node: ContractNode) -> Decimal:
    """应付金额 of a scored node."""
    if node.score is None:
        raise NotAllowed("该节点尚未评分，不能支付。", Code.STATE)
    reductions = node.reductions.values_list("amount", flat=True)
    return payable(node.contract.amount, node.share, node.score, reductions)


@transaction.atomic
def request_node(node_id: int, *, budget_year: int, by: User | None) -> Payment:
    """按得分申请支付合同款."""
    node = _locked_node(node_id)
    if node.payments.filter(live=True).exists():
        raise NotAllowed("该节点已申请支付。", Code.STATE)
    contract: Contract = node.contract
    return request_payment(
        contract.fund, budget_year=budget_year, kind=Payment.Kind.CONTRACT, amount=node_payable(node),
        payee=contract.supplier, purpose=f"{contract.name}{node.name}", by=by, node=node,
    )  # fmt: skip
