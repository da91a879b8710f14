"""REST of trainings and knowledge: who reads, who enters, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline.models import Knowledge, Training
from tests.common.api import bearer, get, post

if TYPE_CHECKING:
    from tests.world import World

TRAINING = {"day": "2023-01-03", "kind": "invited", "topic": "工单办理规范", "sessions": 1, "people": 32}
KNOWLEDGE = {"question": "医保窗口什么时候办理", "answer": "工作日9:00至17:00。", "valid_from": "2023-01-03"}


def test_a_training_is_recorded_read_and_withdrawn(world: World, django_assert_max_num_queries: Any) -> None:
    supervisor = bearer(world, "supervisor")
    unit = world.units["高塘岭街道"].code
    with django_assert_max_num_queries(20):
        made = post(supervisor, "trainings/", {**TRAINING, "units": [unit]})
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["people"], body["units"], body["kind_display"]) == (32, [unit], "请上来")
    assert get(bearer(world, "leader"), f"trainings/{body['id']}/").json() == body
    listed = get(bearer(world, "assessor"), "trainings/").json()
    assert (listed["count"], listed["results"]) == (1, [body])
    gone = post(supervisor, f"trainings/{body['id']}/withdraw/", {"reason": "人数登记有误"})
    assert gone.json()["withdrawal"] == "人数登记有误"
    assert post(supervisor, f"trainings/{body['id']}/withdraw/", {"reason": "再次"}).status_code == 409


def test_a_training_is_refused_by_field_and_by_right(world: World) -> None:
    supervisor = bearer(world, "supervisor")
    for wrong, field in (({"day": "2023-01-04"}, "day"), ({"people": 0}, "people"), ({"kind": "x"}, "kind"),
                         ({"units": ["没有"]}, "units"), ({"topic": ""}, "topic")):  # fmt: skip
        answer = post(supervisor, "trainings/", {**TRAINING, **wrong})
        assert (answer.status_code, list(answer.json()["errors"])) in ((400, [field]), (409, [field])), field
    assert post(bearer(world, "town"), "trainings/", TRAINING).status_code == 403
    assert get(bearer(world, "town"), "trainings/").status_code == 403
    assert get(supervisor, "trainings/9/").status_code == 404
    assert not Training.objects.exists()


def test_knowledge_is_written_by_one_and_reviewed_by_another(world: World) -> None:
    dispatcher, reviewer = bearer(world, "dispatcher"), bearer(world, "reviewer")
    made = post(dispatcher, "knowledge/", {**KNOWLEDGE, "unit": world.units["城管局"].code})
    assert made.status_code == 201, made.content
    where = f"knowledge/{made.json()['id']}/"
    assert get(dispatcher, "knowledge/?valid=true").json()["count"] == 0
    assert post(dispatcher, f"{where}review/", {"passed": True}).status_code == 403
    assert post(reviewer, f"{where}review/", {"passed": True}).json()["state"] == "reviewed"
    assert post(reviewer, f"{where}review/", {"passed": True}).status_code == 409
    town = bearer(world, "town")
    assert [row["question"] for row in get(town, "knowledge/?valid=true&search=医保").json()["results"]] == [
        KNOWLEDGE["question"]
    ]
    assert get(town, "knowledge/?search=没有这样的词").json()["count"] == 0
    assert get(town, where).json()["answer"] == KNOWLEDGE["answer"]
    assert post(town, f"{where}retire/", {}).status_code == 403
    assert post(dispatcher, f"{where}retire/", {}).json()["state"] == "withdrawn"


def test_knowledge_is_refused_by_field(world: World) -> None:
    dispatcher = bearer(world, "dispatcher")
    for wrong in ({"unit": "没有"}, {"question": ""}, {"valid_to": "2022-12-31"}, {"question": 7}):
        body = {**KNOWLEDGE, "unit": world.units["城管局"].code, **wrong}
        answer = post(dispatcher, "knowledge/", body)
        assert answer.status_code in {400, 409}
        assert list(answer.json()["errors"]) == list(wrong)
    assert not Knowledge.objects.exists()
