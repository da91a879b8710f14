"""REST of the assessments: list, start, detail, results, events, every step through the doors of the pages; rewards."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from grid import api_shapes, shown, workflow
from grid.actions import assessments as actions
from grid.doors import DOORS
from grid.forms import StartForm
from grid.models import Assessment
from wangcheng.common.api.bodies import checked_body
from wangcheng.common.api.casedoors import CaseApi
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.api.pagination import PAGE_PARAMETERS, page_of, page_schema
from wangcheng.common.api.problems import Invalid
from wangcheng.common.api.queries import require, user_of
from wangcheng.common.models import User

LABELS = {step.name: step.label for step in workflow.TABLE}
_QUARTER = re.compile(r"^20\d\d[Qq][1-4]$")
QUARTER = OpenApiParameter("quarter", {"type": "string", "pattern": r"^20\d\d[Qq][1-4]$"}, description="季度，如2022Q4")
KIND = OpenApiParameter("kind", api_shapes.KIND, description="类别")
STATE = OpenApiParameter("state", {"type": "string", "enum": Assessment.State.values}, description="状态")
RESULT_FILTERS = (
    OpenApiParameter("grade", str, description="等次：excellent、qualified、basic（网格）"),
    OpenApiParameter("town", str, description="街镇代码"),
)
_CHOICES = {"kind": Assessment.Kind.values, "state": Assessment.State.values}


def seen(user: User) -> Any:
    return Assessment.objects.visible_to(user)


def _shown(found: Assessment, user: User) -> dict[str, Any]:
    return shown.assessment(found) | {"allowed_actions": ASSESSMENTS.allowed_actions(found, user)}


ASSESSMENTS = CaseApi("assessments", "考核", DOORS, visible=seen, show=_shown, shape=api_shapes.ASSESSMENT, lookup="pk")


def chosen(request: Request, *names: str) -> Q:
    """The filters of the address, checked."""
    wanted = {name: request.query_params[name] for name in names if request.query_params.get(name)}
    for name, value in wanted.items():
        if len(request.query_params.getlist(name)) > 1:
            raise Invalid({name: [f"{name} 只能给出一个值。"]})
        if value not in _CHOICES.get(name, [value]):
            raise Invalid({name: [f"{name} 应为{'、'.join(_CHOICES[name])}之一。"]})
    if "quarter" in wanted and not _QUARTER.match(wanted["quarter"]):
        raise Invalid({"quarter": ["季度应为2022Q4的形式。"]})
    return Q(**wanted)


@extend_schema(
    methods=["GET"],
    operation_id="assessments_list",
    summary="考核列表",
    tags=["assessments"],
    parameters=[QUARTER, KIND, STATE, *PAGE_PARAMETERS],
    responses=page_schema(api_shapes.ASSESSMENT_ROW),
)
@extend_schema(
    methods=["POST"],
    operation_id="assessments_start",
    summary="发起季度考核测算",
    tags=["assessments"],
    request={"application/json": form_schema(StartForm())},
    responses={202: api_shapes.QUEUED},
    examples=[OpenApiExample("示例", value={"quarter": "2022Q4"}, request_only=True)],
)
@api_view(["GET", "POST"])
def assessments(request: Request) -> Response:
    """GET: the newest first.  POST: 发起测算, as a job."""
    if request.method == "POST":
        return _start(request)
    require(request, "grid.view_assessment")
    rows = seen(user_of(request)).exclude(state="").filter(chosen(request, "quarter", "kind", "state"))
    return page_of(request, rows, shown.assessment, order="-pk", filters=(QUARTER, KIND, STATE))


def _start(request: Request) -> Response:
    user = require(request, workflow.COMPUTE.permission)
    body = checked_body(request, StartForm)
    job = actions.request(body["quarter"], by=user, kinds=body["kinds"] or None)
    location = reverse("api_job", args=[job.pk], request=request)
    return Response({"job": job.pk, "location": location}, status=202, headers={"Location": location})


@extend_schema(operation_id="assessments_read", summary="考核", tags=["assessments"], responses=api_shapes.ASSESSMENT)
@api_view(["GET"])
def assessment(request: Request, pk: int) -> Response:
    user = require(request, "grid.view_assessment")
    return Response(_shown(ASSESSMENTS.find(user, str(pk)), user))


@extend_schema(
    operation_id="assessments_results",
    summary="考核结果：各网格得分，或各村（社区）零投诉评比",
    tags=["assessments"],
    parameters=[
        *RESULT_FILTERS,
        *PAGE_PARAMETERS,
    ],
    responses=page_schema(api_shapes.RESULT),
)
@api_view(["GET"])
def results(request: Request, pk: int) -> Response:
    """The rows in sight, by the code of the area."""
    user = require(request, "grid.view_assessment")
    found = ASSESSMENTS.find(user, str(pk))
    rows = (found.villages if found.is_zero else found.scores).visible_to(user).select_related("area", "town")
    for name, path in (("town", "town__code"), ("grade", "grade")):
        if value := request.query_params.get(name):
            rows = rows.filter(**{path: value}) if name == "town" or not found.is_zero else rows.none()
    if found.is_zero:
        return page_of(request, rows, shown.village, order="area__code", filters=RESULT_FILTERS)
    rows = rows.select_related("village")
    return page_of(request, rows, shown.score, order="area__code", filters=RESULT_FILTERS)


@extend_schema(
    operation_id="assessments_events", summary="考核流转记录", tags=["assessments"], parameters=PAGE_PARAMETERS,
    responses=api_shapes.EVENTS,
)  # fmt: skip
@api_view(["GET"])
def events(request: Request, pk: int) -> Response:
    found = ASSESSMENTS.find(require(request, "grid.view_assessment"), str(pk))
    return page_of(
        request, found.events.select_related("organisation"), lambda entry: shown.event(entry, LABELS), order="seq"
    )


@extend_schema(
    operation_id="rewards_list",
    summary="定稿结果的奖励",
    tags=["rewards"],
    parameters=[QUARTER, KIND, *PAGE_PARAMETERS],
    responses=page_schema(api_shapes.REWARD),
)
@api_view(["GET"])
def rewards(request: Request) -> Response:
    """Excellent grids and villages without complaints of final results, grids and villages in one list."""
    user = require(request, "grid.view_assessment")
    asked = partial(shown.rewards, user, chosen(request, "quarter", "kind"))
    return page_of(request, asked(), shown.reward, order="key", behind=asked, filters=(QUARTER, KIND))
