"""Waking the worker when a transaction has committed.  The row is the truth: a broker that is down loses nothing.

Called by every action that leaves a row for the worker to find; the sweepers of the clock find what was never woken.
"""

from __future__ import annotations

import logging
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from kombu.exceptions import OperationalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Task

log = logging.getLogger(__name__)


def after_commit(task: Task[Any, Any], *args: Any) -> None:
    """Queue `task` once the running transaction commits; asked for twice in one transaction, it is queued once."""
    call = _call(task, args)
    if all(waiting[1] is not call for waiting in connection.run_on_commit):
        transaction.on_commit(call)


@lru_cache(maxsize=512)
def _call(task: Task[Any, Any], args: tuple[Any, ...]) -> Callable[[], None]:
    return partial(_wake, task, args)


def _wake(task: Task[Any, Any], args: tuple[Any, ...]) -> None:
    try:
        task.apply_async(args, retry=False)
    except OperationalError:
        log.warning("broker not reachable, %s waits for the sweeper", task.name, exc_info=True)
