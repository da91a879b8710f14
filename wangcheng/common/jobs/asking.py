"""Who asked for a job: the person in the post of that moment, if it is still held when a worker comes to it.

And who fetches its file afterwards: what stands in it is read with the right of the work, or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from wangcheng.common.jobs.models import Job
    from wangcheng.common.jobs.registry import Giving
    from wangcheng.common.people.models import User


def rows_given(right: Callable[[Job], str]) -> Giving:
    """The `giving` of an import: only who may still import gets the rows that were not taken, and that is an export."""

    def giving(job: Job, request: HttpRequest) -> None:
        user = cast("User", request.user)
        if not user.has_perm(right(job)):
            raise NotAllowed("您现在的岗位不能办理该项导入，不能下载。", Code.RIGHT)
        note_given(job, user, request)

    return giving


def note_given(job: Job, user: User, request: HttpRequest) -> None:
    """The audit entry of a download."""
    rows = job.result.get("rejected", job.result.get("refused", 0))
    record(
        AuditEntry.Kind.EXPORT, f"下载“{job.label}”中未办理的行", by=user, object=f"job {job.pk}", data={"rows": rows},
        request=request,
    )  # fmt: skip


def in_post(user: User | None, post: int, *, undone: str) -> User:
    """`user` acting in the post of this key.  NotAllowed, closing with `undone` ("没有办理"), where that is over."""
    posts = user.posts.in_force(clock.today()).filter(pk=post) if user else None
    held = posts.select_related("organisation", "area").first() if posts is not None else None
    if user is None or held is None:
        raise NotAllowed(f"发起时的岗位已不再有效，{undone}。", Code.RIGHT)
    if not user.is_active:
        raise NotAllowed(f"发起人的账号已停用，{undone}。", Code.RIGHT)
    user.acting = held
    return user
