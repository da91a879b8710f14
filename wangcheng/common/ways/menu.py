"""The menu on the left: each app registers its entries, and how many things wait behind them for a person.

    menu.register(MenuItem("工单", "ticket_list", "hotline.view_ticket", menu.HOTLINE, order=10, count=waiting_tickets))

Registered in AppConfig.ready().  The counts are made, and kept from page to page, by ways.counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from wangcheng.common.people.models import User


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the menu."""

    label: str
    order: int


WORK = Group("工作", 0)
HOTLINE = Group("热线工单", 10)
WHISTLE = Group("吹哨报到", 20)
GRID = Group("网格治理", 30)
ASSESSMENT = Group("考核评比", 40)
MONEY = Group("资金绩效", 50)
FIGURES = Group("统计分析", 60)
SYSTEM = Group("系统管理", 70)
HELP = Group("任务与帮助", 80)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry.  `permission` empty: for everybody; `count`: what waits, as rows or their number; None for no number."""

    label: str
    url_name: str
    permission: str
    group: Group
    order: int = 50
    count: Callable[[User], QuerySet[Any] | int | None] | None = None
    query: str = ""  # added to the address: "tab=waiting"
    starts: bool = False  # begins something new: the desk offers it as a button

    @property
    def key(self) -> str:
        """Names the entry in pages and among the counts."""
        return f"{self.url_name}-{self.query}".replace("=", "-").strip("-")

    def url(self) -> str:
        return reverse(self.url_name) + (f"?{self.query}" if self.query else "")

    def open_to(self, user: User) -> bool:
        return not self.permission or user.has_perm(self.permission)


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry as one person sees it on one page."""

    item: MenuItem
    url: str
    count: int | None
    current: bool

    @property
    def counted(self) -> bool:
        return self.item.count is not None


_items: list[MenuItem] = []


def register(*items: MenuItem) -> None:
    """Add entries; called from AppConfig.ready()."""
    _items.extend(item for item in items if item not in _items)


def items_for(user: User) -> list[MenuItem]:
    """The entries open to the acting post, in the order of the menu; those whose page does not exist are left out."""
    found = (item for item in _items if item.open_to(user) and _exists(item))
    return sorted(found, key=lambda item: (item.group.order, item.order))


def entries(user: User, path: str, counts: Mapping[str, int]) -> list[tuple[str, list[Entry]]]:
    """The menu for a page at `path`: (heading, entries)."""
    items = items_for(user)
    current = _current(items, path)
    drawn = [Entry(item, item.url(), counts.get(item.key), item is current) for item in items]
    grouped = groupby(drawn, key=lambda entry: entry.item.group)
    return [(group.label, list(members)) for group, members in grouped]


def _exists(item: MenuItem) -> bool:
    try:
        item.url()
    except NoReverseMatch:
        return False
    return True


def _current(items: Iterable[MenuItem], path: str) -> MenuItem | None:
    """The entry whose address is the longest beginning of `path`."""
    matching = [item for item in items if path.startswith(item.url().partition("?")[0])]
    return max(matching, key=lambda item: len(item.url().partition("?")[0]), default=None)
