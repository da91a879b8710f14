"""空岗: grids that nobody answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Exists, OuterRef, Q, When

from wangcheng.common import clock
from wangcheng.common.models import Area, Post
from wangcheng.common.territory.querysets import AreaQuerySet

if TYPE_CHECKING:
    from wangcheng.common.models import User

VACANT = Q(vacant=True)  # after vacancies_in_sight


def vacancies_in_sight(user: User) -> AreaQuerySet:
    """The areas that the user sees today; `vacant` marks a grid without an officer."""
    today = clock.today()
    held = Post.objects.in_force(today).filter(area=OuterRef("pk"), user__is_active=True)
    empty = Q(level__gte=Area.Level.ESTATE) & ~Exists(held)
    seen = Area.objects.visible_to(user).in_force(today)
    return seen.annotate(vacant=Case(When(empty, then=True), default=False))
