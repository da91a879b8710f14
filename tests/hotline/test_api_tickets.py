"""Tickets over REST: list, take in, detail, events, files, reveal, import; masking, sight and the count of queries."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from hotline import actions
from hotline.models import Ticket
from tests.common.api import bearer, get, post
from tests.hotline import desk
from tests.hotline.test_import_tickets import CITY, ROW, write_csv
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.jobs.running import take_up
from wangcheng.common.models import AuditEntry, Job, NumberSequence, Policy

BODY: dict[str, Any] = {
    "title": "小区门口占道经营",
    "content": "请联系13812345678处理。",
    "type": "complaint",
    "source": "phone",
    "received_at": "2023-01-03T09:12:00+08:00",
}


@pytest.fixture
def dispatcher(world: World) -> Client:
    client = bearer(world, "dispatcher")
    get(client, "tickets/")  # notes the use of the token
    return client


def test_a_ticket_is_taken_in(world: World, dispatcher: Client) -> None:
    body = BODY | {
        "village": "430112001010", "category": "010101", "caller_name": "张三丰", "caller_phone": "13812345678",
        "marks": ["hot"], "longitude": 112.82, "latitude": "28.35",
    }  # fmt: skip
    answer = post(dispatcher, "tickets/", body)
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert shown["number"] == "WC20230103-00001"
    assert (shown["state"], shown["state_display"], shown["type_display"]) == ("received", "待派单", "投诉")
    assert (shown["village"], shown["town_display"], shown["category_display"]) == (
        "430112001010",
        "高塘岭街道",
        "占道经营",
    )
    assert shown["caller"] == {"name": "张**", "phone": "138****5678"}
    assert shown["content"] == "请联系138****5678处理。"
    assert shown["received_at"] == "2023-01-03T09:12:00+08:00"
    assert [action["name"] for action in shown["allowed_actions"]] == ["dispatch", "reject", "suspend", "merge"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"title": 5}, "title"),
        ({"type": "gossip"}, "type"),
        ({"received_at": "gestern"}, "received_at"),
        ({"received_at": "2023-01-03T10:00:00+08:00"}, "received_at"),
        ({"received_at": "0410-01-01T00:00:00+08:00"}, "received_at"),
        ({"city_due_at": "0001-01-01T00:00:00+08:00"}, "city_due_at"),
        ({"city_due_at": "9999-12-31T23:59:59+08:00"}, "city_due_at"),
        ({"village": "999999999999"}, "village"),
        ({"category": "999999"}, "category"),
        ({"caller_phone": "请致电"}, "caller_phone"),
        ({"city_number": "编号 一"}, "city_number"),
        ({"longitude": 112.8}, "longitude"),
        ({"longitude": 912.8, "latitude": 28}, "longitude"),
        ({"resolved": "yes"}, "resolved"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_intake_is_refused_field_by_field(
    world: World, dispatcher: Client, change: dict[str, Any], field: str
) -> None:
    answer = post(dispatcher, "tickets/", BODY | change)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Ticket.objects.exists()


def test_the_same_city_number_again_updates_and_never_makes_a_second(world: World, dispatcher: Client) -> None:
    first = post(dispatcher, "tickets/", BODY | {"city_number": "CS1"})
    again = post(dispatcher, "tickets/", BODY | {"city_number": "CS1", "title": "改过的标题"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["number"] == first.json()["number"]
    assert again.json()["title"] == "改过的标题"
    unchanged = post(dispatcher, "tickets/", BODY | {"city_number": "CS1", "title": "改过的标题"})
    assert unchanged.json()["version"] == again.json()["version"] == 2
    assert Ticket.objects.count() == 1


def test_the_citys_callback_may_come_with_a_later_delivery(world: World, dispatcher: Client) -> None:
    ticket = desk.in_callback(world, city_number="CS1")
    body = BODY | {"city_number": "CS1", "resolved": "yes", "satisfaction": "unrated"}
    shown = post(bearer(world, "apiclient"), "tickets/", body).json()
    assert (shown["state"], shown["resolved"], shown["satisfaction"]) == ("closed", "yes", "unrated")
    assert ticket.callbacks.get().from_city


def test_only_who_may_receive_takes_in(world: World) -> None:
    assert post(bearer(world, "town"), "tickets/", BODY).status_code == 403
    assert post(bearer(world, "apiclient"), "tickets/", BODY).status_code == 201


def test_a_ticket_of_another_town_is_not_there(world: World) -> None:
    ticket = desk.dispatched(world)
    for name, status in (("town", 200), ("other_town", 404), ("department", 404), ("leader", 200)):
        assert get(bearer(world, name), f"tickets/{ticket.number}/").status_code == status, name
    assert post(bearer(world, "other_town"), f"tickets/{ticket.number}/sign/").status_code == 404
    assert get(bearer(world, "admin"), f"tickets/{ticket.number}/").status_code == 403


def test_a_step_is_taken_and_the_ticket_shown(world: World) -> None:
    ticket = desk.received(world)
    body = {"unit": "430112001000", "co_units": ["D01"], "area": "430112001010001", "category": "010102"}
    shown = post(bearer(world, "dispatcher"), f"tickets/{ticket.number}/dispatch/", body).json()
    assert (shown["state"], shown["unit"], shown["co_units"]) == ("dispatched", "430112001000", ["D01"])
    assert shown["sign_due_at"] == "2023-01-03T15:00:00+08:00"
    assert shown["grid"] == "430112001010001"
    shown = post(bearer(world, "town"), f"tickets/{ticket.number}/sign/", {"version": shown["version"]}).json()
    assert shown["state"] == "handling"


def test_a_stale_version_and_a_wrong_state_are_conflicts(world: World) -> None:
    ticket = desk.dispatched(world)
    town = bearer(world, "town")
    assert post(town, f"tickets/{ticket.number}/sign/", {"version": 1}).status_code == 409
    assert post(town, f"tickets/{ticket.number}/finish/", desk.FINISHED).status_code == 409
    assert post(bearer(world, "dispatcher"), f"tickets/{ticket.number}/sign/").status_code == 403


def test_a_rule_is_told_at_its_field(world: World) -> None:
    ticket = desk.handling(world)
    answer = post(bearer(world, "town"), f"tickets/{ticket.number}/extend/", {"days": 9, "note": "需检测"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"days": ["延期应在1至5个工作日之间（不超过原办理时限）。"]}


def test_a_decision_takes_true_or_false_and_nothing_by_default(world: World) -> None:
    ticket = desk.in_review(world)
    reviewer = bearer(world, "reviewer")
    assert "passed" in post(reviewer, f"tickets/{ticket.number}/review/", {}).json()["errors"]
    assert "note" in post(reviewer, f"tickets/{ticket.number}/review/", {"passed": False}).json()["errors"]
    assert post(reviewer, f"tickets/{ticket.number}/review/", {"passed": True}).json()["state"] == "callback"


def test_events_are_listed_oldest_first(world: World) -> None:
    ticket = desk.handling(world)
    events = get(bearer(world, "town"), f"tickets/{ticket.number}/events/").json()["results"]
    assert [(event["seq"], event["step_display"]) for event in events] == [
        (1, "受理"), (2, "派单"), (3, "签收"), (4, "联系"),
    ]  # fmt: skip


# Lists


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


def test_the_list_is_newest_first_and_narrowed_by_field(world: World, dispatcher: Client) -> None:
    first = desk.received(world, received_at=desk.at("2023-01-02 10:00"), caller_phone="13900000000")
    second = desk.dispatched(world, type="complaint", city_number="CS7")
    third = desk.dispatched(world, "城管局", title="井盖缺失", area=world.villages["斑马湖社区"])
    assert numbers(get(dispatcher, "tickets/")) == [third.number, second.number, first.number]
    assert numbers(get(dispatcher, "tickets/", ordering="received_at"))[0] == first.number
    for query, wanted in (
        ({"state": "received"}, [first]),
        ({"state": ["received", "dispatched"], "type": "complaint"}, [second]),
        ({"unit": "D01"}, [third]),
        ({"village": "430112001010"}, [third]),
        ({"town": "430112001000"}, [third]),
        ({"search": "井盖"}, [third]),
        ({"search": "CS7"}, [second]),
        ({"search": "13900000000"}, [first]),
        ({"search": first.number}, [first]),
        ({"received_before": "2023-01-02"}, [first]),
        ({"city_number": "CS7"}, [second]),
        ({"number": second.number}, [second]),
        ({"confidential": "true"}, []),
        ({"anonymous": "true"}, []),
        ({"round": "2"}, []),
    ):
        assert numbers(get(dispatcher, "tickets/", **query)) == [ticket.number for ticket in wanted], query
    with clock.frozen(desk.at("2023-01-11 10:00")):
        assert set(numbers(get(dispatcher, "tickets/", overdue="true"))) == {second.number, third.number}
    assert get(dispatcher, "tickets/", state="nonsense").status_code == 400
    assert get(dispatcher, "tickets/", ordering="caller_phone").status_code == 400


def test_a_list_of_fifty_costs_a_fixed_number_of_queries(
    world: World, dispatcher: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(50):
        desk.dispatched(world, co_units=("城管局",), title=f"第{number}件", caller_phone="")
    with django_assert_max_num_queries(10):
        answer = get(dispatcher, "tickets/", page_size=50)
    assert len(answer.json()["results"]) == 50
    town = bearer(world, "town")
    get(town, "tickets/")
    with django_assert_max_num_queries(10):
        assert len(get(town, "tickets/", page_size=50).json()["results"]) == 50


def test_detail_intake_and_steps_keep_to_their_queries(
    world: World, dispatcher: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ticket = desk.received(world, area=world.grids["斑马湖社区1"], category=world.categories["占道经营"])
    with django_assert_max_num_queries(15):
        get(dispatcher, f"tickets/{ticket.number}/")
    with django_assert_max_num_queries(20):
        post(dispatcher, "tickets/", BODY | {"caller_phone": "13812345678", "village": "430112001010"})
    town = bearer(world, "town")
    get(town, "tickets/")
    desk.dispatched(world)  # the rules have been read once
    plain = desk.received(world)
    with django_assert_max_num_queries(20):
        answer = post(dispatcher, f"tickets/{plain.number}/dispatch/", {"unit": "430112001000"})
        assert answer.status_code == 200, answer.content
    with django_assert_max_num_queries(20):  # the dearest step: with co-units, push, and messages to all of them
        body = {"unit": "430112001000", "co_units": ["D01"]}
        answer = post(dispatcher, f"tickets/{ticket.number}/dispatch/", body)
        assert answer.json()["pushed_at"], answer.content
    with django_assert_max_num_queries(20):
        assert post(town, f"tickets/{plain.number}/sign/", {}).status_code == 200
    with django_assert_max_num_queries(20):
        answer = post(town, f"tickets/{plain.number}/contact/", {"way": "phone", "outcome": "connected"})
        assert answer.status_code == 200, answer.content
    with django_assert_max_num_queries(20):
        assert post(town, f"tickets/{plain.number}/finish/", desk.FINISHED).status_code == 200


# Personal data


def test_a_unit_learns_nothing_of_a_secret_caller(world: World) -> None:
    for values in ({"confidential": True}, {"type": "report"}):
        ticket = desk.dispatched(world, **values)
        shown = get(bearer(world, "town"), f"tickets/{ticket.number}/").json()
        assert shown["caller"] == {"name": "保密", "phone": "保密"}
        answer = post(bearer(world, "town"), f"tickets/{ticket.number}/reveal/", {"reason": "与来电人联系"})
        assert answer.status_code == 403
        assert (
            post(bearer(world, "dispatcher"), f"tickets/{ticket.number}/reveal/", {"reason": "转达"}).status_code == 200
        )


def test_revealing_needs_a_reason_and_is_written_down(world: World) -> None:
    ticket = desk.dispatched(world)
    town = bearer(world, "town")
    assert post(town, f"tickets/{ticket.number}/reveal/", {}).status_code == 400
    answer = post(town, f"tickets/{ticket.number}/reveal/", {"reason": "与来电人联系"})
    assert answer.json()["caller_phone"] == desk.PHONE
    entry = AuditEntry.objects.get(kind="reveal")
    assert (entry.actor, entry.object) == (world.town, f"ticket {ticket.number}")
    assert desk.PHONE not in entry.summary
    assert post(bearer(world, "leader"), f"tickets/{ticket.number}/reveal/", {"reason": "了解情况"}).status_code == 403


@pytest.mark.parametrize("unseen", ["\u200b\u200b\u200b", "\u3164\u2800\u3000", "\u200b事\u2060"])
def test_a_reason_nobody_can_see_is_none(world: World, unseen: str) -> None:
    ticket = desk.handling(world)
    assert post(bearer(world, "town"), f"tickets/{ticket.number}/reveal/", {"reason": unseen}).status_code == 400
    assert not AuditEntry.objects.filter(kind="reveal").exists()


def test_a_step_that_must_be_justified_takes_no_words_that_nobody_can_see(world: World) -> None:
    ticket = desk.handling(world)
    answer = post(bearer(world, "dispatcher"), f"tickets/{ticket.number}/suspend/", {"note": "\u200b\u3164\u2800"})
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, ["note"])


def test_revealing_is_limited_by_the_hour(world: World) -> None:
    Policy.objects.filter(key="hotline.privacy").update(values={"reveals_per_hour": 2})
    ticket = desk.dispatched(world)
    town = bearer(world, "town")
    answers = [post(town, f"tickets/{ticket.number}/reveal/", {"reason": "联系"}).status_code for _ in range(3)]
    assert answers == [200, 200, 409]
    with clock.frozen(desk.at("2023-01-03 10:31")):
        assert post(town, f"tickets/{ticket.number}/reveal/", {"reason": "联系"}).status_code == 200


def test_nothing_of_the_caller_stands_in_events_or_messages(world: World) -> None:
    ticket = desk.closed(world, area=world.grids["斑马湖社区1"])
    told = str([*ticket.events.values("data", "note")])
    assert desk.PHONE not in told
    assert "张三丰" not in told


# Files


def picture() -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "green").save(buffer, "JPEG")
    return SimpleUploadedFile("现场.jpg", buffer.getvalue(), "image/jpeg")


def test_files_are_attached_listed_and_given_out(world: World) -> None:
    ticket = desk.handling(world)
    town = bearer(world, "town")
    answer = town.post(f"/api/v1/tickets/{ticket.number}/attachments/", {"file": picture(), "purpose": "现场"})
    assert answer.status_code == 201, answer.content
    (file,) = get(town, f"tickets/{ticket.number}/attachments/").json()["results"]
    assert (file["name"], file["purpose"]) == ("现场.jpg", "现场")
    assert town.get(file["url"]).status_code == 200
    assert bearer(world, "other_town").get(file["url"]).status_code == 404


def test_photos_come_with_a_step(world: World) -> None:
    ticket = desk.handling(world)
    address = f"/api/v1/tickets/{ticket.number}/progress/"
    answer = bearer(world, "town").post(address, {"note": "已到场", "photos": [picture()]})
    assert answer.status_code == 200, answer.content
    assert ticket.attachments.get().purpose == "progress"


def test_a_renamed_program_is_refused(world: World) -> None:
    ticket = desk.handling(world)
    upload = SimpleUploadedFile("现场.jpg", b"MZ" + b"\0" * 200, "image/jpeg")
    answer = bearer(world, "town").post(f"/api/v1/tickets/{ticket.number}/attachments/", {"file": upload})
    assert answer.status_code == 400
    assert not ticket.attachments.exists()


# Import


def test_an_import_runs_as_a_job_with_its_rejected_rows(world: World, dispatcher: Client, tmp_path: Any) -> None:
    sheet = write_csv(tmp_path / "a.csv", CITY, ROW, {**ROW, "工单编号": ""})
    with sheet.open("rb") as file:
        answer = dispatcher.post("/api/v1/tickets/import/", {"file": file})
    assert answer.status_code == 202, answer.content
    take_up(answer.json()["job"])
    job = get(dispatcher, f"jobs/{answer.json()['job']}/").json()
    assert job["state"] == "done", job
    assert {name: job["result"][name] for name in ("read", "created", "rejected")} == {
        "read": 2,
        "created": 1,
        "rejected": 1,
    }
    rejected = b"".join(dispatcher.get(job["rejects"]).streaming_content).decode("utf-8-sig")
    assert "市级编号为空。" in rejected


@pytest.mark.parametrize("mapping", ["5", "[]", '{"columns": {"title": 5}}', "[" * 100_000, '"\\ud800"', "{"])
def test_a_mapping_of_any_other_shape_is_refused_before_anything_starts(
    world: World, dispatcher: Client, tmp_path: Any, mapping: str
) -> None:
    path = write_csv(tmp_path / "a.csv", CITY, ROW)
    upload = SimpleUploadedFile("a.csv", path.read_bytes())
    answer = dispatcher.post("/api/v1/tickets/import/", {"file": upload, "mapping": mapping})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["mapping"]
    assert not Job.objects.exists()


def test_only_who_may_import_does(world: World, tmp_path: Any) -> None:
    sheet = write_csv(tmp_path / "a.csv", CITY, ROW)
    with sheet.open("rb") as file:
        assert bearer(world, "town").post("/api/v1/tickets/import/", {"file": file}).status_code == 403


def test_the_citys_callback_is_taken_from_the_city_alone(world: World) -> None:
    ticket = desk.in_callback(world, city_number="CS9")
    body = {**BODY, "city_number": "CS9", **desk.HAPPY}
    refused = post(bearer(world, "dispatcher"), "tickets/", body)
    assert (refused.status_code, refused.json()["detail"]) == (403, "您的岗位不能填写市级回访结果。")
    page = world.client("dispatcher").get("/tickets/new/").content.decode()
    assert "satisfaction" not in page
    form = {**body, "received_at": "2023-01-03T09:30", "urgency": ""}
    world.client("dispatcher").post("/tickets/new/", form)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.satisfaction) == ("callback", "")
    assert post(bearer(world, "apiclient"), "tickets/", body).json()["satisfaction"] == "satisfied"


def test_what_is_not_a_known_city_number_is_not_taken_for_one(world: World) -> None:
    taken = desk.received(world)
    NumberSequence.objects.update(last=0)
    with pytest.raises(IntegrityError):
        actions.take_in(desk.intake(city_number="CS10"), by=world.dispatcher)
    assert Ticket.objects.get() == taken
