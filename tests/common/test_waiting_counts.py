"""What waits for a person: the same number in menu, desk and tab, and the right one on the page after every step."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from budget.actions import approve_payment
from hotline import actions
from tests.budget.money import ask, fund
from tests.hotline import desk
from tests.whistle.steps import blown, dispatched, handling, reported, take
from tests.world import World
from whistle import actions as whistles

HAVE_WORK = (
    "dispatcher", "reviewer", "supervisor", "caller", "finance", "leader", "town", "department", "village", "gridofficer",
)  # fmt: skip
ENTRY = re.compile(r'<a href="(/[^"]+)"[^>]*>[^<]+<span class="menu-count"[^>]*>\(?(\d*)\)?</span>')
TILE = re.compile(r'<a class="tile" href="(/[^"]+)"><b>([\d,]+)</b>')
TODO = re.compile(r'id="tab-todo"[^>]*>\(([\d,]+)\)')


def in_menu(client: Client) -> dict[str, int]:
    """Address → count, of every entry that counts."""
    page = client.get("/account/").content.decode()
    return {address: int(count or 0) for address, count in ENTRY.findall(page)}


def on_desk(client: Client) -> dict[str, int]:
    page = client.get("/desk/").content.decode()
    return {address: int(count.replace(",", "")) for address, count in TILE.findall(page)}


def in_tab(client: Client, address: str) -> int | None:
    """The number of 待办; None where a list has no such tab."""
    found = TODO.search(client.get(address, {"only": "counts"}).content.decode())
    return int(found[1]) if found else None


@pytest.fixture
def busy(world: World) -> World:
    """Something waits for everybody."""
    grid = world.grids["斑马湖社区1"]
    desk.received(world)
    desk.in_review(world)
    desk.in_callback(world)
    actions.ask_extension(desk.handling(world).pk, by=world.town, days=1, note="需检测")
    for unit in ("高塘岭街道", "城管局", "斑马湖社区"):
        desk.dispatched(world, unit=unit, area=grid, title=f"{unit}的事")
    reported(world, place="一栋")
    take(world, reported(world, place="二栋"), "filter", "village", passed="true")
    blown(world, place="三栋")
    dispatched(world, place="四栋")
    take(world, handling(world, place="五栋"), "dispose", "department", note="已清理完毕。")
    of = fund("daily", "10000")
    ask(world, of, "3000")
    approve_payment(ask(world, of, "1000").pk, by=world.leader)
    return world


@pytest.mark.parametrize("who", HAVE_WORK)
def test_menu_desk_and_tab_say_the_same(busy: World, who: str) -> None:
    client = busy.client(who)
    listed, tiles = in_menu(client), on_desk(client)
    tabs = {address: count for address in listed if (count := in_tab(client, address)) is not None}
    assert {address: listed[address] for address in tabs} == tabs
    assert {address: tiles[address] for address in tabs} == tabs
    assert any(tabs.values())


def test_a_whistle_that_waits_for_the_village_is_in_its_numbers(world: World) -> None:
    village = world.client("village")
    assert in_menu(village)["/whistles/"] == 0
    officer = world.client("gridofficer")
    said = {"category": "010101", "content": "楼道堆放杂物。", "place": "三栋", "grid": "430112001010001"}
    assert officer.post("/whistles/new/", said).status_code == 302
    assert in_menu(village)["/whistles/"] == on_desk(village)["/whistles/"] == in_tab(village, "/whistles/") == 1


def test_after_a_step_of_ones_own_the_next_page_counts_what_is_left(world: World) -> None:
    tickets = [desk.in_review(world, title=f"第{number}件", caller_phone="") for number in (1, 2)]
    client = world.client("reviewer")
    assert in_menu(client)["/tickets/"] == 2
    answer = client.post(f"/tickets/{tickets[0].number}/review/", {"passed": "true"}, follow=True)
    assert ENTRY.findall(answer.content.decode())[0] == ("/tickets/", "1")


def test_a_step_that_no_page_took_counts_as_well(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    case = reported(world)
    client = world.client("village")
    assert in_menu(client)["/whistles/"] == 1
    with django_capture_on_commit_callbacks(execute=True):
        whistles.filter_(case.pk, by=world.village, passed=True)
    assert in_menu(client)["/whistles/"] == 0


def test_where_nothing_happens_nothing_is_counted(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = world.client("dispatcher")
    client.get("/help/keys/")
    with django_assert_num_queries(2):  # session; person and post
        client.get("/help/keys/")
