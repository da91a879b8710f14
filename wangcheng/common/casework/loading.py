"""Loading years of rows at once: foreign keys and indexes are taken off the tables before, and put back after.

PostgreSQL checks a foreign key row by row at the end of the transaction, and keeps every index current row by row: for
millions of rows that costs more than the rows.  Put back, each key is checked by one join and each index built by one
sort.  SQLite counts broken keys as it goes; there only the indexes are taken off.

For the first load of an empty office alone: the tables are locked until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

_KEYS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conrelid, conname
"""
_INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%s::regclass[])
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY indrelid, indexrelid
"""

_SQLITE_INDEXES = """
SELECT 'DROP INDEX "' || name || '"', sql FROM sqlite_master
WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({}) ORDER BY name
"""


def with_children(*cases: type[models.Model]) -> list[type[models.Model]]:
    """The case models and the rows that stand beside their cases."""
    found = list(cases)
    for case in cases:
        beside = (relation for relation in case._meta.related_objects if relation.field.name == "case")
        found += [relation.related_model for relation in beside]
    return found


@contextmanager
def bared(loaded: Iterable[type[models.Model]]) -> Iterator[None]:
    """Inside this block the tables of `loaded` have neither foreign keys nor indexes; call in a transaction.

    IntegrityError at the end of the block if a row points nowhere or stands twice.
    """
    tables = [model._meta.db_table for model in loaded]
    with connection.cursor() as cursor:
        taken_off = _postgres(cursor, tables) if connection.vendor == "postgresql" else _sqlite(cursor, tables)
        for drop, _ in taken_off:
            cursor.execute(drop)
    yield
    with connection.cursor() as cursor:
        for _, put_back in reversed(taken_off):
            cursor.execute(put_back)


def _postgres(cursor: Any, tables: list[str]) -> list[tuple[str, str]]:
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come cannot be altered
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return _statements(cursor, _KEYS, tables) + _statements(cursor, _INDEXES, tables)


def _sqlite(cursor: Any, tables: list[str]) -> list[tuple[str, str]]:
    cursor.execute(_SQLITE_INDEXES.format(", ".join(["%s"] * len(tables))), tables)
    return list(cursor.fetchall())


def _statements(cursor: Any, question: str, tables: list[str]) -> list[tuple[str, str]]:
    cursor.execute(question, [tables])
    return list(cursor.fetchall())
