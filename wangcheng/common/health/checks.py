"""What must be there before the site can serve, each as a question answered in words.  Asked by health.views."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from wangcheng.common import clock

if TYPE_CHECKING:
    from collections.abc import Callable

BEAT = "health:last-task"  # cache key: when the worker last did the clock's task, as seconds since 1970
LATE = 90.0  # seconds without that task after which the background is said to stand still


def missing() -> list[str]:
    """What keeps the site from serving, in words; empty when it is ready."""
    return [sentence for question in QUESTIONS if (sentence := question())]


def notes() -> list[str]:
    """What a person should look at although pages can be served."""
    age = seconds_since_task()
    if age is None:
        return ["后台任务尚未运行过"]
    return [f"后台任务已 {age:.0f} 秒没有运行"] if age > LATE else []


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "数据库连接不上"
    return ""


def migrations() -> str:
    """Asked of the database until the answer was yes once: code and tables do not part again in one process."""
    if _seen.get("migrated"):
        return ""
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return ""  # said by database()
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _seen["migrated"] = not waiting
    return f"数据库结构还差 {len(waiting)} 步更新，请运行 manage.py migrate" if waiting else ""


def broker() -> str:
    """Redis carries tasks and cache; the embedded default has none."""
    if not settings.REDIS_URL:
        return ""
    from redis import Redis, RedisError

    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as redis:
            redis.ping()
    except RedisError:
        return "任务队列（Redis）连接不上"
    return ""


def files() -> str:
    place = Path(settings.MEDIA_ROOT)
    while not place.exists():
        place = place.parent
    return "" if place.is_dir() and os.access(place, os.W_OK) else f"附件目录 {settings.MEDIA_ROOT} 不可写"


def note_task() -> None:
    """Remember that the worker did the clock's task just now."""
    cache.set(BEAT, clock.system_now().timestamp(), timeout=None)


def seconds_since_task() -> float | None:
    last = None if broker() else cache.get(BEAT)
    return None if last is None else max(0.0, clock.system_now().timestamp() - last)


QUESTIONS: tuple[Callable[[], str], ...] = (database, migrations, broker, files)
_seen: dict[str, bool] = {}
