"""Starting and cancelling long work.  Called by pages, API and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.jobs.models import Job
from wangcheng.common.jobs.registry import kind
from wangcheng.common.jobs.running import perform
from wangcheng.common.jobs.tasks import run_job
from wangcheng.common.jobs.wake import after_commit
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files import File

    from wangcheng.common.people.models import User


@transaction.atomic
def start(name: str, arguments: Mapping[str, Any], *, by: User | None, input: File[bytes] | None = None) -> Job:
    """Put a job of the registered kind `name` in the queue; a worker takes it up when the transaction commits."""
    job = _new(name, arguments, by, input)
    job.save()
    after_commit(run_job, job.pk)
    return job


def run_inline(
    name: str, arguments: Mapping[str, Any], *, by: User | None = None, input: File[bytes] | None = None
) -> Job:
    """Do a job here and now and wait for it: for commands.  The job as it ended; its `error` is a Chinese sentence."""
    job = _new(name, arguments, by, input)
    job.state, job.attempts, job.heartbeat_at = Job.State.RUNNING, 1, clock.system_now()
    job.save()
    return perform(job)


def _new(name: str, arguments: Mapping[str, Any], by: User | None, input: File[bytes] | None) -> Job:
    job = Job(kind=name, label=kind(name).label, arguments=dict(arguments), requested_by=by, created_at=clock.now())
    if input is not None:
        job.input = input
    return job


@transaction.atomic
def cancel(job_id: int, *, by: User) -> Job:
    """取消: a queued job at once; a running one stops at its next step.  NotAllowed when it has ended or is not one's own."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if not Job.objects.visible_to(by).filter(pk=job_id).exists():
        raise NotAllowed("只能取消自己发起的任务。", Code.RIGHT)
    if not job.is_open:
        raise NotAllowed(f"任务{job.get_state_display()}，不能取消。", Code.STATE)
    job.cancel_requested = True
    if job.state == Job.State.QUEUED:
        job.state, job.finished_at = Job.State.CANCELLED, clock.now()
    job.save(update_fields=["cancel_requested", "state", "finished_at"])
    return job
