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
from wangcheng.common.people.models import User
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files import File

LABEL = 120  # characters of a job's name


@transaction.atomic
def start(
    name: str, arguments: Mapping[str, Any], *, by: User | None, input: File[bytes] | None = None, label: str = ""
) -> Job:
    """Put a job of the registered kind `name` in the queue; a worker takes it up when the transaction commits."""
    job = _new(name, arguments, by, input)
    job.label = label[:LABEL] or job.label
    job.save()
    after_commit(run_job, job.pk)
    return job


@transaction.atomic
def start_once(
    name: str, arguments: Mapping[str, Any], *, by: User, label: str = "", most: int | None = None
) -> tuple[Job, bool]:
    """As `start`, but the same work of the same person that is still to be done is not begun twice: (job, whether new).

    A double click begins one job.  NotAllowed where the person has `most` open ones of this kind already.
    """
    User.objects.select_for_update(no_key=True).get(
        pk=by.pk
    )  # of two clicks at once the second sees the job of the first
    under_way = Job.objects.begun_by(by).filter(kind=name, state__in=Job.OPEN, cancel_requested=False)
    same = under_way.filter(arguments=dict(arguments)).first()
    if same is not None:
        return same, False
    if most is not None and under_way.count() >= most:
        raise NotAllowed(f"您已有{most}项“{kind(name).label}”正在进行，请等其中一项完成，或在“任务进度”中取消后再试。")
    return start(name, arguments, by=by, label=label), True


def run_inline(
    name: str, arguments: Mapping[str, Any], *, by: User | None = None, input: File[bytes] | None = None
) -> Job:
    """Do a job here and now, without a worker: for tests.  The job as it ended; its `error` is a Chinese sentence."""
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
