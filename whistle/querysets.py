"""How whistles and hard whistles are asked for; the same queries serve pages, API, exports, the clock and tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Substr

from wangcheng.common import clock
from wangcheng.common.casework.querysets import CaseQuerySet
from wangcheng.common.people.roles import Role

if TYPE_CHECKING:
    from wangcheng.common.people.models import Post, User

_WITH_UNIT = Q(state__in=("dispatched", "signed", "handling"), suspended_at=None)
# As the guard of the step `rate` has it: a rating belongs to one round, and one set aside was given all the same.
_UNRATED = Q(state="closed", rated_round__lt=F("round")) & ~Q(disposer_kind="self")
# What waits for a post of the centre, by role.
_AT_CENTRE = {
    Role.DISPATCHER: Q(state="filing")
    | Q(return_asked_at__isnull=False)
    | Q(appealed_at__isnull=False, appeal_ruled_at=None),
    Role.REVIEWER: Q(state="filing", filed_at=None),
}


class WhistleQuerySet(CaseQuerySet):
    view_permission = "whistle.view_whistle"

    def of_officer(self, user: User) -> WhistleQuerySet:
        """What the officer reported and what lies in the own grids."""
        grids = user.grid_ids()
        return self.filter(Q(reporter=user) | Q(grid_id__in=grids) | Q(building_id__in=grids))

    def locked(self, pk: int, version: int | None = None) -> Any:
        """With what the actions name in messages, so that a step asks once."""
        rows = self.select_related("reporter", "village_unit", "town_unit", "category_top")
        return super(WhistleQuerySet, rows).locked(pk, version)

    def open(self) -> WhistleQuerySet:
        return self.exclude(state__in=("closed", "declined"))

    def waiting_for(self, user: User) -> WhistleQuerySet:
        """待办: what the acting post has to do next; to be chained behind `visible_to`."""
        post = user.acting
        if post is None:
            return self.none()
        return self.filter(_waiting(post, user))

    def overdue(self, at: datetime) -> WhistleQuerySet:
        """超期: not arrived or not disposed of in time, as of `at`; what stands on the book is not overdue."""
        late = Q(state__in=("dispatched", "signed"), arrive_due_at__lt=at) | Q(
            state__in=("dispatched", "signed", "handling"), due_at__lt=at
        )
        return self.filter(late, suspended_at=None)

    def unrated(self) -> WhistleQuerySet:
        """Closed and still to be rated; what its reporter disposed of has nobody to be rated."""
        return self.filter(_UNRATED)

    def to_be_reminded(self, closed_before: datetime, reminded_before: datetime, most: int) -> WhistleQuerySet:
        due = Q(rating_reminded_at=None) | Q(rating_reminded_at__lte=reminded_before)
        return self.unrated().filter(due, closed_at__lte=closed_before, rating_reminders__lt=most)

    def before_this(self, village_id: int, place: str, category_id: int) -> WhistleQuerySet:
        """Whistles of the same place and category, newest first: candidates of a repeated report."""
        return self.filter(village_id=village_id, category_id=category_id, place=place).order_by("-received_at")

    def list_rows(self) -> WhistleQuerySet:
        """What a list shows, in one query."""
        return self.select_related("town", "village", "grid", "unit", "category").defer("content", "disposal")

    def for_detail(self) -> WhistleQuerySet:
        """With every row beside it that a detail names, in one query."""
        return self.select_related(
            "town", "village", "grid", "building", "category__unit", "category_top", "unit", "village_unit", "town_unit",
            "asked_unit", "return_unit", "disposer", "reporter", "repeat_of", "limits",
        )  # fmt: skip


def _waiting(post: Post, user: User) -> Q:
    if post.role in _AT_CENTRE:
        return _AT_CENTRE[Role(post.role)]
    mine = Q(reporter=user) & (Q(state__in=("verifying", "declined")) | _UNRATED)
    if post.role == Role.GRID_OFFICER:
        return mine
    unit = Q(unit_id=post.organisation_id) & _WITH_UNIT
    if post.role == Role.TOWN:
        return unit | mine | Q(state="town", town_unit_id=post.organisation_id)
    if post.role == Role.VILLAGE:
        return unit | mine | Q(state="reported", village_unit_id=post.organisation_id)
    return unit if post.role == Role.DEPARTMENT else Q(pk__in=())


QUARTERS = tuple(Substr("fingerprint", start, 4) for start in (1, 5, 9, 13))


class _Bits(Func):
    """A fingerprint of 16 hex digits as PostgreSQL compares it bit by bit."""

    template = "('x' || %(expressions)s)::bit(64)"


class BitsApart(Func):
    """In how many bits two fingerprints differ; on the embedded default the engine brings the function."""

    function = "bits_apart"
    output_field = models.IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        bits = self.copy()
        bits.set_source_expressions([_Bits(part) for part in self.get_source_expressions()])
        return bits.as_sql(compiler, connection, template="bit_count(%(expressions)s)", arg_joiner=" # ", **context)


class AttachmentQuerySet(models.QuerySet[Any]):
    def like(self, prints: Sequence[str], tolerance: int) -> AttachmentQuerySet:
        """Pictures whose fingerprint differs from one of `prints` in at most so many bits, fewer than there are quarters.

        Then one quarter at least is the same, which an index finds.
        """
        alike = Q(pk__in=())
        for serial, found in enumerate(prints):
            quarters = [Q(**{f"quarter{place}": found[4 * place : 4 * place + 4]}) for place in range(len(QUARTERS))]
            alike |= reduce(or_, quarters) & Q(**{f"apart{serial}__lte": tolerance})
        parts = {f"quarter{place}": part for place, part in enumerate(QUARTERS)}
        apart = {f"apart{serial}": BitsApart("fingerprint", Value(found)) for serial, found in enumerate(prints)}
        return self.alias(**parts, **apart).filter(alike)


class HardWhistleQuerySet(CaseQuerySet):
    view_permission = "whistle.view_hardwhistle"

    def open(self) -> HardWhistleQuerySet:
        return self.exclude(state="struck")

    def overdue(self, at: datetime) -> HardWhistleQuerySet:
        """Past the deadline and not basically solved."""
        return self.filter(state__in=("assigned", "progressing"), deadline__lt=clock.local(at).date())

    def list_rows(self) -> Any:
        return self.select_related("batch", "unit", "town")
