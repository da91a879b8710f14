"""不计入申请 by page and REST: asked for by the own branch, decided by the centre, shown with applicant and approver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from grid.actions import assessments
from grid.actions.entries import apply_exclusion, decide_exclusion
from grid.assessing import basis_for
from grid.assessing.zero_complaint import counts
from grid.entries import _own_count
from grid.models import Assessment, ComplaintExclusion
from tests.common.api import bearer, get, post
from tests.grid import quarter
from tests.grid.test_zero_complaint import renamed
from tests.hotline import desk
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry

if TYPE_CHECKING:
    from tests.world import World

FORM = {
    "quarter": "2023Q1", "village": "430112001010", "ticket": "WC20230103-00001", "reason": "malicious", "evidence": "通话录音",
}  # fmt: skip


@pytest.fixture(autouse=True)
def counted(world: World) -> Any:
    """The ticket of the form, which counts against 斑马湖社区 in the first quarter of 2023."""
    ticket = complained(world)
    assert ticket.number == FORM["ticket"]
    return ticket


def complained(world: World, village: str = "斑马湖社区", **values: Any) -> Any:
    """A confirmed matter of the village's duty, unless `values` say otherwise."""
    usual = {"category": world.categories["垃圾清运"], "area": world.villages[village]}
    return desk.closed(world, **{**usual, **values})


def test_a_village_applies_on_the_page_and_the_centre_decides(world: World) -> None:
    where = world.client("village").post("/exclusions/new/", FORM)["Location"]
    found = ComplaintExclusion.objects.get()
    assert where == f"/exclusions/{found.pk}/"
    assert found.applicant == world.village
    assessor = world.client("assessor")
    assert FORM["ticket"] in assessor.get("/exclusions/").content.decode()
    assessor.post(where, {"approve": "true", "decision": "属实"})
    found.refresh_from_db()
    assert (found.state, found.decided_by, found.decision) == ("approved", world.assessor, "属实")
    page = world.client("village").get(where).content.decode()
    assert (world.assessor.name in page, "通话录音" in page) == (True, True)
    assert AuditEntry.objects.filter(object=f"complaint exclusion {found.pk}").count() == 2
    assert assessor.post(where, {"approve": "false", "decision": "改判"}).status_code == 409


def test_what_the_page_refuses(world: World) -> None:
    village = world.client("village")
    for wrong, said in (
        ({"quarter": "去年"}, "季度应为2022Q4的形式"),
        ({"village": "430112101201"}, "只能为本单位辖区的村（社区）申请"),
        ({"village": "1"}, "没有这个代码的村（社区）"),
        ({"evidence": ""}, "佐证"),
    ):
        assert said in village.post("/exclusions/new/", {**FORM, **wrong}).content.decode()
    assert not ComplaintExclusion.objects.exists()
    assert world.client("dispatcher").post("/exclusions/new/", FORM).status_code == 403
    village.post("/exclusions/new/", FORM)
    assert "本季度已经申请过不计入" in village.post("/exclusions/new/", FORM).content.decode()
    found = ComplaintExclusion.objects.get()
    assert world.client("other_village").get(f"/exclusions/{found.pk}/").status_code == 404
    assert (
        world.client("town").post(f"/exclusions/{found.pk}/", {"approve": "true", "decision": "同意"}).status_code
        == 409
    )
    found.refresh_from_db()
    assert found.state == "open"


def test_only_a_ticket_that_counts_against_the_village_in_the_quarter_is_taken(world: World) -> None:
    village, program = world.client("village"), bearer(world, "village")
    elsewhere = complained(world, "西塘街社区", caller_phone="13812340001").number
    praise = complained(world, type="praise", caller_phone="13812340002").number
    unknown = "斑马湖社区在2023Q1（2022年12月16日至2023年3月31日）没有编号为{}的工单"
    for wrong, said in (
        ({"ticket": "WC20230103-99999"}, unknown.format("WC20230103-99999")),
        ({"ticket": elsewhere}, unknown.format(elsewhere)),
        ({"quarter": "2022Q4"}, "（2022年10月1日至2022年12月15日）没有编号为"),
        ({"ticket": praise}, f"工单{praise}没有计入斑马湖社区2023Q1的投诉，不需申请。计入的是事项发生地在本村"),
        ({"quarter": "2005Q4"}, "没有生效的版本"),
    ):
        page = village.post("/exclusions/new/", {**FORM, **wrong})
        assert (page.status_code, said in page.content.decode()) == (400, True), wrong
        answer = post(program, "complaint-exclusions/", {**FORM, **wrong})
        assert (answer.status_code, said in str(answer.json()["errors"])) == (400, True), wrong
    assert not ComplaintExclusion.objects.exists()


def test_asking_for_a_ticket_counted_costs_two_queries_more(world: World, django_assert_num_queries: Any) -> None:
    village, basis = world.villages["斑马湖社区"], basis_for("2023Q1", "zero")
    with django_assert_num_queries(3):  # what the village was before, the rules that say what counts, and the ticket
        assert counts(FORM["ticket"], village, basis) is True


def test_a_published_quarter_takes_no_application(world: World) -> None:
    Assessment.objects.create(
        quarter="2022Q4", kind="zero", edition=1, number="x", first="2022-10-01", last="2022-12-15", state="published"
    )
    answer = world.client("village").post("/exclusions/new/", {**FORM, "quarter": "2022Q4"})
    assert (answer.status_code, "请通过申诉提出" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("again", [False, True])
def test_what_is_decided_while_a_result_is_checked_is_in_what_is_published(world: World, again: bool) -> None:
    with clock.frozen(desk.at("2022-12-05 09:30")):
        ticket = complained(world, caller_phone="13812340003").number
    found = quarter.at_centre(world, "zero")
    village = found.villages.get(area=world.villages["斑马湖社区"])
    assert (village.counted, village.excluded) == (1, 0)
    asked = apply_exclusion(world.villages["斑马湖社区"], "2022Q4", ticket, "malicious", "通话录音", by=world.village)
    decide_exclusion(asked.pk, True, "属实", by=world.assessor)
    if again:
        found = assessments.compute("2022Q4", "zero", by=world.assessor)
        assert found.state == "centre"
    else:
        assessments.publish(found.pk, by=world.assessor)
    village = found.villages.get(area=world.villages["斑马湖社区"])
    assert (village.counted, village.excluded) == (0, 1)


def test_over_rest_the_same_is_asked_and_refused(world: World) -> None:
    village, assessor = bearer(world, "village"), bearer(world, "assessor")
    made = post(village, "complaint-exclusions/", FORM)
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["state"], body["village_display"], body["applicant"]) == ("open", "斑马湖社区", world.village.name)
    assert post(village, "complaint-exclusions/", FORM).status_code == 409
    assert post(village, "complaint-exclusions/", {**FORM, "ticket": "x y"}).status_code == 400
    where = f"complaint-exclusions/{body['id']}/"
    assert post(village, f"{where}decide/", {"approve": True, "decision": "同意"}).status_code == 403
    assert get(bearer(world, "other_village"), where).status_code == 404
    decided = post(assessor, f"{where}decide/", {"approve": False, "decision": "证据不足"})
    assert (decided.json()["state"], decided.json()["decided_by"]) == ("refused", world.assessor.name)
    assert post(assessor, f"{where}decide/", {"approve": True, "decision": "改判"}).status_code == 409
    assert get(assessor, "complaint-exclusions/", quarter="2023Q1").json()["count"] == 1
    assert get(assessor, "complaint-exclusions/", quarter="2022Q1").json()["count"] == 0


def test_a_village_renamed_in_the_quarter_counts_and_asks_as_one(world: World) -> None:
    new = renamed(world, clock.today())
    world.units["斑马湖社区"].area = new
    world.units["斑马湖社区"].save()
    village = type(world.village).objects.get(pk=world.village.pk)
    counted, pending, _ = _own_count(village)
    assert (counted.value, pending.value) == ("1", "0")
    assert FORM["ticket"] in world.client("village").get(counted.url).content.decode()
    old = world.villages["斑马湖社区"]
    made = apply_exclusion(old, "2023Q1", FORM["ticket"], "malicious", "通话录音", by=village)
    decide_exclusion(made.pk, True, "属实", by=world.assessor)
    assert _own_count(village)[2].value == "1"
