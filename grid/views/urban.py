"""城市社区认定: every village with what its class and kind propose and what a person has confirmed; one or many at once."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import django_filters
from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from grid.actions.areas import RIGHT, confirm_urban, urban_seen_of
from grid.area_forms import UrbanForm
from grid.urban import proposal, unconfirmed, verdict
from wangcheng.common import clock
from wangcheng.common.models import Area, UrbanStatus
from wangcheng.common.people.querysets import in_force
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import attempt
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab
from wangcheng.common.ways.words import Toned

if TYPE_CHECKING:
    from wangcheng.common.models import User

SHOWN = 20


def _towns(request: HttpRequest | None) -> QuerySet[Area]:
    return Area.objects.in_force(clock.today()).filter(level=Area.Level.TOWN).order_by("code")


class UrbanFilter(django_filters.FilterSet):
    """By town and by what holds."""

    town = django_filters.ModelChoiceFilter(label="街镇", field_name="parent", queryset=_towns)
    urban = django_filters.BooleanFilter(label="城市社区", method="counts_as_urban")

    class Meta:
        model = Area
        fields = ()

    def counts_as_urban(self, rows: QuerySet[Area], name: str, value: bool) -> QuerySet[Area]:
        held = UrbanStatus.objects.filter(in_force(clock.today()), is_urban=value)
        return rows.filter(pk__in=held.values("area"))


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(Q(name__contains=text) | Q(code__startswith=text))


def _differing(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Confirmed as something else than is proposed."""
    as_proposed = Q(kind=Area.Kind.COMMUNITY, urban_rural_code="111")
    held = UrbanStatus.objects.filter(in_force(clock.today()), confirmed_by__isnull=False)
    urban, other = (held.filter(is_urban=value).values("area") for value in (True, False))
    return rows.filter(Q(pk__in=urban) & ~as_proposed | Q(pk__in=other) & as_proposed)


def _held(read: Callable[[UrbanStatus], Any]) -> Callable[[Any], Any]:
    return lambda row: read(row.held[0]) if row.held else None


def _verdict(row: Any) -> Toned:
    return verdict(row.held[0] if row.held else None)


URBAN = ListPage(
    "urban",
    "城市社区认定",
    columns=(
        Column("code", "代码", Kind.CODE, sort="code"),
        Column("short_name", "村（社区）", link=True),
        Column("parent.short_name", "街镇"),
        Column("proposal", "建议", value=proposal),
        Column("verdict", "现行认定", Kind.STATE, value=lambda row: _verdict(row)),
        Column("since", "自", Kind.DAY, value=_held(lambda status: status.valid_from)),
        Column("document", "文号或依据", Kind.LONG, value=_held(lambda status: status.source)),
        Column("by", "确认人", value=_held(lambda status: status.confirmed_by.name if status.confirmed_by else None)),
    ),
    row_url=lambda row: reverse("area_detail", args=[row.pk]),
    order="code",
    filters=UrbanFilter,
    search=_find,
    search_hint="名称、代码",
    tabs=(
        Tab("open", "待确认", lambda rows, user: rows.filter(pk__in=unconfirmed(clock.today())), counted=True),
        Tab("differs", "与建议不一致", _differing, counted=True),
        Tab("all", "全部"),
    ),
    batch=(Button("认定", "urban_confirm", RIGHT, primary=True),),
    empty="没有符合条件的村（社区）。",
    note="建议依据：委员会类型为社区且城乡分类代码为111的，建议认定为城市社区。零投诉奖励按统计截止日的认定计算，未经确认的按建议计算。",
)


def _villages() -> QuerySet[Area]:
    held = UrbanStatus.objects.filter(in_force(clock.today())).select_related("confirmed_by")
    rows = Area.objects.in_force(clock.today()).filter(level=Area.Level.VILLAGE).select_related("parent")
    return rows.prefetch_related(Prefetch("urban_statuses", held, to_attr="held"))


@needs(RIGHT)
def urban_list(request: HttpRequest) -> HttpResponseBase:
    """城市社区认定."""
    return URBAN.respond(request, _villages())


@needs(RIGHT)
def urban_confirm(request: HttpRequest) -> HttpResponse:
    """认定 of the villages picked in the list, or of the one whose page led here."""
    areas = list(_chosen(request).order_by("code"))
    if not areas:
        messages.error(request, "请先在列表中勾选要认定的村（社区）。")
        return redirect("urban_list")
    form, status = _form(request, areas), HTTPStatus.OK
    if form.is_bound:
        answer = attempt(form, lambda said: _confirm(request, areas, said))
        if isinstance(answer, str):
            messages.success(request, f"已认定{len(areas)}个村（社区）。")
            return redirect(answer)
        status = answer
    page = {
        "form": form,
        "areas": [(area, proposal(area), _verdict(area)) for area in areas[:SHOWN]],
        "count": len(areas),
        "more": max(0, len(areas) - SHOWN),
        "keys": ",".join(str(area.pk) for area in areas),
    }
    return render(request, "grid/urban_confirm.html", page, status=status)


def _chosen(request: HttpRequest) -> QuerySet[Area]:
    rows = _villages()
    if given := request.POST.get("keys") or request.GET.get("area"):
        return rows.filter(pk__in=[int(key) for key in given.split(",") if key.isdecimal() and len(key) < 19])
    return URBAN.chosen(request, rows) if request.method == "POST" else rows.none()


def _form(request: HttpRequest, areas: list[Any]) -> UrbanForm:
    held = [area.held[0] for area in areas if area.held]
    days = {status.valid_from for status in held if status.confirmed_by_id is None}
    alone = len(areas) == 1 and areas[0].proposes_urban is None
    initial = {
        "seen": urban_seen_of(held),
        "day": max(days) if len(days) == 1 and len(held) == len(areas) else clock.today(),
        "verdict": None if alone else "proposed",
    }
    return UrbanForm(request.POST if "keys" in request.POST else None, initial=initial)


def _confirm(request: HttpRequest, areas: list[Area], said: dict[str, Any]) -> str:
    confirm_urban(
        [area.pk for area in areas],
        said["verdict"],
        day=said["day"],
        document=said["document"],
        by=signed_in(request),
        seen=said["seen"],
    )
    return reverse("area_detail", args=[areas[0].pk]) if len(areas) == 1 else reverse("urban_list")
