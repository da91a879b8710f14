"""REST of the self-evaluation: drafted, edited, frozen, corrected and downloaded with the rights of the pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from budget.models import Fund, SelfEvaluation
from tests.budget.money import budgeted
from tests.world import World
from wangcheng.common.models import AuditEntry

ROOT = "/api/v1/self-evaluations/"


@pytest.fixture
def made(world: World, settings: Any, tmp_path: Path) -> dict[str, Any]:
    """The draft as it was answered."""
    settings.MEDIA_ROOT = tmp_path
    fund = Fund.objects.create(code="daily", name="日常事务", kind="special")
    budgeted(fund, 1_000_000, 2022, date(2022, 1, 10))
    answer = post(world.client("finance"), "", {"year": 2022})
    assert answer.status_code == 201
    return dict(answer.json())


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(f"{ROOT}{address}", body, content_type="application/json")


def test_a_draft_shows_text_figures_tables_problems_and_what_may_be_done(world: World, made: dict[str, Any]) -> None:
    found = world.client("finance").get(f"{ROOT}{made['id']}/").json()
    assert found["sections"][0]["number"] == "一、部门基本情况"
    assert "{{ staff_total }}" in found["sections"][1]["text"]
    assert "{{" not in found["sections"][1]["filled"]
    assert found["figures"]["fund_daily_rate"]["printed"] == "0.00"
    assert any("预算执行率为0.00%" in problem for problem in found["problems"])
    assert [action["name"] for action in found["allowed_actions"]] == ["edit", "freeze"]
    assert world.client("finance").get(f"{ROOT}?year=2022").json()["count"] == 1
    assert world.client("finance").get(f"{ROOT}?year=2021").json()["count"] == 0
    assert world.client("finance").get(f"{ROOT}?state=x").status_code == 400


def test_a_year_is_drafted_once_and_only_with_a_budget(world: World, made: dict[str, Any]) -> None:
    assert post(world.client("finance"), "", {"year": 2022}).status_code == 409
    refused = post(world.client("finance"), "", {"year": 2019})
    assert (refused.status_code, "没有预算数据" in str(refused.json())) == (400, True)


def test_one_section_is_edited_and_a_stale_version_told(world: World, made: dict[str, Any]) -> None:
    finance, address = world.client("finance"), f"{made['id']}/edit/"
    last = len(made["sections"]) - 1
    body = {"section": last, "text": "另有说明。", "dated_on": "2023-02-24", "version": made["version"]}
    found = post(finance, address, body).json()
    assert (found["sections"][last]["filled"], found["dated_on"]) == ("另有说明。", "2023-02-24")
    assert post(finance, address, body).status_code == 409
    assert post(finance, address, {"section": 99, "text": "无"}).status_code == 400
    assert post(finance, address, {"section": last, "text": "共{{ nothing }}件"}).status_code == 400


def test_freezing_wants_the_problems_acknowledged_and_correcting_a_reason(world: World, made: dict[str, Any]) -> None:
    finance = world.client("finance")
    refused = post(finance, f"{made['id']}/freeze/", {})
    assert refused.status_code == 400
    assert "预算执行率为0.00%" in str(refused.json())
    frozen = post(finance, f"{made['id']}/freeze/", {"acknowledgement": "次年支付"}).json()
    assert (frozen["state"], frozen["acknowledgement"]) == ("frozen", "次年支付")
    assert [action["name"] for action in frozen["allowed_actions"]] == ["correct"]
    assert post(finance, f"{made['id']}/edit/", {"section": 0, "text": ""}).status_code == 409
    new = post(finance, f"{made['id']}/correct/", {"reason": "漏记"}).json()
    assert (new["edition"], new["state"], new["reason"]) == (2, "draft", "漏记")


def test_files_are_given_and_the_export_is_audited(world: World, made: dict[str, Any]) -> None:
    leader = world.client("leader")
    starts = {"report.docx": b"PK", "report.pdf": b"%PDF", "tables.xlsx": b"PK", "figures.json": b"{"}
    for name, start in starts.items():
        assert leader.get(f"{ROOT}{made['id']}/{name}").content.startswith(start)
    told = AuditEntry.objects.filter(kind=AuditEntry.Kind.EXPORT, actor=world.leader)
    assert told.count() == len(starts)


@pytest.mark.parametrize("name", ["town", "auditor", "apiclient", "dispatcher"])
def test_others_neither_see_nor_change_it(world: World, made: dict[str, Any], name: str) -> None:
    client = world.client(name)
    assert client.get(ROOT).status_code == 403
    assert client.get(f"{ROOT}{made['id']}/report.pdf").status_code == 403
    assert post(client, f"{made['id']}/freeze/", {}).status_code == 403


def test_a_leader_reads_and_may_not_freeze(world: World, made: dict[str, Any]) -> None:
    leader = world.client("leader")
    assert leader.get(f"{ROOT}{made['id']}/").json()["allowed_actions"] == []
    assert post(leader, f"{made['id']}/freeze/", {"acknowledgement": "x"}).status_code == 403
    assert leader.get(f"{ROOT}999999/").status_code == 404
    assert SelfEvaluation.objects.get().state == "draft"
