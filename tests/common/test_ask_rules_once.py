"""The rules in force: read once while a request is answered, as the day says, and anew when a version was approved."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Policy
from wangcheng.common.policy import actions
from wangcheng.common.policy.registry import asked_once, in_force, rule_set, version
from wangcheng.common.sms.rules import MessageRules
from wangcheng.common.workdays.in_force import WorkingHours

KEY = MessageRules.policy_key  # type: ignore[attr-defined]


def drafted(world: World, day: date, **values: Any) -> Policy:
    wanted = {**rule_set(KEY).defaults(), **values}
    return actions.draft(
        KEY, wanted, valid_from=day, document_number="望社治〔2023〕1号", source="", note="", by=world.admin
    )


def test_all_that_a_request_needs_is_one_query(world: World, django_assert_num_queries: Any) -> None:
    with asked_once(), django_assert_num_queries(1):
        assert in_force(MessageRules, clock.today()).single == 70
        assert in_force(WorkingHours, clock.today()).slots


def test_a_version_is_found_by_its_key_whether_it_was_read_or_not(world: World, django_assert_num_queries: Any) -> None:
    pk = Policy.objects.version_on(KEY, clock.today()).pk
    assert version(pk) == in_force(MessageRules, clock.today())
    with asked_once():
        in_force(WorkingHours, clock.today())
        with django_assert_num_queries(0):
            assert version(pk).single == 70


def test_each_day_has_its_own_version(world: World) -> None:
    actions.approve(drafted(world, date(2023, 2, 1), single=60).pk, by=world.other_admin)
    with asked_once():
        found = [in_force(MessageRules, date(2023, month, 1)).single for month in (1, 2, 1)]
    assert found == [70, 60, 70]


def test_what_is_approved_meanwhile_counts_at_once(world: World) -> None:
    draft = drafted(world, clock.today(), single=60)
    with asked_once():
        assert in_force(MessageRules, clock.today()).single == 70
        actions.approve(draft.pk, by=world.other_admin)
        assert in_force(MessageRules, clock.today()).single == 60
