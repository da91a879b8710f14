"""Long work of the grid app, done by a worker: the calculation of a quarter."""

from __future__ import annotations

from typing import Any

from grid.actions import assessments
from wangcheng.common.jobs.progress import Progress
from wangcheng.common.jobs.registry import job


@job(assessments.JOB, "季度考核测算", back=lambda **asked: "assessment_list")
def assess_quarter(progress: Progress, quarter: str, kinds: list[str]) -> dict[str, Any]:
    """测算: each kind in a transaction of its own; safe to run twice, what is up to date is left alone."""
    progress.total(len(kinds))
    results: dict[str, Any] = {}
    for kind in kinds:
        results[kind] = assessments.compute(quarter, kind, by=progress.job.requested_by).result
        progress.advance()
    return results
