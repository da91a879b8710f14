"""举报 and 保密: by no way round does a unit learn who complained; and what people write freely is masked everywhere."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from hotline import actions
from hotline.models import Ticket
from tests.common.api import bearer, get, post
from tests.hotline import desk
from tests.world import PASSWORD, World
from wangcheng.common.models import AuditEntry, IdempotentReply

CITY = {
    "title": "楼下垃圾没有人清运", "content": "反映楼下垃圾堆放多日，希望尽快清运。", "source": "phone",
    "received_at": "2023-01-03T09:30:00+08:00", "caller_name": "张三丰", "caller_phone": desk.PHONE,
}  # fmt: skip
SECRET = [{"confidential": True}, {"type": "report"}]


def picture(name: str) -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "green").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


@pytest.mark.parametrize("values", SECRET)
def test_a_unit_finds_no_secret_ticket_by_trying_numbers(world: World, values: dict[str, object]) -> None:
    ticket = desk.dispatched(world, **values)
    town, dispatcher = world.client("town"), world.client("dispatcher")
    assert get(bearer(world, "town"), "tickets/", search=desk.PHONE).json()["count"] == 0
    assert get(bearer(world, "dispatcher"), "tickets/", search=desk.PHONE).json()["count"] == 1
    assert ticket.number not in town.get(f"/tickets/?tab=all&q={desk.PHONE}").content.decode()
    assert ticket.number in dispatcher.get(f"/tickets/?tab=all&q={desk.PHONE}").content.decode()
    assert town.get(f"/search/?q={desk.PHONE}").status_code == 200
    assert dispatcher.get(f"/search/?q={desk.PHONE}").headers["Location"] == f"/tickets/{ticket.number}/"


def test_a_unit_finds_an_open_ticket_by_the_callers_number(world: World) -> None:
    desk.dispatched(world)
    assert get(bearer(world, "town"), "tickets/", search=desk.PHONE).json()["count"] == 1


@pytest.mark.parametrize("values", SECRET)
@pytest.mark.parametrize("secret_first", [True, False])
def test_a_repeat_leads_no_unit_from_a_secret_caller_to_an_open_one(
    world: World, values: dict[str, object], secret_first: bool
) -> None:
    first = desk.dispatched(world, **(values if secret_first else {}))
    second = desk.dispatched(world, **({} if secret_first else values))
    assert second.repeat_of_id == first.pk
    address = f"tickets/{second.number}/"
    assert get(bearer(world, "town"), address).json()["repeat_of"] is None
    assert get(bearer(world, "dispatcher"), address).json()["repeat_of"] == first.number
    assert first.number not in world.client("town").get(f"/{address}").content.decode()
    assert first.number in world.client("dispatcher").get(f"/{address}").content.decode()
    for told, who in ((False, "town"), (True, "dispatcher")):
        assert _says_repeat(world, who, second) is told


def _says_repeat(world: World, who: str, ticket: Ticket) -> bool:
    """Whether any way of looking at the ticket says that its caller had called before; all of them or none."""
    client = world.client(who)
    rows = client.get("/figures/repeat_rate/rows/?period=2023-01-03").content.decode()
    sheet = b"".join(client.post("/tickets/?tab=all", {"export": "csv"}).streaming_content).decode()
    said = {
        "重复" in _marks_of(client.get(f"/tickets/{ticket.number}/").content.decode()),
        "重复" in _marks_of(client.get("/tickets/?tab=all").content.decode()),
        "重复" in sheet,
        ticket.number in rows,
    }
    assert len(said) == 1
    return said.pop()


def _marks_of(page: str) -> str:
    return "".join(re.findall(r'<span class="mark[^>]*>([^<]*)</span>', page))


def test_an_open_repeat_is_marked_for_the_unit_as_well(world: World) -> None:
    desk.dispatched(world)
    assert _says_repeat(world, "town", desk.dispatched(world))


def test_the_citys_own_mark_of_a_repeat_is_the_centres(world: World) -> None:
    ticket = desk.dispatched(world, marks=("repeat", "hot"))
    address = f"tickets/{ticket.number}/"
    assert get(bearer(world, "town"), address).json()["marks"] == ["hot"]
    assert get(bearer(world, "town"), "tickets/").json()["results"][0]["marks"] == ["hot"]
    assert get(bearer(world, "dispatcher"), address).json()["marks"] == ["repeat", "hot"]
    assert "重复" not in _marks_of(world.client("town").get(f"/{address}").content.decode())


@pytest.mark.parametrize("values", SECRET)
def test_a_files_name_tells_a_unit_nothing(world: World, values: dict[str, object]) -> None:
    ticket = desk.dispatched(world, **values)
    actions.attach(ticket.pk, [picture("张三丰举报材料.jpg")], by=world.dispatcher)
    address, town = f"tickets/{ticket.number}/attachments/", bearer(world, "town")
    (file,) = get(town, address).json()["results"]
    assert file["name"] == f"附件{file['id']}.jpg"
    assert "%E5%BC%A0" not in town.get(file["url"]).headers["Content-Disposition"]
    page = world.client("town").get(f"/tickets/{ticket.number}/").content.decode()
    assert "张三丰" not in page
    (own,) = get(bearer(world, "dispatcher"), address).json()["results"]
    assert own["name"] == "张三丰举报材料.jpg"


def test_numbers_in_answers_and_file_names_are_masked(world: World) -> None:
    ticket = desk.handling(world)
    actions.attach(ticket.pk, [picture(f"{desk.PHONE}.jpg")], by=world.dispatcher)
    said = {**desk.FINISHED, "facts": f"经联系{desk.PHONE}属实", "reply": f"已致电{desk.PHONE}"}
    actions.finish(ticket.pk, by=world.town, **said)
    page = world.client("reviewer").get(f"/tickets/{ticket.number}/").content.decode()
    assert "经联系138****5678属实" in page
    assert desk.PHONE not in page


def test_what_the_city_corrects_of_a_caller_stands_in_no_event(world: World) -> None:
    ticket = desk.received(world, city_number="CS1")
    actions.take_in(
        desk.intake(city_number="CS1", caller_phone="13998765432", caller_name="李四光"), by=world.dispatcher
    )
    assert Ticket.objects.get().caller_phone == "13998765432"
    told = str([*ticket.events.values("data", "note")])
    assert "13998765432" not in told
    assert "李四光" not in told


def test_a_callers_data_and_a_token_are_not_kept_for_a_second_asking(world: World) -> None:
    ticket = desk.dispatched(world)
    town = bearer(world, "town")
    for _ in range(2):
        answer = post(town, f"tickets/{ticket.number}/reveal/", {"reason": "与来电人联系"}, idempotency_key="k1")
        assert answer.json()["caller_phone"] == desk.PHONE
    assert AuditEntry.objects.filter(kind="reveal").count() == 2
    body = {"username": "town", "password": PASSWORD}
    assert post(town, "auth/token/", body, idempotency_key="k2").status_code == 200
    assert not IdempotentReply.objects.exists()


def test_the_list_behind_a_figure_is_masked(world: World) -> None:
    desk.received(world, title=f"联系人：张三丰，电话{desk.PHONE}")
    address = "/figures/tickets_received/rows/?period=2023-01-03"
    page = world.client("leader").get(address).content.decode()
    assert "138****5678" in page
    assert desk.PHONE not in page
    assert "张三丰" not in page
    sheet = b"".join(world.client("leader").post(address, {"export": "csv"}).streaming_content).decode()
    assert "138****5678" in sheet
    assert desk.PHONE not in sheet


def test_the_audit_of_an_export_does_not_keep_the_number_looked_for(world: World) -> None:
    world.client("dispatcher").post(f"/tickets/?tab=all&q={desk.PHONE}", {"export": "csv"})
    entry = AuditEntry.objects.get(kind="export")
    assert entry.data["filter"] == "tab=all&q=138****5678"


def test_a_delivery_that_changes_the_type_lifts_no_secrecy(world: World) -> None:
    ticket = desk.dispatched(world, type="report", city_number="CS7")
    for _ in range(2):
        body = {**CITY, "type": "help", "city_number": "CS7"}
        assert post(bearer(world, "dispatcher"), "tickets/", body).json()["type"] == "help"
    said = get(bearer(world, "town"), f"tickets/{ticket.number}/").json()
    assert (said["confidential"], said["caller"]) == (True, {"name": "保密", "phone": "保密"})
    assert ticket.events.filter(step="amend").count() == 1
    answer = post(bearer(world, "town"), f"tickets/{ticket.number}/reveal/", {"reason": "联系来电人"})
    assert answer.status_code == 403


@pytest.mark.parametrize("text", ["1381234", "81", "电话1381", "8１", "12345678", "三丰"])
def test_a_unit_cannot_try_out_what_is_masked(world: World, text: str) -> None:
    desk.dispatched(world, title="垃圾桶满溢，联系人：张三丰", place=f"三栋楼下，电话{desk.PHONE}")
    assert get(bearer(world, "town"), "tickets/", search=text).json()["count"] == 0
    page = world.client("town").get("/tickets/", {"tab": "all", "q": text}).content.decode()
    assert "垃圾桶满溢" not in page


def test_a_unit_finds_what_it_is_shown(world: World) -> None:
    desk.dispatched(world, title="107国道旁渣土裸露", place=f"三栋楼下，电话{desk.PHONE}")
    for text in ("107国道", "渣土", "三栋"):
        assert get(bearer(world, "town"), "tickets/", search=text).json()["count"] == 1


SAID = {
    "caller_name": "王小明", "caller_phone": "0731-88061234", "title": "举报某工地噪声，来电人王小明",
    "content": "王小明女士反映，回电88061234，王 小 明手机139/1234/5678或139，1234，5678，也可拨8806 1234、八八零六一二三四。",
    "place": "王小明家楼下88061234",
}  # fmt: skip
TOLD = re.compile(r"小明|小 明|8806|1234\W*5678|一二三四")


@pytest.mark.parametrize("values", SECRET)
def test_what_a_secret_caller_says_of_himself_in_the_text_is_not_told(world: World, values: dict[str, object]) -> None:
    ticket = desk.dispatched(world, **SAID, **values)
    town, client = world.client("town"), bearer(world, "town")
    sheet = town.post("/tickets/?tab=all&columns=content", {"export": "csv"})
    shown = {
        "page": town.get(f"/tickets/{ticket.number}/").content.decode(),
        "list": town.get("/tickets/?tab=all").content.decode(),
        "sheet": b"".join(sheet.streaming_content).decode(),
        "figure": town.get("/figures/tickets_received/rows/?period=2023-01-03").content.decode(),
        "api": get(client, f"tickets/{ticket.number}/").content.decode(),
        "events": get(client, f"tickets/{ticket.number}/events/").content.decode(),
    }
    assert all("工地噪声" in shown[name] for name in ("page", "list", "sheet", "figure", "api"))
    assert {name: found for name, words in shown.items() if (found := TOLD.findall(words))} == {}
    said = get(client, f"tickets/{ticket.number}/").json()
    assert said["content"] == "***女士反映，回电****，***手机139****5678或139****5678，也可拨****、****。"
    assert (said["title"], said["place"]) == ("举报某工地噪声，来电人***", "***家楼下****")
    for text in ("王小明", "小明", "工地噪声，来电人王"):
        assert get(client, "tickets/", search=text).json()["count"] == 0
    assert get(client, "tickets/", search="工地噪声").json()["count"] == 1
    assert get(bearer(world, "dispatcher"), "tickets/", search="王小明").json()["count"] == 1


def test_an_open_callers_name_and_number_in_the_text_are_masked_as_beside_it(world: World) -> None:
    ticket = desk.dispatched(
        world, **SAID | {"content": "市民王小明反映，电话 88061234。", "caller_name": "王小明先生"}
    )
    said = get(bearer(world, "town"), f"tickets/{ticket.number}/").json()
    assert (said["content"], said["place"]) == ("市民王**反映，电话 ****1234。", "王**家楼下****1234")
    assert "王小明" not in world.client("dispatcher").get(f"/tickets/{ticket.number}/").content.decode()


def test_a_caller_without_a_name_takes_no_word_out_of_the_text(world: World) -> None:
    ticket = desk.dispatched(world, caller_name="市民", caller_phone="", content="市民反映路灯不亮。")
    assert get(bearer(world, "town"), f"tickets/{ticket.number}/").json()["content"] == "市民反映路灯不亮。"
