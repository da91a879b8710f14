"""What the worker does for jobs, and how the clock finds those that a dead worker or a lost broker left behind."""

from celery import shared_task

from wangcheng.common.jobs.keeping import forget_old
from wangcheng.common.jobs.models import Job
from wangcheng.common.jobs.running import dead_before, take_up


@shared_task(name="common.run_job")
def run_job(job_id: int) -> str:
    """How the job ended, or "" if there was nothing to take up."""
    job = take_up(job_id)
    return job.state if job else ""


@shared_task(name="common.wake_jobs")
def wake_jobs() -> int:
    """Queue every job that nobody is doing; a second wake of the same job does nothing."""
    waiting = list(Job.objects.takeable(dead_before()).order_by("pk").values_list("pk", flat=True)[:100])
    for pk in waiting:
        run_job.delay(pk)
    return len(waiting)


@shared_task(name="common.forget_results")
def forget_results() -> int:
    """Exports and rejected rows hold cases: they are gone after some days, downloaded or not."""
    return forget_old()
