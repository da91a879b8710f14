"""诉求分类: the directory with 村（社区）职责 and the defaults of each leaf, and its versions over time."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wangcheng.common import clock
from wangcheng.common.casework import directory, forms
from wangcheng.common.casework.directory import LEAF, RIGHT
from wangcheng.common.casework.models import Case
from wangcheng.common.models import Category
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.forms import form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab
from wangcheng.common.ways.words import Toned

VIEW = "common.view_policy"  # who reads the rules reads what they count
_URGENCIES = dict(Case.Urgency.choices)


def _tops(request: HttpRequest | None) -> QuerySet[Category]:
    return Category.objects.in_force(clock.today()).filter(level=1).order_by("scheme", "code")


class CategoryFilter(django_filters.FilterSet):
    """By first level and duty of the village; the schemes have a tab each."""

    top = django_filters.ModelChoiceFilter(label="一级分类", queryset=_tops)
    village_duty = django_filters.BooleanFilter(label="村（社区）职责")

    class Meta:
        model = Category
        fields = ()


def _now(rows: QuerySet[Any], scheme: str) -> QuerySet[Any]:
    return rows.in_force(clock.today()).filter(scheme=scheme)  # type: ignore[attr-defined]


def _find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(Q(name__contains=text) | Q(code__startswith=text) | Q(unit__short_name__contains=text))


def standing(row: Category) -> Toned:
    """Whether a version holds today, will hold, or is over."""
    today = clock.today()
    if row.valid_to is not None and row.valid_to <= max(today, row.valid_from):
        return Toned("已停用", "muted")
    return Toned("待施行", "wait") if row.valid_from > today else Toned("现行", "good")


CATEGORIES = ListPage(
    "categories",
    "诉求分类",
    columns=(
        Column("get_scheme_display", "体系"),
        Column("code", "代码", Kind.CODE, link=True, sort="code"),
        Column("name", "名称"),
        Column("top.name", "一级分类"),
        Column("unit.short_name", "默认承办单位"),
        Column("urgency", "紧急程度", value=lambda row: _URGENCIES.get(row.urgency)),
        Column("handling_days", "办理时限（工作日）", Kind.NUMBER, shown=False),
        Column("village_duty", "村（社区）职责", Kind.YES_NO),
        Column("valid_from", "施行日期", Kind.DAY, sort="valid_from"),
        Column("state", "状态", Kind.STATE, value=standing),
    ),
    row_url=lambda row: reverse("category_detail", args=[row.pk]),
    order="code",
    filters=CategoryFilter,
    search=_find,
    search_hint="名称、代码、单位",
    tabs=(
        Tab("ticket", "工单", lambda rows, user: _now(rows, Category.Scheme.TICKET)),
        Tab("whistle", "哨单", lambda rows, user: _now(rows, Category.Scheme.WHISTLE)),
        Tab("coming", "待施行", lambda rows, user: rows.filter(valid_from__gt=clock.today())),
        Tab("ended", "已停用", lambda rows, user: rows.filter(valid_to__lte=clock.today())),
    ),
    buttons=(
        Button("新增分类", "category_new", RIGHT, primary=True),
        Button("导入", "sheet_import", RIGHT, arguments=("categories",)),
    ),
    empty="没有符合条件的分类。",
    note="村（社区）职责为“是”的分类计入零投诉评比。每次修改自施行日期起另立版本，工单保留当时的版本，以往季度按当时的目录计算。",
)


@needs(VIEW)
def category_list(request: HttpRequest) -> HttpResponseBase:
    """诉求分类."""
    return CATEGORIES.respond(request, Category.objects.select_related("top", "unit"))


@needs(VIEW)
@require_GET
def category_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One version, and all the others of the same code."""
    row = get_object_or_404(Category.objects.select_related("parent", "top", "unit"), pk=pk)
    versions = Category.objects.filter(scheme=row.scheme, code=row.code).select_related("unit").order_by("-pk")
    may_keep = signed_in(request).has_perm(RIGHT) and row.valid_to is None
    page = {
        "row": row,
        "terms": _terms(row),
        "versions": [(one, standing(one), _URGENCIES.get(one.urgency)) for one in versions],
        "may_keep": may_keep,
        "is_leaf": row.level == LEAF,
    }
    return render(request, "common/category.html", page)


def _terms(row: Category) -> list[Term]:
    return [
        Term("体系", row.get_scheme_display()),
        Term("代码", row.code),
        Term("上级", str(row.parent or "")),
        Term("默认承办单位", str(row.unit or "按事发地派街镇")),
        Term("紧急程度", _URGENCIES.get(row.urgency)),
        Term("办理时限", f"{row.handling_days}个工作日" if row.handling_days else "按诉求类型"),
        Term("村（社区）职责", words.yes_no(row.village_duty)),
        Term("施行日期", words.day(row.valid_from)),
        Term("状态", standing(row)),
    ]


def _url(row: Category) -> str:
    return reverse("category_detail", args=[row.pk])


@needs(RIGHT)
def category_new(request: HttpRequest) -> HttpResponse:
    """新增分类."""
    form = forms.NewCategoryForm(request.POST or None)

    def add(said: dict[str, Any]) -> str:
        return _url(directory.add_category(form.entry(), day=said["day"], by=signed_in(request)))

    return form_page(request, form, add, title="新增诉求分类", done="分类已新增。", back=reverse("category_list"))


@needs(RIGHT)
def category_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """另立版本."""
    row = get_object_or_404(Category, pk=pk)

    def change(said: dict[str, Any]) -> str:
        return _url(directory.change_category(pk, **said, by=signed_in(request)))

    form = forms.EditCategoryForm(request.POST or None, row=row)
    return form_page(request, form, change, title=f"修改诉求分类：{row.name}", done="分类已修改。", back=_url(row))


@needs(RIGHT)
def category_end(request: HttpRequest, pk: int) -> HttpResponse:
    """停用."""
    row = get_object_or_404(Category, pk=pk)

    def end(said: dict[str, Any]) -> str:
        return _url(directory.end_category(pk, **said, by=signed_in(request)))

    form = forms.EndCategoryForm(request.POST or None, row=row)
    title = f"停用诉求分类：{row.name}"
    return form_page(request, form, end, title=title, submit="停用", done="分类已停用。", back=_url(row))
