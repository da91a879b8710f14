"""Whoever reported is reminded to rate; nobody's silence becomes a rating."""

import pytest

from tests.whistle.steps import DISSATISFIED, SATISFIED, closed, later, photo, reported, take
from tests.world import World
from wangcheng.common.models import Message
from wangcheng.common.workflow import NotAllowed
from whistle import actions
from whistle.models import Whistle
from whistle.tasks import remind_ratings


def reminders() -> int:
    return Message.objects.filter(text__contains="请及时评价").count()


def test_an_unrated_whistle_is_reminded_of_after_three_days(world: World) -> None:
    case = closed(world)
    with later(days=2, hours=23):
        assert remind_ratings() == 0
    with later(days=3):
        assert remind_ratings() == 1
        assert remind_ratings() == 0  # the clock strikes twice
    case.refresh_from_db()
    assert (reminders(), case.rating, case.rating_reminders) == (1, "", 1)
    assert Message.objects.get(text__contains="请及时评价").recipient == world.gridofficer


def test_the_reminder_is_repeated_and_ends(world: World) -> None:
    closed(world)
    for day in (3, 6, 9, 12):
        with later(days=day):
            remind_ratings()
    assert reminders() == 3


def test_the_rated_and_the_self_handled_are_left_alone(world: World) -> None:
    take(world, closed(world), "rate", "gridofficer", **SATISFIED)
    take(world, reported(world, place="别处"), "self_handle", "gridofficer", note="已处置。")
    with later(days=5):
        assert remind_ratings() == 0


def waits(world: World, case: Whistle) -> bool:
    """Whether the whistle stands in the 待办 of who reported it."""
    return Whistle.objects.waiting_for(world.gridofficer).filter(pk=case.pk).exists()


def set_aside(world: World) -> Whistle:
    """Rated 不满意, appealed against, upheld: closed again, and rated once for all."""
    case = closed(world)
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    take(world, case, "appeal", "department", note="已按时清理。")
    return take(world, case, "rule_appeal", "dispatcher", upheld="true", note="申诉成立。")


def test_a_rating_set_aside_is_not_asked_for_again_and_keeps_nobody_else_waiting(world: World) -> None:
    first, other = set_aside(world), closed(world, place="别处")
    assert (waits(world, first), waits(world, other)) == (False, True)
    with later(days=3):
        assert remind_ratings() == 1
    other.refresh_from_db()
    assert other.rating_reminders == 1


def test_each_round_is_to_be_rated_and_reminded_of_anew(world: World) -> None:
    case = closed(world)
    with later(days=3):
        assert remind_ratings() == 1
        take(world, case, "rate", "gridofficer", **DISSATISFIED)
        assert not waits(world, case)
        take(world, case, "dispose", "department", note="再次清理。")
        take(world, case, "verify", "gridofficer", photos=[photo()], passed="true")
        assert waits(world, case)
    with later(days=6):
        assert remind_ratings() == 1
        take(world, case, "rate", "gridofficer", **SATISFIED)
        assert not waits(world, case)


def test_one_that_is_refused_does_not_starve_those_after_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    refused, other = closed(world), closed(world, place="别处")
    remind = actions.remind

    def strict(case_id: int) -> Whistle | None:
        if case_id == refused.pk:
            raise NotAllowed("本轮处置已经评价，一哨一评。")
        return remind(case_id)

    monkeypatch.setattr(actions, "remind", strict)
    with later(days=3):
        assert remind_ratings() == 1
    other.refresh_from_db()
    assert other.rating_reminders == 1
