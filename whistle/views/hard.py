"""Hard whistles: the list by batch, one with its progress log and steps, and the form that puts one on the list."""

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
from wangcheng.common.ways.words import Toned, time_left
from whistle import hard_actions, hard_shown, hard_workflow, pages
from whistle.filters import HardWhistleFilter, search
from whistle.hard_doors import DOORS
from whistle.hard_forms import DraftForm
from whistle.models import HardWhistle


def _left(case: HardWhistle) -> Toned:
    """Until the end of the last day; 挂账 and what is solved has nothing left to run."""
    if case.deadline is None or case.carried_at:
        return Toned("—", "muted")
    return time_left(clock.at(case.deadline, 23, 59), case.solved_at)


HARD_WHISTLES = ListPage(
    "hardwhistles",
    "攻坚哨",
    columns=(
        Column("number", "编号", Kind.CODE, link=True, sort="number"),
        Column("batch.name", "批次"),
        Column("title", "问题", Kind.LONG, value=lambda case: mask_text(case.title)),
        Column(
            "state",
            "状态",
            Kind.STATE,
            value=lambda case: case.state_label,
            tone=lambda case: pages.HARD_DOTS[case.state],
        ),
        Column("leader", "领办区领导"),
        Column("unit.short_name", "牵头单位"),
        Column("deadline", "完成时限", Kind.DAY, sort="deadline"),
        Column("left", "剩余时间", value=_left),
        Column("assigned_at", "交办时间", Kind.DAY),
        Column("town.short_name", "街镇", shown=False),
        Column("goal", "攻坚目标", Kind.LONG, shown=False),
        Column("solved_at", "基本解决时间", Kind.DAY, shown=False),
        Column("outcome", "解决情况", Kind.LONG, value=lambda case: mask_text(case.outcome), shown=False),
    ),
    row_url=lambda case: reverse("hardwhistle_detail", args=[case.number]),
    order="-number",
    filters=HardWhistleFilter,
    search=search,
    search_hint="编号、问题",
    tabs=(
        Tab("open", "未销号", lambda rows, user: rows.open(), counted=True),  # type: ignore[attr-defined]
        Tab("late", "超期", lambda rows, user: rows.overdue(clock.now()), counted=True),  # type: ignore[attr-defined]
        Tab("solved", "基本解决", lambda rows, user: rows.filter(state="solved")),
        Tab("all", "全部"),
    ),
    buttons=(Button("梳理问题", "hardwhistle_draft", hard_workflow.DRAFT.permission, primary=True),),
    export_permission="whistle.view_hardwhistle",
    empty="没有符合条件的攻坚哨。",
)


@needs("whistle.view_hardwhistle")
def hardwhistle_list(request: HttpRequest) -> HttpResponseBase:
    """攻坚哨, the newest batch first."""
    return HARD_WHISTLES.respond(request, HardWhistle.objects.visible_to(signed_in(request)).list_rows())


def _found(request: HttpRequest, number: str) -> HardWhistle:
    rows = HardWhistle.objects.visible_to(signed_in(request)).list_rows().select_related("category_top")
    case: HardWhistle = get_object_or_404(rows, number=number)
    return case


@needs("whistle.view_hardwhistle")
@require_GET
def hardwhistle_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One problem with its instruction, its progress log and the steps open to this person."""
    user, case = signed_in(request), _found(request, number)
    events = case.events.select_related("organisation")
    page = {
        "case": case,
        "title": mask_text(case.title),
        "dot": pages.HARD_DOTS[case.state],
        "left": _left(case),
        "terms": pages.hard_terms(case),
        "sources": case.sources.select_related("whistle"),
        "files": [hard_shown.masked(file) for file in case.attachments.all()],
        "timeline": timeline(events, hard_workflow.TABLE, dict(HardWhistle.State.choices)),
        "bar": step_bar(DOORS, user, case, lambda step: reverse("hardwhistle_step", args=[number, step])),
    }
    return render(request, "whistle/hardwhistle.html", page)


@needs("whistle.view_hardwhistle")
def hardwhistle_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    back = reverse("hardwhistle_detail", args=[number])
    return take_step(request, DOORS, _found(request, number), step, back=back)


@needs(hard_workflow.DRAFT.permission)
def hardwhistle_draft(request: HttpRequest) -> HttpResponse:
    """梳理: a problem put on the list of a batch."""
    user = signed_in(request)
    form = DraftForm(request.POST or None, user=user)

    def do(said: dict[str, Any]) -> str:
        return reverse("hardwhistle_detail", args=[hard_actions.draft(form.problem(), by=user).number])

    back = reverse("hardwhistle_list")
    return form_page(request, form, do, title="梳理攻坚哨问题", submit="保存", done="问题已列入批次。", back=back)


@needs("whistle.view_hardwhistle")
@require_GET
def hardwhistle_file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    file = get_object_or_404(_found(request, number).attachments.all(), pk=pk)
    return deliver(hard_shown.masked(file), small="small" in request.GET)
