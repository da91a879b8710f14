"""What whistles put into the menu, onto the desk and behind the search field.  Imported when the app is ready."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from wangcheng.common import clock
from wangcheng.common.people.masking import mask_text
from wangcheng.common.ways import desk, finders, menu, processes
from wangcheng.common.ways.desk import DeskCard, Line, Tile
from wangcheng.common.ways.finders import MOST, Finder, Found
from wangcheng.common.ways.menu import MenuItem
from wangcheng.common.ways.processes import Process
from whistle import hard_workflow, pages, workflow
from whistle.models import HardWhistle, Whistle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from wangcheng.common.models import User

_LINES = 10
VIEW, VIEW_HARD = "whistle.view_whistle", "whistle.view_hardwhistle"


def _waiting(user: User) -> QuerySet[Whistle]:
    return Whistle.objects.visible_to(user).waiting_for(user)


def _todo(user: User) -> list[Line]:
    rows = Whistle.objects.visible_to(user).waiting_for(user).select_related("unit").order_by("received_at")
    return [
        Line(mask_text(case.title), reverse("whistle_detail", args=[case.number]), pages.left(case), case.state_label)
        for case in rows[:_LINES]
    ]


def _today(user: User) -> list[Tile]:
    rows, day, listed = Whistle.objects.visible_to(user), clock.today(), reverse("whistle_list")
    late, closed = rows.overdue(clock.now()).count(), rows.filter(closed_at__gte=clock.at(day)).count()
    reported = rows.filter(received_at__gte=clock.at(day), received_at__lt=clock.at(day + timedelta(days=1))).count()
    span = f"received_after={day.isoformat()}&received_before={day.isoformat()}"
    return [
        Tile("今日上报", f"{reported}", f"{listed}?tab=all&{span}", unit="件"),
        Tile("今日办结", f"{closed}", f"{listed}?tab=done&closed_after={day.isoformat()}", unit="件"),
        Tile("超期未处置", f"{late}", f"{listed}?tab=late", tone="late" if late else "", unit="件"),
    ]


def _find(user: User, text: str) -> Iterable[Found]:
    rows = Whistle.objects.visible_to(user).filter(number__startswith=text.upper())
    for case in rows.order_by("-received_at")[:MOST]:
        yield Found(
            case.number, f"{case.state_label} {mask_text(case.title)}", reverse("whistle_detail", args=[case.number])
        )


def _find_hard(user: User, text: str) -> Iterable[Found]:
    rows = HardWhistle.objects.visible_to(user).filter(number__startswith=text.upper())
    for case in rows.order_by("number")[:MOST]:
        yield Found(
            case.number,
            f"{case.state_label} {mask_text(case.title)}",
            reverse("hardwhistle_detail", args=[case.number]),
        )


menu.register(
    MenuItem("上报哨单", "whistle_report", "whistle.report_whistle", menu.WHISTLE, order=10, starts=True),
    MenuItem("雷锋哨", "whistle_list", VIEW, menu.WHISTLE, order=20, count=_waiting),
    MenuItem("攻坚哨", "hardwhistle_list", VIEW_HARD, menu.WHISTLE, order=30),
    MenuItem("部门处置占比", "whistle_share", "common.view_figure", menu.WHISTLE, order=40),
)
desk.register(
    DeskCard("待我办理的哨单", 15, VIEW, lines=_todo, empty="没有待办哨单。", more="whistle_list"),
    DeskCard("今日哨单", 55, VIEW, tiles=_today),
)
finders.register(Finder("雷锋哨", VIEW, _find, listed="whistle_list"), Finder("攻坚哨", VIEW_HARD, _find_hard))
processes.register(
    Process("雷锋哨", workflow.TABLE, dict(Whistle.State.choices)),
    Process("攻坚哨", hard_workflow.TABLE, dict(HardWhistle.State.choices)),
)
