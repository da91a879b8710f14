"""Putting the database back after a test with real transactions.

Django empties every table, which would lose the rows that migrations brought and is refused by the triggers that keep
events and audit from being deleted.  So the rows of the beginning are kept aside once, and emptying means: triggers
off, all rows away, first rows back.
"""

import sqlite3
from typing import Any

from django.db import connection, transaction


def keep_first_rows() -> None:
    """Keep the rows of a freshly migrated test database, and let Django's flush bring them back."""
    keeper = _SqliteKeeper() if connection.vendor == "sqlite" else _PostgresKeeper()
    connection.ops.execute_sql_flush = keeper.bring_back  # type: ignore[method-assign]


class _SqliteKeeper:
    def __init__(self) -> None:
        connection.ensure_connection()
        self.copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self.copy)

    def bring_back(self, sql_list: Any) -> None:
        connection.ensure_connection()
        self.copy.backup(connection.connection)


class _PostgresKeeper:
    def __init__(self) -> None:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
            cursor.execute("DROP SCHEMA IF EXISTS first_rows CASCADE; CREATE SCHEMA first_rows;")
            self.filled = [table for table in tables if self._keep(cursor, table)]
        self.any_row = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM public.\"{table}\")" for table in tables
        )

    def _keep(self, cursor: Any, table: str) -> bool:
        cursor.execute(f'SELECT EXISTS (SELECT 1 FROM public."{table}")')
        (filled,) = cursor.fetchone()
        if filled:
            cursor.execute(f'CREATE TABLE first_rows."{table}" AS TABLE public."{table}"')
        return bool(filled)

    def bring_back(self, sql_list: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # neither triggers nor foreign keys
            cursor.execute(self.any_row)
            for (table,) in cursor.fetchall():  # a test fills a few; to truncate all takes ten times as long
                cursor.execute(f'DELETE FROM public."{table}"')
            for table in self.filled:
                cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM first_rows."{table}"')
