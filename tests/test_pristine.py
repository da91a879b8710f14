"""The test database is put back after real transactions: nothing new stays, nothing of the beginning is lost."""

from http.client import HTTPConnection

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from tests.workers import until
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


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's files are closed with the process")
def test_the_live_server_keeps_no_connection_while_a_browser_stays(live_server: LiveServer) -> None:
    browser = HTTPConnection(live_server.thread.host, live_server.thread.port)
    browser.request("GET", "/readyz")
    answer = browser.getresponse()
    assert answer.read()
    assert not answer.will_close
    until(lambda: not others())
    browser.close()


def others() -> list[tuple[object, ...]]:
    """Who else is connected to the test database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return list(cursor.fetchall())
