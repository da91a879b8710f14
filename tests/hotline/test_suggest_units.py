"""派单建议: the page says which unit it suggests and why; who chooses otherwise finds that in the record."""

from __future__ import annotations

import re

import pytest

from hotline import actions
from hotline.models import Ticket
from tests.common import api
from tests.hotline import desk
from tests.hotline.test_pages import page
from tests.world import World
from wangcheng.common import clock


def offered(world: World, ticket: Ticket) -> str:
    return page(world.client("dispatcher"), f"/tickets/{ticket.number}/dispatch/")


def chosen(drawn: str) -> str | None:
    """The unit that stands in the form beforehand."""
    unit = re.search(r'<select name="unit".*?</select>', drawn, re.S)
    found = unit and re.search(r'<option value="(\w+)" selected', unit[0])
    return found[1] if found else None


def sent_to(world: World, ticket: Ticket, code: str, note: str = "") -> Ticket:
    form = {"unit": code, "note": note, "version": ticket.version}
    assert world.client("dispatcher").post(f"/tickets/{ticket.number}/dispatch/", form).status_code == 302
    ticket.refresh_from_db()
    return ticket


def given_back(world: World) -> Ticket:
    ticket = desk.dispatched(world, category=world.categories["占道经营"])
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["住建局"], return_basis="职责清单")
    return actions.rule_return(ticket.pk, by=world.dispatcher, granted=True)


REASONS = {
    "D01": "系统建议：城管局（分类“占道经营”的默认承办单位）",
    "430112101000": "系统建议：茶亭镇（事项地点在茶亭镇，由属地承办）",
    "D02": "系统建议：住建局（原承办单位退单时建议改派）",
}


def made(world: World, code: str) -> Ticket:
    if code == "D02":
        return given_back(world)
    if code == "D01":
        return desk.received(world, category=world.categories["占道经营"])
    return desk.received(world, area=world.villages["静慎村"], category=world.categories["垃圾清运"])


@pytest.mark.parametrize("code", REASONS)
def test_the_suggestion_is_chosen_beforehand_with_its_reason_and_an_override_recorded(world: World, code: str) -> None:
    ticket = made(world, code)
    drawn = offered(world, ticket)
    assert chosen(drawn) == code
    assert REASONS[code] in drawn
    ticket = sent_to(world, ticket, "430112001000", "主办单位已与其协商")
    assert ticket.suggested_unit is not None
    assert ticket.suggested_unit.code == code
    last = ticket.events.last()
    assert last is not None
    assert last.note.startswith(f"{REASONS[code]}，派单员改派。主办单位已与其协商")
    assert REASONS[code] in page(world.client("town"), f"/tickets/{ticket.number}/")


def test_who_takes_the_suggestion_leaves_no_word_of_it(world: World) -> None:
    ticket = sent_to(world, made(world, "D01"), "D01")
    last = ticket.events.last()
    assert last is not None
    assert (last.note, ticket.suggested_unit) == ("", world.units["城管局"])


def test_a_ticket_without_place_is_suggested_to_the_town_its_words_name(world: World) -> None:
    ticket = desk.received(world, title="静慎垃圾没有人清运")
    assert (ticket.village, ticket.town) == (None, None)
    drawn = offered(world, ticket)
    assert chosen(drawn) == "430112101000"
    assert "系统建议：茶亭镇（文中地名指向茶亭镇，文中“静慎”" in drawn


def test_nothing_is_suggested_where_nothing_is_known_or_the_unit_is_dissolved(world: World) -> None:
    assert "系统建议" not in offered(world, desk.received(world, title="咨询办理流程", content="想问怎么办理。"))
    world.units["城管局"].valid_to = clock.today()
    world.units["城管局"].save()
    assert "系统建议" not in offered(world, made(world, "D01"))


def test_an_override_by_rest_is_recorded_as_well(world: World) -> None:
    ticket = made(world, "D01")
    answer = api.post(api.bearer(world, "dispatcher"), f"tickets/{ticket.number}/dispatch/", {"unit": "D02"})
    assert answer.status_code == 200, answer.content
    assert ticket.events.get(step="dispatch").note == f"{REASONS['D01']}，派单员改派。"
