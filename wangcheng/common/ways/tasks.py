"""What the clock does for the pages."""

from datetime import timedelta

from celery import shared_task

from wangcheng.common import clock
from wangcheng.common.ways.uploads import forget_left

KEPT = timedelta(days=1)


@shared_task(name="common.forget_uploads")
def forget_uploads() -> int:
    """Sheets that were uploaded, looked at and never taken in are gone after a day."""
    return forget_left(clock.system_now() - KEPT)
