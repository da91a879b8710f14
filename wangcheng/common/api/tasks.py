"""What the clock does for the API."""

from datetime import timedelta

from celery import shared_task

from wangcheng.common import clock
from wangcheng.common.models import IdempotentReply

KEPT = timedelta(days=3)


@shared_task(name="common.forget_replies")
def forget_replies() -> int:
    """Replies to Idempotency-Keys older than three days are not given again."""
    return IdempotentReply.objects.filter(created_at__lt=clock.system_now() - KEPT).delete()[0]
