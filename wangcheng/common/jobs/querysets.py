"""How jobs are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from wangcheng.common.jobs.models import Job  # noqa: F401  in the string below
    from wangcheng.common.people.models import User


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> JobQuerySet:
        """One's own; whoever manages jobs sees how all of them stand."""
        return self if user.has_perm("common.manage_job") else self.begun_by(user)

    def begun_by(self, user: User) -> JobQuerySet:
        """One's own: only their files are given out, for they hold cases, which who manages jobs does not read."""
        return self.filter(requested_by=user)

    def takeable(self, dead_before: datetime) -> JobQuerySet:
        """Queued, or left behind by a worker that gave no sign of life since `dead_before` (machine time)."""
        stale = Q(heartbeat_at=None) | Q(heartbeat_at__lt=dead_before)
        return self.filter(Q(state="queued") | Q(state="running") & stale, state__in=("queued", "running"))  # job_open
