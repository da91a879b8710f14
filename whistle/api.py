"""REST of whistles: list, report, detail, events, files, and every step (through the doors of the pages)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from wangcheng.common.api.bodies import checked_body, filled
from wangcheng.common.api.casedoors import CaseApi
from wangcheng.common.api.formschemas import form_schema, request_schemas
from wangcheng.common.api.pagination import PAGE_PARAMETERS, page_of, page_schema
from wangcheng.common.api.problems import Invalid
from wangcheng.common.api.queries import require, user_of
from wangcheng.common.api.requests import JSONParser
from wangcheng.common.casework.attachments import deliver
from wangcheng.common.models import User
from whistle import actions, api_shapes, shown, workflow
from whistle.doors import DOORS
from whistle.filters import WhistleApiFilter
from whistle.forms import AttachmentForm, ReportForm
from whistle.models import Whistle

ORDERINGS = {"received_at": "received_at", "number": "number", "due_at": "due_at", "closed_at": "closed_at"}
LABELS = {step.name: step.label for step in workflow.TABLE}
_SPANS = {"received": "上报日期", "closed": "办结日期"}  # of two parameters each
FILTERS = [
    OpenApiParameter(name, str, description=str(field.label or ""))
    for name, field in WhistleApiFilter.base_filters.items()
    if name not in _SPANS
] + [
    OpenApiParameter(f"{span}_{end}", {"type": "string", "format": "date"}, description=f"{label}{word}（含）")
    for span, label in _SPANS.items()
    for end, word in (("after", "自"), ("before", "至"))
]


def seen(user: User) -> Any:
    return Whistle.objects.visible_to(user)


def detailed(rows: Any) -> Any:
    """With everything a detail shows."""
    return rows.for_detail()


def _shown(case: Whistle, user: User) -> dict[str, Any]:
    return shown.whistle(case, user) | {"allowed_actions": WHISTLES.allowed_actions(case, user)}


def _moved(case: Whistle, user: User) -> dict[str, Any]:
    """The whistle as a step left it, read anew with all that is shown."""
    return _shown(Whistle.objects.for_detail().get(pk=case.pk), user)


WHISTLES = CaseApi("whistles", "哨单", DOORS, visible=seen, detailed=detailed, show=_moved, shape=api_shapes.WHISTLE)


@extend_schema(
    methods=["GET"],
    operation_id="whistles_list",
    summary="哨单列表",
    tags=["whistles"],
    parameters=[*FILTERS, *PAGE_PARAMETERS, OpenApiParameter("ordering", str)],
    responses=page_schema(api_shapes.WHISTLE_ROW),
)
@extend_schema(
    methods=["POST"],
    operation_id="whistles_report",
    summary="上报哨单",
    tags=["whistles"],
    description="grid 与 village 至少填一项。",
    request=request_schemas(ReportForm()),
    responses={201: api_shapes.WHISTLE},
    examples=[OpenApiExample("示例", value=api_shapes.REPORT_EXAMPLE, request_only=True)],
)
@api_view(["GET", "POST"])
@parser_classes([JSONParser, MultiPartParser])
def whistles(request: Request) -> Response:
    """GET: those in sight, newest first.  POST: 上报."""
    if request.method == "POST":
        return report(request)
    user = require(request, "whistle.view_whistle")
    narrowed = WhistleApiFilter(request.query_params, Whistle.objects.visible_to(user))
    if not narrowed.is_valid():
        raise Invalid.of(narrowed.form)
    rows = narrowed.qs.values(*shown.ROW_COLUMNS)
    return page_of(request, rows, shown.row, order="-received_at", orderings=ORDERINGS, filters=FILTERS)


def report(request: Request) -> Response:
    user = require(request, workflow.REPORT.permission)
    form = filled(request, ReportForm, user=user)
    return Response(_moved(actions.report(form.said(), by=user), user), status=201)


@extend_schema(operation_id="whistles_read", summary="哨单", tags=["whistles"], responses=api_shapes.WHISTLE)
@api_view(["GET"])
def whistle(request: Request, number: str) -> Response:
    user = require(request, "whistle.view_whistle")
    return Response(_shown(WHISTLES.read(user, number), user))


@extend_schema(
    operation_id="whistles_events", summary="哨单流转记录", tags=["whistles"], parameters=PAGE_PARAMETERS,
    responses=api_shapes.EVENTS,
)  # fmt: skip
@api_view(["GET"])
def events(request: Request, number: str) -> Response:
    """流转记录, oldest first; whoever rates is not named to the rated."""
    user = user_of(request)
    case = WHISTLES.find(user, number)
    lines = case.events.select_related("organisation")
    return page_of(request, lines, lambda entry: shown.event(entry, user, LABELS), order="seq")


@extend_schema(
    methods=["GET"],
    operation_id="whistles_attachments",
    summary="哨单附件",
    tags=["whistles"],
    parameters=PAGE_PARAMETERS,
    responses=api_shapes.ATTACHMENTS,
)
@extend_schema(
    methods=["POST"],
    operation_id="whistles_attach",
    summary="上传哨单附件",
    tags=["whistles"],
    request={"multipart/form-data": form_schema(AttachmentForm())},
    responses={201: api_shapes.ATTACHED},
)
@api_view(["GET", "POST"])
@parser_classes([MultiPartParser])
def attachments(request: Request, number: str) -> Response:
    """Files of a whistle.  `purpose` names the step a picture is for, so that it counts there."""
    user = user_of(request)
    case = WHISTLES.find(user, number)
    if request.method == "GET":
        return page_of(request, case.attachments.all(), lambda file: _file(request, case, file), order="pk")
    said = checked_body(request, AttachmentForm)
    kept = actions.attach(case.pk, said["file"], said["purpose"] or "other", by=user)
    return Response({"results": [_file(request, case, file) for file in kept]}, status=201)


def _file(request: Request, case: Whistle, file: Any) -> dict[str, Any]:
    file = shown.named_for(user_of(request), file)
    return shown.attachment(file, reverse("api_whistle_file", args=[case.number, file.pk], request=request))


@extend_schema(operation_id="whistles_download", summary="下载哨单附件", tags=["whistles"], responses=api_shapes.FILE)
@api_view(["GET"])
def attachment(request: Request, number: str, pk: int) -> HttpResponseBase:
    user = user_of(request)
    file = WHISTLES.find(user, number).attachments.filter(pk=pk).first()
    if file is None:
        raise Http404
    return deliver(shown.named_for(user, file))
