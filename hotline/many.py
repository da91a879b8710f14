"""工单批量办理 as long work behind the batch bar of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline.doors import DOORS
from hotline.models import Ticket
from wangcheng.common.casework.many import chosen, refusals_given, take_on_many
from wangcheng.common.jobs.registry import job

if TYPE_CHECKING:
    from wangcheng.common.jobs.progress import Progress

KIND = "hotline.many"


@job(KIND, "工单批量办理", opens=chosen("ticket_list"), giving=refusals_given)
def do(progress: Progress, **asked: Any) -> dict[str, Any]:
    return take_on_many(progress, Ticket.objects.all(), DOORS, **asked)
