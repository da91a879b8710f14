"""REST of the applications that a ticket shall not count against its village: list, apply, read, decide."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from grid import api_shapes, shown
from grid.actions import entries
from grid.api import QUARTER, chosen
from grid.forms import DecideForm, ExclusionForm
from grid.models import ComplaintExclusion
from wangcheng.common.api.bodies import checked_body
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.api.pagination import PAGE_PARAMETERS, page_of, page_schema
from wangcheng.common.api.queries import require, user_of
from wangcheng.common.models import User

_EXAMPLE = {
    "quarter": "2023Q1", "village": "430112001010", "ticket": "WC20230103-00012", "reason": "malicious", "evidence": "通话录音",
}  # fmt: skip


def _seen(user: User) -> Any:
    return ComplaintExclusion.objects.visible_to(user).select_related("village", "applicant", "decided_by")


@extend_schema(
    methods=["GET"],
    operation_id="exclusions_list",
    summary="零投诉不计入申请列表",
    tags=["assessments"],
    parameters=[QUARTER, *PAGE_PARAMETERS],
    responses=page_schema(api_shapes.EXCLUSION),
)
@extend_schema(
    methods=["POST"],
    operation_id="exclusions_apply",
    summary="申请不计入零投诉",
    tags=["assessments"],
    request={"application/json": form_schema(ExclusionForm())},
    responses={201: api_shapes.EXCLUSION},
    examples=[OpenApiExample("示例", value=_EXAMPLE, request_only=True)],
)
@api_view(["GET", "POST"])
def exclusions(request: Request) -> Response:
    """GET: those in sight, newest first.  POST: 申请."""
    if request.method == "POST":
        user = require(request, "grid.appeal_assessment")
        made = entries.apply_exclusion(**checked_body(request, ExclusionForm), by=user)
        return Response(shown.exclusion(made), status=201)
    user = require(request, "grid.view_assessment")
    rows = _seen(user).filter(chosen(request, "quarter"))
    return page_of(request, rows, shown.exclusion, order="-pk", filters=(QUARTER,))


def _found(request: Request, pk: int) -> ComplaintExclusion:
    found: ComplaintExclusion | None = _seen(user_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@extend_schema(
    operation_id="exclusions_read", summary="零投诉不计入申请", tags=["assessments"], responses=api_shapes.EXCLUSION
)
@api_view(["GET"])
def exclusion(request: Request, pk: int) -> Response:
    require(request, "grid.view_assessment")
    return Response(shown.exclusion(_found(request, pk)))


@extend_schema(
    operation_id="exclusions_decide",
    summary="审批零投诉不计入申请",
    tags=["assessments"],
    request={"application/json": form_schema(DecideForm())},
    responses={200: api_shapes.EXCLUSION},
    examples=[OpenApiExample("示例", value={"approve": True, "decision": "属实"}, request_only=True)],
)
@api_view(["POST"])
def decide(request: Request, pk: int) -> Response:
    """审批: 403 without the right or on one's own application, 409 once decided."""
    user = require(request, "grid.adjust_assessment")
    _found(request, pk)
    entries.decide_exclusion(pk, **checked_body(request, DecideForm), by=user)
    return Response(shown.exclusion(_found(request, pk)))
