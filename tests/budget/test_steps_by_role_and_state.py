"""Every step × role × situation of a payment through the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from budget import actions
from budget.models import Payment
from budget.steps import STEPS
from tests.budget import money
from tests.common.walk import ROLES, WAYS, Allowed, Walk
from tests.world import World, person
from wangcheng.common.people.roles import Role

PEOPLE = (*ROLES, "other_finance", "other_town", "other_department", "other_village", "other_gridofficer")


def requested(world: World) -> Payment:
    return money.ask(world, money.fund("daily", "100000"))


def approved(world: World) -> Payment:
    return actions.approve_payment(requested(world).pk, by=world.leader)


def refused(world: World) -> Payment:
    return actions.approve_payment(requested(world).pk, by=world.leader, granted=False, note="材料不全")


def paid(world: World) -> Payment:
    return actions.pay(approved(world).pk, voucher="记01-001", by=world.finance)


def reversing(world: World) -> Payment:
    return actions.reverse(paid(world).pk, reason="账号有误", voucher="记01-002", by=world.finance)


def reversed_(world: World) -> Payment:
    entry = reversing(world)
    assert entry.reversal_of is not None
    return entry.reversal_of


SITUATIONS: dict[str, Callable[[World], Payment]] = {
    "requested": requested, "approved": approved, "refused": refused, "paid": paid, "reversed": reversed_,
    "reversing": reversing,
}  # fmt: skip
FINANCE, NOT_WHO_ASKED = {"finance", "other_finance"}, {"leader", "other_finance"}
ALLOWED: Allowed = {
    "approve": [(NOT_WHO_ASKED, {"requested"})],
    "refuse": [(NOT_WHO_ASKED, {"requested"})],
    "pay": [(FINANCE, {"approved"})],
    "reverse": [(FINANCE, {"paid"})],
}
BODIES = {
    "approve": {},
    "refuse": {"note": "材料不全"},
    "pay": {"voucher": "记01-001"},
    "reverse": {"reason": "账号有误", "voucher": "记01-002"},
}


def test_the_expectations_name_every_step() -> None:
    assert set(STEPS) == set(ALLOWED) == set(BODIES)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_allowed_works_and_the_rest_changes_nothing(world: World, situation: str, way: str) -> None:
    person(world, "other_finance", Role.FINANCE, "centre")
    payment = SITUATIONS[situation](world)
    number = payment.number
    walk = Walk(world, payment, situation, f"payments/{number}/", ALLOWED, BODIES, page=f"budget/payments/{number}/")
    assert walk.problems(PEOPLE, way) == []
