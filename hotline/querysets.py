"""How tickets are asked for.  Reads only; pages, API, export, tasks and tests chain these."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When

from wangcheng.common.casework.querysets import CaseQuerySet

if TYPE_CHECKING:
    from wangcheng.common.people.models import User

_NUMBER = re.compile(r"[A-Za-z]{1,4}[0-9][0-9A-Za-z-]*|[0-9][0-9A-Za-z-]{4,}")
_WITH_UNIT = ("dispatched", "handling")
# which states wait for a role of the centre; units wait on what the sight leaves them
_CENTRE_WORK: dict[str, tuple[str, ...]] = {
    "reviewer": ("review",),
    "caller": ("callback",),
}
_OPEN = Q(state__in=("received", "dispatched", "handling", "review", "callback"))
# what a unit asks of the centre; an exclusion may be asked for when the ticket is closed
_MORE_TIME = Q(state__in=_WITH_UNIT, extension="asked")
_SEND_AWAY = Q(state__in=_WITH_UNIT, return_asked_at__isnull=False)
_UNIT_WORK = ("town", "department", "village")  # posts that handle what their unit was sent


class TicketQuerySet(CaseQuerySet):
    """工单."""

    view_permission = "hotline.view_ticket"
    caller_columns: ClassVar = ("caller_name", "caller_phone")

    def telling_of_repeats(self) -> Self:
        """Each with `repeat_told`: whether the reader may know that its caller had complained of the matter before."""
        secret = Q(confidential=True) | Q(type="report") | Q(repeat_of__confidential=True) | Q(repeat_of__type="report")
        hidden = Q(repeat_of=None) | secret if self.for_unit else Q(pk=None)
        told = Case(When(hidden, then=Value(False)), default=Value(True), output_field=BooleanField())
        return self.annotate(repeat_told=told)

    def by_caller(self, phone: str) -> Q:
        """The tickets of a telephone; a unit must not find out by trying numbers who complained in secret."""
        found = Q(caller_phone=phone)
        return found & Q(confidential=False) & ~Q(type="report") if self.for_unit else found

    def of_officer(self, user: User) -> Self:
        """Tickets pushed to the grids the officer answers for."""
        return self.filter(grid_id__in=user.grid_ids(), pushed_at__isnull=False)

    def for_detail(self) -> Self:
        """With everything a detail shows."""
        gathered = Exists(self.model._default_manager.filter(merged_into=OuterRef("pk")))
        return self.annotate(has_merged=gathered).select_related(
            "category__unit",
            "town",
            "village",
            "grid",
            "unit",
            "repeat_of",
            "merged_into",
            "return_unit",
            "suggested_unit",
        )

    def search(self, text: str) -> Self:
        """By number, city number or telephone as typed, else by words of title or place."""
        text = text.strip()
        if _NUMBER.fullmatch(text):
            return self.filter(Q(number__startswith=text.upper()) | Q(city_number=text) | self.by_caller(text))
        return self.with_words(text, "title", "place")

    def open(self) -> Self:
        return self.filter(_OPEN)

    def overdue(self, at: datetime) -> Self:
        """超期: with a unit, not suspended, past the deadline (the city's where there is one)."""
        return self.filter(state__in=_WITH_UNIT, due_at__lt=at, suspended_at=None)

    def due_by(self, at: datetime) -> Self:
        """即将到期和超期: as `overdue`, and what is not sent out yet though its deadline is near."""
        # `_OPEN` by itself: the index of open tickets is found by it
        return self.filter(_OPEN, state__in=("received", *_WITH_UNIT), due_at__lt=at, suspended_at=None)

    def held_by(self, user: User) -> Self:
        """Those that a unit's person has to answer for: sent to the unit or one below it, or asked of it as a co-unit.

        A unit goes on seeing what it gave back or has answered; it is not late there any more.  The centre holds all.
        """
        if user.at_centre or user.acting is None or user.acting.role == "gridofficer":
            return self
        from hotline.models import TicketAssist
        from wangcheng.common.models import Organisation

        reach = Organisation.objects.under(user.acting.organisation).values("pk")
        asked = TicketAssist.objects.filter(case=OuterRef("pk"), unit_id__in=reach, answered_at=None, withdrawn_at=None)
        return self.filter(Q(unit_id__in=reach) | Exists(asked))

    def waiting_for(self, user: User) -> Self:
        """待办: what this user's post has to do next."""
        post = user.acting
        if post is None:
            return self.none()
        if post.role == "dispatcher":
            return self.filter(pk__in=self._asked(Q(state="received") | _SEND_AWAY | _MORE_TIME))
        if post.role == "supervisor":
            return self.filter(pk__in=self._asked(_MORE_TIME))
        if states := _CENTRE_WORK.get(post.role):
            return self.filter(_OPEN, state__in=states)  # `_OPEN` by itself: the index of open tickets is found by it
        if post.role == "gridofficer":
            return self.filter(pushes__user=user, pushes__contacted_at=None).open()
        held = self.held_by(user).filter(state__in=_WITH_UNIT, suspended_at=None)
        return held if post.role in _UNIT_WORK else self.none()

    def _asked(self, among_open: Q) -> Any:
        """These among the open ones, where an exclusion is asked for, and where the city's callback is to be ruled on.

        Three queries in one, because each has an index of its own.
        """
        every = self.model._default_manager.order_by()
        to_rule_on = (every.filter(exclusion="asked"), every.filter(city_unhappy_at__isnull=False))
        opened = every.filter(_OPEN).filter(among_open)
        return opened.values("pk").union(*(rows.values("pk") for rows in to_rule_on))

    def under_way(self) -> Self:
        """在办: sent out and not yet closed."""
        return self.filter(state__in=("dispatched", "handling", "review", "callback"))

    def done(self) -> Self:
        """已办: closed in one way or another."""
        return self.filter(state__in=("closed", "archived", "rejected", "merged"))

    def to_remind(self, kind: str, now: datetime, soon: datetime, soon_urgent: datetime) -> Self:
        """Tickets whose unit is to be told now that the internal deadline is near ("before") or there ("expired")."""
        from hotline.models import TicketReminder

        told = TicketReminder.objects.filter(case=OuterRef("pk"), kind=kind, due_at=OuterRef("internal_due_at"))
        near = Q(urgency="normal", internal_due_at__lte=soon) | Q(internal_due_at__lte=soon_urgent)
        when = Q(internal_due_at__lte=now) if kind == "expired" else near & Q(internal_due_at__gt=now)
        return self.filter(when, ~Exists(told), state__in=_WITH_UNIT, suspended_at=None).order_by("internal_due_at")
