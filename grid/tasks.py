"""Long work of the grid app, done by a worker: the calculation of a quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from grid.actions import assessments
from grid.models import Assessment
from wangcheng.common.jobs.progress import Progress
from wangcheng.common.jobs.registry import Opened, job

if TYPE_CHECKING:
    from wangcheng.common.models import Job


def assessed(job: Job) -> list[Opened]:
    """The assessments that were calculated, in their newest edition."""
    found = Assessment.objects.filter(quarter=job.arguments["quarter"], kind__in=job.arguments["kinds"])
    newest = {case.kind: case for case in found.order_by("edition")}
    return [
        Opened(f"查看{case.get_kind_display()}", reverse("assessment_detail", args=[case.number]))
        for case in newest.values()
    ]


@job(assessments.JOB, "季度考核测算", opens=assessed)
def assess_quarter(progress: Progress, quarter: str, kinds: list[str]) -> dict[str, Any]:
    """测算: each kind in a transaction of its own; safe to run twice, what is up to date is left alone."""
    progress.total(len(kinds))
    results: dict[str, Any] = {}
    for kind in kinds:
        results[kind] = assessments.compute(quarter, kind, by=progress.job.requested_by).result
        progress.advance()
    return results
