"""地点识别 at intake: a ticket without a village is placed by its words where they are sure, else 派单 offers what they mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries

from hotline.models import Ticket
from hotline.rules import Placing
from tests.common.api import bearer, post
from tests.hotline import desk
from tests.hotline.test_import_tickets import CITY, ROW, write_csv
from tests.world import World
from wangcheng.common.models import Policy

BODY = {
    "title": "路灯不亮", "type": "help", "source": "phone", "received_at": "2023-01-03T09:00:00+08:00",
}  # fmt: skip


def reason(ticket: Ticket) -> str:
    return str(ticket.events.get().note)


def test_over_rest_sure_words_place_the_ticket_and_the_reason_is_kept(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = bearer(world, "dispatcher")
    body = {**BODY, "content": "茶亭镇静慎村第2网格路口的路灯不亮", "caller_phone": desk.PHONE}
    with django_assert_max_num_queries(20):
        answer = post(client, "tickets/", body)
    assert answer.status_code == 201, answer.content
    ticket = Ticket.objects.get()
    assert (ticket.town, ticket.village, ticket.grid) == (
        world.towns["茶亭镇"], world.villages["静慎村"], world.grids["静慎村2"],
    )  # fmt: skip
    assert reason(ticket).startswith("地点识别：文中“静慎村第2网格”是网格")


def test_the_form_places_by_the_place_that_was_written_down(world: World) -> None:
    form = {**BODY, "received_at": "2023-01-03T09:00", "content": "路灯不亮多日", "place": "斑马湖社区3栋"}
    assert world.client("dispatcher").post("/tickets/new/", form).status_code == 302
    assert Ticket.objects.get().village == world.villages["斑马湖社区"]


def test_a_village_that_was_said_is_not_questioned(world: World) -> None:
    ticket = desk.received(world, area=world.villages["西塘街社区"], content="斑马湖社区的路灯不亮")
    assert (ticket.village, reason(ticket)) == (world.villages["西塘街社区"], "")


def test_unsure_words_leave_the_place_open_and_are_offered_at_dispatch(world: World) -> None:
    ticket = desk.received(world, content="斑马湖边上路灯不亮")
    assert ticket.village is None
    page = world.client("dispatcher").get(f"/tickets/{ticket.number}/dispatch/").content.decode()
    assert page.count("斑马湖社区（高塘岭街道，置信度65%：文中“斑马湖”是村（社区）简称）") == 2  # to read and to choose
    assert '<option value="430112001000" selected' in page  # the town of the likeliest place


def test_words_that_name_no_place_offer_nothing(world: World) -> None:
    ticket = desk.received(world)
    assert "按文中地名" not in world.client("dispatcher").get(f"/tickets/{ticket.number}/dispatch/").content.decode()


def test_the_office_decides_how_sure_is_sure(world: World) -> None:
    policy = Policy.objects.get(key=Placing.policy_key)  # type: ignore[attr-defined]
    Policy.objects.filter(pk=policy.pk).update(values={"least_confidence": "0.6"})
    assert desk.received(world, content="斑马湖边上路灯不亮").village == world.villages["斑马湖社区"]


@pytest.mark.parametrize("rows", [5, 60])
def test_an_import_places_every_row_with_the_same_few_queries(world: World, tmp_path: Path, rows: int) -> None:
    days = [f"2022-{1 + number % 12:02}-{1 + number % 28:02} 09:00" for number in range(rows)]
    sheet = [
        {**ROW, "工单编号": f"CS{number}", "接收时间": day, "地址": "静慎村第1网格", "联系电话": ""}
        for number, day in enumerate(days)
    ]
    with CaptureQueriesContext(connection) as asked:
        call_command("import_tickets", str(write_csv(tmp_path / "a.csv", CITY, *sheet)))
    assert Ticket.objects.filter(grid=world.grids["静慎村1"]).count() == rows
    assert Ticket.objects.filter(events__note__startswith="地点识别").count() == rows
    assert len(asked) < 45, [query["sql"][:90] for query in asked]
