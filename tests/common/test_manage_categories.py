"""诉求分类: the directory of village duties and defaults changes from a day on; tickets and past quarters keep theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.common.api import bearer, get
from tests.common.test_import_people import counts, csv_of, rejected, take
from tests.grid.quarter import draft
from tests.hotline import desk
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.casework.actions import BrokenCategoryFile, load_categories
from wangcheng.common.casework.importing import COLUMNS
from wangcheng.common.figures.compute import one
from wangcheng.common.figures.periods import Period
from wangcheng.common.models import AuditEntry, Category

HEADER = [column.header for column in COLUMNS]
LINE = ["工单", "010101", "占道经营", "城管局", "一般", "", "否", ""]
TODAY, NEXT = date(2023, 1, 3), date(2023, 4, 1)


@pytest.fixture
def admin(world: World) -> Client:
    return world.client("admin")


def form(row: Category, **values: Any) -> dict[str, Any]:
    said = {"name": row.name, "unit": row.unit_id or "", "urgency": row.urgency, "day": "2023-01-03"}
    return {**said, **({"village_duty": "on"} if row.village_duty else {}), **values}


def versions(code: str) -> list[tuple[date, date | None, bool]]:
    rows = Category.objects.filter(scheme="ticket", code=code).order_by("pk")
    return list(rows.values_list("valid_from", "valid_to", "village_duty"))


def test_a_change_ends_the_old_version_and_begins_another(world: World, admin: Client) -> None:
    old = world.categories["占道经营"]
    where = admin.post(f"/manage/categories/{old.pk}/edit/", form(old, village_duty="on", day="2023-04-01"))["Location"]
    assert versions("010101") == [(date(2020, 1, 1), NEXT, False), (NEXT, None, True)]
    page = admin.get(where).content.decode()
    assert "待施行" in page
    assert "2023年4月1日" in page
    new = Category.objects.get(code="010101", scheme="ticket", valid_to=None)
    assert (new.parent_id, new.top_id, new.unit_id) == (old.parent_id, old.top_id, old.unit_id)
    told = AuditEntry.objects.get(object="category ticket 010101")
    assert (told.summary, told.actor) == ("修改工单分类“占道经营”（010101），自2023年4月1日起。", world.admin)
    assert "占道经营" in admin.get("/manage/categories/?tab=coming").content.decode()
    assert "占道经营" in admin.get("/manage/categories/").content.decode()


def test_a_leaf_is_given_a_limit_of_its_own(world: World, admin: Client) -> None:
    old = world.categories["占道经营"]
    assert admin.post(f"/manage/categories/{old.pk}/edit/", form(old, handling_days="61")).status_code == 400
    where = admin.post(f"/manage/categories/{old.pk}/edit/", form(old, handling_days="3"))["Location"]
    assert Category.objects.get(code="010101", scheme="ticket", valid_to=None).handling_days == 3
    page = admin.get(where).content.decode()
    assert ("3个工作日" in page, "按诉求类型" in page) == (True, True)  # now, and the version before
    assert get(bearer(world, "dispatcher"), "categories/").content.decode().count('"handling_days":3') == 1


def test_what_was_received_before_counts_with_the_directory_of_its_time(world: World, admin: Client) -> None:
    with clock.frozen(desk.at("2022-11-08 09:30")):
        desk.closed(world, category=world.categories["垃圾清运"], area=world.villages["斑马湖社区"])
    before = draft(world, "zero").fingerprint
    row = world.categories["垃圾清运"]
    admin.post(f"/manage/categories/{row.pk}/edit/", form(row, village_duty=""))
    assert Category.objects.get(code="010102", scheme="ticket", valid_to=None).village_duty is False
    assert one("village_complaints", Period.parse("2022Q4")).numerator == 1
    assert draft(world, "zero").fingerprint == before


def test_a_ticket_received_before_and_dispatched_after_keeps_the_category_of_its_time(
    world: World, admin: Client
) -> None:
    old = world.categories["占道经营"]
    with clock.frozen(desk.at("2022-12-30 09:30")):
        ticket = desk.received(world, category=old)
    admin.post(f"/manage/categories/{old.pk}/edit/", form(old, village_duty="on"))
    now = Category.objects.get(code="010101", scheme="ticket", valid_to=None)
    client = world.client("dispatcher")
    sent = {"unit": world.units["城管局"].code, "category": "010101", "area": "", "note": ""}
    client.post(f"/tickets/{ticket.number}/dispatch/", sent)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.category) == ("dispatched", old)
    old.refresh_from_db()
    assert desk.received(world, category=old).category == now


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"day": "2023-01-02", "name": "占道"}, "施行日期不能早于今天"),
        ({"name": ""}, "请填写"),
    ],
)
def test_a_change_is_refused_with_the_reason(world: World, admin: Client, values: dict[str, str], reason: str) -> None:
    row = world.categories["占道经营"]
    answer = admin.post(f"/manage/categories/{row.pk}/edit/", form(row, **values))
    assert answer.status_code == 400
    assert reason in answer.content.decode()


def test_a_version_to_come_is_not_overtaken(world: World, admin: Client) -> None:
    row = world.categories["占道经营"]
    admin.post(f"/manage/categories/{row.pk}/edit/", form(row, village_duty="on", day="2023-04-01"))
    coming = Category.objects.get(code="010101", scheme="ticket", valid_to=None)
    answer = admin.post(f"/manage/categories/{coming.pk}/edit/", form(coming, name="占道"))
    assert "已有自2023年4月1日起施行的版本" in answer.content.decode()
    assert admin.post(f"/manage/categories/{row.pk}/edit/", form(row, name="占道")).status_code == 409


def test_a_form_drawn_before_somebody_elses_change_is_refused(world: World, admin: Client) -> None:
    row = world.categories["占道经营"]
    seen = admin.get(f"/manage/categories/{row.pk}/edit/").context["form"]["seen"].value()
    Category.objects.filter(pk=row.pk).update(urgency="urgent")
    assert admin.post(f"/manage/categories/{row.pk}/edit/", form(row, name="占道", seen=seen)).status_code == 409


def test_a_leaf_is_added_below_what_is_there_and_ended(world: World, admin: Client) -> None:
    new = {
        "scheme": "ticket",
        "code": "010103",
        "name": "公厕管理",
        "unit": "",
        "urgency": "normal",
        "day": "2023-01-03",
    }
    where = admin.post("/manage/categories/new/", new)["Location"]
    row = Category.objects.get(code="010103")
    assert (row.level, row.parent.code, row.top.code) == (3, "010100", "010000")  # type: ignore[union-attr]
    assert "已有代码为“010103”的分类" in admin.post("/manage/categories/new/", new).content.decode()
    assert "没有上级分类“090900”" in admin.post("/manage/categories/new/", {**new, "code": "090901"}).content.decode()
    admin.post(f"{where}end/", {"day": "2023-04-01"})
    assert versions("010103") == [(TODAY, NEXT, False)]
    branch = Category.objects.get(code="010100", scheme="ticket")
    answer = admin.post(f"/manage/categories/{branch.pk}/end/", {"day": "2023-04-01"})
    assert "其下还有在用的分类" in answer.content.decode()


def test_the_directory_comes_in_by_a_sheet_and_a_second_run_changes_nothing(world: World, admin: Client) -> None:
    sheet = csv_of(
        HEADER,
        ["工单", "020000", "环境保护", "", "", "", "", "2023-04-01"],
        ["工单", "020100", "大气污染", "", "", "", "", "2023-04-01"],
        ["工单", "020101", "露天烧烤", "城管局", "紧急", "3", "否", "2023-04-01"],
        [*LINE[:6], "是", "2023-04-01"],
        ["工单", "010102", "垃圾清运", "", "", "", "是", ""],
    )
    job = take(admin, "categories", sheet)
    assert (counts(job), rejected(job)) == ((3, 1, 1, 0), [])
    assert versions("010101") == [(date(2020, 1, 1), NEXT, False), (NEXT, None, True)]
    leaf = Category.objects.get(code="020101")
    assert (leaf.urgency, leaf.handling_days, leaf.unit, leaf.top.name) == (
        "urgent",
        3,
        world.units["城管局"],
        "环境保护",
    )  # type: ignore[union-attr]
    assert AuditEntry.objects.get(object="categories").summary == "导入诉求分类：新增3条，变更1条。"
    assert counts(take(admin, "categories", sheet)) == (0, 0, 5, 0)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("体系", "信访", "体系“信访”无法识别，应为工单、哨单。"),
        ("代码", "0101", "代码“0101”应为6位数字"),
        ("代码", "050501", "没有上级分类“050500”"),
        ("名称", "", "名称为空。"),
        ("默认承办单位", "气象局", "没有单位“气象局”。"),
        ("紧急程度", "很急", "紧急程度“很急”无法识别"),
        ("办理时限（工作日）", "三天", "办理时限“三天”应为1至60的整数。"),
        ("办理时限（工作日）", "61", "办理时限“61”应为1至60的整数。"),
        ("村（社区）职责", "也许", "村（社区）职责“也许”无法识别"),
        ("施行日期", "2023-01-02", "施行日期不能早于今天"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason_and_the_others_go_in(
    world: World, admin: Client, column: str, value: str, reason: str
) -> None:
    bad = [value if name == column else old for name, old in zip(HEADER, LINE, strict=True)]
    good = ["工单", "010103", "公厕管理", "", "", "", ""]
    job = take(admin, "categories", csv_of(HEADER, bad, good))
    assert counts(job) == (1, 0, 0, 1)
    assert rejected(job)[0].startswith(reason)


def test_a_branch_keeps_its_name(world: World, admin: Client) -> None:
    job = take(admin, "categories", csv_of(HEADER, ["工单", "010100", "市容", "", "", "", ""]))
    assert "是一级或二级分类，不能改名" in rejected(job)[0]


def test_the_centre_reads_the_directory_and_only_the_administrator_keeps_it(world: World) -> None:
    row = world.categories["占道经营"]
    client = world.client("assessor")
    page = client.get(f"/manage/categories/{row.pk}/").content.decode()
    assert "城管局" in page
    assert "/edit/" not in page
    assert client.get("/manage/categories/?village_duty=true").status_code == 200
    for address in ("new/", f"{row.pk}/edit/", f"{row.pk}/end/"):
        assert client.get(f"/manage/categories/{address}").status_code == 403
    assert client.get("/sheets/categories/").status_code == 403
    assert world.client("town").get("/manage/categories/").status_code == 403


def test_a_founding_list_never_overwrites_what_is_there(world: World) -> None:
    with pytest.raises(BrokenCategoryFile, match="已有诉求分类"):
        load_categories()
