"""How cases and categories are asked for."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from wangcheng.common.people.querysets import in_force
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.casework.models import Category  # noqa: F401
    from wangcheng.common.people.models import User


class CategoryQuerySet(models.QuerySet["Category"]):
    def in_force(self, day: date) -> CategoryQuerySet:
        return self.filter(in_force(day))


class CaseQuerySet(models.QuerySet[Any]):
    """Reads of a case model; its app adds its own and sets `view_permission`."""

    view_permission = ""

    def visible_to(self, user: User) -> Self:
        """Cases in the user's sight: the centre all, a unit what was sent to it or below it, an officer the own grids."""
        post = user.acting
        if post is None or not user.has_perm(self.view_permission):
            return self.none()
        if post.organisation.kind == post.organisation.Kind.CENTRE:
            return self.all()
        if post.role == post.Role.GRID_OFFICER:
            return self.of_officer(user)
        return self.filter(sights__organisation_id=post.organisation_id)

    def of_officer(self, user: User) -> Self:
        """Cases of a grid officer; apps say which."""
        return self.none()

    def narrow(self, rows: models.QuerySet[Any], column: str, user: User, by: str = "pk") -> models.QuerySet[Any]:
        """Those of other `rows` whose `column` names (by `by`) a case in the user's sight; the same for who sees all."""
        seen = self.visible_to(user)
        return rows if not seen.query.where else rows.filter(**{f"{column}__in": seen.order_by().values(by)})

    def locked(self, pk: int, version: int | None = None) -> Any:
        """The case with its row locked, fresh; NotAllowed if it has moved on since the caller's `version`."""
        case = self.select_for_update(of=("self",)).get(pk=pk)
        if version is not None and version != case.version:
            raise NotAllowed("该事项已被其他人员处理，请刷新后查看最新情况。", Code.VERSION)
        return case


def open_in_grids(grids: models.QuerySet[Any]) -> int:
    """How many tickets, whistles … in these grids (keys) are not done with."""
    from wangcheng.common.casework.models import Case

    found = 0
    for model in apps.get_models():
        if issubclass(model, Case):
            lies_there = (Q(**{f"{column}__in": grids}) for column in model.GRIDS)
            found += model._default_manager.open().filter(reduce(or_, lies_there)).count()  # type: ignore[attr-defined]
    return found
