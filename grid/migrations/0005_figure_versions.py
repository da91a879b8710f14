from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grid", "0004_work_entered")]

    # Null for what was calculated before: by which versions is not known.  No row is rewritten on either database.
    operations = [
        migrations.AddField("assessment", "figures", models.JSONField(null=True, verbose_name="指标版本")),
    ]
