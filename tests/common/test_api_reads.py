"""What the kernel itself gives to programs: trees of a day, figures, jobs, the audit, and the documentation of it all."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client

from tests.common.api import bearer, get, post
from tests.common.test_run_jobs import fresh
from tests.whistle.steps import reported
from tests.world import MORNING, World
from wangcheng.common.audit.actions import record
from wangcheng.common.jobs.actions import run_inline, start
from wangcheng.common.models import Area, AuditEntry, Category, Organisation, UrbanStatus


def names(nodes: list[dict[str, Any]]) -> list[str]:
    """Every name in a tree, parents before children."""
    return [name for node in nodes for name in (node["name"], *names(node["children"]))]


def results(client: Client, address: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(client, address, **query).json()["results"]
    return found


# Trees


def test_regions_are_a_tree_of_district_towns_and_villages(world: World) -> None:
    (district,) = results(bearer(world, "department"), "regions/")
    assert [town["name"] for town in district["children"]] == ["高塘岭街道", "茶亭镇"]
    first = district["children"][0]["children"][0]
    assert (first["code"], first["name"], first["is_urban"]) == ("430112001001", "西塘街社区", True)
    assert district["children"][1]["children"][0]["is_urban"] is False
    assert first["children"] == []


def test_a_tree_is_told_as_of_the_day_asked_for(world: World) -> None:
    client, village = bearer(world, "town"), world.villages["静慎村"]
    Area.objects.filter(pk=village.pk).update(valid_to=date(2022, 7, 1))
    UrbanStatus.objects.filter(area=world.villages["狮子岭村"]).update(valid_to=date(2022, 7, 1))
    Organisation.objects.filter(pk=world.units["静慎村"].pk).update(valid_to=date(2022, 7, 1))
    for address in ("regions/", "organisations/"):
        assert "静慎村" in names(results(client, address, as_of="2022-06-30"))
        assert "静慎村" not in names(results(client, address, as_of="2022-07-01"))
        assert "静慎村" not in names(results(client, address))
    assert get(client, "regions/", as_of="2022-06-30").json()["as_of"] == "2022-06-30"


@pytest.mark.parametrize("day", ["2022-13-01", "yesterday", "2022"])
@pytest.mark.parametrize("address", ["regions/", "grids/", "organisations/", "categories/"])
def test_a_day_that_is_none_is_refused(world: World, address: str, day: str) -> None:
    response = get(bearer(world, "dispatcher"), address, as_of=day)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["as_of"])


def test_organisations_are_a_tree_below_the_centre(world: World) -> None:
    (centre,) = results(bearer(world, "town"), "organisations/")
    assert {unit["name"] for unit in centre["children"]} == {"高塘岭街道", "茶亭镇", "城管局", "住建局"}
    town = next(unit for unit in centre["children"] if unit["name"] == "茶亭镇")
    assert (town["kind"], town["area_code"]) == ("town", "430112101000")
    assert {unit["name"] for unit in town["children"]} == {"静慎村", "狮子岭村"}


def test_the_centre_pages_through_all_grids_with_those_below(world: World) -> None:
    said = get(bearer(world, "dispatcher"), "grids/", page_size=3).json()
    assert (said["count"], len(said["results"])) == (8, 3)
    assert [grid["code"] for grid in said["results"]] == sorted(grid["code"] for grid in said["results"])
    first = said["results"][0]
    assert (first["level"], first["region"], len(first["children"])) == (3, first["code"][:12], 2)
    assert {below["level"] for below in first["children"]} == {4}


@pytest.mark.parametrize(("region", "count"), [("430112101000", 4), ("430112001010", 2), ("430112000000", 8)])
def test_grids_of_a_region_are_asked_for_by_its_code(world: World, region: str, count: int) -> None:
    assert get(bearer(world, "leader"), "grids/", region=region).json()["count"] == count


@pytest.mark.parametrize(("who", "count"), [("town", 4), ("village", 2), ("gridofficer", 1), ("dispatcher", 8)])
def test_grids_are_those_in_sight(world: World, who: str, count: int) -> None:
    assert get(bearer(world, who), "grids/").json()["count"] == count


def test_a_department_has_no_grids(world: World) -> None:
    assert get(bearer(world, "department"), "grids/").status_code == 403


def test_a_region_that_is_not_there_is_refused(world: World) -> None:
    response = get(bearer(world, "town"), "grids/", region="1")
    assert (response.status_code, response.json()["detail"]) == (404, "没有代码为“1”的辖区。")


def test_categories_are_trees_of_their_scheme(world: World) -> None:
    client = bearer(world, "town")
    (top,) = results(client, "categories/", scheme="ticket")
    assert names([top]) == ["城乡建设", "市容环卫", "占道经营", "垃圾清运", "住房物业", "物业服务"]
    leaf = top["children"][0]["children"][0]
    assert (leaf["code"], leaf["unit_code"], leaf["village_duty"]) == ("010101", "D01", False)
    assert len(results(client, "categories/")) == 2
    assert get(client, "categories/", scheme="x").status_code == 400
    Category.objects.filter(code="010102", scheme="ticket").update(valid_to=date(2022, 1, 1))
    assert "垃圾清运" not in names(results(client, "categories/", scheme="ticket"))


@pytest.mark.parametrize("address", ["regions/", "organisations/", "categories/", "grids/"])
def test_a_tree_costs_few_queries(world: World, address: str, django_assert_max_num_queries: Any) -> None:
    client = bearer(world, "dispatcher")
    get(client, address)
    with django_assert_max_num_queries(5):
        get(client, address)


# Figures


def command(**options: Any) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("figures", json=True, stdout=out, **options)
    found: list[dict[str, Any]] = orjson.loads(out.getvalue())
    return found


def test_command_and_api_give_the_same_figures(world: World) -> None:
    reported(world)
    for by in ("", "town"):
        asked = {"period": "2023Q1", **({"by": by} if by else {})}
        said = get(bearer(world, "leader"), "figures/", **asked).json()
        assert said == command(**asked)
        assert {row["name"] for row in said} >= {"whistles_collected"}


def test_a_count_has_no_parts_and_a_rate_has_both(world: World) -> None:
    reported(world)
    count, rate = command(period="2023", name=["whistles_collected", "whistle_file_rate"])
    assert (count["value"], count["numerator"], count["denominator"]) == (1, None, None)
    assert (rate["value"], rate["numerator"], rate["denominator"]) == ("0.000000", 0, 1)
    assert count["as_of"] == MORNING.isoformat()
    assert count["definition"]


def test_a_rate_of_nothing_has_no_value(world: World) -> None:
    (rate,) = command(period="2021", name=["whistle_file_rate"])
    assert (rate["value"], rate["printed"], rate["denominator"]) == (None, "—", 0)


def test_figures_by_town_name_each_town(world: World) -> None:
    reported(world)
    (row,) = command(period="2023", by="town", name=["whistles_collected"])
    assert (row["by_code"], row["by_name"], row["value"]) == ("430112001000", "高塘岭街道", 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "period"),
        ({"period": "2022Q5"}, "period"),
        ({"period": "2022-02-30"}, "period"),
        ({"period": "2022", "by": "planet"}, "by"),
        ({"period": "0001"}, "period"),
        ({"period": "9999-12-31"}, "period"),
    ],
)
def test_figures_that_cannot_be_asked_for_are_refused(world: World, query: dict[str, str], field: str) -> None:
    response = get(bearer(world, "leader"), "figures/", **query)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("options", [{"period": "x"}, {"period": "2022", "name": ["x"]}, {"period": "2022", "by": "x"}])
def test_the_command_fails_with_one_chinese_sentence(world: World, options: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match=r"。$"):
        command(**options)


def test_a_figure_that_is_not_there_is_not_found(world: World) -> None:
    response = get(bearer(world, "leader"), "figures/", period="2022", name="nothing")
    assert (response.status_code, response.json()["detail"]) == (404, "没有名为“nothing”的指标。")


def test_several_names_may_be_given_with_commas_or_one_by_one(world: World) -> None:
    client = bearer(world, "leader")
    found = get(
        client, "figures/", period="2022", name=["whistles_filed,whistles_collected", "whistle_file_rate"]
    ).json()
    assert [row["name"] for row in found] == ["whistles_filed", "whistles_collected", "whistle_file_rate"]


def test_every_figure_is_defined_in_words(world: World) -> None:
    found = get(bearer(world, "town"), "figures/definitions/").json()
    assert found
    assert [row["name"] for row in found if not (row["definition"] and row["label"] and row["unit"])] == []


def test_figures_need_the_right(world: World) -> None:
    for address in ("figures/?period=2022", "figures/definitions/"):
        assert get(bearer(world, "auditor"), address).status_code == 403


def test_figures_by_grid_are_asked_for_by_name(world: World) -> None:
    leader = bearer(world, "leader")
    answer = get(leader, "figures/", period="2022", by="grid")
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, ["name"])
    assert get(leader, "figures/", period="2022", by="grid", name="tickets_received").status_code == 200


# Jobs


def test_a_job_is_followed_by_whoever_started_it(world: World) -> None:
    job = start("tests.count", {"steps": 4}, by=world.town)
    said = get(bearer(world, "town"), f"jobs/{job.pk}/").json()
    assert (said["state"], said["state_display"], said["percent"], said["rejects"]) == ("queued", "排队中", 0, None)
    assert said["created_at"] == "2023-01-03T09:30:00+08:00"
    assert get(bearer(world, "other_town"), f"jobs/{job.pk}/").status_code == 404
    assert get(bearer(world, "admin"), f"jobs/{job.pk}/").status_code == 200


def test_the_files_of_a_job_are_fetched_through_it(world: World) -> None:
    job = run_inline("tests.read", {}, by=world.town, input=ContentFile("一 二".encode(), name="输入.txt"))
    client = bearer(world, "town")
    address = get(client, f"jobs/{job.pk}/").json()["rejects"]
    assert address.endswith(f"/api/v1/jobs/{job.pk}/rejects/")
    response = client.get(f"/api/v1/jobs/{job.pk}/rejects/")
    assert b"".join(response.streaming_content).decode() == "二"
    assert response["Content-Disposition"].startswith("attachment")
    assert get(bearer(world, "other_town"), f"jobs/{job.pk}/rejects/").status_code == 404
    assert get(client, f"jobs/{job.pk}/input/").status_code == 404


def test_a_job_is_cancelled_once(world: World) -> None:
    job = start("tests.count", {"steps": 4}, by=world.town)
    client = bearer(world, "town")
    assert post(bearer(world, "other_town"), f"jobs/{job.pk}/cancel/").status_code == 404
    assert post(client, f"jobs/{job.pk}/cancel/").json()["state"] == "cancelled"
    assert post(client, f"jobs/{job.pk}/cancel/").status_code == 409
    assert fresh(job).state == "cancelled"


# Audit


def test_the_auditor_searches_the_audit(world: World) -> None:
    record("export", "导出工单300条", by=world.town, object="ticket", data={"rows": 300})
    record("login", "登录", by=world.village)
    AuditEntry.objects.filter(kind="token").count()
    client = bearer(world, "auditor")
    (found,) = results(client, "audit/", kind="export")
    assert (found["actor"], found["summary"], found["data"]) == (world.town.name, "导出工单300条", {"rows": 300})
    assert len(results(client, "audit/", actor="village")) == 1
    assert len(results(client, "audit/", search="300")) == 1
    assert len(results(client, "audit/", object="ticket")) == 1
    assert len(results(client, "audit/")) == 3  # and the token of this client
    assert results(client, "audit/", until="2023-01-02") == []
    assert len(results(client, "audit/", since="2023-01-03", until="2023-01-03")) == 3
    assert get(client, "audit/", kind="x").status_code == 400
    assert {get(client, "audit/", since=day).status_code for day in ("x", "0001-01-01", "9999-12-31")} == {400}


@pytest.mark.parametrize("who", ["admin", "leader", "dispatcher", "town", "apiclient"])
def test_nobody_else_reads_it(world: World, who: str) -> None:
    assert get(bearer(world, who), "audit/").status_code == 403


# Documentation


def test_the_schema_describes_every_address_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_every_post_takes_a_key_and_every_refusal_is_a_problem(world: World) -> None:
    schema = get(bearer(world, "town"), "schema/", format="json").json()
    assert schema["openapi"].startswith("3.")
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            keys = [item for item in operation.get("parameters", []) if item["name"] == "Idempotency-Key"]
            assert len(keys) == (method == "post"), path
            assert operation["responses"]["403"] == {"$ref": "#/components/responses/Problem403"}, path


def test_the_documentation_is_served_from_our_own_files_to_those_who_are_in(world: World) -> None:
    page = world.client("dispatcher").get("/api/v1/docs/")
    assert page.status_code == 200
    assert "//" not in page.content.decode().replace("<!DOCTYPE", "")
    assert "<script>" not in page.content.decode()
    script = world.client("dispatcher").get("/api/v1/docs/?script=")
    assert b"SwaggerUIBundle" in script.content
    assert Client().get("/api/v1/docs/").url.startswith(f"/{settings.LOGIN_URL}/")
    assert get(Client(), "schema/").status_code == 401


# Parameters


def lists(world: World) -> list[tuple[str, list[str]]]:
    """Every documented list: its address below /api/v1/ and the names of its parameters."""
    paths = orjson.loads(bearer(world, "admin").get("/api/v1/schema/", {"format": "json"}).content)["paths"]
    return [
        (path.removeprefix("/api/v1/"), [each["name"] for each in operation["get"].get("parameters", [])])
        for path, operation in paths.items()
        if "get" in operation and "{" not in path and "results" in str(operation["get"]["responses"]["200"])
    ]


def test_every_list_refuses_a_parameter_that_is_not_documented_and_takes_those_that_are(world: World) -> None:
    clients = [bearer(world, role) for role in ("dispatcher", "finance", "auditor")]
    found = lists(world)
    assert len(found) >= 14
    for address, names in found:
        client = next(client for client in clients if get(client, address).status_code != 403)
        refused = get(client, address, bogus="1")
        assert refused.status_code == 400, address
        assert "bogus" in refused.json()["errors"], address
        for name in names:  # the value may be refused, the name may not
            answer = get(client, address, **{name: "1"})
            assert "没有名为" not in answer.json().get("detail", ""), (address, name)
