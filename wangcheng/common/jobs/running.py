"""Doing a job: claim the row, call the registered function, write the end.  Called by the worker's task.

The number of attempts is the claim: whoever raised it last owns the job, and an earlier owner that still lives finds its
writes go nowhere.  Leases and heartbeats are in machine time.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.jobs.models import Job
from wangcheng.common.jobs.progress import Cancelled, Heart, Progress, Superseded
from wangcheng.common.jobs.registry import kind
from wangcheng.common.people.masking import mask_text
from wangcheng.common.workflow import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3  # a job that killed its worker so often is given up

_here: set[int] = set()  # jobs this process is doing: a long transaction on SQLite stops their heartbeat
_here_lock = Lock()


def take_up(job_id: int) -> Job | None:
    """Do the job if nobody else does; returns it as it ended, or None if there was nothing to take up."""
    if not _enter(job_id):
        return None
    try:
        job = claim(job_id)
        return perform(job) if job else None
    finally:
        _leave(job_id)


def _enter(job_id: int) -> bool:
    with _here_lock:
        if job_id in _here:
            return False
        _here.add(job_id)
        return True


def _leave(job_id: int) -> None:
    with _here_lock:
        _here.discard(job_id)


def dead_before() -> Any:
    """A heartbeat older than this belongs to a worker that died."""
    return clock.system_now() - timedelta(seconds=settings.JOB_LEASE)


@transaction.atomic
def claim(job_id: int) -> Job | None:
    """The job, now ours; None if it is done, in other hands, or has killed its worker too often."""
    job = Job.objects.takeable(dead_before()).select_for_update(skip_locked=True).filter(pk=job_id).first()
    if job is None:
        return None
    if job.cancel_requested or job.attempts >= MOST_ATTEMPTS:
        _give_up(job)
        return None
    job.state, job.attempts, job.heartbeat_at = Job.State.RUNNING, job.attempts + 1, clock.system_now()
    job.save(update_fields=["state", "attempts", "heartbeat_at"])
    return job


def _give_up(job: Job) -> None:
    job.state = Job.State.CANCELLED if job.cancel_requested else Job.State.FAILED
    job.error = "" if job.cancel_requested else f"执行进程已中断{job.attempts}次，不再重试。"
    job.finished_at = clock.now()
    job.save(update_fields=["state", "error", "finished_at"])


def perform(job: Job) -> Job:
    """Call the function of a job that is ours and write how it ended."""
    progress = Progress(job)
    try:
        with Heart(progress):
            result = kind(job.kind).run(progress, job.arguments)
    except Superseded:
        log.warning("job %s was taken up by another worker", job.pk)
        return job
    except Cancelled:
        return end(progress, Job.State.CANCELLED)
    except Exception as problem:
        if refused := refusal(problem):
            log.info("job %s (%s) refused: %s", job.pk, job.kind, mask_text(refused))
        else:
            log.exception("job %s (%s) failed", job.pk, job.kind)
        return end(progress, Job.State.FAILED, error=refused or fault(problem))
    return end(progress, Job.State.DONE, result=result)


@transaction.atomic
def end(progress: Progress, state: Job.State, *, result: Mapping[str, Any] | None = None, error: str = "") -> Job:
    """Write the end, unless the job has passed into other hands meanwhile."""
    job = Job.objects.select_for_update().get(pk=progress.job.pk)
    if job.attempts != progress.job.attempts or job.state != Job.State.RUNNING:
        log.warning("job %s ended in other hands", job.pk)
        return job
    job.state, job.error, job.finished_at = state, error, clock.now()
    job.done, job.total, job.result = progress.done, progress.size, dict(result or {})
    job.rejects.name, job.output.name = progress.rejects, progress.output
    job.save()
    return job


def refusal(problem: Exception) -> str:
    """Our own sentence for the person who waits; "" for a fault of the program."""
    if isinstance(problem, NotAllowed):
        return problem.message
    if isinstance(problem, ValidationError):
        return " ".join(problem.messages)
    if isinstance(problem, LookupError | ValueError) and problem.args and not str(problem).isascii():
        return str(problem).strip("'\"")
    return ""


def fault(problem: Exception) -> str:
    """A fault of the program, by its name."""
    return f"程序出错（{type(problem).__name__}），已记入日志，请联系系统管理员。"
