"""The thin ledgers: staff, estates, cameras, model communities, as they stand today."""

from __future__ import annotations

import django_filters
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from grid.models import Estate, ModelCommunity, StaffMember, VideoPoint
from wangcheng.common import clock
from wangcheng.common.ways.access import needs
from wangcheng.common.ways.lists import Column, Kind, ListPage

EXPORT = "common.export_figure"


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
        Column("name", "姓名", sort="name"),
        Column("get_kind_display", "类别"),
        Column("position", "岗位"),
        Column("valid_from", "启用日期", Kind.DAY, sort="valid_from"),
    ),
    order="pk",
    filters=StaffFilter,
    export_permission=EXPORT,
    empty="没有在册人员。",
)
ESTATES = ListPage(
    "estates",
    "智慧社区楼盘",
    columns=(
        Column("name", "楼盘", sort="name"),
        Column("area.short_name", "所在辖区"),
        Column("get_works_display", "建设状态"),
        Column("note", "说明", Kind.LONG),
        Column("valid_from", "启用日期", Kind.DAY),
    ),
    order="pk",
    export_permission=EXPORT,
    empty="没有登记的楼盘。",
)
VIDEO = ListPage(
    "video-points",
    "视频点位",
    columns=(
        Column("device_id", "设备编码", Kind.CODE, sort="device_id"),
        Column("name", "名称"),
        Column("estate.name", "楼盘"),
        Column("area.short_name", "街镇"),
        Column("valid_from", "启用日期", Kind.DAY),
    ),
    order="device_id",
    search=lambda rows, text: (
        rows.filter(device_id__startswith=text) if text.isdigit() else rows.filter(name__contains=text)
    ),
    search_hint="设备编码、名称",
    export_permission=EXPORT,
    empty="没有登记的视频点位。",
)
COMMUNITIES = ListPage(
    "model-communities",
    "示范社区",
    columns=(
        Column("village.short_name", "社区"),
        Column("document", "依据", Kind.LONG),
        Column("goals", "创建任务", Kind.LONG),
        Column("valid_from", "启动日期", Kind.DAY),
        Column("accepted_on", "验收日期", Kind.DAY),
    ),
    order="pk",
    export_permission=EXPORT,
    empty="没有示范创建社区。",
)


@needs("grid.view_ledger")
def staff_list(request: HttpRequest) -> HttpResponseBase:
    return STAFF.respond(request, StaffMember.objects.in_force(clock.today()))


@needs("grid.view_ledger")
def estate_list(request: HttpRequest) -> HttpResponseBase:
    return ESTATES.respond(request, Estate.objects.in_force(clock.today()).select_related("area"))


@needs("grid.view_ledger")
def video_list(request: HttpRequest) -> HttpResponseBase:
    return VIDEO.respond(request, VideoPoint.objects.in_force(clock.today()).select_related("estate", "area"))


@needs("grid.view_ledger")
def community_list(request: HttpRequest) -> HttpResponseBase:
    return COMMUNITIES.respond(request, ModelCommunity.objects.in_force(clock.today()).select_related("village"))
