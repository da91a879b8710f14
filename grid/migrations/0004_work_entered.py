import datetime

from django.db import migrations, models

import wangcheng.common.clock

# Whoever upgrades had these lines when their quarters were counted: they are known from the beginning.
BEGINNING = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


class Migration(migrations.Migration):
    dependencies = [("grid", "0003_ledger_rows_recorded")]

    operations = [
        migrations.AddField(
            "gridwork", "entered_at", models.DateTimeField(default=BEGINNING, verbose_name="录入时间")
        ),
        migrations.AlterField(
            "gridwork",
            "entered_at",
            models.DateTimeField(default=wangcheng.common.clock.now, verbose_name="录入时间"),
        ),
        migrations.AddField(
            "gridwork", "withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")
        ),
        migrations.RemoveConstraint("gridwork", "grid_work_once"),
        migrations.AddConstraint(
            "gridwork",
            models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)), fields=("area", "day"), name="grid_work_once"
            ),
        ),
    ]
