"""What pages may cost in queries: a list of fifty, a detail, and what begins a case; one more to count the menu anew.

Steps are walked by tests.common.walk from the tables of steps, so that a new one is held to its twenty as well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hotline.models import Ticket
from tests.hotline import desk
from tests.whistle.steps import DISSATISFIED, closed, photo, reported, take
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.ways import counts
from whistle import hard_actions
from whistle.models import HardWhistle, Whistle

MOST = {"list": 10, "detail": 15, "begin": 20}
FIFTY = 50


def tickets(world: World) -> str:
    """The last one with everything a ticket can have beside it."""
    more = {"area": world.grids["斑马湖社区1"], "caller_phone": ""}
    for number in range(FIFTY):
        desk.dispatched(world, co_units=("城管局",), title=f"第{number}件", **more)
    full = desk.closed(world, category=world.categories["垃圾清运"], marks=("hot",), **more)
    return full.number


def whistles(world: World) -> str:
    for house in range(FIFTY):
        reported(world, place=f"{house}栋")
    full = closed(world, photos=[photo()])
    take(world, full, "rate", "gridofficer", **DISSATISFIED)
    return full.number


def hard_whistles(world: World) -> str:
    town = world.towns["高塘岭街道"]
    for number in range(FIFTY):
        problem = hard_actions.Problem(f"第{number}个问题", "雨污未分流。", 2023, 1, area=town)
        case = hard_actions.draft(problem, by=world.dispatcher)
    hard_actions.instruct(
        case.pk, by=world.leader, instructed_by="区委主要领导", instructed_on=clock.today(), instruction="请限期解决。"
    )
    hard_actions.assign(
        case.pk, by=world.dispatcher, leader="分管副区长", goal="完成改造", deadline=clock.today() + timedelta(days=90),
        unit=world.units["住建局"], partners=[world.units["城管局"]],
    )  # fmt: skip
    return hard_actions.progress(case.pk, by=world.other_department, note="已完成设计。").number


CASES: dict[str, tuple[Callable[[World], str], tuple[str, ...]]] = {
    "tickets": (tickets, ("dispatcher", "reviewer", "town", "department", "gridofficer")),
    "whistles": (whistles, ("dispatcher", "reviewer", "town", "village", "department", "gridofficer")),
    "hard-whistles": (hard_whistles, ("dispatcher", "leader", "town", "department")),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_list_of_fifty_and_a_detail_keep_to_their_queries(world: World, kind: str) -> None:
    fill, people = CASES[kind]
    number = fill(world)
    pages = {"list": f"/{kind}/?tab=all&size=50", "detail": f"/{kind}/{number}/"}
    costs = {(who, name): cost(world.client(who), address) for who in people for name, address in pages.items()}
    assert {found: paid for found, paid in costs.items() if paid[0] > MOST[found[1]]} == {}
    assert {found: paid for found, paid in costs.items() if paid[1] > paid[0] + 1} == {}


def cost(client: Client, address: str) -> tuple[int, int]:
    """Queries of a page, and of the page after somebody has changed something; 0 for what the person does not see."""
    found = []
    client.get("/help/keys/")  # notes the session
    for change in (lambda: None, counts.turn):
        change()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        found.append(len(asked) if answer.status_code == 200 else 0)
    return found[0], found[1]


NEW = {
    "/tickets/new/": ("dispatcher", Ticket, {
        "title": "楼下垃圾", "content": "无人清运", "type": "help", "source": "district", "received_at": "2023-01-03T09:20",
        "village": "430112001010", "category": "010102", "caller_name": "李四", "caller_phone": "13900000001",
    }),
    "/whistles/new/": ("gridofficer", Whistle, {
        "category": "010101", "content": "楼道堆放杂物。", "place": "三栋", "grid": "430112001010001",
    }),
    "/hard-whistles/new/": ("supervisor", HardWhistle, {
        "year": 2023, "batch": 2, "title": "违建", "content": "多处违建。",
    }),
}  # fmt: skip


@pytest.mark.parametrize("address", NEW)
def test_what_begins_a_case_keeps_to_its_queries(world: World, address: str) -> None:
    who, model, said = NEW[address]
    client = world.client(who)
    with CaptureQueriesContext(connection) as asked:
        assert client.post(address, said).status_code == 302
    assert model.objects.exists()
    assert len(asked) <= MOST["begin"]
