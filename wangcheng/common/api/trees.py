"""The trees of the kernel as the API gives them: regions, grids, organisations, categories, each as of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from wangcheng.common.api.pagination import PAGE_PARAMETERS, chosen_order, listing, page_schema
from wangcheng.common.api.problems import Invalid, NotThere
from wangcheng.common.api.queries import day_of, only, require
from wangcheng.common.api.shapes import tree_schema
from wangcheng.common.casework.models import Category
from wangcheng.common.models import Area, Organisation, UrbanStatus
from wangcheng.common.people.querysets import in_force

if TYPE_CHECKING:
    from wangcheng.common.people.models import User

AS_OF = OpenApiParameter("as_of", {"type": "string", "format": "date"}, description="哪一天的情况，默认今天")
_REGION = OpenApiParameter("region", str, description="街镇或村（社区）代码")
_SCHEME = OpenApiParameter("scheme", enum=[*Category.Scheme.values], description="体系，默认全部")
_AREA = ("pk", "parent_id", "path", "code", "name", "short_name", "level", "kind", "valid_from", "valid_to")


def grow(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with pk and parent_id, parents anywhere, as a forest of nodes with `children`; order is kept."""
    nodes = {row["pk"]: {**row, "children": []} for row in rows}
    roots: list[dict[str, Any]] = []
    for node in nodes.values():
        parent = nodes.get(node.pop("parent_id"))
        (parent["children"] if parent else roots).append(node)
    for node in nodes.values():
        for hidden in ("pk", "path"):
            node.pop(hidden, None)
    return roots


def tree(roots: list[dict[str, Any]], day: date) -> Response:
    return Response({"as_of": day, "count": len(roots), "next": None, "previous": None, "results": roots})


@extend_schema(
    summary="辖区：区、街镇、村（社区）", tags=["territory"], parameters=[AS_OF], responses={200: tree_schema("region")}
)
@api_view(["GET"])
def regions(request: Request) -> Response:
    """区—街镇—村（社区）: the division tree of a day, with the confirmed urban status of each village."""
    only(request, (AS_OF,))
    day = day_of(request)
    rows = Area.objects.in_force(day).filter(level__lte=Area.Level.VILLAGE).order_by("level", "code")
    urban = dict(UrbanStatus.objects.filter(in_force(day)).values_list("area_id", "is_urban"))
    return tree(grow({**row, "is_urban": urban.get(row["pk"])} for row in rows.values(*_AREA)), day)


@extend_schema(
    summary="网格：三级网格及其四级网格",
    tags=["territory"],
    parameters=[AS_OF, _REGION, *PAGE_PARAMETERS],
    responses={200: page_schema(tree_schema("grid", alone=True))},
)
@api_view(["GET"])
def grids(request: Request) -> Response:
    """三级、四级网格: pages of level-3 grids in sight, each with the grids below it."""
    user, day = require(request, "grid.view_area"), day_of(request)
    seen = Area.objects.visible_to(user).in_force(day)
    top = seen.filter(level=Area.Level.ESTATE) | seen.filter(level__gt=Area.Level.ESTATE, pk=_own_grid(user))
    page = listing(
        request, _within(top, request, day), chosen_order(request, "code", {"code": "code"}), filters=(AS_OF, _REGION)
    )
    below = Q(pk__in=[])
    for area in page.rows:
        below |= Q(path__startswith=area.path)
    rows = Area.objects.in_force(day).filter(below).order_by("level", "code")
    return page.answer(grow(rows.values(*_AREA, region=F("parent__code"))))


def _own_grid(user: User) -> int:
    """The grid of an officer who answers for one below level 3; 0 for anybody else."""
    return (user.acting.area_id if user.acting else None) or 0


def _within(rows: QuerySet[Area], request: Request, day: date) -> QuerySet[Area]:
    code = request.query_params.get("region")
    if not code:
        return rows
    region = Area.objects.in_force(day).filter(code=code).first()
    if region is None:
        raise NotThere(f"没有代码为“{code[:20]}”的辖区。")
    return rows.filter(path__startswith=region.path)


@extend_schema(summary="机构", tags=["organisations"], parameters=[AS_OF], responses={200: tree_schema("organisation")})
@api_view(["GET"])
def organisations(request: Request) -> Response:
    """机构: the centre, towns with their villages, and departments, as of a day."""
    only(request, (AS_OF,))
    day = day_of(request)
    rows = Organisation.objects.in_force(day).in_tree()
    columns = ("pk", "parent_id", "code", "name", "short_name", "kind", "valid_from", "valid_to")
    return tree(grow(rows.values(*columns, area_code=F("area__code"))), day)


@extend_schema(
    summary="诉求分类",
    tags=["categories"],
    parameters=[AS_OF, _SCHEME],
    responses={200: tree_schema("category")},
)
@api_view(["GET"])
def categories(request: Request) -> Response:
    """三级分类: the versions in force on a day, of tickets or whistles."""
    only(request, (AS_OF, _SCHEME))
    day, scheme = day_of(request), request.query_params.get("scheme")
    rows = Category.objects.in_force(day).order_by("scheme", "code")
    if scheme is not None:
        if scheme not in Category.Scheme.values:
            raise Invalid({"scheme": [f"scheme 应为{'、'.join(Category.Scheme.values)}之一。"]})
        rows = rows.filter(scheme=scheme)
    columns = (
        "pk",
        "parent_id",
        "scheme",
        "code",
        "name",
        "level",
        "urgency",
        "handling_days",
        "village_duty",
        "valid_from",
        "valid_to",
    )
    return tree(grow(rows.values(*columns, unit_code=F("unit__code"))), day)
