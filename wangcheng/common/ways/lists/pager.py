"""One page of a list, with the ways to its neighbours: 共 N 条 · 每页 20/50/100.

Page numbers work up to row 10,000; behind it one walks on by cursor.  The count is exact to 10,000 and marked beyond;
the page fetches the exact one apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from wangcheng.common.ways.addresses import with_query
from wangcheng.common.ways.lists.keyset import NO_PLACE, Order

Told = Callable[[QuerySet[Any]], QuerySet[Any]]
SIZES = (20, 50, 100)
NUMBERED_TO = 10_000  # rows


@dataclass(frozen=True, slots=True)
class PageLink:
    """A number of the pager; without one a gap."""

    number: int | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page and what the pager shows.  `number` is None on a page reached by cursor."""

    rows: list[Any]
    total: int
    exact: bool
    size: int
    number: int | None
    links: list[PageLink]
    previous: str
    next: str


def page_of(
    request: HttpRequest,
    queryset: QuerySet[Any],
    order: Order,
    numbered_to: int | None = None,
    told: Told = lambda rows: rows,
) -> Page:
    """The page that the address asks for; a number too high gives the last page, a broken cursor the first.

    `told` adds to the rows that are drawn what nobody counts or sorts by.
    """
    size, most = _size(request), NUMBERED_TO if numbered_to is None else numbered_to
    counted = queryset.order_by()[: most + 1].count()
    total, exact = min(counted, most), counted <= most
    for name, backwards in (("after", False), ("before", True)):
        if cursor := request.GET.get(name):
            try:
                return _by_cursor(request, queryset, order, cursor, backwards, (total, exact, size), told)
            except NO_PLACE:
                break
    return _by_number(request, queryset, order, (total, exact, size), told)


def sizes(request: HttpRequest) -> list[tuple[int, str]]:
    """每页 20/50/100, each with its address."""
    return [(size, with_query(request, size=size, page=None, after=None, before=None)) for size in SIZES]


def _size(request: HttpRequest) -> int:
    asked = request.GET.get("size", "")
    return int(asked) if asked in map(str, SIZES) else SIZES[0]


def _by_number(
    request: HttpRequest, queryset: QuerySet[Any], order: Order, counted: tuple[int, bool, int], told: Told
) -> Page:
    total, exact, size = counted
    last = max(ceil(total / size), 1)
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), last) if asked.isdecimal() and len(asked) < 9 else 1
    start = (number - 1) * size
    rows = _fetched(told(queryset), order.apply(queryset).values_list("pk", flat=True)[start : start + size])
    following = _numbered(request, number + 1) if number < last else ""
    if number == last and not exact and rows:
        following = with_query(request, page=None, before=None, after=order.cursor(rows[-1]))
    previous = _numbered(request, number - 1) if number > 1 else ""
    return Page(rows, total, exact, size, number, _links(request, number, last), previous, following)


def _by_cursor(
    request: HttpRequest,
    queryset: QuerySet[Any],
    order: Order,
    cursor: str,
    backwards: bool,
    counted: tuple[int, bool, int],
    told: Told,
) -> Page:
    total, exact, size = counted
    beyond = order.apply(order.beyond(queryset, cursor, backwards), backwards)
    found = _fetched(told(queryset), beyond.values_list("pk", flat=True)[: size + 1])
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    before = with_query(request, page=None, after=None, before=order.cursor(rows[0])) if rows else ""
    after = with_query(request, page=None, before=None, after=order.cursor(rows[-1])) if rows else ""
    return Page(
        rows, total, exact, size, None, _links(request, None, max(ceil(total / size), 1)),
        before if more or not backwards else "", after if more or backwards else "",
    )  # fmt: skip


def _fetched(queryset: QuerySet[Any], keys: Iterable[Any]) -> list[Any]:
    """The rows of `keys` in their order.  Finding keys and fetching rows apart, no sort drags whole rows along."""
    ordered = list(keys)
    found = {row.pk: row for row in queryset.order_by().filter(pk__in=ordered)}
    return [found[key] for key in ordered if key in found]


def _numbered(request: HttpRequest, number: int) -> str:
    return with_query(request, page=number, after=None, before=None)


def _links(request: HttpRequest, number: int | None, last: int) -> list[PageLink]:
    """First, last and the neighbours, with gaps between."""
    here = number or 1
    wanted = sorted({1, last, *range(max(here - 2, 1), min(here + 2, last) + 1)})
    links: list[PageLink] = []
    for before, page in zip([0, *wanted], wanted, strict=False):
        if page - before > 1:
            links.append(PageLink(None))
        links.append(PageLink(page, _numbered(request, page)))
    return links
