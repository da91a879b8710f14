"""The grid tree: towns, villages, level-3 and level-4 grids, opened branch by branch, and one area with its people."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from grid.actions.areas import KINDS, RIGHT
from grid.urban import proposal
from grid.vacancies import VACANT, vacancies_in_sight
from wangcheng.common import clock
from wangcheng.common.models import Area, AreaSuccession, Post, UrbanStatus, User
from wangcheng.common.territory.querysets import AreaQuerySet
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term

MOST_FOUND = 50


def _in_sight(user: User) -> AreaQuerySet:
    """What the user sees of the tree today; `vacant` marks a grid that nobody answers for (空岗)."""
    children = Area.objects.in_force(clock.today()).filter(parent=OuterRef("pk"))
    return vacancies_in_sight(user).annotate(has_children=Exists(children))


@needs("grid.view_area")
@require_GET
def area_tree(request: HttpRequest) -> HttpResponse:
    """网格树: the top of what the user may see; `q` finds by name or code, `vacant` those that nobody answers for."""
    seen = _in_sight(signed_in(request))
    text, vacant = request.GET.get("q", "").strip()[:40], "vacant" in request.GET
    if text or vacant:
        found = seen.filter(Q(name__icontains=text) | Q(code__startswith=text)).select_related("parent__parent__parent")
        found = found.filter(VACANT) if vacant else found
        areas = list(found.order_by("level", "code")[: MOST_FOUND + 1])
        page: dict[str, Any] = {
            "text": text,
            "only_vacant": vacant,
            "found": areas[:MOST_FOUND],
            "more": len(areas) > MOST_FOUND,
        }
    else:
        highest = list(seen.filter(level=seen.order_by("level").values("level")[:1]).order_by("code"))
        below = seen.filter(parent=highest[0]).order_by("code") if len(highest) == 1 else None
        page = {"text": "", "areas": highest, "below": below}
    vacancies = seen.filter(VACANT).count()
    page |= {"today": clock.today(), "vacancies": vacancies, "may_keep": signed_in(request).has_perm(RIGHT)}
    return render(request, "grid/tree.html", page)


@needs("grid.view_area")
@require_GET
def area_children(request: HttpRequest, pk: int) -> HttpResponse:
    """The next level below an area, for the tree."""
    parent = get_object_or_404(_in_sight(signed_in(request)), pk=pk)
    children = _in_sight(signed_in(request)).filter(parent=parent).order_by("code")
    return render(request, "grid/branch.html", {"areas": children})


@needs("grid.view_area")
@require_GET
def area_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One area: what it is, who answers for it, and its history."""
    area = get_object_or_404(Area.objects.visible_to(signed_in(request)).select_related("parent"), pk=pk)
    posts = (
        Post.objects.in_force(clock.today()).filter(area=area).select_related("user", "deputy").order_by("-title", "pk")
    )
    history = AreaSuccession.objects.filter(Q(before=area) | Q(after=area)).select_related("before", "after")
    user = signed_in(request)
    page = {
        "area": area,
        "terms": _terms(area),
        "posts": posts,
        "history": history,
        "statuses": UrbanStatus.objects.filter(area=area).select_related("confirmed_by").order_by("-pk"),
        "may_keep": user.has_perm(RIGHT) and area.valid_to is None,
        "may_appoint": user.has_perm("common.manage_user"),
        "is_village": area.level == Area.Level.VILLAGE,
        "is_grid": area.level in KINDS,
        "below": Area.Level(area.level + 1).label if area.level + 1 in KINDS else "",
    }
    return render(request, "grid/area.html", page)


def _terms(area: Area) -> list[Term]:
    terms = [
        Term("代码", area.code),
        Term("层级", area.get_level_display()),
        Term("类型", area.get_kind_display()),
        Term("上级", str(area.parent or "")),
        Term("党组织", area.party_organisation),
        Term("户数", area.households),
        Term("启用日期", words.day(area.valid_from)),
        *([Term("停用日期", words.day(area.valid_to))] if area.valid_to else ()),
        Term("来源", area.source),
    ]
    if area.level == Area.Level.VILLAGE:
        terms.append(Term("城市社区建议", proposal(area)))
    return terms
