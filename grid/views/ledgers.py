"""The dated ledgers: staff, estates, cameras, model communities; their lists, new rows, changes and ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from grid.actions import ledgers
from grid.actions.ledgers import RIGHT, Ledger
from grid.ledger_forms import EndForm, row_form
from grid.models import Estate, ModelCommunity, StaffMember, VideoPoint
from wangcheng.common import clock
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.forms import form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab

EXPORT = "common.export_figure"
LISTS = {"staff": "staff_list", "estates": "estate_list", "video": "video_list", "communities": "community_list"}
TABS = (
    Tab("now", "在用", lambda rows, user: rows.in_force(clock.today())),  # type: ignore[attr-defined]
    Tab("ended", "已停用", lambda rows, user: rows.filter(valid_to__lte=clock.today())),
    Tab("all", "全部"),
)


def _row_url(ledger: Ledger) -> Callable[[Any], str]:
    return lambda row: reverse("ledger_row", args=[ledger.name, row.pk])


def _new(ledger: Ledger, label: str) -> Button:
    return Button(label, "ledger_new", RIGHT, primary=True, arguments=(ledger.name,))


def _import(ledger: Ledger) -> Button:
    return Button("导入", "sheet_import", RIGHT, arguments=(ledger.name,))


class StaffFilter(django_filters.FilterSet):
    """By kind of employment."""

    kind = django_filters.ChoiceFilter(label="类别", choices=StaffMember.Kind.choices)

    class Meta:
        model = StaffMember
        fields = ()


STAFF = ListPage(
    "staff",
    "中心人员",
    columns=(
        Column("name", "姓名", link=True, sort="name"),
        Column("get_kind_display", "类别"),
        Column("position", "岗位"),
        Column("valid_from", "启用日期", Kind.DAY, sort="valid_from"),
        Column("valid_to", "停用日期", Kind.DAY),
    ),
    order="pk",
    filters=StaffFilter,
    row_url=_row_url(ledgers.STAFF),
    tabs=TABS,
    buttons=(_new(ledgers.STAFF, "新增人员"), _import(ledgers.STAFF)),
    export_permission=EXPORT,
    empty="没有在册人员。可逐人“新增人员”，或用表格“导入”。",
)
ESTATES = ListPage(
    "estates",
    "智慧社区楼盘",
    columns=(
        Column("name", "楼盘", link=True, sort="name"),
        Column("area.short_name", "所在辖区"),
        Column("get_works_display", "建设状态"),
        Column("note", "说明", Kind.LONG),
        Column("valid_from", "启用日期", Kind.DAY),
        Column("valid_to", "停用日期", Kind.DAY),
    ),
    order="pk",
    row_url=_row_url(ledgers.ESTATES),
    tabs=TABS,
    buttons=(_new(ledgers.ESTATES, "新增楼盘"), _import(ledgers.ESTATES)),
    export_permission=EXPORT,
    empty="没有登记的楼盘。可“新增楼盘”，或用表格“导入”。",
)
VIDEO = ListPage(
    "video-points",
    "视频点位",
    columns=(
        Column("device_id", "设备编码", Kind.CODE, link=True, sort="device_id"),
        Column("name", "名称"),
        Column("estate.name", "楼盘"),
        Column("area.short_name", "街镇"),
        Column("longitude", "经度", shown=False),
        Column("latitude", "纬度", shown=False),
        Column("valid_from", "启用日期", Kind.DAY),
        Column("valid_to", "停用日期", Kind.DAY),
    ),
    order="device_id",
    search=lambda rows, text: (
        rows.filter(device_id__startswith=text) if text.isdigit() else rows.filter(name__contains=text)
    ),
    search_hint="设备编码、名称",
    row_url=_row_url(ledgers.VIDEO),
    tabs=TABS,
    buttons=(_new(ledgers.VIDEO, "新增点位"), _import(ledgers.VIDEO)),
    export_permission=EXPORT,
    empty="没有登记的视频点位。可“新增点位”，或用表格“导入”。",
)
COMMUNITIES = ListPage(
    "model-communities",
    "示范社区",
    columns=(
        Column("village.short_name", "社区", link=True),
        Column("document", "依据", Kind.LONG),
        Column("goals", "创建任务", Kind.LONG),
        Column("valid_from", "启动日期", Kind.DAY),
        Column("accepted_on", "验收日期", Kind.DAY),
        Column("valid_to", "停用日期", Kind.DAY),
    ),
    order="pk",
    row_url=_row_url(ledgers.COMMUNITIES),
    tabs=TABS,
    buttons=(_new(ledgers.COMMUNITIES, "新增示范社区"), _import(ledgers.COMMUNITIES)),
    export_permission=EXPORT,
    empty="没有示范创建社区。可“新增示范社区”，或用表格“导入”。",
)


@needs("grid.view_ledger")
def staff_list(request: HttpRequest) -> HttpResponseBase:
    return STAFF.respond(request, StaffMember.objects.all())


@needs("grid.view_ledger")
def estate_list(request: HttpRequest) -> HttpResponseBase:
    return ESTATES.respond(request, Estate.objects.select_related("area"))


@needs("grid.view_ledger")
def video_list(request: HttpRequest) -> HttpResponseBase:
    return VIDEO.respond(request, VideoPoint.objects.select_related("estate", "area"))


@needs("grid.view_ledger")
def community_list(request: HttpRequest) -> HttpResponseBase:
    return COMMUNITIES.respond(request, ModelCommunity.objects.select_related("village"))


# One row


def _ledger(name: str) -> Ledger:
    try:
        return ledgers.LEDGERS[name]
    except KeyError:
        raise Http404("没有这种台账。") from None


@needs("grid.view_ledger")
@require_GET
def ledger_row(request: HttpRequest, ledger: str, pk: int) -> HttpResponse:
    """One row, with what may be done to it."""
    found = _ledger(ledger)
    row = get_object_or_404(found.model, pk=pk)
    dates = ["valid_from", "recorded_on", *(["valid_to", "end_recorded_on"] if row.valid_to else [])]
    terms = [_term(row, name) for name in (*found.columns, *dates) if name != "recorded_on" or row.recorded_on]
    may_change = signed_in(request).has_perm(RIGHT) and row.valid_to is None
    page = {"ledger": found, "row": row, "terms": terms, "may_change": may_change, "back": reverse(LISTS[ledger])}
    return render(request, "grid/ledger_row.html", page)


def _term(row: Any, name: str) -> Term:
    field = row._meta.get_field(name)
    value = getattr(row, f"get_{name}_display")() if field.choices else getattr(row, name)
    if field.get_internal_type() == "DateField":
        value = words.day(value) if value else ""
    return Term(str(field.verbose_name), value)


@needs(RIGHT)
def ledger_new(request: HttpRequest, ledger: str) -> HttpResponse:
    """新建."""
    found = _ledger(ledger)

    def do(said: dict[str, Any]) -> str:
        valid_from = said.pop("valid_from")
        return _row_url(found)(ledgers.add_row(found, said, valid_from=valid_from, by=signed_in(request)))

    form = row_form(found, request.POST or None)
    return form_page(request, form, do, title=f"新增：{found.title}", done="已登记。", back=reverse(LISTS[ledger]))


@needs(RIGHT)
def ledger_edit(request: HttpRequest, ledger: str, pk: int) -> HttpResponse:
    """编辑."""
    found = _ledger(ledger)
    row = get_object_or_404(found.model, pk=pk)

    def do(said: dict[str, Any]) -> str:
        since, seen = said.pop("since"), said.pop("seen")
        return _row_url(found)(ledgers.edit_row(found, pk, said, since=since, seen=seen, by=signed_in(request)))

    form = row_form(found, request.POST or None, row=row)
    return form_page(request, form, do, title=f"编辑{found.title}：{row}", done="已保存。", back=_row_url(found)(row))


@needs(RIGHT)
def ledger_end(request: HttpRequest, ledger: str, pk: int) -> HttpResponse:
    """停用."""
    found = _ledger(ledger)
    row = get_object_or_404(found.model, pk=pk)

    def do(said: dict[str, Any]) -> str:
        return _row_url(found)(ledgers.end_row(found, pk, day=said["day"], by=signed_in(request)))

    form = EndForm(request.POST or None, initial={"day": clock.today()})
    title = f"停用{found.title}：{row}"
    return form_page(request, form, do, title=title, submit="停用", done="已停用。", back=_row_url(found)(row))
