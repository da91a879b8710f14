"""The pages of tickets: list, detail with its steps, intake, import with mapping and preview, caller's data, ledgers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from hotline import actions, ledgers
from hotline.importing.mapping import guess, unknown
from hotline.models import Knowledge, Ticket, Training
from tests.hotline import desk
from tests.hotline.test_import_tickets import CITY, ROW, write_csv
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.jobs.running import take_up
from wangcheng.common.models import AuditEntry, Job


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:2000]
    return str(answer.content.decode())


# List


def test_each_tab_shows_what_it_says(world: World) -> None:
    new, sent = desk.received(world, title="新到的"), desk.dispatched(world, title="已派的")
    done = desk.closed(world, title="办结的")
    dispatcher = world.client("dispatcher")
    shown = {
        tab: {ticket.title for ticket in (new, sent, done) if ticket.title in page(dispatcher, f"/tickets/?tab={tab}")}
        for tab in ("todo", "open", "late", "done", "all")
    }
    assert shown == {
        "todo": {"新到的"}, "open": {"已派的"}, "late": set(), "done": {"办结的"}, "all": {"新到的", "已派的", "办结的"},
    }  # fmt: skip
    with clock.frozen(desk.at("2023-01-11 09:30")):
        assert "已派的" in page(dispatcher, "/tickets/?tab=late")


def test_a_row_that_waits_for_the_reader_says_so_on_every_tab(world: World) -> None:
    desk.received(world), desk.closed(world)
    shown = {tab: page(world.client("dispatcher"), f"/tickets/?tab={tab}") for tab in ("todo", "all")}
    assert [re.findall(r'data-label="操作"><a[^>]*>(..)</a>', found) for found in shown.values()] == [
        ["办理"],
        ["查看", "办理"],
    ]


def test_open_tickets_are_sorted_by_their_deadline_and_the_closed_are_not(world: World) -> None:
    late, soon = (
        desk.dispatched(world, title="慢", type="suggestion"),
        desk.dispatched(world, title="快", type="consult"),
    )
    found = page(world.client("dispatcher"), "/tickets/?tab=open&sort=due_at")
    assert found.index(soon.number) < found.index(late.number)
    assert 'href="/tickets/?tab=open&amp;sort=-due_at"' in found
    assert (
        "sort=due_at"
        not in page(world.client("dispatcher"), "/tickets/?tab=done").replace("&amp;", "&").split("<thead")[-1]
    )
    desk_lines = page(world.client("town"), "/desk/")
    assert desk_lines.index("快</a>") < desk_lines.index("慢</a>")


def test_the_desk_lists_what_is_due_within_a_day_also_before_it_is_sent_out(world: World) -> None:
    for title, due in (
        ("明天到期", "2023-01-04 09:00"),
        ("今天到期", "2023-01-03 17:00"),
        ("后天到期", "2023-01-05 17:00"),
    ):
        desk.received(world, title=title, city_due_at=desk.at(due))
    sent = desk.dispatched(world, title="已派出", city_due_at=desk.at("2023-01-03 18:00"))
    dispatcher = world.client("dispatcher")
    card = page(dispatcher, "/desk/").partition("即将到期和超期的工单")[2]
    more = re.search(r'href="([^"]*)">全部', card)
    assert more
    listed = page(dispatcher, more[1].replace("&amp;", "&")).partition("<tbody")[2]
    for found in (card.partition("</section>")[0], listed):
        places = [found.find(title) for title in ("今天到期", "已派出", "明天到期")]
        assert -1 not in places
        assert places == sorted(places)
        assert "后天到期" not in found
    with clock.frozen(desk.at("2023-01-03 17:30")):
        assert sent.title in page(world.client("town"), "/desk/").partition("即将到期和超期的工单")[2]


def test_the_empty_list_names_the_tab_that_has_more_and_not_itself(world: World) -> None:
    assert "可切换到“全部”查看" in page(world.client("dispatcher"), "/tickets/?tab=late")
    whole = page(world.client("dispatcher"), "/tickets/?tab=all")
    assert ("可切换到" in whole, "没有符合条件的工单" in whole) == (False, True)


def test_an_export_tells_the_unit_done_from_the_case_closed(world: World) -> None:
    desk.closed(world)
    answer = world.client("dispatcher").post("/tickets/?tab=all", {"export": "csv"})
    header = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0].split(",")  # type: ignore[attr-defined]
    assert ("申请办结时间" in header, "结案时间" in header, "办结时间" in header) == (True, True, False)


def test_a_printed_ticket_is_a_form_with_its_day_and_places_to_sign(world: World) -> None:
    shown = page(world.client("dispatcher"), f"/tickets/{desk.closed(world).number}/")
    for words in (
        "工单办理单",
        "打印时间：2023年1月3日 09:30",
        f"打印人：{world.dispatcher.name}",
        "承办人：",
        "审核人：",
    ):
        assert words in shown, words


def test_a_request_of_the_unit_waits_for_the_dispatcher(world: World) -> None:
    ticket = desk.dispatched(world)
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")
    assert ticket.number in page(world.client("dispatcher"), "/tickets/?tab=todo")
    assert ticket.number in page(world.client("town"), "/tickets/?tab=todo")
    assert ticket.number not in page(world.client("reviewer"), "/tickets/?tab=todo")


@pytest.mark.parametrize("name", ["leader", "assessor", "supervisor"])
def test_what_a_unit_has_to_do_does_not_wait_for_who_only_looks_on(world: World, name: str) -> None:
    ticket = desk.dispatched(world)
    assert ticket.number in page(world.client(name), "/tickets/?tab=open")
    assert ticket.number not in page(world.client(name), "/tickets/?tab=todo")


def test_lists_are_masked_and_within_sight(world: World) -> None:
    ticket = desk.dispatched(world, title="联系人：张三丰，电话13812345678")
    shown = page(world.client("town"), "/tickets/?tab=all")
    assert ticket.number in shown
    assert "13812345678" not in shown
    assert "张三丰" not in shown
    assert ticket.number not in page(world.client("other_town"), "/tickets/?tab=all")
    page(world.client("admin"), "/tickets/", status=403)


def test_a_list_is_narrowed_and_searched(world: World) -> None:
    one = desk.received(world, type="complaint", title="占道经营")
    other = desk.received(world, title="井盖缺失")
    shown = page(world.client("dispatcher"), "/tickets/?tab=all&type=complaint")
    assert one.number in shown
    assert other.number not in shown
    assert one.number not in page(world.client("dispatcher"), "/tickets/?tab=all&q=井盖")


def test_an_export_holds_every_matching_row_and_no_personal_data(world: World) -> None:
    ticket = desk.dispatched(world, title="=cmd 联系13812345678")
    answer = world.client("town").post("/tickets/?tab=all", {"export": "csv"})
    content = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8-sig")
    assert ticket.number in content
    assert "13812345678" not in content
    assert '"=cmd' not in content
    assert ",=cmd" not in content
    assert AuditEntry.objects.filter(kind="export").count() == 1


def test_list_and_detail_pages_keep_to_their_queries(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    tickets = [desk.dispatched(world, title=f"第{number}件", caller_phone="") for number in range(50)]
    town = world.client("town")
    page(town, "/tickets/")
    with django_assert_max_num_queries(10):
        page(town, "/tickets/?size=50")
    page(town, f"/tickets/{tickets[0].number}/")
    with django_assert_max_num_queries(15):
        page(town, f"/tickets/{tickets[1].number}/")


# Detail and steps


def test_the_bar_holds_exactly_the_steps_open_to_this_person(world: World) -> None:
    ticket = desk.dispatched(world)
    town, dispatcher = (page(world.client(name), f"/tickets/{ticket.number}/") for name in ("town", "dispatcher"))
    assert f"/tickets/{ticket.number}/sign/" in town
    assert f"/tickets/{ticket.number}/finish/" not in town
    assert f"/tickets/{ticket.number}/sign/" not in dispatcher
    assert f"/tickets/{ticket.number}/suspend/" in dispatcher
    page(world.client("other_town"), f"/tickets/{ticket.number}/", status=404)


def test_a_ticket_is_led_through_the_pages_to_its_end(world: World) -> None:
    answer = world.client("dispatcher").post("/tickets/new/", {
        "title": "楼下垃圾", "content": "无人清运", "type": "help", "source": "district", "received_at": "2023-01-03T09:20",
        "village": "430112001010", "category": "010102", "caller_name": "李四", "caller_phone": "13900000001",
    })  # fmt: skip
    ticket = Ticket.objects.get()
    address = f"/tickets/{ticket.number}/"
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert answer.url == address
    assert ticket.village == world.villages["斑马湖社区"]

    def take(who: str, step: str, **said: Any) -> None:
        ticket.refresh_from_db()
        answer = world.client(who).post(f"{address}{step}/", {"version": ticket.version, **said})
        assert answer.status_code == 302, answer.content.decode()

    take("dispatcher", "dispatch", unit="430112001000", area="430112001010001", category="010102")
    take("town", "sign")
    take("town", "contact", way="phone", outcome="connected")
    take("town", "finish", **desk.FINISHED)
    take("reviewer", "review", passed="true")
    take("caller", "callback", resolved="yes", satisfaction="satisfied")
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    shown = page(world.client("town"), address)
    clocks = ("派单 → 待签收", "签收按时（时限2023年1月3日 15:00）", "首次联系按时", "办结按时")
    for words in (*clocks, "双推送", "已告知处理结果", "满意"):
        assert words in shown, words
    assert "13900000001" not in shown
    assert "李四" not in shown


def test_a_late_step_is_called_late_in_the_timeline(world: World) -> None:
    ticket = desk.dispatched(world)
    with clock.frozen(desk.at("2023-01-04 10:00")):
        actions.sign(ticket.pk, by=world.town)
        assert "签收超时" in page(world.client("town"), f"/tickets/{ticket.number}/")


def test_a_stale_form_says_so_and_changes_nothing(world: World) -> None:
    ticket = desk.dispatched(world)
    answer = world.client("town").post(f"/tickets/{ticket.number}/sign/", {"version": 1})
    assert answer.status_code == 409
    assert "已被其他人员处理" in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.state == "dispatched"


def test_why_a_ticket_is_due_then_is_said_in_words(world: World) -> None:
    ticket = desk.dispatched(world)
    shown = page(world.client("town"), f"/tickets/{ticket.number}/")
    assert "2023年1月3日 09:30派单，时限5个工作日" in shown


def test_the_intake_form_says_what_is_wrong(world: World) -> None:
    answer = world.client("dispatcher").post("/tickets/new/", {"title": ""})
    assert answer.status_code == 400
    assert not Ticket.objects.exists()
    shown = page(world.client("dispatcher"), "/tickets/new/")
    assert "110" in shown
    assert "斑马湖社区" in shown


def test_the_callers_data_are_shown_after_a_reason_and_once(world: World) -> None:
    ticket = desk.dispatched(world)
    town = world.client("town")
    address = f"/tickets/{ticket.number}/reveal/"
    assert desk.PHONE not in page(town, address)
    answer = town.post(address, {"reason": "与来电人联系"})
    assert desk.PHONE in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert desk.PHONE not in page(town, address)
    assert AuditEntry.objects.filter(kind="reveal").count() == 1


def test_an_officer_confirms_the_push_and_sees_the_ticket(world: World) -> None:
    ticket = desk.dispatched(world, area=world.grids["斑马湖社区1"])
    officer = world.client("gridofficer")
    assert "回执" in page(officer, f"/tickets/{ticket.number}/")
    assert officer.post(f"/tickets/{ticket.number}/receipt/").status_code == 302
    assert ticket.pushes.get(user=world.gridofficer).read_at == clock.now()
    assert ticket.pushes.get(user=world.gridleader).read_at is None
    page(world.client("other_gridofficer"), f"/tickets/{ticket.number}/", status=404)


def test_files_of_a_ticket_are_not_for_others(world: World) -> None:
    ticket = desk.handling(world)
    upload = SimpleUploadedFile(
        "说明.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf"
    )
    town = world.client("town")
    assert town.post(f"/tickets/{ticket.number}/attach/", {"files_to_add": [upload]}).status_code == 302
    file = ticket.attachments.get()
    assert "说明.pdf" in page(town, f"/tickets/{ticket.number}/")
    assert town.get(f"/tickets/{ticket.number}/files/{file.pk}/").status_code == 200
    assert world.client("other_town").get(f"/tickets/{ticket.number}/files/{file.pk}/").status_code == 404


# Import


def upload(client: Client, path: Path) -> Any:
    with path.open("rb") as file:
        return client.post("/tickets/import/", {"sheet": file})


def test_a_sheet_is_uploaded_looked_at_and_imported(world: World, tmp_path: Path) -> None:
    dispatcher = world.client("dispatcher")
    sheet = write_csv(tmp_path / "a.csv", CITY, ROW, {**ROW, "工单编号": "CS2", "来电类别": "闲聊"})
    assert upload(dispatcher, sheet).url == "/tickets/import/mapping/"
    shown = page(dispatcher, "/tickets/import/mapping/")
    assert "占道经营" in shown
    assert "诉求类型“闲聊”无法识别" in shown
    assert not Ticket.objects.exists()
    chosen = {
        "city_number": "工单编号",
        "title": "标题",
        "content": "主要内容",
        "type": "来电类别",
        "received_at": "接收时间",
    }
    answer = dispatcher.post("/tickets/import/mapping/", {**chosen, "start": "1"})
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"
    take_up(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["created"], job.result["rejected"]) == ("done", 1, 1)
    assert Ticket.objects.get().source == "phone"
    assert dispatcher.get("/tickets/import/mapping/").status_code == 302


def test_a_sheet_without_numbers_gets_them_from_title_and_content(world: World, tmp_path: Path) -> None:
    dispatcher = world.client("dispatcher")
    upload(dispatcher, write_csv(tmp_path / "a.csv", ["主题", "正文"], {"主题": "路灯不亮", "正文": "坏了三天"}))
    chosen = {"title": "主题", "content": "正文", "constant_type": "help"}
    refused = dispatcher.post("/tickets/import/mapping/", {**chosen, "start": "1"})
    assert refused.status_code == 400
    assert "请选择市级编号" in refused.content.decode()
    dispatcher.post("/tickets/import/mapping/", {**chosen, "hash_number": "on", "start": "1"})
    take_up(Job.objects.get().pk)
    assert Ticket.objects.get().city_number.startswith("HX")


def test_the_preview_tells_numbers_that_repeat_and_that_are_there(world: World, tmp_path: Path) -> None:
    desk.received(world, city_number="CS1")
    rows = [{**ROW, "工单编号": number} for number in ("CS1", "CS2", "CS2", "CS3")]
    dispatcher = world.client("dispatcher")
    upload(dispatcher, write_csv(tmp_path / "a.csv", CITY, *rows))
    shown = page(dispatcher, "/tickets/import/mapping/")
    assert shown.count(">已存在</span>") == 1
    assert re.findall("不能导入：([^<]*)", shown) == ["与第3行重复。"]
    marked = re.findall(r">([^<]*)<span class=\"required-mark", shown)
    assert {"市级编号", "标题", "内容"} == set(marked)


def test_a_text_that_is_called_a_workbook_is_refused_at_once(world: World, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.xlsx", CITY, ROW)
    answer = upload(world.client("dispatcher"), path)
    assert (answer.status_code, "不是有效的xlsx文件" in answer.content.decode()) == (400, True)


def test_the_systems_own_word_for_a_category_is_known() -> None:
    header = ["市级编号", "标题", "内容", "诉求分类"]
    assert guess(header).columns["category"] == ("诉求分类",)
    assert unknown(header) == []


def test_a_file_that_is_no_sheet_is_refused_at_once(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40)
    answer = upload(world.client("dispatcher"), path)
    assert answer.status_code == 400
    assert "不是表格" in answer.content.decode()
    page(world.client("town"), "/tickets/import/", status=403)


# Ledgers


def test_knowledge_is_used_only_after_somebody_else_reviewed_it(world: World) -> None:
    answer = world.client("dispatcher").post("/knowledge/new/", {
        "question": "社保卡如何补办", "answer": "携身份证到窗口办理。", "unit": "D01", "valid_from": "2023-01-01",
    })  # fmt: skip
    found = Knowledge.objects.get()
    assert answer.url == f"/knowledge/{found.pk}/"
    consult = desk.received(world, type="consult")
    dispatcher = world.client("dispatcher")
    body = {"version": consult.version, "knowledge": found.pk, "reply": "携身份证到窗口办理。"}
    assert dispatcher.post(f"/tickets/{consult.number}/answer/", body).status_code == 400
    assert dispatcher.post(f"/knowledge/{found.pk}/review/", {"passed": "yes"}).status_code == 403
    assert world.client("reviewer").post(f"/knowledge/{found.pk}/review/", {"passed": "yes"}).status_code == 302
    assert dispatcher.post(f"/tickets/{consult.number}/answer/", body).status_code == 302
    assert consult.answers.get().knowledge == found
    assert "社保卡如何补办" in page(world.client("town"), "/knowledge/")


def test_a_training_is_recorded_with_its_units(world: World) -> None:
    answer = world.client("supervisor").post("/trainings/new/", {
        "day": "2023-01-03", "kind": "visit", "topic": "热线业务培训", "sessions": 1, "people": 30, "units": ["D01"],
    })  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    training = Training.objects.get()
    assert (training.people, training.units.get(), training.recorded_by) == (
        30,
        world.units["城管局"],
        world.supervisor,
    )
    assert "热线业务培训" in page(world.client("leader"), "/trainings/")
    assert world.client("town").get("/trainings/new/").status_code == 403


def test_a_training_of_tomorrow_is_refused(world: World) -> None:
    with pytest.raises(Exception, match="不能晚于今天"):
        ledgers.record_training(
            by=world.supervisor, day=clock.at(clock.today()).date().replace(day=4), kind="visit", topic="培训", people=3
        )


# Desk and search


def test_the_desk_shows_what_waits_and_what_is_late(world: World) -> None:
    ticket = desk.dispatched(world, title="要办的事")
    shown = page(world.client("town"), "/desk/")
    assert "要办的事" in shown
    with clock.frozen(desk.at("2023-01-11 09:30")):
        assert "超期" in page(world.client("town"), "/desk/")
    assert ticket.title not in page(world.client("other_town"), "/desk/")


def test_what_was_closed_today_opens_those_of_today(world: World) -> None:
    with clock.frozen(desk.at("2023-01-03 10:00")):
        early = desk.closed(world, title="前一天办结的")
    with clock.frozen(desk.at("2023-01-04 10:00")):
        late, dispatcher = desk.closed(world, title="当天办结的"), world.client("dispatcher")
        url = "/tickets/?tab=done&amp;closed_after=2023-01-04"
        assert url in page(dispatcher, "/desk/")
        listed = page(dispatcher, url.replace("&amp;", "&"))
    assert (late.title in listed, early.title in listed) == (True, False)


def test_the_dispatcher_is_offered_the_likely_unit_and_the_choice_is_compared_with_it(world: World) -> None:
    ticket = desk.received(world, category=world.categories["占道经营"], area=world.villages["斑马湖社区"])
    other = desk.received(world, area=world.villages["静慎村"], title="另一件")
    dispatcher = world.client("dispatcher")
    assert '<option value="D01" selected' in page(dispatcher, f"/tickets/{ticket.number}/dispatch/")
    drawn = page(dispatcher, f"/tickets/{other.number}/dispatch/")
    assert '<option value="430112101000" selected' in drawn
    assert "静慎村第1网格" in drawn
    assert "斑马湖社区第1网格" not in drawn
    dispatcher.post(f"/tickets/{ticket.number}/dispatch/", {"unit": "D02", "version": ticket.version})
    ticket.refresh_from_db()
    assert (ticket.unit, ticket.suggested_unit) == (world.units["住建局"], world.units["城管局"])


def test_a_row_on_a_phone_is_a_card_of_its_title_number_state_time_and_unit(world: World) -> None:
    desk.dispatched(world, title="占道经营")
    row = page(world.client("dispatcher"), "/tickets/?tab=all").partition("<tbody")[2].partition("</tr>")[0]
    css = dict(re.findall(r'data-label="([^"]*)"(?: class="([^"]*)")?', row))
    assert css["标题"].split()[-1] == "c-lead"
    assert all("c-key" in css[name] for name in ("编号", "状态", "剩余时间"))
    assert css["承办单位"] == ""
    assert "c-none" in css["村（社区）"], "says nothing"
    assert "c-none" in css["标记"]
    assert all("c-aside" in css[name] for name in ("类型", "分类", "接收时间"))
    assert 'class="action alone"' in row, "the number leads there"
