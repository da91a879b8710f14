"""工单导入 as long work behind page and API; safe to run twice, because the import is idempotent."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from hotline.importing.loading import load
from wangcheng.common.jobs import actions as jobs
from wangcheng.common.jobs.asking import rows_given
from wangcheng.common.jobs.registry import Opened, job
from wangcheng.common.models import Job
from wangcheng.common.sheets.loading import take_input
from wangcheng.common.sheets.rejects import OURS

if TYPE_CHECKING:
    from django.core.files import File

    from wangcheng.common.jobs.progress import Progress
    from wangcheng.common.models import User

KIND = "hotline.import"


def imported(job: Job) -> list[Opened]:
    """The tickets that are new by this import."""
    new = job.result.get("created")
    return [Opened(f"查看新增的{new}件工单", f"{reverse('ticket_list')}?tab=all&job={job.pk}")] if new else []


@job(KIND, "工单导入", opens=imported, giving=rows_given(lambda job: "hotline.import_ticket"))
def import_tickets(progress: Progress, mapping: Any = None, header: str = "") -> dict[str, Any]:
    """The sheet of the job's input, by the mapping that was chosen.  `header` is for whoever looks for it again."""
    by, key = progress.job.requested_by, progress.job.pk
    return take_input(
        progress,
        lambda sheet, rejects: load(
            sheet, written_map=mapping, by=by, rejects=rejects, advance=progress.advance, job=key
        ),
    )


def start(sheet: File[bytes], mapping: Any, *, by: User, header: list[str] | None = None) -> Job:
    """Queue an import; with its `header` the mapping is found again for the next sheet of that kind."""
    remembered = {"header": _fingerprint(header)} if header else {}
    return jobs.start(KIND, {"mapping": mapping, **remembered}, by=by, input=sheet)


def last_like(header: list[str]) -> Job | None:
    """The office's last import of a sheet with this header, for the mapping that was chosen then."""
    rows = Job.objects.filter(kind=KIND, arguments__header=_fingerprint(header))
    return rows.select_related("requested_by").order_by("-pk").first()


def _fingerprint(header: list[str]) -> str:
    """The same for a sheet and for the file of its bad rows."""
    return hashlib.sha256("\x1f".join(title for title in header if title not in OURS).encode()).hexdigest()[:20]
