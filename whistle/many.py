"""哨单批量办理 as long work behind the batch bar of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wangcheng.common.casework.many import chosen, refusals_given, take_on_many
from wangcheng.common.jobs.registry import job
from whistle.doors import DOORS
from whistle.models import Whistle

if TYPE_CHECKING:
    from wangcheng.common.jobs.progress import Progress

KIND = "whistle.many"


@job(KIND, "哨单批量办理", opens=chosen("whistle_list"), giving=refusals_given)
def do(progress: Progress, **asked: Any) -> dict[str, Any]:
    return take_on_many(progress, Whistle.objects.all(), DOORS, **asked)
