"""短信: the outbox, and on it the manners of every list: tabs, filters, sorting, paging, cursors, exports."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry, Message, SavedFilter
from wangcheng.common.ways.lists import pager

LIST = "/manage/messages/"


@pytest.fixture
def admin(world: World) -> Client:
    return world.client("admin")


def message(number: int, **changes: Any) -> Message:
    """The number-th message of the test, one minute after the one before."""
    at = clock.now() + timedelta(minutes=number)
    values = {
        "text": f"工单第{number:03}号请及时签收。",
        "phone": f"1390000{number:04}",
        "segments": 1,
        "purpose": Message.Purpose.REMINDER,
        "created_at": at,
        "not_before": at,
        "about": f"WC20230103-{number:05}",
    }
    return Message.objects.create(**{**values, **changes})


def shown(client: Client, query: str = "") -> list[int]:
    """The numbers of the messages on the page, in its order."""
    page = client.get(f"{LIST}?{query}").content.decode()
    return [int(found) for found in re.findall(r">WC20230103-(\d+)<", page)]


def total(client: Client, query: str = "") -> str:
    found = re.search(r'<b id="total">([^<]*)</b>', client.get(f"{LIST}?{query}").content.decode())
    assert found
    return found[1]


def link(client: Client, address: str, rel: str) -> str:
    """Where 上一页 or 下一页 leads from `address`."""
    found = re.search(rf'<a href="([^"]*)" rel="{rel}">', client.get(address).content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def test_newest_come_first_twenty_a_page(admin: Client) -> None:
    for number in range(25):
        message(number)
    assert shown(admin) == list(range(24, 4, -1))
    assert shown(admin, "page=2") == [4, 3, 2, 1, 0]
    assert shown(admin, "size=50") == list(range(24, -1, -1))
    assert total(admin) == "25"


def test_a_page_beyond_the_last_gives_the_last(admin: Client) -> None:
    for number in range(25):
        message(number)
    assert shown(admin, "page=99") == [4, 3, 2, 1, 0]
    assert shown(admin, "page=x") == shown(admin)


def test_the_empty_list_says_what_to_do(admin: Client) -> None:
    assert "没有符合条件的短信" in admin.get(LIST).content.decode()


def test_a_tab_narrows_and_keeps_its_count_for_later(admin: Client) -> None:
    message(1)
    message(2, state=Message.State.FAILED)
    assert shown(admin, "tab=failed") == [2]
    counts = admin.get(f"{LIST}?only=counts").content.decode()
    assert re.search(r'id="tab-failed"[^>]*>\(1\)', counts)
    assert re.search(r'id="tab-unsure"[^>]*>\(0\)', counts)


def test_filters_narrow_and_show_as_removable_tags(admin: Client) -> None:
    message(1)
    message(2, purpose=Message.Purpose.PUSH)
    page = admin.get(f"{LIST}?purpose=push").content.decode()
    assert shown(admin, "purpose=push") == [2]
    assert "用途：双推送" in page
    assert f'href="{LIST}" aria-label="去掉条件：用途 双推送"' in page


def test_a_span_of_days_includes_both_ends(admin: Client) -> None:
    message(1)
    message(2, created_at=clock.now() - timedelta(days=1))
    assert shown(admin, "created_after=2023-01-03&created_before=2023-01-03") == [1]
    assert shown(admin, "created_before=2023-01-02") == [2]
    assert "生成日期：2023年1月3日 至 最晚" in admin.get(f"{LIST}?created_after=2023-01-03").content.decode()


def test_a_filter_filled_in_wrongly_finds_nothing_and_says_so(admin: Client) -> None:
    message(1)
    assert shown(admin, "state=nonsense") == []
    assert "field-error" in admin.get(f"{LIST}?state=nonsense").content.decode()


def test_search_finds_by_number_of_the_case(admin: Client) -> None:
    message(1)
    message(2)
    assert shown(admin, "q=WC20230103-00002") == [2]


def test_phones_are_masked_on_the_page_and_in_the_export(admin: Client) -> None:
    message(7)
    page = admin.get(LIST).content.decode()
    assert "139****0007" in page
    assert "13900000007" not in page
    assert "13900000007" not in admin.post(LIST, {"export": "csv"}).getvalue().decode()


def test_behind_the_numbered_pages_one_walks_on_by_cursor(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pager, "NUMBERED_TO", 40)
    for number in range(70):
        message(number)
    assert total(admin) == "40+"
    assert "70" in admin.get(f"{LIST}?only=counts").content.decode()
    third = link(admin, f"{LIST}?page=2", "next")
    assert "after=" in third
    assert shown(admin, third.partition("?")[2]) == list(range(29, 9, -1))
    fourth = link(admin, third, "next")
    assert shown(admin, fourth.partition("?")[2]) == list(range(9, -1, -1))
    assert link(admin, fourth, "next") == ""
    back = link(admin, fourth, "prev")
    assert shown(admin, back.partition("?")[2]) == list(range(29, 9, -1))
    first = link(admin, link(admin, back, "prev"), "prev")
    assert shown(admin, first.partition("?")[2]) == list(range(69, 49, -1))


def test_a_broken_cursor_gives_the_first_page(admin: Client) -> None:
    message(1)
    assert shown(admin, "after=bm9uc2Vuc2U") == [1]


@pytest.mark.parametrize("size", [20, 50])
def test_a_list_costs_the_same_few_queries_however_long(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    client = world.client("admin")
    client.get("/desk/")
    for number in range(size):
        message(number, recipient=world.town, organisation=world.units["高塘岭街道"])
    with django_assert_max_num_queries(8):
        client.get(f"{LIST}?size={size}")


def test_the_workbook_holds_every_matching_row_with_numbers_as_text(admin: Client) -> None:
    for number in range(30):
        message(number)
    answer = admin.post(f"{LIST}?size=20", {"export": "xlsx"})
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["生成时间", "收件人", "单位", "内容"]
    assert len(rows) == 31
    assert rows[1][7] == "WC20230103-00029"


def test_a_csv_disarms_formulas(admin: Client) -> None:
    message(1, text="=HYPERLINK(1)", about="")
    content = admin.post(LIST, {"export": "csv"}).getvalue().decode()
    assert content.startswith("\ufeff生成时间,")
    assert "'=HYPERLINK(1)" in content


def test_every_export_is_in_the_audit(world: World) -> None:
    message(1)
    world.client("admin").post(f"{LIST}?tab=failed", {"export": "xlsx"})
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.EXPORT)
    assert (entry.actor, entry.data) == (world.admin, {"rows": 0, "filter": "tab=failed"})


def test_conditions_can_be_kept_under_a_name_of_ones_own(world: World) -> None:
    client = world.client("admin")
    kept = {"page": "messages", "name": "失败的", "query": "tab=failed", "back": LIST}
    assert client.post("/filters/save/", kept)["Location"] == LIST
    assert f'<a href="{LIST}?tab=failed">失败的</a>' in client.get(LIST).content.decode()
    saved = SavedFilter.objects.get()
    assert world.client("other_admin").post(f"/filters/{saved.pk}/remove/", {"back": LIST}).status_code == 404
    client = world.client("admin")
    client.post(f"/filters/{saved.pk}/remove/", {"back": "https://elsewhere.invalid/"})
    assert not SavedFilter.objects.exists()


def test_the_words_about_a_case_are_shown_neither_in_the_list_nor_on_the_page_nor_in_the_export(admin: Client) -> None:
    row = message(1, text="您单位收到12345工单WC20230103-00001“路灯不亮”。", state=Message.State.FAILED, error="空号")
    export = admin.post(LIST, {"export": "csv"}).getvalue().decode()
    for page in (admin.get(LIST).content.decode(), admin.get(f"{LIST}{row.pk}/").content.decode(), export):
        assert "路灯" not in page
        assert "业务内容不予显示" in page
        assert "WC20230103-00001" in page
        assert "空号" in page


def test_the_words_about_an_account_are_shown(admin: Client) -> None:
    row = message(1, text="您的账号town的密码已重置。", about="")
    for page in (LIST, f"{LIST}{row.pk}/"):
        assert "您的账号town的密码已重置。" in admin.get(page).content.decode()


def test_the_page_names_the_address_that_the_carrier_sends_its_receipts_to(admin: Client, client: Client) -> None:
    found = re.search(r"http://testserver(/sms/receipts/\?key=\w+)", admin.get(LIST).content.decode())
    assert found
    assert client.post(found[1], "[]", "application/json").json() == {"taken": 0}


def test_only_who_keeps_the_outbox_sees_it(world: World) -> None:
    assert world.client("dispatcher").get(LIST).status_code == 403


def test_a_failed_message_is_sent_anew_and_one_in_doubt_settled(world: World) -> None:
    client = world.client("admin")
    failed, unsure = message(1, state=Message.State.FAILED), message(2, state=Message.State.UNSURE)
    client.post(f"{LIST}{failed.pk}/resend/")
    client.post(f"{LIST}{unsure.pk}/settle/", {"arrived": "no"})
    failed.refresh_from_db()
    unsure.refresh_from_db()
    assert failed.state == Message.State.MANUAL
    assert unsure.state == Message.State.FAILED
    assert Message.objects.filter(state=Message.State.WAITING).count() == 1


def test_resending_what_has_not_failed_is_refused_in_words(world: World) -> None:
    row = message(1, state=Message.State.DELIVERED)
    page = world.client("admin").post(f"{LIST}{row.pk}/resend/", follow=True).content.decode()
    assert "只有失败的短信可以重发" in page
