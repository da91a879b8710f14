from django.db import migrations, models


def unguard(apps, schema_editor):
    """The guard over final results names the column; after the migration it is put back without it (grid.guards)."""
    on_table = " ON grid_assessment" if schema_editor.connection.vendor == "postgresql" else ""
    trigger = "final_kept" if on_table else "grid_assessment_final_update"
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on_table}")


class Migration(migrations.Migration):
    dependencies = [("grid", "0004_work_entered")]

    # Null for what was calculated before: by which versions is not known.  No row is rewritten on either database.
    operations = [
        migrations.AddField("assessment", "figures", models.JSONField(null=True, verbose_name="指标版本")),
        migrations.RunPython(migrations.RunPython.noop, unguard),
    ]
