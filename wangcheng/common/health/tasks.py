"""The task by which clock and worker show that they live."""

from celery import shared_task

from wangcheng.common.health import checks


@shared_task(name="common.show_life")
def show_life() -> None:
    """Run by the clock; /readyz and /metrics tell how long ago."""
    checks.note_task()
