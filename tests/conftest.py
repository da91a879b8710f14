"""The environment of a test run and the fixtures every test may ask for.

Plain `pytest` runs on the embedded default; `make test` runs twice, the second time with DATABASE_URL and REDIS_URL of
real servers (tests/__main__.py).  Nothing here or in a test touches the checkout's own var/.
"""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
ROOM = tempfile.mkdtemp(prefix=f"wangcheng-tests-{WORKER}-")
atexit.register(shutil.rmtree, ROOM, ignore_errors=True)


def own_redis(url: str) -> str:
    """Every process of the run has a Redis database of its own."""
    number = int(WORKER.removeprefix("gw")) + 1
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}")) if url else ""


os.environ.update(
    DJANGO_SETTINGS_MODULE="wangcheng.settings",
    DEBUG="0",
    DEMO="1",
    SECRET_KEY="only for tests",
    VAR_DIR=ROOM,
    MEDIA_ROOT=os.path.join(ROOM, "media"),
    DATABASE_URL=os.environ.get("DATABASE_URL", ""),
    REDIS_URL=own_redis(os.environ.get("REDIS_URL", "")),
    DJANGO_ALLOW_ASYNC_UNSAFE="1",  # playwright's loop runs in the thread of the test
)

import django  # noqa: E402

django.setup()  # pytest-django would do it only for settings it was told of before this file

import hypothesis  # noqa: E402
import pytest  # noqa: E402
from django.db import connection  # noqa: E402
from pytest_django.fixtures import Settings  # noqa: E402
from pytest_django.plugin import DjangoDbBlocker  # noqa: E402

from tests.pristine import keep_first_rows  # noqa: E402
from tests.workers import any_worker  # noqa: E402
from tests.world import MORNING, World, build  # noqa: E402
from wangcheng.common import clock  # noqa: E402
from wangcheng.common.ways import counts  # noqa: E402

# A thread of the live server lives as long as the browser's socket: it must not hold its connection from one request to
# the next, or PostgreSQL cannot drop the test database.
connection.settings_dict["CONN_MAX_AGE"] = 0

hypothesis.settings.register_profile(
    "house", deadline=None
)  # how fast a shared machine is at the moment proves nothing
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """xdist's processes inherit this environment: with the name in it pytest-django would read their settings too soon."""
    if getattr(config.option, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what depends on the database: the rest is the same on every engine (tests/__main__.py).

    So is what a browser sees: what the pages ask of the database is held by the tests beside it, on every engine.
    """
    for item in items:
        fixtures, group = set(getattr(item, "fixturenames", ())), item.get_closest_marker("xdist_group")
        seen = group is not None and group.args == ("browser",)
        if not seen and (item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db"}):
            item.add_marker("database")


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def long_ones_first(items: list[pytest.Item]) -> None:
    """Single long tests and what one process does in a group, after pytest-django has put real transactions last."""
    items.sort(key=lambda item: not (item.get_closest_marker("long") or item.get_closest_marker("xdist_group")))


def pytest_collection_finish() -> None:
    """What a test leaves is little beside what stays: looking through all of it again and again costs a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Files made while a test is collected hold the second of their making: every process would name it differently."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database as migrations leave it; after a test with real transactions it is put back so."""
    with django_db_blocker.unblock():
        keep_first_rows()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Argon2 is slow on purpose; a test that is about it puts it back."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """The fixed cast (tests/world.py), with the clock standing still at MORNING."""
    counts.turn()  # what an earlier test left waiting
    with clock.frozen(MORNING):
        yield build()


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """Tasks are done for real while the test runs (tests/workers.py)."""
    with any_worker():
        yield
