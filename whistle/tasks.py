"""What the clock does with whistles; the schedule stands in the settings.  Safe to run twice: the actions check again."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from wangcheng.common import clock
from wangcheng.common.policy.registry import in_force
from whistle import actions
from whistle.models import Whistle
from whistle.rules import Limits

_AT_ONCE = 500  # the next beat takes the rest


@shared_task(name="whistle.remind_ratings")
def remind_ratings() -> int:
    """提醒评价: closed whistles nobody has rated after the days the policy gives.  Returns how many were reminded."""
    rules = in_force(Limits, clock.today())
    since = clock.now() - timedelta(days=rules.remind_days)
    due = Whistle.objects.to_be_reminded(since, since, rules.remind_most).order_by("closed_at")
    return sum(actions.remind(pk) is not None for pk in list(due.values_list("pk", flat=True)[:_AT_ONCE]))
