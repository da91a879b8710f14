"""Pages where finance enters money: funds, budgets, adjustments, contracts with nodes and reductions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from budget import actions
from budget.entry_forms import (
    AdjustForm,
    BudgetForm,
    ChangedContractForm,
    ContractForm,
    CorrectForm,
    FundForm,
    NodeForm,
    ReductionForm,
)
from budget.models import Budget, Contract, ContractNode
from wangcheng.common import clock
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page

MANAGE = "budget.manage_budget"


def _fund_url(budget: Budget) -> str:
    return reverse("fund_detail", args=[budget.fund.code, budget.year])


@needs(MANAGE)
def fund_new(request: HttpRequest) -> HttpResponse:
    """新增资金项目."""

    def do(cleaned: dict[str, Any]) -> str:
        fund = actions.open_fund(**cleaned, by=signed_in(request))
        return f"{reverse('budget_new')}?fund={fund.code}"

    return form_page(
        request, FundForm(request.POST or None), do, title="新增资金项目", done="资金项目已新增，请登记预算。",
        back=reverse("fund_list"),
    )  # fmt: skip


@needs(MANAGE)
def budget_new(request: HttpRequest) -> HttpResponse:
    """登记年初预算."""
    initial = {"fund": request.GET.get("fund", ""), "year": clock.today().year}

    def do(cleaned: dict[str, Any]) -> str:
        return _fund_url(actions.set_budget(**cleaned, by=signed_in(request)))

    return form_page(
        request, BudgetForm(request.POST or None, initial=initial), do, title="登记年初预算", done="年初预算已登记。",
        back=reverse("fund_list"),
    )  # fmt: skip


def _budget(code: str, year: int) -> Budget:
    return get_object_or_404(Budget.objects.select_related("fund"), fund__code=code, year=year)


@needs(MANAGE)
def budget_adjust(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """调整预算."""
    budget = _budget(code, year)

    def do(cleaned: dict[str, Any]) -> str:
        actions.adjust_budget(budget.pk, **cleaned, by=signed_in(request))
        return _fund_url(budget)

    return form_page(
        request, AdjustForm(request.POST or None, initial={"version": budget.version}), do,
        title=f"调整{budget}预算", done="预算已调整。", back=_fund_url(budget), template="budget/entering.html",
        notice=f"年初预算{words.yuan(budget.amount)}元，全年预算随调整自动计算。",
    )  # fmt: skip


@needs(MANAGE)
def budget_correct(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """更正年初预算."""
    budget = _budget(code, year)
    initial = {name: getattr(budget, name) for name in ("version", "amount", "document_number", "decided_on")}

    def do(cleaned: dict[str, Any]) -> str:
        return _fund_url(actions.correct_budget(budget.pk, **cleaned, by=signed_in(request)))

    return form_page(
        request, CorrectForm(request.POST or None, initial=initial), do, title=f"更正{budget}年初预算",
        done="年初预算已更正。", back=_fund_url(budget), template="budget/entering.html",
        notice="仅用于改正登记差错；预算有增减的，请办理预算调整。",
    )  # fmt: skip


def _contract_url(contract: Contract) -> str:
    return reverse("contract_detail", args=[contract.pk])


@needs(MANAGE)
def contract_new(request: HttpRequest) -> HttpResponse:
    """登记合同."""

    def do(cleaned: dict[str, Any]) -> str:
        return _contract_url(actions.keep_contract(cleaned, by=signed_in(request)))

    return form_page(
        request, ContractForm(request.POST or None), do, title="登记合同", done="合同已登记，请新增付款节点。",
        back=reverse("contract_list"),
    )  # fmt: skip


@needs(MANAGE)
def contract_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改合同."""
    contract = get_object_or_404(Contract.objects.select_related("fund"), pk=pk)
    names = ("version", "number", "name", "supplier", "amount", "starts_on", "ends_on")
    initial = {**{name: getattr(contract, name) for name in names}, "fund": contract.fund.code}

    def do(cleaned: dict[str, Any]) -> str:
        version = cleaned.pop("version")
        return _contract_url(actions.keep_contract(cleaned, by=signed_in(request), contract_id=pk, version=version))

    return form_page(
        request, ChangedContractForm(request.POST or None, initial=initial), do, title=f"修改合同“{contract.name}”",
        done="合同已修改。", back=_contract_url(contract),
    )  # fmt: skip


@needs(MANAGE)
def node_new(request: HttpRequest, pk: int) -> HttpResponse:
    """新增付款节点."""
    return _node_page(request, get_object_or_404(Contract, pk=pk), None)


@needs(MANAGE)
def node_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改付款节点."""
    node = get_object_or_404(ContractNode.objects.select_related("contract"), pk=pk)
    return _node_page(request, node.contract, node)


def _node_page(request: HttpRequest, contract: Contract, node: ContractNode | None) -> HttpResponse:
    initial: dict[str, Any] = {"version": contract.version}
    if node:
        initial |= {"name": node.name, "share": node.share, "due_on": node.due_on}

    def do(cleaned: dict[str, Any]) -> str:
        actions.keep_node(contract.pk, **cleaned, by=signed_in(request), node_id=node.pk if node else None)
        return _contract_url(contract)

    title = f"修改付款节点“{node.name}”" if node else "新增付款节点"
    return form_page(
        request, NodeForm(request.POST or None, initial=initial), do, title=title, done="付款节点已保存。",
        back=_contract_url(contract), template="budget/entering.html", notice=_said(contract),
    )  # fmt: skip


def _said(contract: Contract) -> str:
    return f"{contract.name}（{contract.number}），合同金额{words.yuan(contract.amount)}元。"


@needs(MANAGE)
def contract_reduce(request: HttpRequest, pk: int) -> HttpResponse:
    """核减."""
    contract = get_object_or_404(Contract, pk=pk)

    def do(cleaned: dict[str, Any]) -> str:
        actions.reduce_scope(pk, **cleaned, by=signed_in(request))
        return _contract_url(contract)

    form = ReductionForm(request.POST or None, contract=contract, initial={"version": contract.version})
    return form_page(
        request, form, do, title="核减合同范围", submit="核减", done="已核减。", back=_contract_url(contract),
        template="budget/entering.html", notice=_said(contract),
    )  # fmt: skip
