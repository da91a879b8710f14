"""The test database is put back after real transactions: nothing new stays, nothing of the beginning is lost."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from wangcheng.common import clock
from wangcheng.common.models import AuditEntry, User


@pytest.mark.django_db(transaction=True)
def test_flushing_takes_away_what_triggers_protect_and_keeps_the_first_rows() -> None:
    User.objects.create(username="passing", name="张三")
    AuditEntry.objects.create(kind=AuditEntry.Kind.LOGIN, at=clock.now(), summary="登录")
    types = ContentType.objects.count()
    call_command("flush", interactive=False, verbosity=0)
    assert not User.objects.exists()
    assert not AuditEntry.objects.exists()
    assert ContentType.objects.count() == types > 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 0
