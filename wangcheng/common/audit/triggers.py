"""Tables that the database itself keeps from being changed: the audit and the events of every case.

`protect` runs after every migrate and puts the triggers where they are missing: SQLite forgets them when a later migration
rebuilds a table.  A migration may also name a table of its own with `refuse_changes`.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from wangcheng.common.casework.models import Event
from wangcheng.common.models import AuditEntry, AuditSeal

REFUSAL = "本表只可追加，数据库拒绝修改和删除"

_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}：%', TG_TABLE_NAME; END $$
"""
_POSTGRES_TRIGGERS = (
    'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    'CREATE OR REPLACE TRIGGER append_only_all BEFORE TRUNCATE ON "{table}" '
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)
_SQLITE_TRIGGERS = tuple(
    f'CREATE TRIGGER IF NOT EXISTS "{{table}}_no_{verb}" BEFORE {verb} ON "{{table}}" '
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
)
_SQLITE_REMOVAL = tuple(f'DROP TRIGGER IF EXISTS "{{table}}_no_{verb}"' for verb in ("UPDATE", "DELETE"))
_POSTGRES_REMOVAL = tuple(
    f'DROP TRIGGER IF EXISTS {name} ON "{{table}}"' for name in ("append_only", "append_only_all")
)


def event_models() -> list[type[Event]]:
    """The events of every kind of case."""
    return [model for model in apps.get_models() if issubclass(model, Event)]


def append_only_models() -> list[type[models.Model]]:
    return [AuditEntry, AuditSeal, *event_models()]


def refuse_changes(table: str) -> migrations.RunPython:
    """A migration operation: from now on the database refuses UPDATE and DELETE on `table`."""

    def forwards(registry: Any, editor: BaseDatabaseSchemaEditor) -> None:
        _execute(editor.connection, protection(editor.connection.vendor, table))

    def backwards(registry: Any, editor: BaseDatabaseSchemaEditor) -> None:
        removal = _POSTGRES_REMOVAL if editor.connection.vendor == "postgresql" else _SQLITE_REMOVAL
        _execute(editor.connection, [statement.format(table=table) for statement in removal])

    return migrations.RunPython(forwards, backwards)


def protection(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [_POSTGRES_FUNCTION, *(statement.format(table=table) for statement in _POSTGRES_TRIGGERS)]
    return [statement.format(table=table) for statement in _SQLITE_TRIGGERS]


def _execute(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@receiver(post_migrate)
def protect(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Put the triggers on every append-only table that exists by now."""
    if sender.label != "common":
        return
    connection = connections[using]
    present = set(connection.introspection.table_names())
    for model in append_only_models():
        if model._meta.db_table in present:
            _execute(connection, protection(connection.vendor, model._meta.db_table))
