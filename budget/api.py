"""REST of payments: to read, to ask for and to move through their steps.  What is entered stands in budget.entry_api."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from budget import actions, api_shapes, shown
from budget.filters import PaymentFilter
from budget.forms import PaymentForm
from budget.models import Payment
from budget.steps import STEPS, PaymentStep
from wangcheng.common.api.bodies import checked_body
from wangcheng.common.api.casedoors import example
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.api.pagination import PAGE_PARAMETERS, page_of, page_schema
from wangcheng.common.api.problems import Invalid
from wangcheng.common.api.queries import require
from wangcheng.common.models import User

ORDERINGS = {"requested_at": "requested_at", "number": "number", "amount": "amount"}
FILTERS = [
    OpenApiParameter(name, str, description=str(found.label or ""))
    for name, found in PaymentFilter.base_filters.items()
    if name != "paid"
] + [
    OpenApiParameter(f"paid_{end}", {"type": "string", "format": "date"}, description=f"支付日期{word}（含）")
    for end, word in (("after", "自"), ("before", "至"))
]


def _payments(user: User) -> Any:
    return Payment.objects.visible_to(user).select_related("fund", "reversal_of", "appropriation", "reward__area")


def _find(user: User, number: str) -> Payment:
    found: Payment | None = _payments(user).filter(number=number).first()
    if found is None:
        raise Http404
    return found


@extend_schema(
    methods=["GET"],
    operation_id="payments_list",
    summary="支付列表",
    tags=["payments"],
    parameters=[*FILTERS, *PAGE_PARAMETERS, OpenApiParameter("ordering", str)],
    responses=page_schema(api_shapes.PAYMENT_ROW),
)
@extend_schema(
    methods=["POST"],
    operation_id="payments_request",
    summary="申请支付",
    tags=["payments"],
    request={"application/json": form_schema(PaymentForm())},
    responses={201: api_shapes.PAYMENT},
)
@api_view(["GET", "POST"])
def payments(request: Request) -> Response:
    """GET: payments and reversing entries.  POST: one is asked for; another person approves it."""
    if request.method == "POST":
        return _request(request)
    user = require(request, "budget.view_payment")
    narrowed = PaymentFilter(request.query_params, _payments(user))
    if not narrowed.is_valid():
        raise Invalid.of(narrowed.form)
    return page_of(request, narrowed.qs, shown.payment, order="-pk", orderings=ORDERINGS, filters=FILTERS)


def _request(request: Request) -> Response:
    user = require(request, "budget.request_payment")
    made = actions.request_payment(**checked_body(request, PaymentForm), by=user)
    return Response(shown.payment_detail(_find(user, made.number), user), status=201)


@extend_schema(operation_id="payments_read", summary="支付", tags=["payments"], responses=api_shapes.PAYMENT)
@api_view(["GET"])
def payment(request: Request, number: str) -> Response:
    user = require(request, "budget.view_payment")
    return Response(shown.payment_detail(_find(user, number), user))


def step_view(step: PaymentStep) -> Any:
    """The address of one step: it answers with the payment as it is then."""

    @extend_schema(
        operation_id=f"payments_{step.name}",
        summary=step.label,
        description=f"需要权限 {step.permission}。",
        tags=["payments"],
        request={"application/json": form_schema(step.form())},
        responses={200: api_shapes.PAYMENT},
        examples=[OpenApiExample("示例", value=example_of(step.form()), request_only=True)],
    )
    @api_view(["POST"])
    def act(request: Request, number: str) -> Response:
        user = require(request, "budget.view_payment")
        found = _find(user, number)
        if problem := step.refusal(found, user):  # who may not act at all is told that before the mistakes
            raise problem
        step.take(found, user, checked_body(request, step.form))
        return Response(shown.payment_detail(_find(user, number), user))

    return act


def example_of(form: forms.Form) -> dict[str, Any]:
    """A body that names every required field."""
    return example(form)  # type: ignore[arg-type]


STEP_VIEWS = {name: step_view(step) for name, step in STEPS.items()}
