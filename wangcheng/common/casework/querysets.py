"""How cases and categories are asked for."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from wangcheng.common.casework.wordsearch import containing
from wangcheng.common.people.masking import mask_text
from wangcheng.common.people.querysets import in_force
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.casework.models import Category  # noqa: F401
    from wangcheng.common.people.models import User


READ_BY_UNIT = 2000  # rows: masking that many texts takes a fraction of a second


def _told(said: list[str], count: int) -> str:
    """The words of `count` columns as a unit may read them; after them stand the caller's name and telephone, if any."""
    words, caller = said[:count], dict(zip(("name", "phone"), said[count:], strict=False))
    return "\n".join(mask_text(each, **caller, secret=True) for each in words)


class CategoryQuerySet(models.QuerySet["Category"]):
    def in_force(self, day: date) -> CategoryQuerySet:
        return self.filter(in_force(day))


class CaseQuerySet(models.QuerySet[Any]):
    """Reads of a case model; its app adds its own and sets `view_permission`."""

    view_permission = ""
    caller_columns: ClassVar[tuple[str, ...]] = ()  # the caller's name and telephone, masked in the case's words
    for_unit = False  # read by somebody outside the centre, to whom callers and what is masked are unknown

    def _clone(self) -> Self:
        copy: Self = super()._clone()  # type: ignore[misc]  # not in the stubs
        copy.for_unit = self.for_unit
        return copy

    def visible_to(self, user: User) -> Self:
        """Cases in the user's sight: the centre all, a unit what was sent to it or below it, an officer the own grids."""
        seen = self._in_sight(user)
        seen.for_unit = not user.at_centre
        return seen

    def _in_sight(self, user: User) -> Self:
        post = user.acting
        if post is None or not user.has_perm(self.view_permission):
            return self.none()
        if post.organisation.kind == post.organisation.Kind.CENTRE:
            return self.all()
        if post.role == post.Role.GRID_OFFICER:
            return self.of_officer(user)
        return self.filter(sights__organisation_id=post.organisation_id)

    def with_words(self, text: str, *columns: str) -> Self:
        """Those in whose `columns` the reader finds `text`: a unit in what it is shown, lest it try out what is masked.

        For a unit the newest READ_BY_UNIT that hold the text are looked at.
        """
        found: Self = containing(self, text, *columns)
        if not self.for_unit or not text:
            return found
        held = found.order_by("-pk").values_list("pk", *columns, *self.caller_columns)[:READ_BY_UNIT]
        shown = [pk for pk, *said in held if text.upper() in _told(said, len(columns)).upper()]
        return found.filter(pk__in=shown)

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
