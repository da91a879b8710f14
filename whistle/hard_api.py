"""REST of hard whistles: list, put on the list, detail, progress log, and every step."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from wangcheng.common.api.bodies import filled
from wangcheng.common.api.casedoors import CaseApi
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.api.pagination import PAGE_PARAMETERS, page_of, page_schema
from wangcheng.common.api.problems import Invalid
from wangcheng.common.api.queries import require, user_of
from wangcheng.common.models import User
from whistle import api_shapes, hard_actions, hard_shown, hard_workflow
from whistle.filters import HardWhistleApiFilter
from whistle.hard_doors import DOORS
from whistle.hard_forms import DraftForm
from whistle.models import HardWhistle

ORDERINGS = {"received_at": "received_at", "number": "number", "deadline": "deadline"}
LABELS = {step.name: step.label for step in hard_workflow.TABLE}
FILTERS = [
    OpenApiParameter(name, str, description=str(field.label or ""))
    for name, field in HardWhistleApiFilter.base_filters.items()
]


def seen(user: User) -> Any:
    return HardWhistle.objects.visible_to(user).list_rows()


def _shown(case: HardWhistle, user: User) -> dict[str, Any]:
    return hard_shown.hard_whistle(case) | {"allowed_actions": HARD_WHISTLES.allowed_actions(case, user)}


HARD_WHISTLES = CaseApi("hard-whistles", "攻坚哨", DOORS, visible=seen, show=_shown, shape=api_shapes.HARD)


@extend_schema(
    methods=["GET"],
    operation_id="hard_whistles_list",
    summary="攻坚哨列表",
    tags=["hard-whistles"],
    parameters=[*FILTERS, *PAGE_PARAMETERS, OpenApiParameter("ordering", str)],
    responses=page_schema(api_shapes.HARD_ROW),
)
@extend_schema(
    methods=["POST"],
    operation_id="hard_whistles_draft",
    summary="梳理攻坚哨",
    tags=["hard-whistles"],
    request={"application/json": form_schema(DraftForm())},
    responses={201: api_shapes.HARD},
)
@api_view(["GET", "POST"])
def hard_whistles(request: Request) -> Response:
    """GET: those in sight.  POST: a problem put on the list of a batch."""
    if request.method == "POST":
        return draft(request)
    user = require(request, "whistle.view_hardwhistle")
    narrowed = HardWhistleApiFilter(request.query_params, seen(user))
    if not narrowed.is_valid():
        raise Invalid.of(narrowed.form)
    return page_of(request, narrowed.qs, hard_shown.row, order="-received_at", orderings=ORDERINGS, filters=FILTERS)


def draft(request: Request) -> Response:
    user = require(request, hard_workflow.DRAFT.permission)
    form = filled(request, DraftForm, user=user)
    case = hard_actions.draft(form.problem(), by=user)
    return Response(_shown(seen(user).get(pk=case.pk), user), status=201)


@extend_schema(operation_id="hard_whistles_read", summary="攻坚哨", tags=["hard-whistles"], responses=api_shapes.HARD)
@api_view(["GET"])
def hard_whistle(request: Request, number: str) -> Response:
    user = require(request, "whistle.view_hardwhistle")
    return Response(_shown(HARD_WHISTLES.find(user, number), user))


@extend_schema(
    operation_id="hard_whistles_events", summary="攻坚哨推进记录", tags=["hard-whistles"], parameters=PAGE_PARAMETERS,
    responses=api_shapes.EVENTS,
)  # fmt: skip
@api_view(["GET"])
def events(request: Request, number: str) -> Response:
    lines = HARD_WHISTLES.find(user_of(request), number).events.select_related("organisation")
    return page_of(request, lines, lambda entry: hard_shown.event(entry, LABELS), order="seq")
