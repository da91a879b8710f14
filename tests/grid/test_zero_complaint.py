"""零投诉村（社区）: which tickets count against a village, who may be awarded, and how much."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from grid.actions import assessments
from grid.actions.entries import apply_exclusion, decide_exclusion, enter
from grid.models import Assessment, ZeroComplaint
from tests.grid.quarter import QUARTER, draft, published
from tests.hotline import desk
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Area, AreaSuccession, Policy, UrbanStatus
from wangcheng.common.workflow import NotAllowed

VILLAGE = "斑马湖社区"


def complained(world: World, village: str = VILLAGE, **values: Any) -> Any:
    """A confirmed matter of the village's duty, closed within the quarter."""
    with clock.frozen(desk.at("2022-11-08 09:30")):
        usual = {"category": world.categories["垃圾清运"], "area": world.villages[village]}
        return desk.closed(world, **{**usual, **values})


def line(world: World, assessment: Assessment, village: str = VILLAGE) -> ZeroComplaint:
    return assessment.villages.get(area=world.villages[village])


def test_a_village_without_complaints_is_awarded_by_its_kind(world: World) -> None:
    complained(world, "静慎村")
    found = draft(world, "zero")
    assert (line(world, found).awarded, line(world, found).amount_yuan) == (True, 5000)
    assert line(world, found, "狮子岭村").amount_yuan == 3000
    loser = line(world, found, "静慎村")
    assert (loser.counted, loser.awarded, loser.amount_yuan) == (1, False, 0)
    assert found.result == {"villages": 4, "urban": 2, "other": 1, "amount_yuan": 13000, "suspicious": ""}


@pytest.mark.parametrize("kind", ["consult", "suggestion", "praise"])
def test_consultation_suggestion_and_praise_do_not_count(world: World, kind: str) -> None:
    complained(world, type=kind)
    assert line(world, draft(world, "zero")).awarded


def test_a_matter_that_is_not_the_villages_duty_does_not_count(world: World) -> None:
    complained(world, category=world.categories["占道经营"])
    assert line(world, draft(world, "zero")).awarded


def test_an_approved_exclusion_takes_the_ticket_off_and_an_open_one_does_not(world: World) -> None:
    ticket = complained(world)
    applied = apply_exclusion(world.villages[VILLAGE], QUARTER, ticket.number, "malicious", "录音", by=world.village)
    assert line(world, draft(world, "zero")).counted == 1
    decide_exclusion(applied.pk, True, "属实", by=world.assessor)
    found = line(world, draft(world, "zero"))
    assert (found.counted, found.excluded, found.awarded) == (0, 1, True)


def test_an_exclusion_approved_later_leaves_what_was_counted_before_as_it_was(world: World) -> None:
    ticket = complained(world)
    applied = apply_exclusion(world.villages[VILLAGE], QUARTER, ticket.number, "malicious", "录音", by=world.village)
    found = draft(world, "zero")
    with clock.frozen(desk.at("2023-01-03 10:00")):
        decide_exclusion(applied.pk, True, "属实", by=world.assessor)
        assert assessments.recompute(found).fingerprint == found.fingerprint
        assert line(world, draft(world, "zero")).counted == 0


def test_excluding_a_ticket_that_counts_no_more_takes_nothing_off(world: World) -> None:
    complained(world)
    other = complained(world, caller_phone="13812340000")
    applied = apply_exclusion(world.villages[VILLAGE], QUARTER, other.number, "repeat", "同一人", by=world.village)
    decide_exclusion(applied.pk, True, "属实", by=world.assessor)
    other.standings.update(confirmed="no")
    found = line(world, draft(world, "zero"))
    assert (found.counted, found.excluded) == (1, 0)


def test_a_ticket_of_before_the_village_was_renamed_is_excluded_by_the_renamed_one(world: World) -> None:
    ticket = complained(world)
    new = renamed(world, date(2022, 12, 1))
    applied = apply_exclusion(new, QUARTER, ticket.number, "malicious", "录音", by=world.town)
    decide_exclusion(applied.pk, True, "属实", by=world.assessor)
    found = draft(world, "zero").villages.get(area=new)
    assert (found.counted, found.excluded) == (0, 1)


def test_a_refused_exclusion_leaves_the_ticket_counted(world: World) -> None:
    ticket = complained(world)
    applied = apply_exclusion(world.villages[VILLAGE], QUARTER, ticket.number, "malicious", "录音", by=world.village)
    decide_exclusion(applied.pk, False, "证据不足", by=world.assessor)
    assert line(world, draft(world, "zero")).counted == 1
    with pytest.raises(NotAllowed, match="已经审批"):
        decide_exclusion(applied.pk, True, "改判", by=world.assessor)


def test_an_exclusion_is_asked_for_by_the_own_village_and_decided_by_the_centre(world: World) -> None:
    with pytest.raises(NotAllowed, match="本单位辖区"):
        apply_exclusion(world.villages[VILLAGE], QUARTER, "WC1", "repeat", "证据", by=world.other_village)
    number = complained(world).number
    applied = apply_exclusion(world.villages[VILLAGE], QUARTER, number, "repeat", "证据", by=world.town)
    with pytest.raises(NotAllowed, match="没有审批"):
        decide_exclusion(applied.pk, True, "同意", by=world.town)
    with pytest.raises(NotAllowed, match="已经申请过"):
        apply_exclusion(world.villages[VILLAGE], QUARTER, number, "repeat", "证据", by=world.village)


def test_after_publication_the_road_is_an_appeal(world: World) -> None:
    number = complained(world).number
    waiting = apply_exclusion(world.villages[VILLAGE], QUARTER, number, "malicious", "录音", by=world.village)
    published(world, "zero")
    with pytest.raises(NotAllowed, match="请通过申诉提出"):
        apply_exclusion(world.villages[VILLAGE], QUARTER, "WC1", "repeat", "证据", by=world.village)
    with pytest.raises(NotAllowed, match="请通过申诉提出"):
        decide_exclusion(waiting.pk, True, "属实", by=world.assessor)


def test_an_upheld_appeal_with_a_disqualification_lifted_awards_the_village(world: World) -> None:
    enter(world.villages[VILLAGE], QUARTER, "disqualify", Decimal(1), reason="劝阻来电", by=world.assessor)
    found = published(world, "zero")
    refused = line(world, found)
    assert (refused.awarded, refused.reason) == (False, "取消资格：劝阻来电")
    assessments.appeal(found.pk, world.villages[VILLAGE], "查无此事", by=world.village)
    appeal = found.appeals.get()
    assessments.rule_appeal(found.pk, appeal.pk, True, "成立", "disqualify", None, by=world.assessor)
    assert line(world, found).awarded


def test_a_village_merged_in_the_quarter_is_not_eligible(world: World) -> None:
    AreaSuccession.objects.create(kind="merge", after=world.villages[VILLAGE], day=date(2022, 11, 1))
    found = line(world, draft(world, "zero"))
    assert (found.eligible, found.amount_yuan, found.reason) == (False, 0, "本季度内合并，不参评")


def renamed(world: World, day: date) -> Area:
    """斑马湖社区 under its new name from `day` on."""
    old = world.villages[VILLAGE]
    Area.objects.filter(pk=old.pk).update(valid_to=day)
    new = Area.objects.create(
        level=2, kind=old.kind, code=old.code, name="新名社区", short_name="新名社区", parent=old.parent, path=old.path,
        valid_from=day,
    )  # fmt: skip
    Area.objects.filter(pk=new.pk).update(path=f"{old.parent.path if old.parent else '/'}{new.pk}/")
    new.refresh_from_db()
    AreaSuccession.objects.create(kind="rename", before=old, after=new, day=day)
    UrbanStatus.objects.create(area=new, is_urban=True, valid_from=day, source="更名")
    return new


def test_a_village_only_renamed_stays_eligible_and_keeps_its_complaints(world: World) -> None:
    complained(world)
    new = renamed(world, date(2022, 12, 1))
    found = draft(world, "zero").villages.get(area=new)
    assert (found.eligible, found.counted) == (True, 1)


def test_a_village_whose_status_nobody_confirmed_is_not_awarded(world: World) -> None:
    UrbanStatus.objects.filter(area=world.villages[VILLAGE]).delete()
    assert line(world, draft(world, "zero")).reason == "未认定是否城市社区，不参评"


def test_the_status_of_the_cut_off_day_decides_the_amount(world: World) -> None:
    held = UrbanStatus.objects.filter(area=world.villages[VILLAGE])
    held.update(valid_to=date(2022, 12, 16))
    UrbanStatus.objects.create(
        area=world.villages[VILLAGE], is_urban=False, valid_from=date(2022, 12, 16), source="认定"
    )
    assert line(world, draft(world, "zero")).amount_yuan == 5000
    held.filter(is_urban=True).update(valid_to=date(2022, 12, 15))
    UrbanStatus.objects.filter(is_urban=False, valid_from=date(2022, 12, 16)).update(valid_from=date(2022, 12, 15))
    assert line(world, draft(world, "zero")).amount_yuan == 3000


def test_the_amounts_are_those_of_the_policy_of_the_time(world: World) -> None:
    Policy.objects.create(
        key="grid.zero_complaint", version=2, state="approved", valid_from=date(2022, 12, 1),
        values={"urban_yuan": 6000, "other_yuan": 4000, "figure": "village_complaints"},
    )  # fmt: skip
    assert line(world, draft(world, "zero")).amount_yuan == 6000


def test_a_quarter_with_winners_only_or_without_any_is_shown_as_suspicious(world: World) -> None:
    assert "全部为零投诉" in draft(world, "zero").result["suspicious"]
    for number, village in enumerate(world.villages):
        complained(world, village, caller_phone=f"1391234000{number}")
    assert "没有零投诉" in draft(world, "zero").result["suspicious"]
