"""The list page itself: reads the address, narrows the rows, draws them or exports them.

TICKETS = ListPage("tickets", "工单", columns=(...), row_url=..., filters=TicketFilter, tabs=(...))

@needs("hotline.view_ticket")
def ticket_list(request):
    return TICKETS.respond(request, Ticket.objects.visible_to(request.user).select_related("unit"))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from wangcheng.common.ways.addresses import with_query, without
from wangcheng.common.ways.lists.columns import Cell, Column, roles
from wangcheng.common.ways.lists.export import export
from wangcheng.common.ways.lists.filters import Tag, tags
from wangcheng.common.ways.lists.keyset import Order
from wangcheng.common.ways.lists.pager import Page, page_of, sizes
from wangcheng.common.ways.words import NOTHING

if TYPE_CHECKING:
    from wangcheng.common.models import SavedFilter, User

LOOK = "查看"
WHOLE = "all"  # the tab that shows everything
YES_NO = [("unknown", "全部"), ("true", "是"), ("false", "否")]  # instead of Django's “未知”, which no filter means


@dataclass(frozen=True, slots=True)
class Tab:
    """One of 待办 · 在办 · 超期 · 已办 · 全部.  `counted` tabs show their number, fetched apart."""

    key: str
    label: str
    narrow: Callable[[QuerySet[Any], User], QuerySet[Any]] = lambda rows, user: rows
    counted: bool = False
    action: str = LOOK  # what the 操作 column of this tab says: 办理 where the rows wait for the reader


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the toolbar or, posting the picked rows, of the batch bar; drawn if `permission` is granted."""

    label: str
    url_name: str
    permission: str = ""
    primary: bool = False
    arguments: tuple[Any, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.arguments)


@dataclass(frozen=True, slots=True)
class RowLink:
    """A further link in the 操作 column; where `url` is empty the row has none."""

    label: str
    url: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the template draws it."""

    pk: Any
    url: str
    further: str
    cells: list[Cell]
    css: str
    action: str


@dataclass(frozen=True)
class ListPage:
    """The declaration of one list.  `name` keys its saved filters; `order` and `Column.sort` are database paths."""

    name: str
    title: str
    columns: Sequence[Column]
    row_url: Callable[[Any], str] | None = None
    row_link: RowLink | None = None
    order: str = "-pk"
    filters: type[django_filters.FilterSet] | None = None
    search: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    search_hint: str = "关键字"
    tabs: Sequence[Tab] = ()
    buttons: Sequence[Button] = ()
    batch: Sequence[Button] = ()
    row_tone: Callable[[Any], str] | None = None
    export_permission: str | None = ""  # "": whoever sees the list; None: no export
    empty: str = "没有符合条件的记录，可放宽筛选条件后重试。"
    note: str = ""  # under the table: as-of date, definition
    shown_filters: int = 3
    counts_exactly: bool = False  # also beyond row 10,000 and at once: the list behind a number shows that number
    template: str = "parts/list_page.html"
    context: Mapping[str, Any] = field(default_factory=dict)

    def respond(self, request: HttpRequest, rows: QuerySet[Any], **context: Any) -> HttpResponseBase:
        """The page, its table alone for htmx, its counts, or (POST) an export of every matching row."""
        asked = Asked(self, request, rows)
        if request.method == "POST":
            if not self.may_export(asked.user):
                raise PermissionDenied("您的岗位没有导出这一列表的权限。")
            form = "csv" if request.POST.get("export") == "csv" else "xlsx"
            return export(request, asked.user, self.title, self.columns, asked.order.apply(asked.rows), form)
        if request.GET.get("only") == "counts":  # `part` is taken: lists behind a rate have two
            return render(request, "parts/list_counts.html", {"asked": asked, "list": self})
        partial = getattr(request, "htmx", False) and request.htmx.target == "list"  # type: ignore[attr-defined]
        template = "parts/list_table.html" if partial else self.template
        return render(request, template, {"list": self, "asked": asked, **self.context, **context})

    def chosen(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """For the target of a batch button: the picked rows, or all that match where “全部” was chosen."""
        if request.POST.get("all"):
            return Asked(self, request, rows).rows
        return rows.filter(pk__in=picked(request))

    def may_export(self, user: User) -> bool:
        return self.export_permission is not None and (
            not self.export_permission or user.has_perm(self.export_permission)
        )


def picked(request: HttpRequest) -> list[int]:
    """Keys of the rows ticked in a list."""
    return [int(pk) for pk in request.POST.getlist("pick") if pk.isdecimal() and len(pk) < 19]


def _placed(cell: Cell, role: str) -> Cell:
    """The cell with its part in a card on a phone; one that says nothing is left out there, spoken words need no heading."""
    none = "c-none" if not cell.marks and cell.text in ("", NOTHING) else ""
    return replace(cell, css=" ".join(filter(None, (cell.css, role or ("c-key" if cell.spoken else ""), none))))


class Asked:
    """A list as one request asked for it; what the templates read."""

    def __init__(self, page: ListPage, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self.list, self.request, self.all = page, request, rows
        self.user = cast("User", request.user)
        self.text = request.GET.get("q", "").strip()[:100]
        self.tab = self._tab()

    def _tab(self) -> Tab | None:
        wanted = self.request.GET.get("tab", "")
        found = next((tab for tab in self.list.tabs if tab.key == wanted), None)
        return found or (self.list.tabs[0] if self.list.tabs else None)

    @cached_property
    def filterset(self) -> django_filters.FilterSet | None:
        kind = self.list.filters
        return kind(self.request.GET, queryset=self.all, request=self.request) if kind else None

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        """What matches filters and search, whatever the tab; nothing when a filter was filled in wrongly."""
        rows = self.all
        if self.filterset is not None:
            rows = self.filterset.qs if self.filterset.is_valid() else rows.none()
        if self.text and self.list.search:
            rows = self.list.search(rows, self.text)
        return rows

    @cached_property
    def rows(self) -> QuerySet[Any]:
        return self.tab.narrow(self.filtered, self.user) if self.tab else self.filtered

    def _sortable(self, column: Column) -> bool:
        """Some orders are served only where few rows stand: on the tabs that the column names."""
        return bool(column.sort) and (not column.sort_on or (self.tab is not None and self.tab.key in column.sort_on))

    @cached_property
    def order(self) -> Order:
        wanted = Order.parse(self.request.GET.get("sort", ""))
        allowed = {column.sort for column in self.list.columns if self._sortable(column)}
        return wanted if wanted.path in allowed else Order.parse(self.list.order)

    @cached_property
    def page(self) -> Page:
        found = page_of(self.request, self.rows, self.order, told=self._told)
        if found.exact or not self.list.counts_exactly:
            return found
        return replace(found, total=self.exact_total, exact=True)

    @cached_property
    def lines(self) -> list[Row]:
        return [self._line(row) for row in self.page.rows]

    def _line(self, row: Any) -> Row:
        url = self.list.row_url(row) if self.list.row_url else ""
        further = self.list.row_link.url(row) if self.list.row_link else ""
        tone = self.list.row_tone(row) if self.list.row_tone else ""
        cells = [_placed(column.cell(row, url), role) for column, role in zip(self.columns, self._roles, strict=True)]
        return Row(row.pk, url, further, cells, tone, self._action(row))

    @cached_property
    def _roles(self) -> list[str]:
        return roles(self.columns)

    @property
    def keyed(self) -> bool:
        """Whether a cell leads to the row's page: then a card on a phone needs no link of its own below."""
        return any(column.link for column in self.columns)

    @property
    def searchable(self) -> bool:
        return self.list.search is not None

    @property
    def linked(self) -> bool:
        """Whether rows open a page of their own, or lead elsewhere."""
        return self.list.row_url is not None or self.list.row_link is not None

    def _action(self, row: Any) -> str:
        """What the 操作 column says of a row: the same on every tab."""
        waits = self._acting is not None and (self._acting is self.tab or getattr(row, "waits", False))
        return self._acting.action if self._acting and waits else LOOK

    @cached_property
    def _acting(self) -> Tab | None:
        """The tab whose rows wait for the reader."""
        return next((tab for tab in self.list.tabs if tab.action != LOOK), None)

    def _told(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Each row with whether it waits for the reader, wherever it is shown."""
        if self._acting is None or self._acting is self.tab:
            return rows
        same = rows.model._default_manager.filter(pk=OuterRef("pk"))
        return rows.annotate(waits=Exists(self._acting.narrow(same, self.user)))

    @property
    def problems(self) -> list[str]:
        """What is wrong with the conditions, by field; until it is put right nothing is listed."""
        if self.filterset is None or self.filterset.is_valid():
            return []
        form = self.filterset.form
        return [f"{form[name].label}：{error}" for name, errors in form.errors.items() for error in errors]

    @property
    def empty(self) -> str:
        """What stands in place of no rows, and what to do next."""
        if self.problems:
            return "查询条件有误，请改正后重新查询。"
        whole = self.tab is None or self.tab.key == WHOLE or all(tab.key != WHOLE for tab in self.list.tabs)
        return self.list.empty if whole else self.list.empty.replace("可放宽", "可切换到“全部”查看，或放宽", 1)

    @property
    def columns(self) -> list[Column]:
        return [column for column in self.list.columns if column.shown]

    @property
    def headings(self) -> list[tuple[Column, str, str]]:
        """(column, address that sorts by it, aria-sort)."""
        return [(column, self._sort_url(column), self._sorted(column)) for column in self.columns]

    def _sort_url(self, column: Column) -> str:
        if not self._sortable(column):
            return ""
        down = self.order.path == column.sort and not self.order.descending
        return with_query(self.request, sort=f"{'-' if down else ''}{column.sort}", page=None, after=None, before=None)

    def _sorted(self, column: Column) -> str:
        if not column.sort or column.sort != self.order.path:
            return ""
        return "descending" if self.order.descending else "ascending"

    @property
    def fields(self) -> list[forms.BoundField]:
        fields = list(self.filterset.form) if self.filterset is not None else []
        for each in fields:
            if isinstance(each.field.widget, forms.NullBooleanSelect):
                each.field.widget.choices = YES_NO
        return fields

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return self.fields[: self.list.shown_filters]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return self.fields[self.list.shown_filters :]

    @property
    def unfolded(self) -> bool:
        """Whether a filter behind 展开 is in use."""
        return any(
            name.startswith(f.name) for f in self.more_fields for name, value in self.request.GET.items() if value
        )

    @cached_property
    def tags(self) -> list[Tag]:
        found = (
            tags(self.filterset.form, self.request) if self.filterset is not None and self.filterset.is_valid() else []
        )
        return [Tag("查找", self.text, without(self.request, "q")), *found] if self.text and self.list.search else found

    @property
    def tab_links(self) -> list[tuple[Tab, str, bool]]:
        """(tab, its address, whether it is the chosen one)."""
        return [
            (tab, with_query(self.request, tab=tab.key, page=None, after=None, before=None), tab is self.tab)
            for tab in self.list.tabs
        ]

    @property
    def tab_counts(self) -> list[tuple[Tab, int]]:
        return [(tab, tab.narrow(self.filtered, self.user).order_by().count()) for tab in self.list.tabs if tab.counted]

    @property
    def exact_total(self) -> int:
        return self.rows.order_by().count()

    @property
    def wants_counts(self) -> bool:
        return not self.page.exact or any(tab.counted for tab in self.list.tabs)

    @property
    def sizes(self) -> list[tuple[int, str]]:
        return sizes(self.request)

    @property
    def reset_url(self) -> str:
        return f"{self.request.path}?tab={self.tab.key}" if self.tab else self.request.path

    @property
    def query(self) -> str:
        """The parameters that a saved filter keeps."""
        return without(self.request, "only").partition("?")[2]

    @cached_property
    def saved(self) -> list[SavedFilter]:
        return list(self.user.saved_filters.filter(page=self.list.name))

    @property
    def buttons(self) -> list[Button]:
        return self._open(self.list.buttons)

    @property
    def batch(self) -> list[Button]:
        return self._open(self.list.batch)

    def _open(self, buttons: Sequence[Button]) -> list[Button]:
        return [button for button in buttons if not button.permission or self.user.has_perm(button.permission)]

    @property
    def exports(self) -> bool:
        return self.list.may_export(self.user)
