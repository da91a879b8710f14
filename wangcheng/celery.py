"""The Celery application: broker, schedule and limits stand in settings under CELERY_.

Apps declare tasks with `shared_task` in their tasks.py (what the clock does) and notify.py (effects queued on commit);
nobody imports this module but wangcheng/__init__.py and the worker's command line.
"""

import os
import pkgutil
from collections.abc import Iterator
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.apps import apps
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangcheng.settings")

app = Celery("wangcheng")
app.config_from_object("django.conf:settings", namespace="CELERY")


def rooms() -> list[str]:
    """Every package of ours that may hold tasks: the apps, and the rooms one floor below them."""
    ours = [config for config in apps.get_app_configs() if (settings.BASE_DIR / config.name.split(".")[0]).is_dir()]
    return [package for config in ours for package in (config.name, *_parts(config.name, config.path))]


def _parts(name: str, path: str) -> Iterator[str]:
    return (f"{name}.{part.name}" for part in pkgutil.iter_modules([path]) if part.ispkg)


app.autodiscover_tasks(rooms, related_name="tasks")
app.autodiscover_tasks(rooms, related_name="notify")


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Django has set up settings.LOGGING; a receiver here keeps Celery from putting its own in the place."""
