"""Finding cases by words: rows one of whose columns contains a text, also among millions and for two Chinese characters.

The answer is always that of `icontains`.  On PostgreSQL an index over the characters and every pair of neighbours goes
before it (a word index would need a dictionary, trigrams three characters); the database keeps it current with the row,
by whichever door the row comes.  SQLite reads the rows: some 100 ms for a year of the district.

    migrations: index_words("hotline_ticket", "title", "place")
    querysets:  containing(rows, text, "title", "place")
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

# The cost tells the planner to compare the text first where it has to look at rows anyway.
_FUNCTION = """
CREATE OR REPLACE FUNCTION word_parts(said text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
DECLARE
    marks text[] := string_to_array(upper(said), NULL);
    parts text[] := marks;
    size int := coalesce(array_length(marks, 1), 0);
BEGIN
    FOR place IN 1 .. size - 1 LOOP
        parts[size + place] := marks[place] || marks[place + 1];
    END LOOP;
    RETURN parts;
END $$
"""


class _HasParts(Func):
    """The words of a row hold every part of a text; written exactly as the index is, so that it serves."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:  # type: ignore[override]
        *columns, text = self.get_source_expressions()
        parts = _parts(text.value)
        words = _joined(compiler.compile(column)[0] for column in columns)
        return f"word_parts({words}) @> ARRAY[{', '.join(['upper(%s)'] * len(parts))}]", parts


def _parts(text: str) -> list[str]:
    """The pairs of a text, or the one character it is."""
    return [text[place : place + 2] for place in range(max(len(text) - 1, 1))]


def _joined(columns: Iterable[str]) -> str:
    """Columns as one text, a line each."""
    return " || chr(10) || ".join(columns)


def containing(rows: QuerySet[Any], text: str, *columns: str) -> Any:
    """The rows of which one of `columns` contains `text`, letters in either case; all for an empty text."""
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__icontains": text})
    rows = rows.filter(found)
    if connection.vendor != "postgresql" or not text:
        return rows
    return rows.filter(_HasParts(*(F(column) for column in columns), Value(text)))


def index_words(table: str, *columns: str) -> migrations.RunPython:
    """A migration operation: the index that serves `containing(…, *columns)` on `table`."""
    name, words = f"{table}_words", _joined(f'"{column}"' for column in columns)

    def forwards(registry: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(_FUNCTION)
            editor.execute(f'CREATE INDEX "{name}" ON "{table}" USING gin (word_parts({words}))')

    def backwards(registry: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f'DROP INDEX IF EXISTS "{name}"')

    return migrations.RunPython(forwards, backwards)
