"""不计入申请: tickets that shall not count against a village in the zero-complaint contest; asked for, decided, shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from grid.actions import entries
from grid.assessing.basis import quarter_on
from grid.forms import DecideForm, ExclusionForm
from grid.models import ComplaintExclusion
from wangcheng.common import clock
from wangcheng.common.models import Area, User
from wangcheng.common.people.masking import mask_text
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.forms import form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab

FIRST_DAY = date(2000, 1, 1)  # no ticket is older
_TONES = {"open": "wait", "approved": "good", "refused": ""}


class ExclusionFilter(django_filters.FilterSet):
    """By quarter, reason and decision."""

    quarter = django_filters.CharFilter(label="季度")
    reason = django_filters.ChoiceFilter(label="理由", choices=ComplaintExclusion.Reason.choices)
    state = django_filters.ChoiceFilter(label="状态", choices=ComplaintExclusion.State.choices)

    class Meta:
        model = ComplaintExclusion
        fields = ()


EXCLUSIONS = ListPage(
    "exclusions",
    "不计入申请",
    columns=(
        Column("ticket", "工单编号", Kind.CODE, link=True),
        Column("quarter", "季度"),
        Column("village.short_name", "村（社区）"),
        Column("reason", "理由", value=lambda row: row.get_reason_display()),
        Column("evidence", "佐证", Kind.LONG, value=lambda row: mask_text(row.evidence)),
        Column("applicant.name", "申请人"),
        Column("applied_at", "申请时间", Kind.MOMENT, sort="applied_at"),
        Column(
            "state", "状态", Kind.STATE, value=lambda row: row.get_state_display(), tone=lambda row: _TONES[row.state]
        ),
        Column("decided_by.name", "审批人"),
        Column("decision", "审批意见", Kind.LONG),
    ),
    row_url=lambda row: reverse("exclusion_detail", args=[row.pk]),
    order="-applied_at",
    filters=ExclusionFilter,
    search=lambda rows, text: rows.filter(ticket__startswith=text.upper()),
    search_hint="工单编号",
    tabs=(
        Tab("open", "待审批", lambda rows, user: rows.filter(state="open"), counted=True),
        Tab("decided", "已审批", lambda rows, user: rows.exclude(state="open")),
        Tab("all", "全部"),
    ),
    buttons=(Button("申请不计入", "exclusion_new", "grid.appeal_assessment", primary=True),),
    empty="没有不计入申请。村（社区）对不应计入零投诉的工单，可在公示前提出申请。",
    note="经同意的工单仍在工单列表中，只是不计入该季度零投诉评比；公示后请通过申诉提出。",
)


class ExclusionPage(ExclusionForm):
    """The form with the own villages to choose from, and no reason chosen beforehand."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].label = "村（社区）"
        self.fields["village"].widget = forms.Select(choices=_villages(user))
        self.fields["reason"].choices = [("", "请选择"), *ComplaintExclusion.Reason.choices]  # type: ignore[attr-defined]


def _villages(user: User) -> list[tuple[str, str]]:
    """The own village, or those of the town, none chosen beforehand."""
    rows = Area.objects.visible_to(user).in_force(clock.today()).filter(level=Area.Level.VILLAGE).order_by("code")
    found = [(area.code, area.short_name) for area in rows]
    return found if len(found) == 1 else [("", "请选择"), *found]


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What a list of counted tickets says of the one to apply for: its number, village and day."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = clock.today()
    said = {name: request.GET.get(name, "")[:24] for name in ("ticket", "village")}
    return {"quarter": quarter_on(day if FIRST_DAY <= day <= clock.today() else clock.today()), **said}


@needs("grid.view_assessment")
def exclusion_list(request: HttpRequest) -> HttpResponseBase:
    """不计入申请 in sight."""
    rows = ComplaintExclusion.objects.visible_to(signed_in(request))
    return EXCLUSIONS.respond(request, rows.select_related("village", "applicant", "decided_by"))


@needs("grid.appeal_assessment")
def exclusion_new(request: HttpRequest) -> HttpResponse:
    """申请不计入."""
    user = signed_in(request)

    def do(said: dict[str, Any]) -> str:
        made = entries.apply_exclusion(**said, by=user)
        return reverse("exclusion_detail", args=[made.pk])

    form = ExclusionPage(request.POST or None, user=user, initial=_asked(request))
    back = reverse("exclusion_list")
    return form_page(
        request, form, do, title="申请不计入零投诉", submit="提交申请", done="已提交，待区中心审批。", back=back
    )


@needs("grid.view_assessment")
def exclusion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One application; the centre decides here."""
    user = signed_in(request)
    rows = ComplaintExclusion.objects.visible_to(user).select_related("village__parent", "applicant", "decided_by")
    found = get_object_or_404(rows, pk=pk)
    page = {"found": found, "terms": _terms(found), "tone": _TONES[found.state]}
    if not user.has_perm("grid.adjust_assessment") or found.state != ComplaintExclusion.State.OPEN:
        status = 409 if request.method == "POST" else 200
        return render(request, "grid/exclusion.html", page, status=status)

    def decide(said: dict[str, Any]) -> str:
        entries.decide_exclusion(pk, said["approve"], said["decision"], by=user)
        return reverse("exclusion_list")

    form = DecideForm(request.POST or None)
    return form_page(
        request, form, decide, title=f"不计入申请 {found.ticket}", submit="审批", done="已审批。",
        back=reverse("exclusion_list"), template="grid/exclusion_decide.html", **page,
    )  # fmt: skip


def _terms(found: ComplaintExclusion) -> list[Term]:
    return [
        Term("工单编号", found.ticket),
        Term("季度", found.quarter),
        Term("村（社区）", f"{found.village.parent} {found.village.full_name}"),
        Term("理由", found.get_reason_display()),
        Term("申请人", found.applicant),
        Term("申请时间", found.applied_at),
        Term("审批人", found.decided_by),
        Term("审批时间", found.decided_at),
        Term("佐证", mask_text(found.evidence), wide=True),
        Term("审批意见", found.decision, wide=True),
    ]
