"""Lists of the API: `?page=&page_size=` (≤ 200) or `?cursor=`, answered as {count, count_exact, next, previous, results}.

Page numbers reach to row 10,000 and the count is exact to there; behind it `next` walks on by cursor.  Order and cursors
are those of the list pages.  `page_of` serves function views, `Pages` DRF's generic ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from wangcheng.common.api.problems import Invalid, NotThere
from wangcheng.common.api.queries import only
from wangcheng.common.ways.lists.keyset import NO_PLACE, Order
from wangcheng.common.ways.lists.pager import NUMBERED_TO

SIZE, LARGEST = 50, 200
PAGE_PARAMETERS = [
    OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": NUMBERED_TO}, description="页码"),
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": LARGEST}, description="每页条数"),
    OpenApiParameter("cursor", str, description="上一页 next 中的游标，用于第10000条之后"),
]
ORDERING = OpenApiParameter("ordering", str, description="排序，前加 - 为倒序")


Narrow = Callable[[QuerySet[Any]], QuerySet[Any]]
Behind = Callable[[Narrow], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of one page and what is said about them."""

    rows: list[Any]
    count: int
    exact: bool
    next: str | None
    previous: str | None

    def answer(self, results: list[Any]) -> Response:
        return Response(
            {
                "count": self.count,
                "count_exact": self.exact,
                "next": self.next,
                "previous": self.previous,
                "results": results,
            }
        )


def page_of(
    request: Request,
    rows: QuerySet[Any],
    show: Callable[[Any], Mapping[str, Any]],
    *,
    order: str = "-pk",
    orderings: Mapping[str, str] | None = None,
    behind: Behind | None = None,
    filters: Iterable[OpenApiParameter] = (),
) -> Response:
    """One page of `rows` (objects, or dictionaries of `.values()` with the key and the order's column in them).

    `order` is the column sorted by if the request does not say; `orderings` maps names it may say to columns.  A union
    cannot be filtered: `behind` makes it anew from parts that are narrowed one by one.  `filters` are the parameters
    by which the caller has narrowed `rows`; any other is refused.
    """
    found = listing(request, rows, chosen_order(request, order, orderings or {}), behind, filters=filters)
    return found.answer([show(row) for row in found.rows])


def chosen_order(request: Request, default: str, orderings: Mapping[str, str]) -> Order:
    wanted = request.query_params.get("ordering", "")
    if not wanted:
        return Order.parse(default)
    name = wanted.removeprefix("-")
    if name not in orderings:
        raise Invalid({"ordering": [f"只能按{'、'.join(orderings) or '默认顺序'}排序。"]})
    return Order(orderings[name], wanted.startswith("-"))


def listing(
    request: Request,
    rows: QuerySet[Any],
    order: Order,
    behind: Behind | None = None,
    *,
    filters: Iterable[OpenApiParameter] = (),
) -> Listing:
    """The page that the request asks for.  Invalid if it asks for nonsense, NotThere if for one that cannot be."""
    only(request, filters, PAGE_PARAMETERS, (ORDERING,))
    size, number = _number(request, "page_size", SIZE, LARGEST), _number(request, "page", 1, NUMBERED_TO)
    counted = rows.order_by()[: NUMBERED_TO + 1].count()
    total, exact = min(counted, NUMBERED_TO), counted <= NUMBERED_TO
    if cursor := request.query_params.get("cursor"):
        found = _beyond(order, behind or (lambda narrow: narrow(rows)), cursor, size)
        following = _cursor_url(request, order, found[size - 1]) if len(found) > size else None
        return Listing(found[:size], total, exact, following, None)
    start = (number - 1) * size
    if start >= NUMBERED_TO:
        raise NotThere(f"页码只能到第{NUMBERED_TO}条，其后请使用 cursor。")
    found = list(order.apply(rows)[start : start + size + 1])
    previous = _url(request, page=number - 1) if number > 1 else None
    return Listing(found[:size], total, exact, _next(request, order, found, size, number), previous)


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise Invalid({name: [f"{name} 应为1至{most}的整数。"]})
    return int(text)


def _beyond(order: Order, behind: Behind, cursor: str, size: int) -> list[Any]:
    try:
        return list(order.apply(behind(lambda part: order.beyond(part, cursor)))[: size + 1])
    except NO_PLACE as problem:
        raise NotThere("游标无效，请从第一页重新查询。") from problem


def _next(request: Request, order: Order, found: list[Any], size: int, number: int) -> str | None:
    if len(found) <= size:
        return None
    if number * size < NUMBERED_TO:
        return _url(request, page=number + 1)
    return _cursor_url(request, order, found[size - 1])


def _cursor_url(request: Request, order: Order, row: Any) -> str:
    if isinstance(row, dict):
        row = SimpleNamespace(
            pk=row.get("pk", row.get("id")), **{order.path: row[order.path]} if order.path != "pk" else {}
        )
    return _url(request, page=None, cursor=order.cursor(row))


def _url(request: Request, **changed: Any) -> str:
    query = request.query_params.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


class Pages(BasePagination):
    """The same for generic views; the view may name `order`, `orderings` and `filters`."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        order = chosen_order(request, getattr(view, "order", "-pk"), getattr(view, "orderings", {}))
        self.listing = listing(request, queryset, order, filters=getattr(view, "filters", ()))
        return self.listing.rows

    def get_paginated_response(self, data: list[Any]) -> Response:
        return self.listing.answer(data)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return page_schema(schema)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": p.name, "in": "query", "required": False, "description": p.description, "schema": _schema(p.type)}
            for p in PAGE_PARAMETERS
        ]


def _schema(kind: Any) -> dict[str, Any]:
    return kind if isinstance(kind, dict) else {"type": "string"}


def page_schema(item: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a list whose rows are `item`, for OpenAPI."""
    link = {"type": "string", "format": "uri", "nullable": True}
    return {
        "type": "object",
        "required": ["count", "count_exact", "next", "previous", "results"],
        "properties": {
            "count": {"type": "integer"},
            "count_exact": {"type": "boolean", "description": "false：总数超过10000，count 为下限"},
            "next": link,
            "previous": link,
            "results": {"type": "array", "items": item},
        },
    }
