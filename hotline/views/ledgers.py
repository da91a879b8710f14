"""知识库 and 业务培训."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from hotline import ledgers
from hotline.choosers import choose_from
from hotline.ledger_forms import KnowledgeForm, TrainingForm, WithdrawForm
from hotline.models import Knowledge, Training
from wangcheng.common import clock
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.forms import act, form_page
from wangcheng.common.ways.lists import Button, Column, DateSpan, Kind, ListPage, Tab

_TONES = {"draft": "wait", "reviewed": "good", "withdrawn": ""}


class TrainingFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="方式", choices=Training.Kind.choices)
    day = DateSpan(label="日期", field_name="day")

    class Meta:
        model = Training
        fields = ()


TRAININGS = ListPage(
    "trainings",
    "业务培训",
    columns=(
        Column("day", "日期", Kind.DAY, sort="day"),
        Column("topic", "主题", Kind.LONG, link=True),
        Column("kind", "方式", value=lambda row: row.get_kind_display()),
        Column("place", "地点"),
        Column("sessions", "场次", Kind.NUMBER),
        Column("people", "人数", Kind.NUMBER, sort="people"),
        Column(
            "units", "参训单位", Kind.LONG, value=lambda row: "、".join(unit.short_name for unit in row.units.all())
        ),
        Column("note", "备注", Kind.LONG),
    ),
    row_url=lambda row: reverse("training_detail", args=[row.pk]),
    order="-day",
    tabs=(
        Tab("counted", "有效", lambda rows, user: rows.filter(withdrawn_at=None)),
        Tab("withdrawn", "已作废", lambda rows, user: rows.exclude(withdrawn_at=None)),
        Tab("all", "全部"),
    ),
    filters=TrainingFilter,
    search=lambda rows, text: rows.filter(topic__contains=text),
    search_hint="主题",
    buttons=(
        Button("登记培训", "training_new", "hotline.manage_training", primary=True),
        Button("导入", "sheet_import", "hotline.manage_training", arguments=("trainings",)),
    ),
    empty="还没有登记培训。可由督查员“登记培训”，或用表格“导入”。",
)


@needs("grid.view_ledger", "hotline.manage_training")
def training_list(request: HttpRequest) -> HttpResponseBase:
    """业务培训."""
    return TRAININGS.respond(request, Training.objects.prefetch_related("units"))


@needs("hotline.manage_training")
def training_new(request: HttpRequest) -> HttpResponse:
    """登记培训."""
    user = signed_in(request)
    form = TrainingForm(request.POST or None, initial={"day": clock.today()})
    choose_from(form, user)

    def do(said: dict[str, Any]) -> str:
        ledgers.record_training(by=user, **said)
        return reverse("training_list")

    return form_page(request, form, do, title="登记培训", done="已登记。", back=reverse("training_list"))


@needs("grid.view_ledger", "hotline.manage_training")
@require_GET
def training_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One training."""
    found = get_object_or_404(Training.objects.select_related("recorded_by", "withdrawn_by"), pk=pk)
    terms = [
        Term("日期", f"{found.day:%Y年%-m月%-d日}"), Term("方式", found.get_kind_display()), Term("地点", found.place),
        Term("场次", found.sessions), Term("人数", found.people), Term("登记人", found.recorded_by),
        Term("登记时间", found.recorded_at), Term("作废人", found.withdrawn_by), Term("作废时间", found.withdrawn_at),
        Term("参训单位", "、".join(unit.short_name for unit in found.units.all()), wide=True),
        Term("备注", found.note, wide=True), Term("作废原因", found.withdrawal, wide=True),
    ]  # fmt: skip
    may_withdraw = signed_in(request).has_perm("hotline.manage_training") and found.withdrawn_at is None
    return render(request, "hotline/training.html", {"found": found, "terms": terms, "may_withdraw": may_withdraw})


@needs("hotline.manage_training")
def training_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """作废培训登记."""
    found, user = get_object_or_404(Training, pk=pk), signed_in(request)
    back = reverse("training_detail", args=[pk])

    def do(said: dict[str, Any]) -> str:
        ledgers.withdraw_training(pk, by=user, reason=said["reason"])
        return back

    form = WithdrawForm(request.POST or None)
    return form_page(request, form, do, title=f"作废培训登记：{found.topic}", submit="作废", done="已作废。", back=back)


KNOWLEDGE = ListPage(
    "knowledge",
    "知识库",
    columns=(
        Column("question", "问题", Kind.LONG, link=True),
        Column("category.name", "分类"),
        Column("unit.short_name", "责任单位"),
        Column(
            "state", "状态", Kind.STATE, value=lambda row: row.get_state_display(), tone=lambda row: _TONES[row.state]
        ),
        Column("valid_from", "启用日期", Kind.DAY),
        Column("valid_to", "停用日期", Kind.DAY),
        Column("updated_at", "更新时间", Kind.MOMENT, sort="updated_at"),
        Column("answer", "答复", shown=False),
        Column("legal_basis", "政策法规依据", shown=False),
    ),
    row_url=lambda row: reverse("knowledge_detail", args=[row.pk]),
    order="-updated_at",
    search=lambda rows, text: rows.containing(text),  # type: ignore[attr-defined]
    search_hint="问题、答复、依据",
    tabs=(
        Tab("valid", "可用", lambda rows, user: rows.valid(clock.today())),  # type: ignore[attr-defined]
        Tab("draft", "待审核", lambda rows, user: rows.filter(state="draft"), counted=True),
        Tab("all", "全部"),
    ),
    buttons=(Button("录入知识", "knowledge_new", "hotline.manage_knowledge", primary=True),),
    empty="没有符合条件的知识。可换关键字，或点击“录入知识”，经审核后供受理时引用。",
)


def _knowledge() -> Any:
    return Knowledge.objects.select_related("unit", "category", "written_by", "reviewed_by")


@needs("common.view_knowledge")
def knowledge_list(request: HttpRequest) -> HttpResponseBase:
    """知识库."""
    return KNOWLEDGE.respond(request, _knowledge())


@needs("hotline.manage_knowledge")
def knowledge_new(request: HttpRequest) -> HttpResponse:
    """录入知识."""
    user = signed_in(request)
    form = KnowledgeForm(request.POST or None, initial={"valid_from": clock.today()})
    choose_from(form, user)

    def do(said: dict[str, Any]) -> str:
        return reverse("knowledge_detail", args=[ledgers.write_knowledge(by=user, **said).pk])

    return form_page(request, form, do, title="录入知识", done="已录入，待审核后使用。", back=reverse("knowledge_list"))


@needs("hotline.manage_knowledge")
def knowledge_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改知识: it has to be reviewed again."""
    user, found = signed_in(request), get_object_or_404(_knowledge(), pk=pk)
    names = ("question", "answer", "legal_basis", "valid_from", "valid_to")
    initial = {name: getattr(found, name) for name in names} | {
        "unit": found.unit.code,
        "category": found.category.code if found.category else None,
        "seen": ledgers.version_of(found),
    }
    form = KnowledgeForm(request.POST or None, initial=initial)
    form.fields["seen"] = forms.CharField(widget=forms.HiddenInput)
    choose_from(form, user)
    back = reverse("knowledge_detail", args=[pk])

    def do(said: dict[str, Any]) -> str:
        ledgers.rewrite_knowledge(pk, by=user, **said)
        return back

    return form_page(request, form, do, title="修改知识", done="已修改，待审核后使用。", back=back)


@needs("hotline.manage_knowledge")
@require_POST
def knowledge_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """停用知识."""
    back = reverse("knowledge_detail", args=[get_object_or_404(Knowledge, pk=pk).pk])
    return act(request, lambda: ledgers.retire_knowledge(pk, by=signed_in(request)), done="已停用。", back=back)


@needs("common.view_knowledge")
@require_GET
def knowledge_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One question with its answer."""
    found = get_object_or_404(_knowledge(), pk=pk)
    may_review = signed_in(request).has_perm("hotline.review_knowledge") and found.state == Knowledge.State.DRAFT
    terms = [
        Term("责任单位", found.unit.full_name), Term("分类", found.category.name if found.category else ""),
        Term("启用日期", f"{found.valid_from:%Y年%m月%d日}"),
        Term("停用日期", f"{found.valid_to:%Y年%m月%d日}" if found.valid_to else "长期"),
        Term("录入人", found.written_by), Term("审核人", found.reviewed_by),
        Term("答复", found.answer, wide=True), Term("政策法规依据", found.legal_basis, wide=True),
    ]  # fmt: skip
    may_change = signed_in(request).has_perm("hotline.manage_knowledge")
    page = {
        "found": found, "terms": terms, "tone": _TONES[found.state], "may_review": may_review, "may_change": may_change,
        "may_retire": may_change and found.state != Knowledge.State.WITHDRAWN,
    }  # fmt: skip
    return render(request, "hotline/knowledge.html", page)


@needs("hotline.review_knowledge")
@require_POST
def knowledge_review(request: HttpRequest, pk: int) -> HttpResponse:
    """审核: 通过 or 不通过."""
    passed = request.POST.get("passed") == "yes"
    back = reverse("knowledge_detail", args=[get_object_or_404(Knowledge, pk=pk).pk])
    return act(
        request, lambda: ledgers.review_knowledge(pk, by=signed_in(request), passed=passed),
        done="审核通过，可以引用。" if passed else "已停用。", back=back,
    )  # fmt: skip
