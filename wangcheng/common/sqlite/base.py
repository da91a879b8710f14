"""The embedded default's database engine: Django's SQLite with one write lock per process.

Named in settings.DATABASES; nothing else imports it.  Every `atomic` block opens BEGIN IMMEDIATE, and SQLite makes a
second writer poll with growing pauses.  Threads of one process need not poll: they queue here on a lock that the
transaction holds from its BEGIN to its end.  Writers in other processes still meet at SQLite's own busy time-out.
"""

from __future__ import annotations

from collections import defaultdict
from threading import Lock
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_locks: defaultdict[str, Lock] = defaultdict(Lock)  # by database file


def _bits_apart(one: str, other: str) -> int:
    """In how many bits two hexadecimal numbers differ, as PostgreSQL's bit_count says of `one # other`."""
    return (int(one or "0", 16) ^ int(other or "0", 16)).bit_count()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that holds its file's write lock while it is in a transaction."""

    _held: Lock | None = None

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.create_function("bits_apart", 2, _bits_apart, deterministic=True)
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self._take_lock()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_lock()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._give_lock()  # not after a failed commit: the rollback that follows gives it back

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_lock()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_lock()

    def _take_lock(self) -> None:
        if self._held is not None:
            return
        lock = _locks[str(self.settings_dict["NAME"])]
        options: dict[str, Any] = self.settings_dict["OPTIONS"]
        if not lock.acquire(timeout=options.get("timeout", 5)):
            raise OperationalError("database is locked: another thread of this process holds the write lock")
        self._held = lock

    def _give_lock(self) -> None:
        if (lock := self._held) is not None:
            self._held = None
            lock.release()
