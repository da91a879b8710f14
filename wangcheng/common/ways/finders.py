"""The search field of the top bar: each app registers how it finds its things by number or by phone, and where by words.

finders.register(Finder("工单", "hotline.view_ticket", find_tickets))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

if TYPE_CHECKING:
    from wangcheng.common.people.models import User

MOST = 20  # of each kind


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: its number or name, a few words, and where it opens.  No personal data."""

    label: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Finder:
    """`find(user, text)` gives hits within the user's sight; it cuts off at MOST itself."""

    kind: str
    permission: str
    find: Callable[[User, str], Iterable[Found]]
    listed: str = ""  # URL name of the list that finds by words what no number names


_finders: list[Finder] = []


def register(*finders: Finder) -> None:
    """Add finders; called from AppConfig.ready()."""
    _finders.extend(finder for finder in finders if finder not in _finders)


def by_words(user: User, text: str) -> str:
    """Where words are looked for: the first list open to the user; "" for what is written in letters and digits alone."""
    if text.isascii():
        return ""
    lists = [finder.listed for finder in _finders if finder.listed and user.has_perm(finder.permission)]
    return f"{reverse(lists[0])}?{urlencode({'tab': 'all', 'q': text})}" if lists else ""


def find(user: User, text: str) -> list[tuple[str, list[Found]]]:
    """(kind, hits) of every finder open to the user that found something."""
    asked = [finder for finder in _finders if user.has_perm(finder.permission)]
    found = [(finder.kind, list(finder.find(user, text))) for finder in asked]
    return [(kind, hits) for kind, hits in found if hits]
