"""Contracts paid by score: the nodes with their share, score, reductions and amount payable."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from budget import actions
from budget.forms import NodePaymentForm, ScoreForm
from budget.models import Contract, ContractNode
from budget.rules import HUNDRED, payable
from budget.shown import node_parts, rate_words
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.forms import form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage


def _url(contract: Contract) -> str:
    return reverse("contract_detail", args=[contract.pk])


CONTRACTS = ListPage(
    "contracts",
    "合同",
    columns=(
        Column("number", "合同编号", Kind.CODE, link=True),
        Column("name", "名称", Kind.LONG),
        Column("fund.name", "资金项目"),
        Column("supplier", "供应商"),
        Column("amount", "合同金额（元）", Kind.MONEY, sort="amount"),
        Column("starts_on", "服务起日", Kind.DAY, sort="starts_on"),
        Column("ends_on", "服务止日", Kind.DAY),
    ),
    row_url=_url,
    buttons=(Button("登记合同", "contract_new", "budget.manage_budget", primary=True),),
    search=lambda rows, text: rows.filter(number=text) | rows.filter(name__contains=text),
    search_hint="合同编号、名称",
    export_permission="budget.view_budget",
    empty="还没有登记合同。可由财务“登记合同”。",
)


@needs("budget.view_budget")
def contract_list(request: HttpRequest) -> HttpResponseBase:
    """合同."""
    return CONTRACTS.respond(request, Contract.objects.select_related("fund"))


@needs("budget.view_budget")
def contract_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """合同: what each node pays, and how much of the whole has been paid."""
    contract = get_object_or_404(Contract.objects.select_related("fund"), pk=pk)
    nodes = [_node(node, contract) for node in contract.nodes.prefetch_related("reductions", "payments")]
    spent = sum((node["paid"] for node in nodes), Decimal(0))
    user = signed_in(request)
    page = {
        "contract": contract,
        "terms": _terms(contract, spent),
        "nodes": nodes,
        "reductions": contract.reductions.select_related("node"),
        "may_score": user.has_perm("budget.manage_budget"),
        "may_reduce": any(node["live"] is None for node in nodes),
        "may_request": user.has_perm("budget.request_payment"),
        "may_see_payments": user.has_perm("budget.view_payment"),
    }
    return render(request, "budget/contract.html", page)


def _node(node: ContractNode, contract: Contract) -> dict[str, Any]:
    reduced, due = node_parts(node, contract)
    entries = list(node.payments.all())
    paid = sum((entry.amount for entry in entries if entry.state == "paid"), Decimal(0))
    live = next((entry for entry in entries if entry.live), None)
    return {"row": node, "reduced": reduced, "payable": due, "paid": paid, "live": live}


def _terms(contract: Contract, spent: Decimal) -> list[Term]:
    return [
        Term("合同编号", contract.number),
        Term("资金项目", contract.fund.name),
        Term("供应商", contract.supplier),
        Term("服务期", f"{words.day(contract.starts_on)}至{words.day(contract.ends_on)}"),
        Term("合同金额", f"{words.yuan(contract.amount)}元"),
        Term("已支付", f"{words.yuan(spent)}元"),
        Term("各节点比例合计", f"{sum(node.share for node in contract.nodes.all())}%"),
        Term("实付比例", f"{rate_words(spent, contract.amount)}%" if contract.amount else words.NOTHING),
    ]


@needs("budget.manage_budget")
def node_score(request: HttpRequest, pk: int) -> HttpResponse:
    """考核评分 of a node."""
    node = get_object_or_404(ContractNode.objects.select_related("contract"), pk=pk)
    user = signed_in(request)

    def do(cleaned: dict[str, Any]) -> str:
        actions.score_node(pk, cleaned["score"], by=user, note=cleaned["note"])
        return _url(node.contract)

    form = ScoreForm(request.POST or None, initial={"score": node.score, "note": node.note})
    notice = f"付款比例{node.share}%，按得分满分应付{words.yuan(_full(node))}元（已扣除核减）。"
    return form_page(
        request, form, do, title=f"{node.contract.name}·{node.name}评分", done="已评分，可按得分申请支付。",
        back=_url(node.contract), template="budget/entering.html", notice=notice,
    )  # fmt: skip


def _full(node: ContractNode) -> Decimal:
    """What the node pays at the full score."""
    return payable(node.contract.amount, node.share, HUNDRED, node.reductions.values_list("amount", flat=True))


@needs("budget.request_payment")
def node_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """按得分申请支付 of a node."""
    node = get_object_or_404(ContractNode.objects.select_related("contract__fund"), pk=pk)
    user = signed_in(request)

    def do(cleaned: dict[str, Any]) -> str:
        payment = actions.request_node(pk, budget_year=cleaned["budget_year"], by=user)
        return reverse("payment_detail", args=[payment.number])

    return form_page(
        request, NodePaymentForm(request.POST or None), do, title=f"{node.contract.name}·{node.name}申请支付",
        submit="提交审批", done="已按得分申请支付，等待其他人员审批。", back=_url(node.contract),
        template="budget/entering.html", notice=_due(node),
    )  # fmt: skip


def _due(node: ContractNode) -> str:
    if node.score is None:
        return "该节点尚未评分，不能支付；请先评分。"
    due = words.yuan(actions.node_payable(node))
    return f"得分{node.score}，应付{due}元，收款单位{node.contract.supplier}，从“{node.contract.fund.name}”支付。"
