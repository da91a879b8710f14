from django.db import migrations

from wangcheng.common.casework.wordsearch import index_words


class Migration(migrations.Migration):
    dependencies = [("whistle", "0002_photo_quarters")]

    operations = [index_words("whistle_whistle", "title", "content", "place")]
