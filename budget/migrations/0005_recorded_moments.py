import datetime

import django.db.models.deletion
from django.db import migrations, models

import wangcheng.common.clock

# Whoever upgrades had these rows when their figures were counted: they are known from the day they were decided on.
HOUR = datetime.time(12, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


def fill(apps, schema_editor):
    for name in ("Budget", "BudgetAdjustment"):
        model = apps.get_model("budget", name)
        rows = list(model.objects.only("pk", "decided_on"))
        for row in rows:
            row.recorded_at = datetime.datetime.combine(row.decided_on, HOUR)
        model.objects.bulk_update(rows, ["recorded_at"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("budget", "0004_payment_made_elsewhere")]

    operations = [
        migrations.AddField(
            "budget",
            "recorded_at",
            models.DateTimeField(default=wangcheng.common.clock.now, verbose_name="登记时间"),
        ),
        migrations.AddField(
            "budgetadjustment",
            "recorded_at",
            models.DateTimeField(default=wangcheng.common.clock.now, verbose_name="登记时间"),
        ),
        migrations.CreateModel(
            name="BudgetCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="更正前年初预算数（元）")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="更正后年初预算数（元）")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="budget.budget",
                        verbose_name="预算",
                    ),
                ),
            ],
            options={"verbose_name": "预算更正", "ordering": ["recorded_at", "pk"]},
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
