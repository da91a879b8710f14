from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """The present rows know what stands on the book now; of the past nothing is known but the events."""
    whistles = apps.get_model("whistle", "Whistle").objects.exclude(suspended_at=None)
    standings = apps.get_model("whistle", "WhistleStanding").objects
    since = whistles.filter(pk=OuterRef("case")).values("suspended_at")
    standings.filter(until=None, case__in=whistles.values("pk")).update(suspended_at=Subquery(since))


class Migration(migrations.Migration):
    dependencies = [("whistle", "0005_rounds_and_ratings")]

    operations = [
        migrations.AddField(
            "whistlestanding", "suspended_at", models.DateTimeField(null=True, verbose_name="挂账时间")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
