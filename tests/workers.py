"""A Celery worker that does the tasks of a test for real.

On Redis it is a process of its own, as in production, and can be killed; on the embedded default it is the threads that
`manage.py serve` has.  Tests ask for the fixture `worker`, with `@pytest.mark.django_db(transaction=True)`, and then
wait with `until` for what the task leaves behind.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from redis import Redis

from wangcheng.common import embedded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def any_worker() -> Iterator[None]:
    """The worker of the engine that this run is on."""
    with worker_process() if settings.REDIS_URL else embedded.worker(threads=2):
        yield


@contextmanager
def worker_process(**environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """`celery worker` on the test database and this process's Redis; `environment` goes before ours."""
    Redis.from_url(settings.REDIS_URL).flushdb()  # what earlier tests queued is not this one's
    command = [sys.executable, "-m", "celery", "-A", "wangcheng", "worker", "--pool=threads", "--concurrency=2"]
    names = {**os.environ, "DATABASE_URL": database_url(), "CELERY_LOG_LEVEL": "INFO", **environment}
    with TemporaryDirectory() as place, (Path(place) / "log").open("w+b") as log:
        process = subprocess.Popen([*command, "--without-mingle"], env=names, stdout=log, stderr=log)
        try:
            until(lambda: b" ready." in Path(log.name).read_bytes() or process.poll() is not None, seconds=60)
            assert process.poll() is None, Path(log.name).read_text()
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def database_url() -> str:
    """The test database's address, for a process of its own."""
    place = connection.settings_dict
    return f"postgresql://{quote(place['USER'])}:{quote(place['PASSWORD'])}@{place['HOST']}:{place['PORT']}/{place['NAME']}"


def until(happened: Callable[[], object], *, seconds: float = 60) -> None:
    """Wait for another process or thread; TimeoutError where it takes longer than `seconds`."""
    for _ in range(int(seconds / 0.05)):
        if happened():
            return
        time.sleep(0.05)
    raise TimeoutError(f"did not happen within {seconds} seconds")
