"""The list of whistles, one whistle with every step and its files, and the report form for the phone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wangcheng.common import clock
from wangcheng.common.casework.attachments import deliver
from wangcheng.common.people.masking import mask_text
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import timeline
from wangcheng.common.ways.forms import form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab
from wangcheng.common.ways.steps import step_bar, take_step
from wangcheng.common.workflow import Party, actor_of
from whistle import actions, pages, shown, workflow
from whistle.doors import DOORS
from whistle.filters import WhistleFilter, search
from whistle.forms import AttachmentForm, ReportForm
from whistle.models import Whistle
from whistle.rules import Limits

WHISTLES = ListPage(
    "whistles",
    "雷锋哨",
    columns=(
        Column("number", "编号", Kind.CODE, link=True, sort="number"),
        Column("title", "标题", Kind.LONG, value=lambda case: mask_text(case.title)),
        Column(
            "state", "状态", Kind.STATE, value=lambda case: case.state_label, tone=lambda case: pages.DOTS[case.state]
        ),
        Column("due_at", "剩余时间", value=pages.left),
        Column("category.name", "分类", narrow=False),
        Column("village.short_name", "村（社区）"),
        Column("unit.short_name", "承办单位"),
        Column("marks", "标记", Kind.MARKS, value=pages.marks),
        Column("received_at", "上报时间", Kind.MOMENT, sort="received_at"),
        Column("town.short_name", "街镇", shown=False),
        Column("grid.name", "三级网格", shown=False),
        Column("place", "地点", value=lambda case: mask_text(case.place), shown=False),
        Column("filed_at", "立案时间", Kind.MOMENT, shown=False),
        Column("arrive_due_at", "到场时限", Kind.MOMENT, shown=False),
        Column("arrived_at", "到场时间", Kind.MOMENT, shown=False),
        Column("disposer_kind", "处置类别", value=lambda case: case.get_disposer_kind_display(), shown=False),
        Column("closed_at", "办结时间", Kind.MOMENT, shown=False),
        Column("rating", "评价", value=lambda case: case.get_rating_display(), shown=False),
    ),
    row_url=lambda case: reverse("whistle_detail", args=[case.number]),
    order="-received_at",
    filters=WhistleFilter,
    search=search,
    search_hint="编号、标题、地点",
    tabs=(
        Tab("todo", "待办", lambda rows, user: rows.waiting_for(user), counted=True, action="办理"),  # type: ignore[attr-defined]
        Tab("open", "在办", lambda rows, user: rows.open()),  # type: ignore[attr-defined]
        Tab("late", "超期", lambda rows, user: rows.overdue(clock.now()), counted=True),  # type: ignore[attr-defined]
        Tab("done", "已办", lambda rows, user: rows.filter(state="closed")),
        Tab("all", "全部"),
    ),
    buttons=(Button("上报哨单", "whistle_report", "whistle.report_whistle", primary=True),),
    batch=(
        Button("批量立案", "whistles_step", "whistle.file_whistle", primary=True, arguments=("file",)),
        Button("批量签收", "whistles_step", "whistle.sign_whistle", primary=True, arguments=("sign",)),
    ),
    export_permission="whistle.export_whistle",
    empty="没有符合条件的哨单。可放宽筛选条件后重试。",
    note="剩余时间在到场前按到场时限、到场后按处置时限计算；挂账期间不计时。",
)


@needs("whistle.view_whistle")
def whistle_list(request: HttpRequest) -> HttpResponseBase:
    """雷锋哨: what the acting post may see."""
    return WHISTLES.respond(request, Whistle.objects.visible_to(signed_in(request)).list_rows())


def _found(request: HttpRequest, number: str) -> Whistle:
    case: Whistle = get_object_or_404(Whistle.objects.visible_to(signed_in(request)).for_detail(), number=number)
    return case


@needs("whistle.view_whistle")
@require_GET
def whistle_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One whistle with its flow, its clocks and exactly the steps open to this person."""
    user, case = signed_in(request), _found(request, number)
    events = list(pages.told_to(user, case.events.select_related("organisation")))
    words = pages.StepWords(pages.units_named(events))
    page = {
        "case": case,
        "title": mask_text(case.title),
        "dot": pages.DOTS[case.state],
        "left": pages.left(case),
        "marks": pages.marks(case),
        "terms": pages.terms(case, user),
        "clocks": pages.clock_lines(case),
        "reason": pages.reason(case, _limits(case)) if case.limits else "",
        "ratings": shown.ratings(case, user),
        "files": [shown.named_for(user, file) for file in case.attachments.all()],
        "timeline": timeline(events, workflow.TABLE, dict(Whistle.State.choices), details=words),
        "bar": step_bar(DOORS, user, case, lambda step: reverse("whistle_step", args=[number, step])),
        "may_attach": user.has_perm("whistle.attach_whistle")
        and case.state != Whistle.State.CLOSED
        and case.parties(actor_of(user)) != {Party.ANYONE},
    }
    return render(request, "whistle/whistle.html", page)


def _limits(case: Whistle) -> Limits:
    """The rules the whistle's clocks were set by."""
    assert case.limits is not None
    limits: Limits = case.limits.typed()
    return limits


@needs("whistle.view_whistle")
def whistle_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step: its form, or taking it."""
    back = reverse("whistle_detail", args=[number])
    return take_step(request, DOORS, _found(request, number), step, back=back, template="whistle/step.html")


@needs("whistle.report_whistle")
def whistle_report(request: HttpRequest) -> HttpResponse:
    """上报: made for a phone; what was typed is kept on the device until the report has arrived."""
    user = signed_in(request)
    form = ReportForm(request.POST or None, request.FILES or None, user=user)

    def do(said: dict[str, Any]) -> str:
        case = actions.report(form.said(), by=user)
        return reverse("whistle_detail", args=[case.number]) + "#reported"

    return form_page(
        request, form, do, title="上报哨单", submit="上报", done="哨单已上报。", template="whistle/report.html"
    )


@needs("whistle.attach_whistle")
def whistle_attach(request: HttpRequest, number: str) -> HttpResponse:
    """上传附件."""
    user, case, back = signed_in(request), _found(request, number), reverse("whistle_detail", args=[number])

    def do(said: dict[str, Any]) -> str:
        actions.attach(case.pk, said["file"], said["purpose"] or "other", by=user)
        return back

    form = AttachmentForm(request.POST or None, request.FILES or None)
    form.offer(actions.purposes(case, user))
    return form_page(request, form, do, title=f"上传附件 {number}", submit="上传", done="附件已上传。", back=back)


@needs("whistle.view_whistle")
@require_GET
def whistle_file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """A file of a whistle that the person may see; `?small=1` its thumbnail."""
    file = get_object_or_404(_found(request, number).attachments.all(), pk=pk)
    return deliver(shown.named_for(signed_in(request), file), small="small" in request.GET)
