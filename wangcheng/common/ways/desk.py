"""What the 工作台 shows besides the menu's counts: each app registers cards of lines or of figures.

desk.register(DeskCard("即将超期的工单", 10, "hotline.view_ticket", lines=late_tickets, empty="没有即将超期的工单。"))
desk.register(DeskCard("今日数据", 50, "hotline.view_ticket", tiles=today_tickets))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wangcheng.common.ways.words import SILENT, Toned

if TYPE_CHECKING:
    from wangcheng.common.people.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to look at: what it is, where it opens, and how much time is left."""

    text: str
    url: str
    left: Toned = SILENT
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with its name; it opens the list behind it."""

    label: str
    value: str
    url: str = ""
    tone: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DeskCard:
    """A card of the desk, for those whose acting post grants `permission`; gives lines (at most ten) or tiles."""

    title: str
    order: int
    permission: str
    lines: Callable[[User], Sequence[Line]] | None = None
    tiles: Callable[[User], Sequence[Tile]] | None = None
    empty: str = ""
    more: str = ""  # URL name of the whole list
    more_query: str = ""  # and what is asked of it: "tab=late"


_cards: list[DeskCard] = []


def register(*cards: DeskCard) -> None:
    """Add cards; called from AppConfig.ready()."""
    _cards.extend(card for card in cards if card not in _cards)


def cards_for(user: User) -> list[DeskCard]:
    return sorted((card for card in _cards if user.has_perm(card.permission)), key=lambda card: card.order)
