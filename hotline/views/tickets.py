"""The list of tickets, one ticket with every step, its files, and the way to the caller's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from hotline import actions, judging, pages, privacy, shown, workflow
from hotline.doors import DOORS
from hotline.filters import TicketFilter
from hotline.models import Ticket
from wangcheng.common import clock
from wangcheng.common.casework.attachments import CheckedFiles, deliver
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import timeline
from wangcheng.common.ways.forms import act, form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab
from wangcheng.common.ways.steps import step_bar, take_step
from wangcheng.common.ways.words import Toned
from wangcheng.common.workflow import NotAllowed, actor_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline.models import TicketEvent
    from wangcheng.common.models import User
    from wangcheng.common.ways.details import Term


def _marks(ticket: Any) -> list[Toned]:
    return pages.marks(ticket, repeat_told=ticket.repeat_told)


TICKETS = ListPage(
    "tickets",
    "工单",
    columns=(
        Column("number", "编号", Kind.CODE, link=True, sort="number"),
        Column("title", "标题", Kind.LONG, value=lambda ticket: ticket.told(ticket.title)),
        Column(
            "state", "状态", Kind.STATE, value=lambda ticket: ticket.state_label, tone=lambda t: pages.DOTS[t.state]
        ),
        Column("due_at", "剩余时间", value=pages.left, sort="due_at", sort_on=("todo", "open", "due", "late")),
        Column("unit.short_name", "承办单位"),
        Column("village.short_name", "村（社区）"),
        Column("type", "类型", value=lambda ticket: ticket.get_type_display()),
        Column("category.name", "分类"),
        Column("marks", "标记", Kind.MARKS, value=_marks),
        Column("received_at", "接收时间", Kind.MOMENT, sort="received_at"),
        Column("city_number", "市级编号", Kind.CODE, shown=False),
        Column("source", "信息来源", value=lambda ticket: ticket.get_source_display(), shown=False),
        Column("town.short_name", "街镇", shown=False),
        Column("content", "诉求内容", Kind.LONG, value=lambda ticket: ticket.told(ticket.content), shown=False),
        Column("deadline", "办理时限", Kind.MOMENT, value=lambda ticket: ticket.due_at, shown=False),
        Column("finished_at", "申请办结时间", Kind.MOMENT, shown=False),
        Column("closed_at", "结案时间", Kind.MOMENT, shown=False),
        Column("resolved", "是否解决", value=lambda ticket: ticket.get_resolved_display(), shown=False),
        Column("satisfaction", "是否满意", value=lambda ticket: ticket.get_satisfaction_display(), shown=False),
    ),
    row_url=lambda ticket: reverse("ticket_detail", args=[ticket.number]),
    order="-received_at",
    filters=TicketFilter,
    search=lambda rows, text: rows.search(text),  # type: ignore[attr-defined]
    search_hint="编号、电话、标题",
    tabs=(
        Tab("todo", "待办", lambda rows, user: rows.waiting_for(user), counted=True, action="办理"),  # type: ignore[attr-defined]
        Tab("open", "在办", lambda rows, user: rows.under_way()),  # type: ignore[attr-defined]
        Tab("due", "临期", lambda rows, user: pages.nearly_late(rows, user)),
        Tab("late", "超期", lambda rows, user: rows.held_by(user).overdue(clock.now()), counted=True),  # type: ignore[attr-defined]
        Tab("done", "已办", lambda rows, user: rows.done()),  # type: ignore[attr-defined]
        Tab("all", "全部"),
    ),
    buttons=(
        Button("新建工单", "ticket_new", "hotline.receive_ticket", primary=True),
        Button("导入", "ticket_import", "hotline.import_ticket"),
    ),
    batch=(
        Button("批量派单", "tickets_step", "hotline.dispatch_ticket", primary=True, arguments=("dispatch",)),
        Button("批量审核", "tickets_step", "hotline.review_ticket", primary=True, arguments=("review",)),
        Button("批量签收", "tickets_step", "hotline.sign_ticket", primary=True, arguments=("sign",)),
    ),
    export_permission="hotline.export_ticket",
    empty="没有符合条件的工单。可放宽筛选条件后重试。",
    note="剩余时间按市级时限计算，没有市级时限的按内部时限计算。",
)


@needs("hotline.view_ticket")
def ticket_list(request: HttpRequest) -> HttpResponseBase:
    """工单: what the acting post may see."""
    rows = Ticket.objects.visible_to(signed_in(request)).telling_of_repeats()
    return TICKETS.respond(request, rows.select_related("unit", "village", "town", "category"))


def _found(request: HttpRequest, number: str) -> Ticket:
    ticket: Ticket = get_object_or_404(Ticket.objects.visible_to(signed_in(request)).for_detail(), number=number)
    return ticket


@needs("hotline.view_ticket")
@require_GET
def ticket_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One ticket with its flow, its clocks and exactly the steps open to this person."""
    user, ticket = signed_in(request), _found(request, number)
    events = list(pages.masked(ticket, ticket.events.select_related("organisation")))
    units = shown.co_units(pages.units_named(ticket, events))
    earlier, concerned = privacy.earlier(ticket, user), ticket.concerns(actor_of(user))
    page = {
        "case": ticket,
        "title": ticket.told(ticket.title),
        "dot": pages.DOTS[ticket.state],
        "left": pages.left(ticket),
        "marks": pages.marks(ticket, repeat_told=user.at_centre or earlier is not None),
        "terms": pages.terms(ticket, user, units),
        "clocks": pages.clock_lines(ticket),
        "reasons": pages.reasons(ticket),
        "timeline": timeline(
            events, workflow.TABLE, dict(Ticket.State.choices), details=pages.StepWords(units)  # type: ignore[arg-type]
        ),
        "bar": step_bar(DOORS, user, ticket, lambda step: reverse("ticket_step", args=[number, step])),
        "may_reveal": concerned and user.has_perm("hotline.reveal_ticket") and (user.at_centre or not ticket.is_secret),
        "may_attach": concerned and user.has_perm("hotline.attach_ticket") and ticket.state != Ticket.State.ARCHIVED,
        "earlier": earlier,
        "merged": _merged(ticket, user),
        "wordings": _wordings(ticket, user, events),
        "files": [privacy.named_for(user, ticket, file) for file in ticket.attachments.select_related("uploaded_by")],
        **_beside(ticket),
    }  # fmt: skip
    return render(request, "hotline/ticket.html", page)


def _beside(ticket: Ticket) -> dict[str, Any]:
    """The rows beside the ticket; what it cannot have yet is not asked for."""
    finished = ticket.first_finished_at or ticket.closed_at
    return {
        "contacts": ticket.contacts.select_related("by", "organisation") if ticket.dispatched_at else (),
        "assists": ticket.assists.select_related("unit") if ticket.co_unit_ids else (),
        "answers": ticket.answers.select_related("organisation") if finished else (),
        "callbacks": ticket.callbacks.all() if ticket.reviewed_at or ticket.round > 1 else (),
        "pushes": ticket.pushes.select_related("user") if ticket.pushed_at else (),
    }


def _merged(ticket: Ticket, user: User) -> Iterable[Ticket]:
    """并入的工单, those in sight."""
    if not ticket.has_merged:  # type: ignore[attr-defined]  # for_detail's
        return ()
    return Ticket.objects.visible_to(user).filter(merged_into=ticket).order_by("received_at", "pk")


def _wordings(ticket: Ticket, user: User, events: list[TicketEvent]) -> list[list[Term]]:
    """改动前的内容, for the centre; asked for only where the city has changed something."""
    if not user.at_centre or not any(event.step == workflow.AMEND.name for event in events):
        return []
    return [pages.wording(ticket, row) for row in ticket.wordings.all()]


@needs("hotline.view_ticket")
def ticket_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step: its form, or taking it."""
    ticket = _found(request, number)
    back = reverse("ticket_detail", args=[number])
    return take_step(request, DOORS, ticket, step, back=back, terms=judging.terms(ticket, step))


class RevealForm(forms.Form):
    """Why the caller's data are needed."""

    reason = forms.CharField(label="查看理由", max_length=200, help_text="理由、时间和查看人将记入审计日志")


@needs("hotline.reveal_ticket")
@never_cache
def ticket_reveal(request: HttpRequest, number: str) -> HttpResponse:
    """查看来电人信息: shown once, on the answer to the POST, and kept nowhere."""
    ticket = _found(request, number)
    form = RevealForm(request.POST or None)
    page: dict[str, Any] = {"case": ticket, "form": form, "back": reverse("ticket_detail", args=[number])}
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            page["revealed"] = privacy.reveal(ticket, by=signed_in(request), reason=reason, request=request)
            page["wordings"] = ticket.wordings.all() if signed_in(request).at_centre else ()
        except NotAllowed as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    return render(request, "hotline/reveal.html", page, status=400 if form.errors else 200)


class AttachForm(forms.Form):
    """Files for a ticket."""

    files_to_add = CheckedFiles(label="照片或文件", required=True)


@needs("hotline.attach_ticket")
def ticket_attach(request: HttpRequest, number: str) -> HttpResponse:
    """上传附件."""
    ticket, back = _found(request, number), reverse("ticket_detail", args=[number])

    def do(said: dict[str, Any]) -> str:
        actions.attach(ticket.pk, said["files_to_add"], by=signed_in(request))
        return back

    form = AttachForm(request.POST or None, request.FILES or None)
    return form_page(request, form, do, title=f"上传附件 {number}", submit="上传", done="附件已上传。", back=back)


@needs("hotline.view_ticket")
@require_GET
def ticket_file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """A file of a ticket that the person may see; `?small=1` its thumbnail."""
    ticket = _found(request, number)
    file = get_object_or_404(ticket.attachments.all(), pk=pk)
    return deliver(privacy.named_for(signed_in(request), ticket, file), small="small" in request.GET)


@needs("hotline.view_ticket")
@require_POST
def ticket_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """双推送回执: the officer has seen it."""
    ticket, user = _found(request, number), signed_in(request)
    back = reverse("ticket_detail", args=[number])
    return act(request, lambda: actions.confirm_push(ticket.pk, by=user), done="已回执。", back=back)
