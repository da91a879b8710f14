"""REST of the self-evaluation report: list, draft, detail, the steps of the table in budget.report_steps, the files."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from budget import report_actions as actions
from budget import report_shapes as shapes
from budget.api import example_of
from budget.models import SelfEvaluation
from budget.report.content import content_of, problems_of
from budget.report.document import filled_sections
from budget.report.issue import TYPES, download
from budget.report_steps import STEPS, ReportStep, open_steps
from budget.report_views import YearForm, attachment
from wangcheng.common.api.bodies import checked_body
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.api.pagination import PAGE_PARAMETERS, page_of, page_schema
from wangcheng.common.api.problems import Invalid
from wangcheng.common.api.queries import require
from wangcheng.common.models import User

VIEW = "budget.view_selfevaluation"
TAGS = ["self-evaluations"]
ORDERINGS = {"year": "year", "edited_at": "edited_at"}
FILTERS = [
    OpenApiParameter("year", {"type": "integer", "minimum": 2000, "maximum": 2099}, description="年度"),
    OpenApiParameter("state", {"type": "string", "enum": SelfEvaluation.State.values}, description="状态"),
]


def _row(found: SelfEvaluation) -> dict[str, Any]:
    return {
        "id": found.pk,
        "year": found.year,
        "edition": found.edition,
        "state": found.state,
        "state_display": found.get_state_display(),
        "version": found.version,
        "dated_on": found.dated_on,
        "reason": found.reason,
        "edited_by": found.edited_by.name if found.edited_by else "",
        "edited_at": found.edited_at,
        "frozen_by": found.frozen_by.name if found.frozen_by else "",
        "frozen_at": found.frozen_at,
    }


def _detail(found: SelfEvaluation, user: User) -> dict[str, Any]:
    content = content_of(found)
    frozen: dict[str, Any] = found.content
    sections = filled_sections(content["sections"], content["values"])
    return {
        **_row(found),
        "sections": [{"place": place, **section} for place, section in enumerate(sections)],
        "figures": content["figures"],
        "tables": [{"note": "", **table} for table in content["tables"]],
        "findings": content["findings"],
        "problems": frozen.get("problems", []) if frozen else problems_of(found.year, content),
        "acknowledgement": frozen.get("acknowledgement", ""),
        "allowed_actions": [
            {"name": step.name, "label": step.label, "danger": False, "schema": form_schema(step.form())}
            for step in open_steps(found, user)
        ],
    }


def _rows() -> Any:
    return SelfEvaluation.objects.select_related("edited_by", "frozen_by")


def _find(pk: int) -> SelfEvaluation:
    found: SelfEvaluation | None = _rows().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@extend_schema(
    methods=["GET"], operation_id="self_evaluations_list", summary="绩效自评报告列表", tags=TAGS,
    parameters=[*FILTERS, *PAGE_PARAMETERS, OpenApiParameter("ordering", str)], responses=page_schema(shapes.ROW),
)  # fmt: skip
@extend_schema(
    methods=["POST"], operation_id="self_evaluations_draft", summary="编制年度绩效自评报告", tags=TAGS,
    request={"application/json": form_schema(YearForm())}, responses={201: shapes.DETAIL},
    examples=[OpenApiExample("示例", value={"year": 2022}, request_only=True)],
)  # fmt: skip
@api_view(["GET", "POST"])
def reports(request: Request) -> Response:
    """GET: editions of every year, newest first.  POST: a year's first edition with the default text."""
    if request.method == "POST":
        user = require(request, "budget.draft_selfevaluation")
        made = actions.draft(checked_body(request, YearForm)["year"], by=user)
        return Response(_detail(_find(made.pk), user), status=201)
    require(request, VIEW)
    rows = _narrowed(request, _rows().defer("content", "sections", "figures"))
    return page_of(request, rows, _row, order="-pk", orderings=ORDERINGS, filters=FILTERS)


def _narrowed(request: Request, rows: Any) -> Any:
    year, state = request.query_params.get("year", ""), request.query_params.get("state", "")
    if year and not re.fullmatch(r"20\d\d", year, re.ASCII):
        raise Invalid({"year": ["year 应为2000至2099的四位年份。"]})
    if state and state not in SelfEvaluation.State.values:
        raise Invalid({"state": [f"state 应为{'、'.join(SelfEvaluation.State.values)}之一。"]})
    chosen = {name: value for name, value in (("year", year), ("state", state)) if value}
    return rows.filter(**chosen)


@extend_schema(
    operation_id="self_evaluations_read",
    summary="绩效自评报告：正文、数据、自评表、勾稽校验",
    tags=TAGS,
    responses=shapes.DETAIL,
)
@api_view(["GET"])
def report(request: Request, pk: int) -> Response:
    """A draft as it reads now; a frozen edition exactly as it was frozen."""
    user = require(request, VIEW)
    return Response(_detail(_find(pk), user))


def step_view(step: ReportStep) -> Any:
    """The address of one step: it answers with the edition as it is then (for a correction, the new one)."""

    @extend_schema(
        operation_id=f"self_evaluations_{step.name}",
        summary=step.label,
        description=f"需要权限 {step.permission}。",
        tags=TAGS,
        request={"application/json": form_schema(step.form())},
        responses={200: shapes.DETAIL},
        examples=[OpenApiExample("示例", value=example_of(step.form()), request_only=True)],
    )
    @api_view(["POST"])
    def act(request: Request, pk: int) -> Response:
        user = require(request, VIEW)
        found = _find(pk)
        if problem := step.refusal(found, user):  # who may not act at all is told that before the mistakes
            raise problem
        after = step.take(found, user, checked_body(request, step.form))
        return Response(_detail(_find(after.pk), user))

    return act


STEP_VIEWS = {name: step_view(step) for name, step in STEPS.items()}


def file_view(name: str) -> Any:
    """The address of one file."""

    @extend_schema(
        operation_id=f"self_evaluations_{name.replace('.', '_')}",
        summary=f"下载 {name}",
        tags=TAGS,
        responses={(200, TYPES[name]): OpenApiTypes.OBJECT if name.endswith(".json") else OpenApiTypes.BINARY},
    )
    @api_view(["GET"])
    def give(request: Request, pk: int) -> HttpResponse:
        user = require(request, "budget.export_selfevaluation")
        found = _find(pk)
        return attachment(download(found, name, by=user, request=request._request), found, name)

    return give


FILE_VIEWS = {name: file_view(name) for name in TYPES}
