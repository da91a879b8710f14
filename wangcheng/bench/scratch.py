"""A database of its own beside the office's, for measuring: filled, measured, and gone afterwards.

The measuring is done by a process of its own that knows only this database: a queue and a cache in its memory, a folder
of its own, a carrier that sends nothing.  So nothing of it can reach the office's rows, messages or files.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

PREFIX = "bench_"


@contextmanager
def scratch(*, keep: bool) -> Iterator[dict[str, str]]:
    """The environment of a process that works on a new, empty database; `keep` leaves it for looking into."""
    room = Path(tempfile.mkdtemp(prefix=PREFIX))
    made = _postgresql(keep) if connection.vendor == "postgresql" else _sqlite(room)
    with made as url:
        try:
            yield {
                "DATABASE_URL": url,
                "REDIS_URL": "",
                "SMS_URL": "console://",
                "VAR_DIR": str(room),
                "MEDIA_ROOT": str(room / "media"),
                "SECRET_KEY": "only for measuring",
                "DEBUG": "0",
                "DEMO": "1",
                "LOG_LEVEL": "ERROR",
            }
        finally:
            if not (keep and connection.vendor == "sqlite"):
                shutil.rmtree(room, ignore_errors=True)


@contextmanager
def _sqlite(room: Path) -> Iterator[str]:
    yield f"sqlite:///{room / f'{PREFIX}office.sqlite3'}"


@contextmanager
def _postgresql(keep: bool) -> Iterator[str]:
    """bench_<name of the office's database> on the same server; one that a broken run left is replaced."""
    place = connection.settings_dict
    name = f"{PREFIX}{place['NAME']}"[:63]
    with _server() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield _url(place, name)
    finally:
        if not keep:
            with _server() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _url(place: dict[str, Any], name: str) -> str:
    account = quote(str(place["USER"]), safe="")
    if place["PASSWORD"]:
        account += f":{quote(str(place['PASSWORD']), safe='')}"
    at = f"{account}@" if account else ""
    port = f":{place['PORT']}" if place["PORT"] else ""
    return f"postgresql://{at}{place['HOST']}{port}/{quote(name, safe='')}"


@contextmanager
def _server() -> Iterator[Any]:
    """A connection to the server that stands in no transaction and in no database of the office."""
    with connection._nodb_cursor() as cursor:
        yield cursor
