from django.db import migrations

from wangcheng.common.casework.wordsearch import index_words


class Migration(migrations.Migration):
    dependencies = [("hotline", "0001_tickets")]

    operations = [index_words("hotline_ticket", "title", "place")]
