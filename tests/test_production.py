"""What the production image is given: the packages it needs there, and the settings that README promises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


TOLD = {
    "DEMO": "0", "DEBUG": "0", "DATABASE_URL": "postgresql:///wangcheng", "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "s" * 50, "ALLOWED_HOSTS": "wangcheng.invalid",
}  # fmt: skip


def started(**changed: str) -> str:
    """What reading the settings says as it refuses; "" where they are taken."""
    environment = {**os.environ, **TOLD, **changed}
    command = [sys.executable, "-c", "import wangcheng.settings"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": "s" * 49}, "SECRET_KEY（不少于50个字符）"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"REDIS_URL": "", "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS、REDIS_URL"),
    ],
)
def test_production_does_not_start_without_what_it_must_be_told(changed: dict[str, str], named: str) -> None:
    assert started(**changed).endswith(f"ImproperlyConfigured: 生产环境必须设置环境变量 {named}。")


def test_production_starts_with_it_and_a_demonstration_without() -> None:
    assert started() == ""
    assert started(DEMO="1", REDIS_URL="", ALLOWED_HOSTS="", SECRET_KEY="short") == ""


def test_what_the_redis_transport_needs_is_locked_for_production() -> None:
    """Kombu asks for it only as an extra, and the tools of the tests bring it along: only production would miss it."""
    asked = {
        re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in requires("kombu") or () if 'extra == "redis"' in line
    }
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked
    assert asked - locked == set()


def test_compose_hands_every_setting_of_the_readme_to_the_containers() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("| setting |")[2].partition("\n\n")[0]
    promised = {
        name for row in re.findall(r"^\|([^|]+)\|", readme, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    handed = set(re.findall(r"^ +([A-Z_]+):", compose, re.MULTILINE)) | set(re.findall(r"\$\{([A-Z_]+)", compose))
    assert {"DOC_FONT_DIRS", "SMS_RECEIPT_KEY", "JOB_LEASE", "VAR_DIR", "MEDIA_ROOT"} <= promised
    assert promised - handed == set()
