"""The embedded default's write lock: threads of one process queue, none loses its write, and none is left holding it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction

from wangcheng.common.models import NumberSequence

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL 自己排队，不需要进程内的写锁"),
]


def count_up(times: int) -> int:
    """One clerk's work: read a number, write the next, in one transaction each."""
    try:
        for _ in range(times):
            with transaction.atomic():
                NumberSequence.next("trial")
        return times
    finally:
        connection.close()


def test_eight_threads_lose_no_write() -> None:
    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(count_up, [25] * 8))
    assert NumberSequence.objects.get(key="trial").last == sum(done) == 200


def test_a_failed_transaction_gives_the_lock_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        NumberSequence.next("trial")
        raise ZeroDivisionError
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(count_up, 1).result(timeout=10) == 1


def test_a_connection_closed_within_a_transaction_gives_the_lock_back() -> None:
    with pytest.raises(ProgrammingError, match="closed"), transaction.atomic():
        NumberSequence.next("trial")
        connection.close()
        NumberSequence.next("trial")
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(count_up, 1).result(timeout=10) == 1
    assert NumberSequence.objects.get(key="trial").last == 1


def test_who_waits_longer_than_the_time_out_is_told() -> None:
    holding, seen = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            holding.set()
            seen.wait(10)
        connection.close()

    options = connection.settings_dict["OPTIONS"]
    patience, options["timeout"] = options["timeout"], 0.2
    try:
        with ThreadPoolExecutor(1) as thread:
            held = thread.submit(hold)
            holding.wait(10)
            with pytest.raises(OperationalError, match="locked"), transaction.atomic():
                pass
            seen.set()
            held.result(timeout=10)
    finally:
        options["timeout"] = patience
