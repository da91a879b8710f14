"""派单 to a town or village in which the matter does not lie: the page asks once more, the event says so, nothing forbids it."""

from __future__ import annotations

from typing import Any

import pytest

from hotline import actions
from hotline.lookups import beyond
from hotline.models import Ticket
from tests.common.api import bearer, post
from tests.grid.test_zero_complaint import renamed
from tests.hotline import desk
from tests.world import World
from wangcheng.common import clock

ASKED = "主办单位{}不在事项所在的茶亭镇静慎村，请核对"
SAID = "（主办单位{}不在事项所在的茶亭镇静慎村{}。）"


def placed(world: World) -> Ticket:
    return desk.received(world, area=world.villages["静慎村"])


def sent(world: World, ticket: Ticket, unit: str, **more: Any) -> tuple[int, str]:
    """The dispatch page filled in as it was drawn, with `unit`: status and page."""
    client, address = world.client("dispatcher"), f"/tickets/{ticket.number}/dispatch/"
    form = client.get(address).context["form"]
    drawn = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = client.post(address, {**drawn, "unit": world.units[unit].code, **more})
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("unit", ["高塘岭街道", "斑马湖社区", "狮子岭村"])
def test_the_page_asks_once_more_and_the_event_keeps_the_answer(world: World, unit: str) -> None:
    ticket = placed(world)
    status, page = sent(world, ticket, unit)
    assert (status, ASKED.format(unit) in page) == (400, True)
    assert '<input type="checkbox" name="elsewhere"' in page
    assert not ticket.events.filter(step="dispatch").exists()
    assert sent(world, ticket, unit, elsewhere="on", note="请协助")[0] == 302
    assert ticket.events.get(step="dispatch").note.endswith("请协助" + SAID.format(unit, "，派单时已确认"))


@pytest.mark.parametrize("unit", ["茶亭镇", "静慎村", "城管局"])
def test_nothing_is_asked_where_the_unit_fits_the_place_or_has_none(world: World, unit: str) -> None:
    ticket = placed(world)
    assert sent(world, ticket, unit)[0] == 302
    assert "不在事项所在的" not in ticket.events.get(step="dispatch").note


def test_a_place_corrected_on_the_page_is_the_one_that_counts(world: World) -> None:
    ticket = placed(world)
    assert sent(world, ticket, "高塘岭街道", area=world.villages["斑马湖社区"].code)[0] == 302
    assert "不在事项所在的" not in ticket.events.get(step="dispatch").note


def test_nothing_is_asked_where_nobody_knows_the_place(world: World) -> None:
    assert sent(world, desk.received(world), "高塘岭街道")[0] == 302


def test_the_line_to_tick_is_not_drawn_before_it_is_needed(world: World) -> None:
    page = world.client("dispatcher").get(f"/tickets/{placed(world).number}/dispatch/").content.decode()
    assert '<input type="checkbox" name="elsewhere"' not in page


def test_a_program_is_asked_only_if_it_wants_to_be(world: World) -> None:
    ticket, program = placed(world), bearer(world, "dispatcher")
    body = {"unit": world.units["高塘岭街道"].code}
    refused = post(program, f"tickets/{ticket.number}/dispatch/", {**body, "minds_place": True})
    assert (refused.status_code, ASKED.format("高塘岭街道") in str(refused.json()["errors"]["elsewhere"])) == (
        400,
        True,
    )
    assert post(program, f"tickets/{ticket.number}/dispatch/", body).status_code == 200
    assert ticket.events.get(step="dispatch").note.endswith(SAID.format("高塘岭街道", ""))


def test_a_fitting_unit_costs_no_query_more(world: World, django_assert_num_queries: Any) -> None:
    unit, village = world.units["茶亭镇"], world.villages["静慎村"]
    with django_assert_num_queries(0):
        assert beyond(unit, village.parent_id, village.pk) is None


def test_what_the_place_was_before_it_was_renamed_fits_as_well(world: World) -> None:
    ticket = desk.received(world, area=world.villages["斑马湖社区"])
    new = renamed(world, clock.today())
    unit = world.units["斑马湖社区"]
    unit.area = new
    unit.save(update_fields=["area"])
    actions.dispatch(ticket.pk, by=world.dispatcher, unit=unit)
    assert "不在事项所在的" not in ticket.events.get(step="dispatch").note
