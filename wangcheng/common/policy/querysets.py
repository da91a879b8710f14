"""How policies are asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from wangcheng.common.policy.models import Policy


class PolicyQuerySet(models.QuerySet["Policy"]):
    def approved(self, key: str) -> PolicyQuerySet:
        """Versions of `key` that count, the one that takes precedence first."""
        return self.filter(key=key, state="approved").order_by("-valid_from", "-version")

    def known_by(self, moment: datetime) -> PolicyQuerySet:
        """Approved by then; a version shipped with the system, which no person approved, was always there."""
        return self.filter(models.Q(approved_by=None) | models.Q(approved_at__lte=moment))

    def versions_on(self, day: date) -> dict[str, Policy]:
        """The version of every key in force on `day`."""
        rows = self.filter(state="approved", valid_from__lte=day).order_by("valid_from", "version")
        return {row.key: row for row in rows}

    def version_on(self, key: str, day: date) -> Policy:
        """The version of `key` in force on `day`."""
        found = self.approved(key).filter(valid_from__lte=day).first()
        if found is None:
            raise LookupError(f"政策“{key}”在{day:%Y年%m月%d日}没有生效的版本，请在“政策规则”中录入并批准。")
        return found
