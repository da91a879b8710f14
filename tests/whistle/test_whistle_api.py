"""Whistles over REST: the same doors, sight and sentences as on the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.common.api import bearer, get
from tests.whistle.steps import DISSATISFIED, HERE, blown, closed, dispatched, handling, photo, reported, take
from tests.world import PASSWORD, World
from whistle import hard_workflow, workflow
from whistle.models import Whistle

URL = "/api/v1/whistles/"
BODY = {"category": "010101", "content": "三栋一单元楼道堆放杂物，联系电话13812345678。", "grid": "430112001010001"}


def post(client: Client, url: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(url, body or {}, content_type="application/json")


def token_client(world: World, name: str) -> Client:
    """A program that calls with the person's token."""
    token = (
        Client()
        .post("/api/v1/auth/token/", {"username": name, "password": PASSWORD}, content_type="application/json")
        .json()["token"]
    )
    client = Client(headers={"Authorization": f"Bearer {token}"})
    client.get(URL)  # notes the use of the token
    return client


def test_a_grid_officer_reports_over_rest(world: World) -> None:
    answer = post(world.client("gridofficer"), URL, BODY)
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert (shown["state"], shown["state_display"]) == ("reported", "待初核")
    assert (shown["grid"], shown["village_display"], shown["town_display"]) == (
        BODY["grid"],
        "斑马湖社区",
        "高塘岭街道",
    )
    assert "138****5678" in shown["content"]
    assert shown["title"] == "三栋一单元楼道堆放杂物，联系电话138****5678。"
    assert [action["name"] for action in shown["allowed_actions"]] == ["self_handle"]


def test_what_was_seen_to_is_closed_in_one_go(world: World) -> None:
    shown = post(world.client("gridofficer"), URL, BODY | {"handled": "已劝导清理。"}).json()
    assert (shown["state"], shown["disposer_kind"], shown["disposal"]) == ("closed", "self", "已劝导清理。")
    assert shown["filed_at"] == shown["closed_at"] == "2023-01-03T09:30:00+08:00"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"grid": "430112101201001"}, "grid"),  # of another town
        ({"grid": None}, ""),
        ({"category": "010000"}, "category"),  # not a leaf
        ({"content": ""}, "content"),
        ({"content": 5}, "content"),
        ({"urgency": "soon"}, "urgency"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_report_names_the_field(world: World, change: dict[str, Any], field: str) -> None:
    answer = post(world.client("gridofficer"), URL, BODY | change)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Whistle.objects.exists()


def test_who_may_not_report_is_told(world: World) -> None:
    assert post(world.client("department"), URL, BODY).status_code == 403


def test_a_whistle_goes_its_whole_way_over_rest(world: World) -> None:
    number = post(world.client("gridofficer"), URL, BODY).json()["number"]
    way: list[tuple[str, str, dict[str, Any]]] = [
        ("village", "filter", {"passed": True}),
        ("town", "blow", {"asked_unit": "D01"}),
        ("reviewer", "file", {}),
        ("dispatcher", "dispatch", {"unit": "D01"}),
        ("department", "sign", {}),
        ("department", "arrive", {**HERE, "photos": photo()}),
        ("department", "dispose", {"note": "已清理。"}),
        ("gridofficer", "verify", {"passed": "true", "photos": photo()}),
    ]
    for person, step, body in way:
        client = world.client(person)
        url = f"{URL}{number}/{step}/"
        answer = client.post(url, body) if "photos" in body else post(client, url, body)
        assert answer.status_code == 200, (step, answer.content.decode())
    assert answer.json()["state"] == "closed"
    assert [action["name"] for action in answer.json()["allowed_actions"]] == ["rate"]


def test_a_picture_sent_before_counts_in_a_json_step(world: World) -> None:
    case = dispatched(world)
    take(world, case, "sign", "department")
    client = world.client("department")
    url = f"{URL}{case.number}/"
    missing = post(client, url + "arrive/", HERE)
    assert (missing.status_code, "到场照片" in missing.json()["errors"]["photos"][0]) == (400, True)
    sent = client.post(url + "attachments/", {"file": photo(), "purpose": "arrive"})
    assert sent.status_code == 201, sent.content
    assert client.get(sent.json()["results"][0]["url"])["Content-Type"] == "image/jpeg"
    assert post(client, url + "arrive/", HERE).json()["state"] == "handling"


def test_refusals_have_their_status(world: World) -> None:
    case = blown(world)
    url = f"{URL}{case.number}/"
    assert post(world.client("dispatcher"), url + "dispatch/", {"unit": "D01"}).status_code == 409
    assert post(world.client("town"), url + "file/").status_code == 403
    assert post(world.client("other_town"), url + "file/").status_code == 404
    stale = post(world.client("dispatcher"), url + "file/", {"version": 1})
    assert (stale.status_code, "其他人员" in stale.json()["detail"]) == (409, True)
    assert post(world.client("dispatcher"), url + "file/", {"version": case.version}).status_code == 200


@pytest.mark.parametrize(
    ("person", "count"),
    [
        ("gridofficer", 1), ("gridleader", 1), ("village", 1), ("town", 1), ("dispatcher", 2), ("reviewer", 2), ("leader", 2),
        ("department", 0), ("other_village", 1), ("other_town", 1), ("other_gridofficer", 1), ("apiclient", 2),
    ],
)  # fmt: skip
def test_everybody_lists_what_is_in_sight(world: World, person: str, count: int) -> None:
    reported(world)
    reported(world, by="other_gridofficer", grid="静慎村1")
    answer = world.client(person).get(URL)
    assert (answer.status_code, answer.json()["count"]) == (200, count)


def test_a_department_sees_only_what_was_dispatched_to_it(world: World) -> None:
    case = dispatched(world)
    assert world.client("department").get(f"{URL}{case.number}/").status_code == 200
    assert world.client("other_department").get(f"{URL}{case.number}/").status_code == 404
    assert world.client("admin").get(URL).status_code == 403


def test_lists_narrow_by_state_town_and_words(world: World) -> None:
    dispatched(world)
    reported(world, by="other_gridofficer", grid="静慎村1", title="路灯不亮")
    client = world.client("dispatcher")
    for query, count in [
        ("state=dispatched", 1), ("town=430112101000", 1), ("unit=D01", 1), ("search=路灯", 1), ("carried=true", 0),
        ("grid=430112001010001", 1), ("received_after=2023-01-04", 0), ("repeated=false", 2), ("kind=010000", 2),
    ]:  # fmt: skip
        assert client.get(f"{URL}?{query}").json()["count"] == count, query
    assert client.get(f"{URL}?state=unknown").status_code == 400


def test_the_rated_never_learn_who_rates(world: World) -> None:
    case = closed(world)
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    name = world.gridofficer.name
    for address in ("", "events/"):
        told = world.client("department").get(f"{URL}{case.number}/{address}").content.decode()
        assert name not in told
        assert name in world.client("dispatcher").get(f"{URL}{case.number}/{address}").content.decode()
    rating = world.client("department").get(f"{URL}{case.number}/").json()["ratings"][0]
    assert (rating["overall"], rating["text"], rating["rater"]) == ("dissatisfied", "问题没有解决", "")
    rated = world.client("town").get(f"{URL}{case.number}/events/").json()["results"][-1]
    assert (rated["step"], rated["actor"], rated["organisation"]) == ("rate", "上报人", "")


def test_actions_come_with_the_schema_of_their_body(world: World) -> None:
    case = reported(world)
    actions = world.client("village").get(f"{URL}{case.number}/").json()["allowed_actions"]
    (found,) = [action for action in actions if action["name"] == "filter"]
    assert found["schema"]["properties"]["passed"]["type"] == "boolean"
    assert found["schema"]["required"] == ["passed"]


def test_the_api_asks_a_fixed_number_of_queries(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(50):
        reported(world)
    client = world.client("dispatcher")
    with django_assert_max_num_queries(10):
        assert len(client.get(URL).json()["results"]) == 50
    case = handling(world)
    with django_assert_max_num_queries(15):
        client.get(f"{URL}{case.number}/")
    officer = token_client(world, "department")
    with django_assert_max_num_queries(20):
        assert post(officer, f"{URL}{case.number}/dispose/", {"note": "已清理。"}).status_code == 200
    reporter = token_client(world, "gridofficer")
    with django_assert_max_num_queries(20):
        assert post(reporter, URL, BODY).status_code == 201


def test_every_step_of_the_contract_has_an_address() -> None:
    names = {step.name for step in workflow.TABLE} - {"remind", "flag", "hand_over"}
    assert names == {
        "report", "self_handle", "filter", "handle", "blow", "file", "decline", "resubmit", "dispatch", "sign", "return",
        "rule_return", "arrive", "dispose", "verify", "rework", "rate", "appeal", "rule_appeal", "suspend", "resume",
    }  # fmt: skip
    assert {step.name for step in hard_workflow.TABLE} - {"hand_over"} == {
        "draft", "instruct", "assign", "progress", "solve", "strike", "carry"
    }  # fmt: skip


def test_a_number_written_into_the_place_is_masked_in_the_list(world: World) -> None:
    reported(world, place="斑马湖社区3栋（13812345678）")
    (row,) = get(bearer(world, "dispatcher"), "whistles/").json()["results"]
    assert row["place"] == "斑马湖社区3栋（138****5678）"
