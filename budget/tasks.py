"""Long work of the money, done by a worker: the rewards of a quarter."""

from __future__ import annotations

from typing import Any

from budget import actions
from wangcheng.common.jobs.progress import Progress
from wangcheng.common.jobs.registry import job

SETTLE = "budget.settle_rewards"


@job(SETTLE, "季度奖励核定")
def settle_quarter(progress: Progress, quarter: str) -> dict[str, Any]:
    """核定奖励 of a quarter's final results; safe to run twice."""
    progress.total(1)
    new = actions.settle_rewards(quarter, by=progress.job.requested_by)
    progress.advance()
    return {"quarter": quarter, "new": new}
