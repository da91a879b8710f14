"""The database's own guard over final assessments: neither the result nor its rows can be changed or deleted.

`protect` runs after every migrate, because SQLite forgets triggers when a later migration rebuilds a table.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections, transaction

REFUSAL = "考核结果已定稿，数据库拒绝修改；更正应另立新版"
RESULT_TABLES = ("grid_gridscore", "grid_zerocomplaint")
FROZEN = (
    "quarter", "kind", "edition", "state", "first", "last", "rules", "figures", "inputs_at", "result", "fingerprint",
    "published_at", "finalised_at",
)  # fmt: skip

_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION refuse_final_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.assessment_id ELSE OLD.assessment_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM grid_assessment WHERE id = touched AND state = 'final') THEN
        RAISE EXCEPTION '{REFUSAL}';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE FUNCTION refuse_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$;
"""


def _postgres(frozen: list[str]) -> list[str]:
    changed = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in frozen)
    rows = [
        f"CREATE OR REPLACE TRIGGER final_row BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_final_row()"
        for table in RESULT_TABLES
    ]
    return [
        _FUNCTIONS,
        *rows,
        "CREATE OR REPLACE TRIGGER final_kept BEFORE UPDATE ON grid_assessment FOR EACH ROW "
        f"WHEN (OLD.state = 'final' AND ({changed})) EXECUTE FUNCTION refuse_final()",
        "CREATE OR REPLACE TRIGGER final_not_deleted BEFORE DELETE ON grid_assessment FOR EACH ROW "
        "WHEN (OLD.state = 'final') EXECUTE FUNCTION refuse_final()",
    ]


def _sqlite(frozen: list[str]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in frozen)
    statements = []
    for table in RESULT_TABLES:
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            final = f"(SELECT state FROM grid_assessment WHERE id = {row}.assessment_id) = 'final'"
            statements.append(
                f"CREATE TRIGGER IF NOT EXISTS {table}_final_{verb} BEFORE {verb} ON {table} WHEN {final} {refuse}"
            )
    return [
        *statements,
        "DROP TRIGGER IF EXISTS grid_assessment_final_update",  # of a release that froze fewer columns
        "CREATE TRIGGER grid_assessment_final_update BEFORE UPDATE ON grid_assessment "
        f"WHEN OLD.state = 'final' AND ({changed}) {refuse}",
        "CREATE TRIGGER IF NOT EXISTS grid_assessment_final_delete BEFORE DELETE ON grid_assessment "
        f"WHEN OLD.state = 'final' {refuse}",
    ]


def protect(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate: put the triggers where they are missing."""
    connection = connections[using]
    if "grid_assessment" not in connection.introspection.table_names():
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        there = {column.name for column in connection.introspection.get_table_description(cursor, "grid_assessment")}
        frozen = [name for name in FROZEN if name in there]  # not yet, or no more, all of them
        for statement in _postgres(frozen) if connection.vendor == "postgresql" else _sqlite(frozen):
            cursor.execute(statement)
