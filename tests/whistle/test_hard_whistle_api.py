"""Hard whistles over REST: from the list of problems to the striking-off, batch by batch."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.hotline import desk
from tests.whistle.steps import later, photo, reported
from tests.world import World
from wangcheng.common.models import Message
from whistle.models import HardWhistle

URL = "/api/v1/hard-whistles/"
BODY = {
    "year": 2023,
    "batch": 1,
    "title": "老旧小区雨污分流",
    "content": "管网老化，雨天内涝。",
    "area": "430112001000",
}
INSTRUCTION = {"instructed_by": "区委主要领导", "instructed_on": "2023-01-03", "instruction": "请住建局牵头限期解决。"}
TASK = {"leader": "分管副区长", "unit": "D02", "partners": ["D01"], "goal": "完成分流改造", "deadline": "2023-06-30"}


def post(client: Client, url: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(url, body or {}, content_type="application/json")


def assigned(world: World, **more: Any) -> str:
    """The address of a problem handed to its lead unit."""
    url = f"{URL}{post(world.client('dispatcher'), URL, BODY | more).json()['number']}/"
    assert post(world.client("leader"), url + "instruct/", INSTRUCTION).status_code == 200
    assert post(world.client("dispatcher"), url + "assign/", TASK).status_code == 200
    return url


def test_a_problem_goes_its_whole_way(world: World) -> None:
    url = assigned(world)
    lead, centre = world.client("other_department"), world.client("supervisor")
    assert lead.post(url + "progress/", {"note": "已完成设计。", "evidence": photo()}).json()["state"] == "progressing"
    solved = post(centre, url + "solve/", {"note": "改造完成，内涝消除。"}).json()
    assert (solved["state"], solved["outcome"]) == ("solved", "改造完成，内涝消除。")
    struck = post(centre, url + "strike/").json()
    assert (struck["state"], struck["state_display"]) == ("struck", "已销号")
    steps = [entry["step"] for entry in centre.get(url + "events/").json()["results"]]
    assert steps == ["draft", "instruct", "assign", "progress", "solve", "strike"]
    assert HardWhistle.objects.get().attachments.get().purpose == "progress"


def test_numbers_run_within_the_batch(world: World) -> None:
    client = world.client("dispatcher")
    numbers = [post(client, URL, BODY | {"batch": batch}).json()["number"] for batch in (1, 1, 2)]
    assert numbers == ["GJ202301001", "GJ202301002", "GJ202302001"]
    assert client.get(URL).json()["results"][0]["batch_display"] == "2023年第二批"


def test_the_instruction_says_who_when_and_what(world: World) -> None:
    url = f"{URL}{post(world.client('dispatcher'), URL, BODY).json()['number']}/"
    leader = world.client("leader")
    assert post(leader, url + "instruct/").json()["errors"].keys() == INSTRUCTION.keys()
    late = post(leader, url + "instruct/", INSTRUCTION | {"instructed_on": "2023-01-04"})
    assert (late.status_code, "不能晚于今天" in late.json()["errors"]["instructed_on"][0]) == (400, True)
    shown = post(leader, url + "instruct/", INSTRUCTION).json()
    assert {name: shown[name] for name in INSTRUCTION} == INSTRUCTION


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deadline": "2023-01-02"}, "deadline"),
        ({"partners": ["D02"]}, "partners"),
        ({"unit": "X"}, "unit"),
        ({"goal": ""}, "goal"),
    ],
)
def test_a_bad_assignment_names_the_field(world: World, change: dict[str, Any], field: str) -> None:
    client = world.client("dispatcher")
    url = f"{URL}{post(client, URL, BODY).json()['number']}/"
    post(world.client("leader"), url + "instruct/", INSTRUCTION)
    answer = post(client, url + "assign/", TASK | change)
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, [field])
    assert HardWhistle.objects.get().state == "instructed"


def test_lead_and_partners_see_and_report_the_others_do_not(world: World) -> None:
    url = assigned(world)
    for person in ("department", "other_department"):
        assert world.client(person).get(url).status_code == 200
        assert post(world.client(person), url + "progress/", {"note": "推进中。"}).status_code == 200
    assert world.client("town").get(url).status_code == 404
    assert post(world.client("department"), url + "solve/", {"note": "解决。"}).status_code == 403
    assert Message.objects.get(about=HardWhistle.objects.get().number).organisation == world.units["住建局"]


def test_a_problem_on_the_book_is_taken_up_again(world: World) -> None:
    url = assigned(world)
    carried = post(world.client("dispatcher"), url + "carry/", {"note": "待上级资金到位。"}).json()
    assert (carried["state"], carried["carried_at"]) == ("carried", "2023-01-03T09:30:00+08:00")
    with later(days=10):
        again = post(world.client("other_department"), url + "progress/", {"note": "资金到位，恢复施工。"}).json()
    assert (again["state"], again["carried_at"]) == ("progressing", None)
    days = date.fromisoformat(again["deadline"]) - date.fromisoformat(carried["deadline"])
    assert days.days == 10, "the days on the book do not count"


def test_only_what_is_solved_can_be_struck(world: World) -> None:
    url = assigned(world)
    assert post(world.client("dispatcher"), url + "strike/").status_code == 409


def test_sources_are_whistles_that_exist(world: World) -> None:
    client, source = world.client("dispatcher"), reported(world)
    wrong = post(client, URL, BODY | {"whistles": "LF000"})
    assert (wrong.status_code, "LF000" in wrong.json()["errors"]["whistles"][0]) == (400, True)
    tickets = [desk.received(world, title=title, city_number=f"CS{title}").number for title in "12"]
    shown = post(client, URL, BODY | {"whistles": source.number, "tickets": f"{tickets[0]}、CS2"}).json()
    assert sorted(filter(None, (each["ticket"] for each in shown["sources"]))) == tickets
    assert [each["whistle"] for each in shown["sources"] if each["whistle"]] == [source.number]


def test_lists_narrow_by_batch_and_state(world: World) -> None:
    assigned(world)
    post(world.client("dispatcher"), URL, BODY | {"batch": 2})
    client = world.client("leader")
    assert client.get(URL + "?state=assigned").json()["count"] == 1
    batch = HardWhistle.objects.get(batch__sequence=2).batch_id
    assert client.get(f"{URL}?batch={batch}").json()["results"][0]["state"] == "drafted"
    assert client.get(URL + "?search=雨污").json()["count"] == 2


def test_a_problem_is_drawn_from_tickets_that_are_there(world: World) -> None:
    client = world.client("dispatcher")
    ticket = desk.received(world)
    refused = post(client, URL, BODY | {"tickets": f"{ticket.number} 没有的{'长' * 400}"})
    assert refused.status_code == 400
    assert refused.json()["errors"]["tickets"][0] == f"没有编号为没有的{'长' * 21}的工单。"
    made = post(client, URL, BODY | {"tickets": ticket.number}).json()
    assert made["sources"] == [{"whistle": None, "ticket": ticket.number}]


def test_the_name_of_evidence_is_masked(world: World) -> None:
    url = assigned(world)
    evidence = photo()
    evidence.name = "住户13812345678.jpg"
    world.client("other_department").post(url + "progress/", {"note": "已完成设计。", "evidence": evidence})
    page = world.client("department").get(url.replace("/api/v1", "")).content.decode()
    assert "住户138****5678.jpg" in page
    assert "13812345678" not in page
