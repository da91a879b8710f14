"""疑似同一事项: other open tickets that may be about the same matter.  Reads only; for the forms of 合并 and 派单.

One query each; what is the same is said in words, a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from hotline.models import Ticket
from hotline.rules import Twins
from wangcheng.common import clock
from wangcheng.common.policy.registry import in_force

if TYPE_CHECKING:
    from wangcheng.common.models import User


@dataclass(frozen=True, slots=True)
class Twin:
    """A ticket that may be about the same matter, and what it has in common."""

    ticket: Ticket
    reason: str

    @property
    def title(self) -> str:
        return self.ticket.told(self.ticket.title)


def to_merge_into(case: Ticket, user: User) -> list[Twin]:
    """合并候选: of the same caller, or of the same village and category; open and in the user's sight."""
    rule = in_force(Twins, clock.today())
    callers = _of_caller(case) & _near(case, rule.caller_days) if case.caller_phone else Q(pk=None)
    return _found(case, user, callers | (_of_place(case) & _near(case, rule.place_days)), rule.most)


def of_others(case: Ticket, user: User) -> list[Twin]:
    """可能重复: what other callers say of the same village and category; none where either is not known."""
    if case.village_id is None or case.category_id is None:
        return []
    rule = in_force(Twins, clock.today())
    others = ~_of_caller(case) if case.caller_phone else Q()
    return _found(case, user, _of_place(case) & _near(case, rule.dispatch_days) & others, rule.most)


def difference(case: Ticket, parent: Ticket) -> str:
    """What speaks against merging: 村（社区）和诉求类型; empty where nothing does."""
    places = case.village_id and parent.village_id and case.village_id != parent.village_id
    return "和".join(
        name for name, differs in (("村（社区）", places), ("诉求类型", case.type != parent.type)) if differs
    )


def _of_caller(case: Ticket) -> Q:
    return Q(caller_phone=case.caller_phone)


def _of_place(case: Ticket) -> Q:
    if case.village_id is None or case.category_id is None:
        return Q(pk=None)
    return Q(village_id=case.village_id, category_id=case.category_id)


def _near(case: Ticket, days: int) -> Q:
    span = timedelta(days=days)
    return Q(received_at__range=(case.received_at - span, case.received_at + span))


def _found(case: Ticket, user: User, alike: Q, most: int) -> list[Twin]:
    rows = Ticket.objects.visible_to(user).open().filter(alike).exclude(pk=case.pk)
    found = rows.select_related("unit", "village", "category").order_by("-received_at", "-pk")[:most]
    return [Twin(ticket, _reason(case, ticket)) for ticket in found]


def _reason(case: Ticket, other: Ticket) -> str:
    if case.caller_phone and case.caller_phone == other.caller_phone:
        return "同一来电人"
    return "同村（社区）同类"
