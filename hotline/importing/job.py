"""工单导入 as long work behind page and API; safe to run twice, because the import is idempotent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from hotline.importing.loading import load
from wangcheng.common.jobs import actions as jobs
from wangcheng.common.jobs.registry import Opened, job
from wangcheng.common.sheets.loading import take_input

if TYPE_CHECKING:
    from django.core.files import File

    from wangcheng.common.jobs.progress import Progress
    from wangcheng.common.models import Job, User

KIND = "hotline.import"


def imported(job: Job) -> list[Opened]:
    """The tickets that are new by this import."""
    new = job.result.get("created")
    return [Opened(f"查看新增的{new}件工单", f"{reverse('ticket_list')}?tab=all&job={job.pk}")] if new else []


@job(KIND, "工单导入", opens=imported)
def import_tickets(progress: Progress, mapping: Any = None) -> dict[str, Any]:
    """The sheet of the job's input, by the mapping that was chosen."""
    by = progress.job.requested_by
    return take_input(
        progress,
        lambda sheet, rejects: load(sheet, written_map=mapping, by=by, rejects=rejects, advance=progress.advance),
    )


def start(sheet: File[bytes], mapping: Any, *, by: User) -> Job:
    """Queue an import."""
    return jobs.start(KIND, {"mapping": mapping}, by=by, input=sheet)
