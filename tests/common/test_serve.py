"""`manage.py serve`: up with one command, ready with worker and clock, and gone without a trace."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core.servers.basehttp import get_internal_wsgi_application

from tests.servers import free_port
from tests.workers import until
from wangcheng.common import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator


pytestmark = pytest.mark.xdist_group("serve")  # one process of the run migrates for all of them


class Served:
    """The command running in a directory of its own, on the embedded default, with an empty database."""

    def __init__(self, place: Path, *, port: int) -> None:
        self.address, self.log = f"http://127.0.0.1:{port}", place / "log"
        names = {"DEMO": "0", "DEBUG": "1", "VAR_DIR": str(place), "MEDIA_ROOT": str(place / "media")}
        names |= {"DATABASE_URL": "", "REDIS_URL": "", "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=settings.BASE_DIR,
            env={**os.environ, **names},
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def said(self) -> str:
        return self.log.read_text()

    def wait_until_up(self) -> None:
        until(lambda: "已启动" in self.said() or self.process.poll() is not None, seconds=60)
        assert self.process.poll() is None, self.said()

    def ready(self) -> dict[str, object]:
        try:
            with urlopen(f"{self.address}/readyz", timeout=10) as answer:
                return dict(json.load(answer))
        except HTTPError as refused:
            return dict(json.load(refused))

    def left(self) -> list[str]:
        """Processes of its session that still live."""
        found = subprocess.run(["ps", "-o", "pid=", "-s", str(self.process.pid)], capture_output=True, text=True)
        return found.stdout.split()


@contextmanager
def serving(place: Path) -> Iterator[Served]:
    running = Served(place, port=free_port())
    try:
        running.wait_until_up()
        yield running
    finally:
        running.process.kill()
        running.process.wait(timeout=10)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a first start leaves: the database with its tables."""
    place = tmp_path_factory.mktemp("first")
    with serving(place) as first:
        assert first.ready()["ready"] is True
        assert first.address in first.said()
        first.process.send_signal(signal.SIGTERM)
        first.process.wait(timeout=30)
    return place / "wangcheng.sqlite3"


@pytest.fixture
def served(migrated: Path, tmp_path: Path) -> Iterator[Served]:
    shutil.copy(migrated, tmp_path)
    with serving(tmp_path) as running:
        yield running


def test_it_migrates_an_empty_database_serves_and_says_where(migrated: Path) -> None:
    with sqlite3.connect(migrated) as database:
        assert database.execute("SELECT count(*) FROM django_migrations WHERE app = 'hotline'").fetchone()[0] > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order_with_nothing_left(served: Served, number: signal.Signals) -> None:
    served.process.send_signal(number)
    assert served.process.wait(timeout=30) == 0
    assert served.left() == []
    assert "已停止" in served.said()
    assert "Traceback" not in served.said()


def test_a_taken_port_is_said_in_one_sentence(served: Served, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    second = Served(tmp_path / "second", port=int(served.address.rpartition(":")[2]))
    assert second.process.wait(timeout=30) == 1
    assert "换一个端口" in second.said()
    assert "Traceback" not in second.said()


def test_a_signal_while_it_says_that_it_is_up_ends_it_in_good_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between that word and the server's loop, which catches the signals that come to itself."""
    monkeypatch.setattr(embedded, "worker", nullcontext)
    monkeypatch.setattr(embedded, "clock", nullcontext)
    said = []

    def leave() -> None:
        said.append("up")
        raise SystemExit(0)

    embedded.serve(get_internal_wsgi_application(), "127.0.0.1", free_port(), when_ready=leave)
    assert said == ["up"]
