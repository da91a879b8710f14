from django.db import migrations, models
from django.db.models import F


def fill(apps, schema_editor):
    """When the last disposer disposed of it stays; of a round that is being worked on nothing is disposed of."""
    whistles = apps.get_model("whistle", "Whistle").objects
    standings = apps.get_model("whistle", "WhistleStanding").objects
    whistles.exclude(disposed_at=None).update(last_disposed_at=F("disposed_at"))
    standings.exclude(disposed_at=None).update(last_disposed_at=F("disposed_at"))
    standings.filter(until=None, case__state="handling").update(disposed_at=None)
    whistles.filter(state="handling").update(disposed_at=None)


class Migration(migrations.Migration):
    dependencies = [("whistle", "0004_list_indexes")]

    operations = [
        migrations.AddField(
            "whistle", "last_disposed_at", models.DateTimeField(blank=True, null=True, verbose_name="最近处置时间")
        ),
        migrations.AddField(
            "whistlestanding", "last_disposed_at", models.DateTimeField(null=True, verbose_name="最近处置时间")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveIndex("whistle", "whistle_unrated"),
        migrations.AddIndex(
            "whistle",
            models.Index(
                fields=["closed_at"],
                name="whistle_unrated",
                condition=models.Q(("rated_round__lt", F("round")), ("state", "closed")),
            ),
        ),
    ]
