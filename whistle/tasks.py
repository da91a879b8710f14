"""What the clock does with whistles; the schedule stands in the settings.  Safe to run twice: the actions check again."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task

from wangcheng.common import clock
from wangcheng.common.policy.registry import in_force
from wangcheng.common.workflow import NotAllowed
from whistle import actions
from whistle.models import Whistle
from whistle.rules import Limits

log = logging.getLogger(__name__)
_AT_ONCE = 500  # the next beat takes the rest


@shared_task(name="whistle.remind_ratings")
def remind_ratings() -> int:
    """提醒评价: closed whistles nobody has rated after the days the policy gives.  Returns how many were reminded."""
    rules = in_force(Limits, clock.today())
    since = clock.now() - timedelta(days=rules.remind_days)
    due = Whistle.objects.to_be_reminded(since, since, rules.remind_most).order_by("closed_at")
    return sum(_remind(pk) for pk in list(due.values_list("pk", flat=True)[:_AT_ONCE]))


def _remind(whistle_id: int) -> bool:
    """One that is refused must not keep the others from being reminded of."""
    try:
        return actions.remind(whistle_id) is not None
    except NotAllowed as refused:
        log.info("whistle %s is not reminded of: %s", whistle_id, refused.message)
        return False
