"""/healthz, /readyz and /metrics: what a machine that watches the site is told, and who may ask."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from tests.workers import until
from wangcheng.common.health import checks, tasks
from wangcheng.common.health.views import FORWARDED
from wangcheng.common.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer about migrations is remembered per process; here every test asks anew."""
    monkeypatch.setattr(checks, "_seen", {})


def test_a_stranger_is_told_that_the_process_lives(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"alive": True})


def test_a_site_with_everything_in_place_is_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["missing"] == []


def test_a_missing_migration_is_named_in_words(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["missing"] == ["数据库结构还差 1 步更新，请运行 manage.py migrate"]


def test_a_queue_that_does_not_answer_is_named_in_words(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["missing"] == ["任务队列（Redis）连接不上"]


def test_a_directory_that_cannot_be_written_is_named_in_words(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file" / "attachments"
    assert client.get("/readyz").json()["missing"] == [f"附件目录 {settings.MEDIA_ROOT} 不可写"]


def test_a_background_that_stands_still_is_noted_but_pages_go_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.show_life()
    assert client.get("/readyz").json()["notes"] == []
    monkeypatch.setattr(checks, "LATE", -1.0)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["notes"][0].startswith("后台任务已")


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_the_task_that_shows_its_life(worker: None) -> None:
    checks.cache.clear()
    tasks.show_life.delay()
    until(lambda: checks.seconds_since_task() is not None)


def test_metrics_count_requests_by_view_and_status(client: Client) -> None:
    line = 'wangcheng_requests_total{method="GET",status="200",view="healthz"}'
    before = value(client, line)
    client.get("/healthz")
    assert value(client, line) == before + 1


def test_metrics_tell_how_many_messages_wait(client: Client) -> None:
    line = 'wangcheng_messages_open{state="waiting"}'
    before = value(client, line)
    Message.objects.create(
        purpose=Message.Purpose.NOTICE,
        phone="13800001234",
        text="测试",
        segments=1,
        created_at="2023-01-03T09:00+08:00",
        not_before="2023-01-03T09:00+08:00",
    )
    assert value(client, line) == before + 1


def test_metrics_are_not_for_other_machines(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 403  # over the socket file of a proxy
    assert client.get("/metrics", REMOTE_ADDR="::ffff:10.1.2.3").status_code == 403
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("header", FORWARDED)
def test_behind_a_proxy_of_this_machine_metrics_are_for_nobody_without_a_token(client: Client, header: str) -> None:
    assert client.get("/metrics", headers={header: "10.1.2.3"}).status_code == 403
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_with_a_token_metrics_are_for_who_has_it(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer other").status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3", HTTP_AUTHORIZATION="Bearer secret").status_code == 200


def value(client: Client, line: str) -> float:
    text = client.get("/metrics").content.decode()
    return next((float(row.split()[-1]) for row in text.splitlines() if row.startswith(line)), 0.0)
