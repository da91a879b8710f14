"""工单导入 as long work behind page and API; safe to run twice, because the import is idempotent."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hotline.importing.loading import load
from wangcheng.common.jobs import actions as jobs
from wangcheng.common.jobs.registry import job
from wangcheng.common.sheets.reading import count_rows

if TYPE_CHECKING:
    from django.core.files import File

    from wangcheng.common.jobs.progress import Progress
    from wangcheng.common.models import Job, User

KIND = "hotline.import"


@job(KIND, "工单导入")
def import_tickets(progress: Progress, mapping: Any = None) -> dict[str, Any]:
    """The sheet of the job's input; the rejected rows become a file beside the result."""
    with TemporaryDirectory() as place:
        sheet, rejects = Path(place) / "sheet", Path(place) / "rejects.csv"
        with progress.job.input.open("rb") as source, sheet.open("wb") as copy:
            for part in source.chunks():
                copy.write(part)
        progress.total(count_rows(sheet))
        counts = load(
            sheet, written_map=mapping, by=progress.job.requested_by, rejects=rejects, advance=progress.advance
        )
        if counts.rejected:
            progress.reject_file("未导入的行.csv", rejects.read_bytes())
    return counts.as_json()


def start(sheet: File[bytes], mapping: Any, *, by: User) -> Job:
    """Queue an import."""
    return jobs.start(KIND, {"mapping": mapping}, by=by, input=sheet)
