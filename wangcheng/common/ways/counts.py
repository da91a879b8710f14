"""How many things wait for a person behind the entries of the menu: the same numbers in menu, bell and desk.

They are kept from page to page until anybody changes something: a request that may write (the middleware here), a step
that the clock or a worker takes, a job that begins or ends.  So the page after a step shows what is left, and an office
where nothing happens does not count.  What changes by none of these ways is seen after KEPT seconds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import transaction
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
    counted = {item.key: item.count(user) for item in menu.items_for(user) if item.count}
    return {key: number for key, number in counted.items() if number is not None}


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
