"""The page that takes a step, and the bar and timeline of a detail page: shown on tickets under addresses of the test."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.test import Client
from django.urls import include, path, reverse

from hotline.doors import DOORS
from hotline.models import Ticket
from hotline.workflow import TABLE
from tests.hotline.desk import dispatched, handling
from tests.world import World
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term, timeline
from wangcheng.common.ways.steps import step_bar, take_step


@needs("hotline.view_ticket")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    user = signed_in(request)
    case = get_object_or_404(Ticket.objects.visible_to(user), number=number)
    page = {
        "case": case,
        "terms": [Term("地点", ""), Term("内容", "甲\n乙", wide=True)],
        "timeline": timeline(case.events.select_related("organisation"), TABLE, dict(Ticket.State.choices)),
        "bar": step_bar(DOORS, user, case, lambda step: reverse("test_step", args=[number, step])),
    }
    return render(request, "parts/detail_page.html", page)


@needs("hotline.view_ticket")
def step(request: HttpRequest, number: str, name: str) -> HttpResponse:
    case = get_object_or_404(Ticket.objects.visible_to(signed_in(request)), number=number)
    return take_step(request, DOORS, case, name, back=reverse("test_detail", args=[number]))


urlpatterns = [
    path("test/<str:number>/", detail, name="test_detail"),
    path("test/<str:number>/<slug:name>/", step, name="test_step"),
    path("", include("wangcheng.urls")),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def ticket(world: World) -> Ticket:
    return dispatched(world)


def address(ticket: Ticket, name: str = "") -> str:
    return f"/test/{ticket.number}/{name}"


def test_the_bar_holds_exactly_the_steps_open_to_the_person(world: World, ticket: Ticket) -> None:
    page = world.client("town").get(address(ticket)).content.decode()
    assert f'href="{address(ticket, "sign/")}" data-dialog>签收</a>' in page
    assert address(ticket, "review/") not in page
    assert "data-dialog" not in world.client("reviewer").get(address(ticket)).content.decode()


def test_the_timeline_says_who_did_what_newest_first(world: World, ticket: Ticket) -> None:
    page = world.client("town").get(address(ticket)).content.decode()
    assert page.index("派单 → 待签收") < page.index("受理 → 待派单")
    assert world.dispatcher.name in page
    assert "2023年1月3日 09:30" in page


def test_a_step_is_taken_and_leads_back_with_a_word(world: World, ticket: Ticket) -> None:
    client = world.client("town")
    form = client.get(address(ticket, "sign/")).content.decode()
    assert f'name="version" value="{ticket.version}"' in form
    answer = client.post(address(ticket, "sign/"), {"version": ticket.version})
    assert answer["Location"] == address(ticket)
    ticket.refresh_from_db()
    assert ticket.state == Ticket.State.HANDLING
    assert f"{ticket.number} 已完成“签收”。" in client.get(address(ticket)).content.decode()


def test_the_dialog_gets_the_form_alone(world: World, ticket: Ticket) -> None:
    answer = world.client("town").get(address(ticket, "sign/"), headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert f'action="{address(ticket, "sign/")}"' in page
    assert "data-closes" in page


def test_of_two_hands_the_slower_reads_why(world: World, ticket: Ticket) -> None:
    client = world.client("town")
    old = ticket.version
    client.post(address(ticket, "contact/"), {"version": old, "way": "phone", "outcome": "connected"})
    answer = client.post(address(ticket, "sign/"), {"version": old})
    assert answer.status_code == 409
    assert "已被其他人员处理" in answer.content.decode()


def test_a_step_of_another_state_is_refused_in_words(world: World, ticket: Ticket) -> None:
    answer = world.client("town").post(address(ticket, "finish/"), {})
    assert answer.status_code == 409
    assert "当前状态为“待签收”，不能办结申请。" in answer.content.decode()


def test_a_step_of_another_role_is_refused(world: World, ticket: Ticket) -> None:
    assert world.client("town").get(address(ticket, "dispatch/")).status_code == 403


def test_missing_input_is_summed_up_on_top_and_said_at_the_field(world: World) -> None:
    ticket = handling(world)
    answer = world.client("town").post(address(ticket, "finish/"), {"version": ticket.version})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "未能提交，请改正以下问题" in page
    assert page.count("field-wrong") >= 3
    ticket.refresh_from_db()
    assert ticket.state == Ticket.State.HANDLING


def test_an_unknown_step_and_the_case_of_another_town_are_not_there(world: World, ticket: Ticket) -> None:
    assert world.client("town").get(address(ticket, "fly/")).status_code == 404
    assert world.client("other_town").post(address(ticket, "sign/"), {}).status_code == 404


def test_a_stranger_is_sent_to_the_log_in(world: World, ticket: Ticket) -> None:
    assert Client().post(address(ticket, "sign/"), {})["Location"].startswith("/login/")
