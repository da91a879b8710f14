"""工单导入 as long work behind page and API; safe to run twice, because the import is idempotent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline.importing.loading import load
from wangcheng.common.jobs import actions as jobs
from wangcheng.common.jobs.registry import job
from wangcheng.common.sheets.loading import take_input

if TYPE_CHECKING:
    from django.core.files import File

    from wangcheng.common.jobs.progress import Progress
    from wangcheng.common.models import Job, User

KIND = "hotline.import"


@job(KIND, "工单导入", back=lambda **asked: "ticket_list")
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
