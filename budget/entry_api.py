"""REST of what finance enters: funds, their yearly budgets, contracts; and the steps of the tables in budget.entry_steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from budget import actions, api_shapes, shown
from budget.api import example_of
from budget.entry_forms import BudgetForm, ContractForm, FundForm
from budget.entry_steps import BUDGET_STEPS, CONTRACT_STEPS, MANAGE, EntryStep
from budget.models import Budget, Contract, Fund
from wangcheng.common.api.bodies import checked_body
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.api.pagination import PAGE_PARAMETERS, page_of, page_schema
from wangcheng.common.api.problems import Invalid
from wangcheng.common.api.queries import require
from wangcheng.common.models import User

VIEW = "budget.view_budget"
YEAR = OpenApiParameter("year", {"type": "integer", "minimum": 2000, "maximum": 2099}, description="年度，默认全部")
FUND = {"code": "training", "name": "培训专项", "kind": "special"}
BUDGET = {
    "fund": "daily", "year": 2023, "amount": "4160000.00", "document_number": "望财预〔2023〕1号",
    "decided_on": "2023-01-03",
}  # fmt: skip
CONTRACT = {
    "number": "望社治合〔2023〕1号", "name": "信息化硬件运维服务", "fund": "maintenance", "supplier": "运维服务商",
    "amount": "500000.00", "starts_on": "2023-01-01", "ends_on": "2023-12-31",
}  # fmt: skip


def _sample(value: dict[str, Any]) -> list[OpenApiExample]:
    return [OpenApiExample("示例", value=value, request_only=True)]


@extend_schema(
    methods=["GET"], operation_id="funds_list", summary="资金项目", tags=["budgets"], parameters=PAGE_PARAMETERS,
    responses=page_schema(api_shapes.FUND),
)  # fmt: skip
@extend_schema(
    methods=["POST"], operation_id="funds_open", summary="新增资金项目", description=f"需要权限 {MANAGE}。",
    tags=["budgets"], request={"application/json": form_schema(FundForm())}, responses={201: api_shapes.FUND},
    examples=_sample(FUND),
)  # fmt: skip
@api_view(["GET", "POST"])
def funds(request: Request) -> Response:
    """GET: every fund.  POST: a new one, which is given its budget next."""
    if request.method == "POST":
        user = require(request, MANAGE)
        return Response(shown.fund(actions.open_fund(**checked_body(request, FundForm), by=user)), status=201)
    require(request, VIEW)
    return page_of(request, Fund.objects.all(), shown.fund, order="pk")


@extend_schema(
    methods=["GET"], operation_id="budgets_list", summary="年度预算与执行", tags=["budgets"],
    parameters=[YEAR, *PAGE_PARAMETERS], responses=page_schema(api_shapes.BUDGET_ROW),
)  # fmt: skip
@extend_schema(
    methods=["POST"], operation_id="budgets_enter", summary="登记年初预算", description=f"需要权限 {MANAGE}。",
    tags=["budgets"], request={"application/json": form_schema(BudgetForm())}, responses={201: api_shapes.BUDGET},
    examples=_sample(BUDGET),
)  # fmt: skip
@api_view(["GET", "POST"])
def budgets(request: Request) -> Response:
    """GET: each fund's budgets with their use, as of now or their year's end.  POST: 年初预算, once a fund and year."""
    if request.method == "POST":
        user = require(request, MANAGE)
        made = actions.set_budget(**checked_body(request, BudgetForm), by=user)
        return Response(shown.budget_detail(_budget(made.pk), user), status=201)
    require(request, VIEW)
    year = _year(request)
    rows, behind = (shown.budgets_of(year), None) if year else (shown.budgets_of_all_years(), shown.budgets_in_parts)
    return page_of(request, rows, shown.budget, order="pk", behind=behind, filters=(YEAR,))


def _year(request: Request) -> int | None:
    text = request.query_params.get("year")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4 and 2000 <= int(text) <= 2099):
        raise Invalid({"year": ["year 应为2000至2099的年份。"]})
    return int(text)


def _budget(pk: int) -> Any:
    """A budget with its whole and its use, as of now or its year's end."""
    year = Budget.objects.filter(pk=pk).values_list("year", flat=True).first()
    found = year and shown.budgets_of(year).filter(pk=pk).prefetch_related("adjustments").first()
    if not found:
        raise Http404
    return found


@extend_schema(operation_id="budgets_read", summary="预算及其调整", tags=["budgets"], responses=api_shapes.BUDGET)
@api_view(["GET"])
def budget(request: Request, pk: int) -> Response:
    user = require(request, VIEW)
    return Response(shown.budget_detail(_budget(pk), user))


@extend_schema(
    methods=["GET"], operation_id="contracts_list", summary="合同列表", tags=["contracts"], parameters=PAGE_PARAMETERS,
    responses=page_schema(api_shapes.CONTRACT_ROW),
)  # fmt: skip
@extend_schema(
    methods=["POST"], operation_id="contracts_enter", summary="登记合同", description=f"需要权限 {MANAGE}。",
    tags=["contracts"], request={"application/json": form_schema(ContractForm())}, responses={201: api_shapes.CONTRACT},
    examples=_sample(CONTRACT),
)  # fmt: skip
@api_view(["GET", "POST"])
def contracts(request: Request) -> Response:
    """GET: contracts, newest first.  POST: one is entered; its payment nodes are added by the step add_node."""
    if request.method == "POST":
        user = require(request, MANAGE)
        made = actions.keep_contract(checked_body(request, ContractForm), by=user)
        return Response(shown.contract_detail(_contract(*SHOWN, pk=made.pk), user), status=201)
    require(request, VIEW)
    return page_of(request, Contract.objects.select_related("fund"), shown.contract_row, order="-pk")


SHOWN = ("nodes__reductions", "nodes__payments")


def _contract(*beside: str, **key: Any) -> Contract:
    """A contract with the rows `beside` it."""
    rows = Contract.objects.select_related("fund").prefetch_related(*beside)
    found: Contract | None = rows.filter(**key).first()
    if found is None:
        raise Http404
    return found


@extend_schema(operation_id="contracts_read", summary="合同", tags=["contracts"], responses=api_shapes.CONTRACT)
@api_view(["GET"])
def contract(request: Request, number: str) -> Response:
    """A contract with its nodes: share, score, reductions, amount payable, the live payment."""
    user = require(request, VIEW)
    return Response(shown.contract_detail(_contract(*SHOWN, number=number), user))


def _taken(request: Request, step: EntryStep, found: Any) -> User:
    """Take a step on what was found.  Who may not act at all is told that before the mistakes."""
    user = require(request, VIEW)
    if problem := step.refusal(found, user):
        raise problem
    step.action(found.pk, by=user, **checked_body(request, step.form_of(found)))
    return user


def _described(step: EntryStep, tag: str, shape: Any) -> Callable[[Any], Any]:
    return extend_schema(
        operation_id=f"{tag}_{step.name}",
        summary=step.label,
        description=f"需要权限 {step.permission}。",
        tags=[tag],
        request={"application/json": form_schema(step.form())},
        responses={200: shape},
        examples=_sample(example_of(step.form())),
    )


def budget_step_view(step: EntryStep) -> Any:
    """The address of one step: it answers with the budget as it is then."""

    @_described(step, "budgets", api_shapes.BUDGET)
    @api_view(["POST"])
    def act(request: Request, pk: int) -> Response:
        user = _taken(request, step, _budget(pk))
        return Response(shown.budget_detail(_budget(pk), user))

    return act


def contract_step_view(step: EntryStep) -> Any:
    """The address of one step: it answers with the contract as it is then."""

    @_described(step, "contracts", api_shapes.CONTRACT)
    @api_view(["POST"])
    def act(request: Request, number: str) -> Response:
        found = _contract("nodes__payments", number=number)
        user = _taken(request, step, found)
        return Response(shown.contract_detail(_contract(*SHOWN, pk=found.pk), user))

    return act


BUDGET_VIEWS = {name: budget_step_view(step) for name, step in BUDGET_STEPS.items()}
CONTRACT_VIEWS = {name: contract_step_view(step) for name, step in CONTRACT_STEPS.items()}
