"""Who asked for a job: the person in the post of that moment, if it is still held when a worker comes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wangcheng.common import clock
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.people.models import User


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
