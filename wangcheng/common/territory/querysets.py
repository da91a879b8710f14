"""How areas are asked for."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Q

from wangcheng.common.people.querysets import in_force

if TYPE_CHECKING:
    from wangcheng.common.people.models import User
    from wangcheng.common.territory.models import Area


def branch(root: Area, path: str = "path") -> Q:
    """Rows whose `path` lies in the branch of `root`, or of what it was before it was renamed, re-coded or merged."""
    return reduce(or_, (Q(**{f"{path}__startswith": one}) for one in _paths(root)))


def same(area_id: int, column: str) -> Q:
    """Rows whose `column` is the area or what it was, two changes back; without a query of its own, for counts in menus."""
    links = apps.get_model("common", "AreaSuccession")._default_manager.filter(kind__in=("rename", "recode", "merge"))
    before = links.filter(after=area_id).values("before")
    return (
        Q(**{column: area_id})
        | Q(**{f"{column}__in": before})
        | Q(**{f"{column}__in": links.filter(after__in=before).values("before")})
    )


def in_branch(area: Area, root: Area | None) -> bool:
    """Whether `area` lies in the branch of `root`, also where it still hangs below what `root` was before."""
    return root is not None and any(area.path.startswith(path) for path in _paths(root))


def _paths(root: Area) -> list[str]:
    paths, layer = {root.pk: root.path}, [root.pk]
    links = apps.get_model("common", "AreaSuccession")._default_manager.filter(kind__in=("rename", "recode", "merge"))
    while layer:
        before = links.filter(after__in=layer, before__isnull=False).values_list("before_id", "before__path")
        new = {key: path for key, path in before if key not in paths}
        paths |= new
        layer = list(new)
    return list(paths.values())


class AreaQuerySet(models.QuerySet["Area"]):
    def in_force(self, day: date) -> AreaQuerySet:
        """Areas that existed on `day`."""
        return self.filter(in_force(day))

    def under(self, root: Area) -> AreaQuerySet:
        """The area and everything below it."""
        return self.filter(path__startswith=root.path)

    def visible_to(self, user: User) -> AreaQuerySet:
        """The centre sees the whole tree; a town or village its branch; a grid officer the own grid; a department none."""
        post = user.acting
        if post is None:
            return self.none()
        if post.organisation.kind == post.organisation.Kind.CENTRE:
            return self
        root = post.area or post.organisation.area
        return self.filter(branch(root)) if root else self.none()
