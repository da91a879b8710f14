"""How many things wait for a person behind the entries of the menu: the same numbers in menu, bell and desk.

They are kept from page to page until anybody changes something: a request that may write (the middleware here), a step
that the clock or a worker takes, a job that begins or ends.  So the page after a step shows what is left, and an office
where nothing happens does not count.  What changes by none of these ways is seen after KEPT seconds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, QuerySet, Value
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from wangcheng.common.models import Job
from wangcheng.common.ways import menu
from wangcheng.common.workflow import moved

if TYPE_CHECKING:
    from wangcheng.common.people.models import User

KEPT = 60  # seconds
TURN = "menu:turn"  # cache key: another value after every change
SAFE = {"GET", "HEAD", "OPTIONS"}


def waiting(user: User) -> dict[str, int]:
    """Counts by the key of the entry, as of the last change."""
    key = f"menu:{user.pk}"
    found = cache.get_many([key, TURN])
    now = (found.get(TURN), user.acting.pk if user.acting else 0)
    known, counts = found.get(key) or (None, {})
    if known != now:
        counts = _count(user)
        cache.set(key, (now, counts), KEPT)
    return dict(counts)


def _count(user: User) -> dict[str, int]:
    found = {item.key: item.count(user) for item in menu.items_for(user) if item.count}
    numbers = {key: number for key, number in found.items() if isinstance(number, int)}
    return numbers | _together({key: rows for key, rows in found.items() if isinstance(rows, QuerySet)})


def _together(found: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """The lengths of rows of whatever models, in one query."""
    lengths = [
        rows.order_by().annotate(_entry=Value(key)).values("_entry").annotate(_length=Count("pk"))
        for key, rows in found.items()
    ]
    asked = lengths[0].union(*lengths[1:], all=True) if lengths else ()
    return dict.fromkeys(found, 0) | {row["_entry"]: row["_length"] for row in asked}


def turn() -> None:
    """Something has changed: everybody's counts are made anew for their next page."""
    cache.set(TURN, uuid.uuid4().hex, None)


class CountAnew:
    """Turns after every request that may have written.  Named in settings.MIDDLEWARE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE and response.status_code < 400:
            turn()
        return response


@receiver(moved, dispatch_uid="counts.moved")
@receiver(post_save, sender=Job, dispatch_uid="counts.job")
def _turn_after_commit(sender: Any, **kwargs: Any) -> None:
    transaction.on_commit(turn)
