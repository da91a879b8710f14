"""What the hotline puts into menu and manual, onto the desk and behind the search field.  Imported when the app is ready."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.urls import reverse

from hotline import pages
from hotline.models import Knowledge, Ticket
from hotline.workflow import TABLE
from wangcheng.common import clock
from wangcheng.common.audit import things
from wangcheng.common.ways import desk, finders, menu, processes
from wangcheng.common.ways.desk import DeskCard, Line, Tile
from wangcheng.common.ways.finders import MOST, Finder, Found
from wangcheng.common.ways.menu import MenuItem
from wangcheng.common.ways.processes import Process

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from wangcheng.common.models import User

_LINES = 10


def _waiting(user: User) -> QuerySet[Ticket]:
    return Ticket.objects.visible_to(user).waiting_for(user)


def _drafts(user: User) -> QuerySet[Knowledge] | None:
    return Knowledge.objects.filter(state="draft") if user.has_perm("hotline.review_knowledge") else None


def _line(ticket: Ticket) -> Line:
    url = reverse("ticket_detail", args=[ticket.number])
    return Line(ticket.told(ticket.title), url, pages.left(ticket), str(ticket.unit or ""))


def _nearly_late(user: User) -> list[Line]:
    """Due within a day or overdue, the most urgent first: the beginning of the list behind “全部”."""
    rows = pages.nearly_late(Ticket.objects.visible_to(user), user)
    return [_line(ticket) for ticket in rows.select_related("unit").order_by("due_at")[:_LINES]]


def _todo(user: User) -> list[Line]:
    """What waits for the reader, the nearest deadline first."""
    rows = Ticket.objects.visible_to(user).waiting_for(user).select_related("unit")
    return [_line(ticket) for ticket in rows.order_by(F("due_at").asc(nulls_last=True), "received_at")[:_LINES]]


def _today(user: User) -> list[Tile]:
    rows, day = Ticket.objects.visible_to(user), clock.today()
    listed = reverse("ticket_list")
    received = rows.filter(received_at__gte=clock.at(day), received_at__lt=clock.at(day + timedelta(days=1))).count()
    closed = rows.filter(closed_at__gte=clock.at(day)).count()
    late = rows.held_by(user).overdue(clock.now()).count()
    span = f"received_after={day.isoformat()}&received_before={day.isoformat()}"
    return [
        Tile("今日受理", f"{received}", f"{listed}?tab=all&{span}", unit="件"),
        Tile("今日办结", f"{closed}", f"{listed}?tab=done&closed_after={day.isoformat()}", unit="件"),
        Tile("超期未办结", f"{late}", f"{listed}?tab=late", tone="late" if late else "", unit="件"),
    ]


def _find(user: User, text: str) -> Iterable[Found]:
    """By number, city number or telephone; no words, no personal data in the hits."""
    seen = Ticket.objects.visible_to(user)
    rows = seen.filter(Q(number__startswith=text.upper()) | Q(city_number=text) | seen.by_caller(text))
    for ticket in rows.order_by("-received_at")[:MOST]:
        note = f"{ticket.state_label} {ticket.told(ticket.title)}"
        yield Found(ticket.number, note, reverse("ticket_detail", args=[ticket.number]))


VIEW = "hotline.view_ticket"
menu.register(
    MenuItem("工单", "ticket_list", VIEW, menu.HOTLINE, order=10, count=_waiting),
    MenuItem("新建工单", "ticket_new", "hotline.receive_ticket", menu.HOTLINE, order=20, starts=True),
    MenuItem("导入工单", "ticket_import", "hotline.import_ticket", menu.HOTLINE, order=30),
    MenuItem("知识库", "knowledge_list", "common.view_knowledge", menu.HOTLINE, order=40, count=_drafts),
    MenuItem("业务培训", "training_list", "grid.view_ledger", menu.HOTLINE, order=50),
)
desk.register(
    DeskCard("待我办理的工单", 10, VIEW, lines=_todo, empty="没有待办工单。", more="ticket_list"),
    DeskCard(
        "即将到期和超期的工单",
        20,
        VIEW,
        lines=_nearly_late,
        empty="一天内没有到期的工单。",
        more="ticket_list",
        more_query="tab=due&sort=due_at",
    ),
    DeskCard("今日工单", 50, VIEW, tiles=_today),
)
finders.register(Finder("工单", VIEW, _find, listed="ticket_list"))
things.name({"ticket": "工单", "knowledge": "知识", "training": "培训"})
processes.register(Process("工单", TABLE, dict(Ticket.State.choices)))
