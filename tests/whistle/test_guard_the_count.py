"""Guards against padding the count: the same place and category again within a day, and a picture used twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.whistle.steps import later, photo, reported, take
from tests.world import World
from wangcheng.common.casework.attachments import checked
from wangcheng.common.models import Policy
from whistle import actions
from whistle.models import WhistleAttachment
from whistle.pictures import fingerprint, used_before

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


def test_the_same_place_and_category_within_a_day_is_suspected(world: World) -> None:
    first = reported(world)
    with later(hours=23, minutes=59):
        again = reported(world)
    assert (again.repeat_of_id, again.repeat_reason) == (first.pk, "24小时内同一地点同一分类")


def test_after_a_day_it_is_no_repeat(world: World) -> None:
    reported(world)
    with later(hours=24):
        assert reported(world).repeat_of is None


@pytest.mark.parametrize("other", [{"place": "四栋"}, {"grid": "斑马湖社区2"}])
def test_another_place_or_the_same_words_elsewhere(world: World, other: dict[str, str]) -> None:
    reported(world)
    again = reported(world, **other)
    assert (again.repeat_of is None) == ("place" in other)  # one village: another grid is the same place by its words


def test_another_village_is_another_place(world: World) -> None:
    reported(world)
    assert reported(world, by="other_gridofficer", grid="静慎村1").repeat_of is None


def test_a_place_left_empty_is_no_place(world: World) -> None:
    reported(world, place="")
    assert reported(world, place="").repeat_of is None


def test_the_window_is_a_rule(world: World) -> None:
    row = Policy.objects.get(key="whistle.limits")
    Policy.objects.create(
        key=row.key, version=2, state="approved", values=row.values | {"repeat_hours": 1}, valid_from=row.valid_from
    )
    reported(world)
    with later(hours=1):
        assert reported(world).repeat_of is None


def test_a_picture_used_twice_is_suspected_even_when_compressed(world: World) -> None:
    first = reported(world, photos=[photo(7)])
    again = reported(world, place="别处", photos=[photo(7, quality=35, width=240)])
    assert (again.repeat_of_id, again.repeat_reason) == (first.pk, "照片曾用于其他哨单")
    assert reported(world, place="第三处", photos=[photo(8)]).repeat_of is None


def test_a_picture_used_for_a_later_step_or_added_afterwards_is_suspected_too(world: World) -> None:
    first = reported(world, photos=[photo(7)])
    case, other = reported(world, place="别处"), reported(world, place="第三处")
    actions.attach(case.pk, [photo(7)], "report", by=world.gridofficer)
    case.refresh_from_db()
    assert case.repeat_of_id == first.pk
    flagged = case.events.last()
    assert (flagged.step, flagged.actor_name) == ("flag", "系统")
    take(world, other, "self_handle", "gridofficer", note="已处置。", photos=[photo(7)])
    other.refresh_from_db()
    assert other.repeat_of_id == first.pk


def test_two_motifs_differ_and_one_stays_itself(world: World) -> None:
    assert fingerprint(checked(photo(1))) == fingerprint(checked(photo(1, quality=30, width=300)))
    assert len({fingerprint(checked(photo(seed))) for seed in range(20)}) == 20


def test_the_database_compares_pictures_and_hands_out_one(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, again, other = (checked(found) for found in (photo(7), photo(7, quality=35, width=240), photo(8)))
    near = fingerprint(first)
    bits = int(near, 16)
    four_off = f"{bits ^ 0b1111:016x}"  # three quarters in common, and yet another picture
    cases = [reported(world, place=f"{place}栋", photos=[photo()]) for place in range(3)]
    prints = (four_off, f"{bits ^ 0b111 << 20:016x}", near)
    for case, found in zip(cases, prints, strict=True):
        WhistleAttachment.objects.filter(case=case).update(fingerprint=found)
    with django_assert_num_queries(1) as asked:
        assert used_before([again, other]) == cases[1].pk
    assert asked[0]["sql"].endswith("LIMIT 1")
    assert used_before([again], cases[1].pk) == cases[2].pk
