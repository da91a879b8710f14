"""A kind of job that takes its time, for worker processes that a test kills.  Safe to run twice, as jobs must be."""

import time
from typing import Any

from wangcheng.common.jobs.progress import Progress
from wangcheng.common.jobs.registry import job
from wangcheng.common.models import NumberSequence


@job("tests.slow", "慢任务")
def slow(progress: Progress, steps: int) -> dict[str, Any]:
    """Make one row after another; those of an earlier attempt are there already."""
    progress.total(steps)
    for number in range(steps):
        NumberSequence.objects.get_or_create(key=f"slow-{number}")
        time.sleep(0.05)
        progress.advance()
    return {"made": NumberSequence.objects.filter(key__startswith="slow-").count()}
