"""地名词典: what people call a place, and the area it lies in; intake and smart dispatch read it."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from grid.actions.places import RIGHT, delete_place, keep_place, seen_of
from grid.forms import AreaField
from grid.models import Place
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.forms import act, form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage
from wangcheng.common.ways.numbers import NumberField


class PlaceFilter(django_filters.FilterSet):
    """By kind."""

    kind = django_filters.ChoiceFilter(label="类别", choices=Place.Kind.choices)

    class Meta:
        model = Place
        fields = ()


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(Q(name__contains=text) | Q(pk__in=Place.objects.filter(aliases__name__contains=text)))


PLACES = ListPage(
    "places",
    "地名词典",
    columns=(
        Column("name", "名称", link=True, sort="name"),
        Column("kind", "类别", value=lambda row: row.get_kind_display()),
        Column("aliases", "别名", Kind.LONG, value=lambda row: "、".join(alias.name for alias in row.aliases.all())),
        Column("area", "所在辖区", value=lambda row: f"{row.area.parent or ''} {row.area}"),
        Column("address", "地址", Kind.LONG),
        Column("source", "来源"),
    ),
    row_url=lambda row: reverse("place_detail", args=[row.pk]),
    order="name",
    filters=PlaceFilter,
    search=_find,
    search_hint="名称、别名",
    buttons=(Button("新增地名", "place_new", RIGHT, primary=True),),
    export_permission="common.export_figure",
    empty="没有登记地名。登记小区、道路、学校等的名称和别名后，受理工单时会自动识别地点。",
)


class PlaceForm(forms.Form):
    """地名."""

    name = forms.CharField(label="名称", max_length=60)
    kind = forms.ChoiceField(label="类别", choices=Place.Kind.choices)
    area = AreaField(label="所在村（社区）或网格的代码")
    aliases = forms.CharField(
        label="别名",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一个：期数、旧称、群众的叫法",
    )
    address = forms.CharField(label="地址", max_length=120, required=False)
    longitude = NumberField(label="经度", max_digits=9, decimal_places=6, min_value=-180, max_value=180, required=False)
    latitude = NumberField(label="纬度", max_digits=8, decimal_places=6, min_value=-90, max_value=90, required=False)
    source = forms.CharField(label="来源", max_length=80, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_aliases(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["aliases"].splitlines()]
        if any(len(line) > 60 for line in lines):
            raise forms.ValidationError("每个别名不超过60字。")
        return lines


@needs("grid.view_area")
def place_list(request: HttpRequest) -> HttpResponseBase:
    """地名词典."""
    return PLACES.respond(request, Place.objects.select_related("area__parent").prefetch_related("aliases"))


def _place(pk: int) -> Place:
    return get_object_or_404(Place.objects.select_related("area__parent").prefetch_related("aliases"), pk=pk)


@needs("grid.view_area")
@require_GET
def place_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One place."""
    place = _place(pk)
    terms = [
        Term("类别", place.get_kind_display()),
        Term("所在辖区", f"{place.area.parent or ''} {place.area}"),
        Term("别名", "、".join(alias.name for alias in place.aliases.all())),
        Term("地址", place.address),
        Term("经纬度", f"{place.longitude}, {place.latitude}" if place.longitude is not None else ""),
        Term("来源", place.source),
    ]
    page = {"place": place, "terms": terms, "may_change": signed_in(request).has_perm(RIGHT)}
    return render(request, "grid/place.html", page)


@needs(RIGHT)
def place_new(request: HttpRequest) -> HttpResponse:
    """新增地名."""
    return _form_page(request, None, {})


@needs(RIGHT)
def place_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改地名."""
    place = _place(pk)
    names = ("name", "kind", "address", "longitude", "latitude", "source")
    aliases = "\n".join(alias.name for alias in place.aliases.all())
    initial = {name: getattr(place, name) for name in names} | {
        "area": place.area.code,
        "aliases": aliases,
        "seen": seen_of(place),
    }
    return _form_page(request, place, initial)


def _form_page(request: HttpRequest, place: Place | None, initial: dict[str, Any]) -> HttpResponse:
    def keep(said: dict[str, Any]) -> str:
        return reverse("place_detail", args=[keep_place(place, **said, by=signed_in(request)).pk])

    form = PlaceForm(request.POST or None, initial=initial)
    title = f"修改地名：{place.name}" if place else "新增地名"
    back = reverse("place_detail", args=[place.pk]) if place else reverse("place_list")
    return form_page(request, form, keep, title=title, done="已保存。", back=back)


@needs(RIGHT)
@require_POST
def place_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """删除地名: from now on the name is not known any more; tickets keep their place."""
    place = _place(pk)
    return act(
        request, lambda: delete_place(place.pk, by=signed_in(request)), done="地名已删除。", back=reverse("place_list")
    )
