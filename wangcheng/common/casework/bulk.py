"""Fast inserts of many plain rows: COPY on PostgreSQL, one prepared statement on SQLite.

For rows that were computed, not typed: nothing is validated here but what the database itself refuses.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

import orjson
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from wangcheng.common import clock

_EIGHT_HOURS = timedelta(hours=8)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def reserve_keys(model: type[models.Model], count: int) -> Sequence[int]:
    """`count` primary keys nobody else will get, rising.  SQLite: under the write lock of the caller's transaction."""
    if connection.vendor != "postgresql":
        last = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
        return range(last + 1, last + 1 + count)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])
        return sorted(key for (key,) in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows as the database's fast way takes them: text of COPY, or the values of one statement.  Another process may
    have prepared them."""

    table: str
    columns: tuple[str, ...]
    rows: str | list[tuple[Any, ...]]

    def write(self) -> None:
        columns = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor, connection.wrap_database_errors:
            if isinstance(self.rows, str):
                cursor.copy_expert(f'COPY "{self.table}" ({columns}) FROM STDIN', io.StringIO(self.rows))
            else:
                places = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(f'INSERT INTO "{self.table}" ({columns}) VALUES ({places})', self.rows)


def insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert `rows` (column attname → value; what is left out takes the field's default).  Returns how many."""
    if rows:
        prepare(model, rows).write()
    return len(rows)


def prepare(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> Prepared:
    """`rows` (at least one) ready to be written.  Asks the database for nothing."""
    fields = [f for f in model._meta.local_concrete_fields if not (f.primary_key and f.attname not in rows[0])]
    values = list(zip(*[_converted(field, _given(field, rows)) for field in fields], strict=True))
    columns = tuple(str(field.column) for field in fields)
    return Prepared(model._meta.db_table, columns, _copy_lines(values) if connection.vendor == "postgresql" else values)


def _given(field: models.Field[Any, Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    name, default = field.attname, _default(field)
    return [row.get(name, default) for row in rows]


def _default(field: models.Field[Any, Any]) -> Any:
    default = field.default
    if default is NOT_PROVIDED:
        return "" if isinstance(field, models.CharField | models.TextField) and not field.null else None
    return default() if callable(default) else default


def _converted(field: models.Field[Any, Any], column: list[Any]) -> list[Any]:
    """A column's values as the database takes them: a column at a time, for a call per value takes longer than its work."""
    postgres = connection.vendor == "postgresql"
    if isinstance(field, models.DateTimeField) and not postgres:
        naive = [
            None
            if value is None
            else value.replace(tzinfo=None) - _EIGHT_HOURS
            if value.tzinfo is clock.CHINA  # the usual case, four times as fast as a conversion
            else value.astimezone(UTC).replace(tzinfo=None)
            for value in column
        ]
        return [None if value is None else value.isoformat(" ") for value in naive]
    if isinstance(field, models.DateField):  # or a moment, on PostgreSQL with its offset
        return [None if value is None else value.isoformat() for value in column]
    if isinstance(field, models.JSONField):
        return [None if value is None else orjson.dumps(value).decode() for value in column]
    if isinstance(field, models.DecimalField) and not postgres:
        return [None if value is None else f"{value:.{field.decimal_places}f}" for value in column]
    if isinstance(field, models.CharField | models.TextField | models.DecimalField):
        return [None if value is None else str(value) for value in column]
    return column


def _copy_lines(rows: Iterable[Sequence[Any]]) -> str:
    lines = ("\t".join(["\\N" if value is None else _copy_text(value) for value in values]) for values in rows)
    return "".join([f"{line}\n" for line in lines])


def _copy_text(value: Any) -> str:
    if isinstance(value, str):
        return value.translate(_ESCAPES) if any(mark in value for mark in "\\\t\n\r") else value
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)
