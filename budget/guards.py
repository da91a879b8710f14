"""The database's own guard over frozen self-evaluation reports: they can be neither changed nor deleted.

`protect` runs after every migrate, because SQLite forgets triggers when a later migration rebuilds a table.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections

REFUSAL = "自评报告已定稿，数据库拒绝修改；更正应另立新版"
TABLE = "budget_selfevaluation"
VERBS = ("UPDATE", "DELETE")

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_frozen_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
"""


def _postgres() -> list[str]:
    triggers = [
        f"CREATE OR REPLACE TRIGGER frozen_{verb.lower()} BEFORE {verb} ON {TABLE} FOR EACH ROW "
        "WHEN (OLD.state = 'frozen') EXECUTE FUNCTION refuse_frozen_report()"
        for verb in VERBS
    ]
    return [_FUNCTION, *triggers]


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_frozen_{verb.lower()} BEFORE {verb} ON {TABLE} "
        f"WHEN OLD.state = 'frozen' BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for verb in VERBS
    ]


def protect(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate: put the triggers where they are missing."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _postgres() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)
