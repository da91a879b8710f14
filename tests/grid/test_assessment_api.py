"""The assessments over REST: start, walk, results, rewards; who may not is told so, and who may not see gets 404."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grid.actions import assessments
from grid.models import Assessment
from tests.common.api import bearer, get, post
from tests.grid import quarter
from tests.grid.quarter import AFTER_PUBLICITY, QUARTER, draft, final, published
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.api import pagination
from wangcheng.common.models import Job


def address(found: Assessment, rest: str = "") -> str:
    return f"assessments/{found.pk}/{rest}"


def test_starting_a_quarter_queues_a_job(world: World) -> None:
    answer = post(bearer(world, "assessor"), "assessments/", {"quarter": QUARTER})
    assert answer.status_code == 202
    job = Job.objects.get(pk=answer.json()["job"])
    assert (job.kind, job.arguments) == (
        "grid.assess",
        {"quarter": QUARTER, "kinds": ["level3", "level4", "zero"]},
    )
    assert get(bearer(world, "assessor"), f"jobs/{job.pk}/").status_code == 200


@pytest.mark.parametrize("body", [{}, {"quarter": "2022"}, {"quarter": QUARTER, "kinds": ["level9"]}, {"quarter": 7}])
def test_a_quarter_that_is_none_is_a_bad_request(world: World, body: dict[str, Any]) -> None:
    assert post(bearer(world, "assessor"), "assessments/", body).status_code == 400
    assert not Job.objects.exists()


def test_a_result_walks_to_final_over_rest(world: World) -> None:
    quarter.scheme("level3", quota=3)
    quarter.all_worked(world)
    found = draft(world)
    program = bearer(world, "assessor")
    for stage in ("village", "town", "centre"):
        assert post(program, address(found, "review/")).json()["state"] == stage
    answer = post(program, address(found, "publish/")).json()
    assert (answer["state"], answer["result"]["excellent"]) == ("published", 3)
    assert post(program, address(found, "finalise/")).status_code == 409
    with clock.frozen(AFTER_PUBLICITY):
        done = post(bearer(world, "assessor"), address(found, "finalise/"), {"version": answer["version"]}).json()
    assert (done["state"], [step["name"] for step in done["allowed_actions"]]) == ("final", ["correct"])
    steps = [entry["step"] for entry in get(program, address(found, "events/")).json()["results"]]
    assert steps == ["compute", "review", "review", "review", "publish", "finalise"]


def test_a_stale_version_is_a_conflict(world: World) -> None:
    found = draft(world)
    assert post(bearer(world, "assessor"), address(found, "review/"), {"version": 9}).status_code == 409


def test_an_appeal_names_the_grid_by_code(world: World) -> None:
    found = published(world)
    body = {"area": world.grids["斑马湖社区1"].code, "reason": "漏计走访"}
    assert post(bearer(world, "town"), address(found, "appeal/"), body).status_code == 200
    ruling = {"appeal": found.appeals.get().pk, "upheld": False, "ruling": "计分无误"}
    assert post(bearer(world, "assessor"), address(found, "rule_appeal/"), ruling).status_code == 200
    assert found.appeals.get().state == "dismissed"
    foreign = {"area": world.grids["静慎村1"].code, "reason": "替别人"}
    refused = post(bearer(world, "town"), address(found, "appeal/"), foreign)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["area"])
    assert found.appeals.count() == 1


@pytest.mark.parametrize("step", ["compute", "review", "adjust", "publish", "rule_appeal", "finalise", "correct"])
def test_who_has_no_right_is_refused_and_nothing_changes(world: World, step: str) -> None:
    found = published(world)
    before = Assessment.objects.values().get(pk=found.pk)
    assert post(bearer(world, "leader"), address(found, f"{step}/"), {}).status_code in {403, 409}
    assert post(bearer(world, "department"), address(found, f"{step}/"), {}).status_code == 404
    assert Assessment.objects.values().get(pk=found.pk) == before


def test_a_draft_is_not_there_for_a_town(world: World) -> None:
    found = draft(world)
    assert get(bearer(world, "town"), address(found)).status_code == 404
    assert get(bearer(world, "town"), "assessments/").json()["count"] == 0
    assert get(bearer(world, "assessor"), "assessments/").json()["count"] == 1


@pytest.mark.parametrize("key", ["999999", "abc", "99999999999999999999999"])
def test_an_assessment_that_is_not_there_is_404(world: World, key: str) -> None:
    program = bearer(world, "assessor")
    assert get(program, f"assessments/{key}/").status_code == 404
    assert post(program, f"assessments/{key}/publish/").status_code == 404


def test_results_are_those_in_sight_and_filtered(world: World) -> None:
    quarter.scheme("level3", quota=3)
    quarter.all_worked(world)
    found = published(world)
    everything = get(bearer(world, "assessor"), address(found, "results/")).json()
    assert everything["count"] == 8
    codes = [row["grid"] for row in everything["results"]]
    assert codes == sorted(codes)
    assert get(bearer(world, "assessor"), address(found, "results/"), grade="excellent").json()["count"] == 3
    own = get(bearer(world, "town"), address(found, "results/")).json()
    assert {row["town_display"] for row in own["results"]} == {"高塘岭街道"}
    assert own["results"][0]["items"][0]["label"] == "走访"


def test_the_list_filters_by_quarter_kind_and_state(world: World) -> None:
    draft(world)
    draft(world, "zero")
    program = bearer(world, "assessor")
    assert get(program, "assessments/", kind="zero").json()["count"] == 1
    assert get(program, "assessments/", state="final").json()["count"] == 0
    assert get(program, "assessments/", quarter="2021Q4").json()["count"] == 0
    assert get(program, "assessments/", kind="none").status_code == 400


def test_rewards_are_those_of_final_results(world: World) -> None:
    quarter.scheme("level3", quota=3, reward_yuan=1500)
    quarter.all_worked(world)
    final(world)
    program = bearer(world, "assessor")
    published(world, "zero")
    grids = get(program, "rewards/").json()
    assert (grids["count"], {row["amount_yuan"] for row in grids["results"]}) == (3, {1500})
    zero = Assessment.objects.get(kind="zero")
    with clock.frozen(AFTER_PUBLICITY):
        assessments.finalise(zero.pk, by=world.assessor)
    both = get(program, "rewards/", quarter=QUARTER).json()
    assert both["count"] == 7
    assert get(program, "rewards/", kind="zero").json()["count"] == 4
    assert get(program, "rewards/", page_size=5, page=2).json()["count"] == 7
    assert get(bearer(world, "town"), "rewards/", kind="zero").json()["count"] == 2


def test_rewards_are_walked_by_cursor_through_both_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    quarter.scheme("level3", quota=3, reward_yuan=1500)
    quarter.all_worked(world)
    final(world)
    zero = published(world, "zero")
    with clock.frozen(AFTER_PUBLICITY):
        assessments.finalise(zero.pk, by=world.assessor)
    monkeypatch.setattr(pagination, "NUMBERED_TO", 2)
    program, seen, following = bearer(world, "assessor"), [], "/api/v1/rewards/?page_size=2"
    while following:
        page = program.get(following).json()
        seen += [row["id"] for row in page["results"]]
        following = page["next"]
    assert len(seen) == 7
    assert seen == sorted(set(seen))
    assert get(program, "rewards/", cursor="WyJhIiwgMV0").status_code == 200


def test_a_page_of_results_costs_a_fixed_number_of_queries(world: World) -> None:
    quarter.all_worked(world)
    found = published(world)
    program = bearer(world, "assessor")
    get(program, address(found, "results/"))
    with CaptureQueriesContext(
        connection,
    ) as counted:
        get(program, address(found, "results/"), page_size=2)
    few = len(counted)
    with CaptureQueriesContext(connection) as counted:
        get(program, address(found, "results/"), page_size=200)
    assert len(counted) == few <= 10
