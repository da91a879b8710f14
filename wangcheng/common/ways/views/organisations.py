"""The tree of organisations, and the table of what each role may do."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wangcheng.common import clock
from wangcheng.common.models import Organisation
from wangcheng.common.people import offices
from wangcheng.common.people.forms import EditOrganisation, NewDepartment
from wangcheng.common.people.rights import matrix
from wangcheng.common.people.roles import Role
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage


class OrganisationFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="类别", choices=Organisation.Kind.choices)

    class Meta:
        model = Organisation
        fields = ()


def find(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """By words of the name or the beginning of the code."""
    return rows.filter(Q(name__contains=text) | Q(short_name__contains=text) | Q(code__istartswith=text))


ORGANISATIONS = ListPage(
    "organisations",
    "机构",
    columns=(
        Column("full_name", "名称", link=True),
        Column("short_name", "简称"),
        Column("parent.short_name", "上级"),
        Column("code", "代码", Kind.CODE),
        Column("kind", "类别", value=lambda unit: unit.get_kind_display()),
        Column("phone", "联系电话", Kind.CODE),
        Column("valid_from", "启用日期", Kind.DAY),
        Column("people", "人数", Kind.NUMBER),
    ),
    row_url=lambda unit: reverse("organisation_edit", args=[unit.pk]),
    order="place",
    filters=OrganisationFilter,
    search=find,
    search_hint="名称、简称、代码",
    buttons=(Button("新设区直部门", "organisation_new", primary=True),),
    empty="没有符合条件的机构，可放宽条件或新设区直部门。",
)


@needs("common.manage_organisation")
def organisation_list(request: HttpRequest) -> HttpResponseBase:
    """机构: the tree as it stands today, with how many people each unit has."""
    today = clock.today()
    held = Q(posts__valid_from__lte=today) & (Q(posts__valid_to=None) | Q(posts__valid_to__gt=today))
    units = Organisation.objects.in_force(today).in_tree().select_related("parent")
    note = f"数据截至：{words.day(today)}。街镇、村（社区）随行政区划代码的年度更新设立、更名和撤并，见“网格”。"
    return ORGANISATIONS.respond(
        request, units.annotate(people=Count("posts__user", filter=held, distinct=True)), note=note
    )


@needs("common.manage_organisation")
def organisation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改机构: words and phone; towns and villages are renamed by the yearly division codes."""
    unit = get_object_or_404(Organisation, pk=pk)

    def edit(entered: dict[str, Any]) -> str:
        offices.edit(pk, **entered, by=signed_in(request))
        return reverse("organisation_list")

    initial = {"name": unit.name, "short_name": unit.short_name, "phone": unit.phone}
    form = EditOrganisation(request.POST or None, initial=initial)
    title = f"修改机构：{unit.short_name}"
    return form_page(request, form, edit, title=title, done="机构已修改。", back=reverse("organisation_list"))


@needs("common.manage_organisation")
def organisation_new(request: HttpRequest) -> HttpResponse:
    """新设区直部门."""

    def create(entered: dict[str, Any]) -> str:
        offices.found_department(**entered, by=signed_in(request))
        return reverse("organisation_list")

    form = NewDepartment(request.POST or None)
    return form_page(
        request, form, create, title="新设区直部门", done="部门已设立。", back=reverse("organisation_list")
    )


@needs("common.view_roles")
@require_GET
def role_list(request: HttpRequest) -> HttpResponse:
    """角色权限: the one table of rights, for the auditor and the admin."""
    return render(request, "common/roles.html", {"roles": list(Role), "objects": matrix()})
