"""What the production image is given: the packages it needs there, and the settings that README promises."""

from __future__ import annotations

import re
from importlib.metadata import requires
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


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
