"""零投诉计入口径: what counts against a village is a dated policy, and a version changes the quarters it is in force for."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from grid.actions import assessments
from grid.models import Assessment
from hotline import actions
from hotline.models.choices import Type
from hotline.rules import VillageComplaints
from tests.common.api import bearer, get
from tests.grid import quarter
from tests.hotline import desk
from tests.hotline.desk import at
from tests.world import FIRST_DAY, World
from wangcheng.common import clock
from wangcheng.common.figures import compute, registry
from wangcheng.common.figures.periods import Period
from wangcheng.common.models import Policy
from wangcheng.common.policy import actions as policies
from wangcheng.common.policy.registry import rule_set

KEY = VillageComplaints.policy_key  # type: ignore[attr-defined]
VILLAGE = "斑马湖社区"
NOVEMBER, JANUARY = at("2022-11-08 09:30"), at("2023-01-03 09:30")
PRAISE_COUNTS = {"types_left_out": ("consult", "suggestion")}


def in_force_from(world: World, day: date, **values: Any) -> Policy:
    """An approved version with some values of its own."""
    wanted = {**rule_set(KEY).defaults(), **values}
    draft = policies.draft(
        KEY, wanted, valid_from=day, document_number="望社治〔2023〕2号", source="", note="", by=world.admin
    )
    return policies.approve(draft.pk, by=world.other_admin)


def complained(world: World, day: Any = NOVEMBER, finished: Any = None, confirmed: str = "yes", **values: Any) -> None:
    """A ticket of the village's duty, found out on the same day or on `finished`."""
    place = {"area": world.villages[VILLAGE], "category": world.categories["垃圾清运"]}
    with clock.frozen(day):
        ticket = desk.handling(world, **{**place, **values})
    with clock.frozen(finished or day):
        actions.finish(ticket.pk, by=world.town, **{**desk.FINISHED, "confirmed": confirmed})


def count(quarter: str, name: str = "village_complaints") -> int:
    with clock.frozen(at("2023-04-03 09:00")):
        return int(compute.one(name, Period.parse(quarter)).numerator)


@pytest.mark.django_db
def test_the_shipped_rules_are_worded_as_what_always_counted() -> None:
    counted, pending = registry.get("village_complaints"), registry.get("village_complaints_pending")
    assert (counted.definition, counted.cohort, counted.exclusions) == (
        "事项发生地在本村（社区）、分类属村（社区）职责、经查属实或部分属实的求助、投诉、举报。",
        "首次申请办结（查实）日期在统计期内：截止以后查实的计入下一期",
        "咨询、建议、表扬不计；同一期内的重复诉求不计；剔除获批的工单不计",
    )
    assert pending.definition == "截至统计截止已接收、尚未申请办结，查实后将计入村（社区）的求助、投诉、举报。"
    assert pending.exclusions == "咨询、建议、表扬不计；重复诉求不计；剔除获批的工单不计"


def test_a_version_changes_only_the_quarters_it_is_in_force_for(world: World) -> None:
    complained(world, NOVEMBER, type="praise")
    complained(world, JANUARY, type="praise")
    in_force_from(world, date(2023, 3, 31), **PRAISE_COUNTS)  # the cut-off day of the first quarter
    assert [count("2022Q4"), count("2023Q1")] == [0, 1]
    in_force_from(world, date(2023, 4, 1))
    assert count("2023Q1") == 1


def test_an_assessment_counts_by_the_version_of_its_cut_off_day(world: World) -> None:
    complained(world, NOVEMBER, type="praise")
    in_force_from(world, date(2022, 12, 15), **PRAISE_COUNTS)
    assert quarter.draft(world, "zero").villages.get(area=world.villages[VILLAGE]).counted == 1


def test_page_list_and_rest_say_the_rule_of_their_period(world: World) -> None:
    complained(world, JANUARY, type="praise")
    in_force_from(world, date(2023, 1, 1), **PRAISE_COUNTS)
    client = world.client("assessor")
    listed = {}
    for name in ("2022Q4", "2023Q1"):
        page = client.get(f"/figures/village_complaints/rows/?period={name}").content.decode()
        told = re.search(r'<b id="total">(\d+)</b>', page)
        listed[name] = (int(told[1]) if told else 0, "求助、投诉、举报、表扬。" in page)
    assert listed == {"2022Q4": (0, False), "2023Q1": (1, True)}
    assert "咨询、建议不计" in client.get("/figures/?period=2023Q1&q=计入村").content.decode()
    shown = get(bearer(world, "assessor"), "figures/?period=2023Q1&name=village_complaints").json()[0]
    assert (shown["value"], "举报、表扬。" in shown["definition"]) == (1, True)
    known = {row["name"]: row for row in get(bearer(world, "assessor"), "figures/definitions/").json()}
    assert "举报、表扬。" in known["village_complaints"]["definition"]


@pytest.mark.parametrize(
    ("rules", "ticket", "counts"),
    [
        ({"types_left_out": ()}, {"type": "consult"}, True),
        ({"types_left_out": ("help",)}, {}, False),
        ({"findings": ("yes",)}, {"confirmed": "partly"}, False),
        ({"findings": ("yes", "partly", "no")}, {"confirmed": "no"}, True),
        ({"counted_by": "received"}, {}, True),
        ({"counted_by": "received"}, {"finished": at("2023-01-03 10:00")}, False),
        ({"counted_by": "received"}, {"day": at("2022-09-29 09:30"), "finished": NOVEMBER}, False),
        ({}, {"day": at("2022-09-29 09:30"), "finished": NOVEMBER}, True),
    ],
)
def test_each_rule_decides_what_counts(
    world: World, rules: dict[str, Any], ticket: dict[str, Any], counts: bool
) -> None:
    in_force_from(world, date(2022, 10, 1), **rules)
    complained(world, **ticket)
    assert count("2022Q4") == int(counts)


@pytest.mark.parametrize(("repeats_left_out", "counted"), [(True, 1), (False, 2)])
@pytest.mark.parametrize("counted_by", ["found_out", "received"])
def test_repeats_of_a_period_count_where_the_rules_say_so(
    world: World, repeats_left_out: bool, counted: int, counted_by: str
) -> None:
    in_force_from(world, date(2022, 10, 1), repeats_left_out=repeats_left_out, counted_by=counted_by)
    for _ in range(2):
        complained(world)
    assert count("2022Q4") == counted


def test_what_is_pending_follows_the_same_rules(world: World) -> None:
    for day in (at("2022-09-29 09:30"), NOVEMBER):
        with clock.frozen(day):
            desk.handling(world, type="praise", area=world.villages[VILLAGE], category=world.categories["垃圾清运"],
                          caller_phone=f"1390000{day:%m%d}")  # fmt: skip
    pending = "village_complaints_pending"
    assert count("2022Q4", pending) == 0
    in_force_from(world, date(2022, 10, 1), **PRAISE_COUNTS)
    assert count("2022Q4", pending) == 2
    in_force_from(world, date(2022, 10, 1), **PRAISE_COUNTS, counted_by="received")
    assert count("2022Q4", pending) == 1


def test_a_stored_version_without_the_fields_and_a_time_before_any_version_keep_the_shipped_rules(
    world: World,
) -> None:
    complained(world)
    Policy.objects.filter(key=KEY).update(values={})
    assert count("2022Q4") == 1
    Policy.objects.filter(key=KEY).delete()
    assert count("2022Q4") == 1
    assert world.client("assessor").get("/figures/?period=1950").status_code == 200


def test_the_rules_are_drafted_by_ticking_and_shown_in_words(world: World) -> None:
    admin, address = world.client("admin"), f"/manage/policies/{KEY}/draft/"
    form = admin.get(address).content.decode()
    assert re.search(r'type="checkbox" name="types_left_out" value="praise"[^>]*checked', form)
    said = {"starts_on": "2023-04-01", "basis": "评比办法", "revision": "调整", "counted_by": "found_out"}
    wrong = admin.post(address, {**said, "types_left_out": list(Type.values)})
    assert wrong.status_code == 400
    assert "不能把全部诉求类型都列为不计入" in wrong.content.decode()
    assert "至少选择一种计入的属实情况" in wrong.content.decode()
    where = admin.post(address, {**said, "types_left_out": ["praise"], "findings": ["yes"]})["Location"]
    made = Policy.objects.get(state="draft").values
    assert made == {
        "types_left_out": ["praise"], "findings": ["yes"], "counted_by": "found_out", "repeats_left_out": False,
    }  # fmt: skip
    page = admin.get(where).content.decode()
    assert "<del>咨询\n建议\n表扬</del>" in page
    assert "首次申请办结（查实）日期" in page


def test_a_code_that_is_no_choice_is_refused_in_words(world: World) -> None:
    with pytest.raises(ValidationError, match=r"不计入的诉求类型：“gossip”不在可选范围内，可选：咨询、求助"):
        in_force_from(world, date(2023, 4, 1), types_left_out=("gossip",))


def list_behind(world: World, found: Assessment) -> str:
    """The page that the village's line of the results leads to."""
    client = world.client("assessor")
    page = client.get(f"/assessments/{found.number}/results/").content.decode()
    told = re.search(rf'href="([^"]+by_id={world.villages[VILLAGE].pk}[^"]*)"', page)
    assert told
    return client.get(told[1].replace("&amp;", "&")).content.decode()


@pytest.mark.parametrize("kept", [True, False])
def test_a_final_result_and_its_list_stay_with_the_version_they_were_counted_by(world: World, kept: bool) -> None:
    """Whether the version was kept with it, or it was made when these rules were none."""
    complained(world)
    complained(world, type="praise", caller_phone="13812340000")
    found = quarter.published(world, "zero")
    assert set(found.rules) == {"grid.zero_complaint", KEY}
    if not kept:
        Assessment.objects.filter(pk=found.pk).update(rules={k: v for k, v in found.rules.items() if k != KEY})
        found.refresh_from_db()
    before = assessments.recompute(found).rows
    in_force_from(world, date(2022, 10, 1), types_left_out=())
    assert count("2022Q4") == 2
    assert assessments.recompute(found).rows == before
    page = list_behind(world, found)
    assert '<b id="total">1</b>' in page
    assert "求助、投诉、举报。" in page


@pytest.mark.parametrize("rules", ["x", "1,", "999999999", "draft", "no more"])
def test_a_list_by_versions_that_are_none_is_not_there(world: World, rules: str) -> None:
    if rules == "draft":
        rules = str(policies.draft(KEY, {}, valid_from=date(2023, 1, 1), document_number="", source="x", note="",
                                   by=world.admin).pk)  # fmt: skip
    elif rules == "no more":  # of a kind that the program no longer reads
        rules = str(Policy.objects.create(key="old", version=1, state="approved", values={}, valid_from=FIRST_DAY).pk)
    address = f"/figures/village_complaints/rows/?period=2022Q4&rules={rules}"
    assert world.client("assessor").get(address).status_code == 404
