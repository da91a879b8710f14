"""Whoever reported is reminded to rate; nobody's silence becomes a rating."""

from tests.whistle.steps import SATISFIED, closed, later, reported, take
from tests.world import World
from wangcheng.common.models import Message
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
