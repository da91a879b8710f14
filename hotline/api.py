"""REST of tickets: list, take in, detail, events, files, reveal, import, and every step through the doors of the pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from django import forms
from django.http import Http404, HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from hotline import actions, api_shapes, privacy, shown, workflow
from hotline.doors import DOORS
from hotline.filters import TicketApiFilter
from hotline.importing.job import start
from hotline.importing.mapping import check_shape
from hotline.intake import Outcome
from hotline.intake_form import IntakeForm
from hotline.models import Ticket
from wangcheng.common.api.bodies import checked_body, filled
from wangcheng.common.api.casedoors import CaseApi
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.api.pagination import PAGE_PARAMETERS, chosen_order, listing, page_of, page_schema
from wangcheng.common.api.problems import Invalid
from wangcheng.common.api.queries import require, user_of
from wangcheng.common.casework.attachments import CheckedFile, deliver
from wangcheng.common.models import User
from wangcheng.common.sheets.reading import FileProblem

ORDERINGS = {"received_at": "received_at", "number": "number", "due_at": "due_at", "closed_at": "closed_at"}
LABELS = {step.name: step.label for step in workflow.TABLE}
FILTERS = [
    OpenApiParameter(name, str, description=str(field.label or ""))
    for name, field in TicketApiFilter.base_filters.items()
]


class FileForm(forms.Form):
    file = CheckedFile(label="文件")
    purpose = forms.CharField(label="用途", max_length=20, required=False)


class RevealForm(forms.Form):
    reason = forms.CharField(label="查看理由", max_length=200)


class ImportForm(forms.Form):
    file = forms.FileField(label="工单表（csv、csv.gz、xlsx）")
    mapping = forms.CharField(label="映射", required=False, help_text="JSON，格式同映射文件；不填则按常见表头识别")

    def clean_mapping(self) -> Any:
        """As orjson reads it: nothing bottomless, no half characters."""
        try:
            written = orjson.loads(self.cleaned_data["mapping"] or "null")
        except orjson.JSONDecodeError as problem:
            raise forms.ValidationError("映射不是有效的JSON。") from problem
        if written is not None:
            _check_mapping(written)
        return written


def _check_mapping(written: Any) -> None:
    try:
        check_shape(written)
    except FileProblem as problem:
        raise forms.ValidationError(str(problem)) from problem


def seen(user: User) -> Any:
    """Tickets in sight, as a step needs them."""
    return Ticket.objects.visible_to(user).select_related("category__unit")


def detailed(rows: Any) -> Any:
    """With everything a detail shows."""
    return rows.for_detail()


def _shown(case: Ticket, user: User) -> dict[str, Any]:
    return shown.ticket(case, user) | {"allowed_actions": TICKETS.allowed_actions(case, user)}


def _moved(case: Ticket, user: User) -> dict[str, Any]:
    """The ticket as a step left it, read anew with all that is shown."""
    return _shown(Ticket.objects.for_detail().get(pk=case.pk), user)


TICKETS = CaseApi("tickets", "工单", DOORS, visible=seen, detailed=detailed, show=_moved, shape=api_shapes.TICKET)


@extend_schema(
    methods=["GET"],
    operation_id="tickets_list",
    summary="工单列表",
    tags=["tickets"],
    parameters=[*FILTERS, *PAGE_PARAMETERS, OpenApiParameter("ordering", str)],
    responses=page_schema(api_shapes.TICKET_ROW),
)
@extend_schema(
    methods=["POST"],
    operation_id="tickets_receive",
    summary="受理工单（市级编号相同的更新原工单）",
    tags=["tickets"],
    request={"application/json": form_schema(IntakeForm())},
    responses={200: api_shapes.TICKET, 201: api_shapes.TICKET},
    examples=[OpenApiExample("示例", value=api_shapes.EXAMPLE, request_only=True)],
)
@api_view(["GET", "POST"])
def tickets(request: Request) -> Response:
    """GET: those in sight, newest first.  POST: 受理, idempotent on the city number."""
    if request.method == "POST":
        return _receive(request)
    user = require(request, "hotline.view_ticket")
    narrowed = TicketApiFilter(request.query_params, Ticket.objects.visible_to(user))
    if not narrowed.is_valid():
        raise Invalid.of(narrowed.form)
    order = chosen_order(request, "-received_at", ORDERINGS)
    found = listing(request, narrowed.qs.values(*shown.ROW_COLUMNS), order, filters=FILTERS)
    return found.answer(shown.rows(found.rows, user))


def _receive(request: Request) -> Response:
    user = require(request, workflow.RECEIVE.permission)
    ticket, outcome = actions.take_in(filled(request, IntakeForm).intake(), by=user)
    return Response(_moved(ticket, user), status=201 if outcome == Outcome.CREATED else 200)


@extend_schema(operation_id="tickets_read", summary="工单", tags=["tickets"], responses=api_shapes.TICKET)
@api_view(["GET"])
def ticket(request: Request, number: str) -> Response:
    user = require(request, "hotline.view_ticket")
    return Response(_shown(TICKETS.read(user, number), user))


@extend_schema(
    operation_id="tickets_events", summary="工单流转记录", tags=["tickets"], parameters=PAGE_PARAMETERS,
    responses=api_shapes.EVENTS,
)  # fmt: skip
@api_view(["GET"])
def events(request: Request, number: str) -> Response:
    """流转记录, oldest first."""
    case = TICKETS.find(user_of(request), number)
    return page_of(
        request, case.events.select_related("organisation"), lambda entry: shown.event(entry, case, LABELS), order="seq"
    )


@extend_schema(
    operation_id="tickets_reveal",
    summary="查看来电人信息（须写明理由，记入审计）",
    tags=["tickets"],
    request={"application/json": form_schema(RevealForm())},
    responses={200: api_shapes.REVEALED},
    examples=[OpenApiExample("示例", value={"reason": "与来电人联系"}, request_only=True)],
)
@api_view(["POST"])
def reveal(request: Request, number: str) -> Response:
    user = user_of(request)
    case = TICKETS.find(user, number)
    reason = checked_body(request, RevealForm)["reason"]
    shown_once = asdict(privacy.reveal(case, by=user, reason=reason, request=request._request))
    return Response(shown_once, headers={"Cache-Control": "no-store"})


@extend_schema(
    methods=["GET"],
    operation_id="tickets_attachments",
    summary="工单附件",
    tags=["tickets"],
    parameters=PAGE_PARAMETERS,
    responses=api_shapes.ATTACHMENTS,
)
@extend_schema(
    methods=["POST"],
    operation_id="tickets_attach",
    summary="上传工单附件",
    tags=["tickets"],
    request={"multipart/form-data": form_schema(FileForm())},
    responses={201: api_shapes.ATTACHMENT},
)
@api_view(["GET", "POST"])
@parser_classes([MultiPartParser])
def attachments(request: Request, number: str) -> Response:
    """Files of a ticket."""
    user = user_of(request)
    case = TICKETS.find(user, number)
    if request.method == "GET":
        named = lambda file: _file(request, case, privacy.named_for(user, case, file))  # noqa: E731
        return page_of(request, case.attachments.all(), named, order="pk")
    said = checked_body(request, FileForm)
    (kept,) = actions.attach(case.pk, [said["file"]], by=user, purpose=said["purpose"])
    return Response(_file(request, case, privacy.named_for(user, case, kept)), status=201)


def _file(request: Request, case: Ticket, file: Any) -> dict[str, Any]:
    return shown.attachment(file, reverse("api_ticket_file", args=[case.number, file.pk], request=request))


@extend_schema(operation_id="tickets_file", summary="下载工单附件", tags=["tickets"], responses=api_shapes.FILE)
@api_view(["GET"])
def attachment(request: Request, number: str, pk: int) -> HttpResponseBase:
    user = user_of(request)
    case = TICKETS.find(user, number)
    file = case.attachments.filter(pk=pk).first()
    if file is None:
        raise Http404
    return deliver(privacy.named_for(user, case, file))


@extend_schema(
    operation_id="tickets_import",
    summary="导入工单表",
    tags=["tickets"],
    request={"multipart/form-data": form_schema(ImportForm())},
    responses={202: api_shapes.STARTED},
)
@api_view(["POST"])
@parser_classes([MultiPartParser])
def import_tickets(request: Request) -> Response:
    """工单导入: answered at once; progress, counts and the rejected rows are found at the job."""
    user = require(request, "hotline.import_ticket")
    said = checked_body(request, ImportForm)
    job = start(said["file"], said["mapping"], by=user)
    return Response({"job": job.pk, "url": reverse("api_job", args=[job.pk], request=request)}, status=202)
