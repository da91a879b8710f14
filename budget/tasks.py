"""Long work of the money, done by a worker: the rewards of a quarter, settled as soon as a result of it is final."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver
from django.urls import reverse

from budget import actions
from grid.models import Assessment
from grid.workflow import FINALISE
from wangcheng.common.jobs.actions import start
from wangcheng.common.jobs.progress import Progress
from wangcheng.common.jobs.registry import Opened, job
from wangcheng.common.workflow import moved

if TYPE_CHECKING:
    from wangcheng.common.models import Job
    from wangcheng.common.workflow import Step

SETTLE = "budget.settle_rewards"


def settled(job: Job) -> list[Opened]:
    """The rewards of the quarter."""
    return [Opened("查看该季度的奖励", f"{reverse('reward_list')}?quarter={job.arguments['quarter']}")]


@job(SETTLE, "季度奖励核定", opens=settled)
def settle_quarter(progress: Progress, quarter: str) -> dict[str, Any]:
    """核定奖励 of a quarter's final results; safe to run twice."""
    progress.total(1)
    new = actions.settle_rewards(quarter, by=progress.job.requested_by)
    progress.advance()
    return {"quarter": quarter, "new": new}


@receiver(moved, sender=Assessment, dispatch_uid="budget.settle_when_final")
def settle_when_final(case: Any, step: Step, event: Any, **kwargs: Any) -> None:
    """A result has become final: its quarter's rewards are settled when the transaction commits."""
    if step is FINALISE:
        start(SETTLE, {"quarter": case.quarter}, by=event.actor)
