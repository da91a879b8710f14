"""Steps over REST: one address each, the schema told beforehand, and refusals in the right order."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.forms import FileField
from django.test import Client

from tests.common.api import bearer, get, post
from tests.whistle.steps import reported
from tests.world import World
from wangcheng.common.api.casedoors import example
from wangcheng.common.api.formschemas import form_schema, mistakes
from whistle.api import WHISTLES
from whistle.models import Whistle


@pytest.fixture
def case(world: World) -> Whistle:
    return reported(world)


def test_each_open_step_tells_the_schema_of_its_body(world: World, case: Whistle) -> None:
    said = get(bearer(world, "village"), f"whistles/{case.number}/").json()["allowed_actions"]
    (step,) = [found for found in said if found["name"] == "filter"]
    assert step["label"]
    assert step["schema"] == form_schema(WHISTLES.doors["filter"].form())
    assert step["schema"]["required"] == ["passed"]


def test_a_step_answers_with_the_case_as_it_is_then(world: World, case: Whistle) -> None:
    response = post(
        bearer(world, "village"), f"whistles/{case.number}/filter/", {"passed": True, "version": case.version}
    )
    assert response.status_code == 200
    assert response.json()["state"] == "town"
    assert response.json()["version"] == case.version + 1


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("other_village", {}, 404),  # not there for them, whatever they send
        ("dispatcher", {"passed": 3}, 403),  # no right: told before their mistakes
        ("village", {"passed": 3}, 400),
        ("village", {}, 400),
        ("village", {"passed": True, "version": 99}, 409),
        ("village", {"passed": True, "extra": 1}, 400),
        ("village", [], 400),
    ],
)
def test_refusals_come_in_order_and_change_nothing(
    world: World, case: Whistle, who: str, body: Any, status: int
) -> None:
    response = post(bearer(world, who), f"whistles/{case.number}/filter/", body)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert response.json()["detail"]
    assert Whistle.objects.get(pk=case.pk).version == case.version


def test_a_step_that_the_state_does_not_allow_is_told_before_its_mistakes(world: World, case: Whistle) -> None:
    client = bearer(world, "village")
    post(client, f"whistles/{case.number}/filter/", {"passed": True})
    response = post(client, f"whistles/{case.number}/filter/", {"passed": 3})
    assert (response.status_code, response.json()["type"]) == (409, "urn:wangcheng:problem:state")


@pytest.mark.parametrize("address", ["whistles/{}/nothing/", "whistles/LF0/filter/", "whistles/%00/filter/"])
def test_steps_and_cases_that_do_not_exist_are_not_found(world: World, case: Whistle, address: str) -> None:
    status = post(bearer(world, "village"), address.format(case.number), {"passed": True}).status_code
    assert status == (400 if "%00" in address else 404)


def test_every_step_has_an_address_and_an_example_of_the_right_types() -> None:
    doors = [door for door in WHISTLES.doors if door.step.sources != {""}]
    assert {url.name for url in WHISTLES.urls()} == {f"api_whistles_{door.step.name}" for door in doors}
    for door in doors:
        form = door.form()
        files = {name for name, field in form.fields.items() if isinstance(field, FileField)}
        body = {name: value for name, value in example(form).items() if name not in files}
        assert mistakes(form, body) == {}, door.step.name


# Bodies that no database could hold


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"passed": NaN}', 400),
        (b'{"note": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b'{"passed": true, "note": "\\u0000"}', 400),
        (b"\xff", 400),
        (b"", 400),
    ],
    ids=["nan", "half", "deep", "nul", "bytes", "empty"],
)
def test_a_body_that_is_no_json_is_refused(world: World, case: Whistle, body: bytes, status: int) -> None:
    response = bearer(world, "village").post(f"/api/v1/whistles/{case.number}/filter/", body, "application/json")
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("key", [{}, {"idempotency_key": "k"}])
def test_a_body_without_end_is_refused_unread(world: World, case: Whistle, key: dict[str, str]) -> None:
    response = post(bearer(world, "village"), f"whistles/{case.number}/filter/", {"note": "字" * 4_000_000}, **key)
    assert (response.status_code, response["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("address", ["/api/v1/whistles/?search=%00", "/api/v1/whistles/?%00=1", "/api/v1/%00/"])
def test_an_address_with_nul_is_refused(world: World, address: str) -> None:
    assert bearer(world, "village").get(address).status_code == 400


def test_pages_refuse_it_as_well(world: World) -> None:
    assert world.client("dispatcher").get("/desk/?q=%00").status_code == 400


def test_a_fault_of_ours_is_a_problem_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> Any:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("wangcheng.common.api.trees.day_of", broken)
    client: Client = bearer(world, "town")
    client.raise_request_exception = False
    response = get(client, "regions/")
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert "RuntimeError" not in response.content.decode()


@pytest.mark.parametrize("problem", [DataError("out of range"), OverflowError("date value out of range")])
def test_a_value_that_the_database_cannot_hold_is_the_senders_mistake(
    world: World, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def broken(*args: Any) -> Any:
        raise problem

    monkeypatch.setattr("wangcheng.common.api.trees.day_of", broken)
    response = get(bearer(world, "town"), "regions/")
    assert (response.status_code, response.json()["detail"]) == (400, "提交的内容中有超出可保存范围的值。")


def test_a_database_that_is_too_busy_asks_to_come_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> Any:
        raise OperationalError("database is locked")

    monkeypatch.setattr("wangcheng.common.api.trees.day_of", broken)
    response = get(bearer(world, "town"), "regions/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("address", ["nothing/at/all/", "jobs/0/output%0A/", "nothing%0A"])
def test_whatever_does_not_exist_is_a_problem(world: World, address: str) -> None:
    response = get(bearer(world, "town"), address)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
