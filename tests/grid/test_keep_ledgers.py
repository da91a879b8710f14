"""台账: new rows, changes and ends by the page; what was counted for a past period stays, whatever is done today."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from grid.models import Estate, StaffMember, VideoPoint
from tests.common.test_import_people import counts, csv_of, rejected, take
from tests.world import FIRST_DAY
from wangcheng.common.figures.compute import compute
from wangcheng.common.figures.periods import Period
from wangcheng.common.models import AuditEntry

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

    from tests.world import World

DEVICE = "43011200001320000001"
HEADER = ["设备编码", "名称", "楼盘", "街镇", "经度", "纬度", "启用日期"]


@pytest.fixture
def keeper(world: World) -> Client:
    return world.client("assessor")


def count(name: str, period: str) -> Any:
    (row,) = compute([name], Period.parse(period))
    return row.value


def seen(client: Client, address: str) -> str:
    """The hidden fingerprint of a form."""
    return str(client.get(address).context["form"]["seen"].value())


def test_a_new_row_counts_from_its_day_on_and_stands_in_the_audit(world: World, keeper: Client) -> None:
    form = {"name": "王新", "kind": "hired", "position": "话务", "valid_from": "2023-01-03"}
    where = keeper.post("/ledgers/staff/new/", form)["Location"]
    row = StaffMember.objects.get()
    assert where == f"/ledgers/staff/{row.pk}/"
    assert (count("staff_total", "2022"), count("staff_total", "2023")) == (0, 1)
    assert AuditEntry.objects.filter(kind="data", object=f"staff {row.pk}").exists()


def test_what_is_entered_backdated_counts_from_the_day_of_recording_on(world: World, keeper: Client) -> None:
    form = {"name": "王新", "kind": "hired", "position": "", "valid_from": "2021-06-01"}
    where = keeper.post("/ledgers/staff/new/", form)["Location"]
    assert (count("staff_total", "2022"), count("staff_total", "2023")) == (
        0,
        1,
    )  # the year that is over stays as printed
    shown = keeper.get(where).content.decode()
    assert ("2021年6月1日" in shown, "登记日期" in shown) == (True, True)


def test_an_end_and_a_change_given_a_day_long_past_leave_the_past_as_it_was(world: World, keeper: Client) -> None:
    gone, changed = (StaffMember.objects.create(name=name, kind="hired", valid_from=FIRST_DAY) for name in "甲乙")
    assert keeper.post(f"/ledgers/staff/{gone.pk}/end/", {"day": "2022-06-30"}).status_code == 302
    edit = f"/ledgers/staff/{changed.pk}/edit/"
    form = {"name": "乙", "kind": "established", "position": "", "since": "2022-06-30", "seen": seen(keeper, edit)}
    assert keeper.post(edit, form).status_code == 302
    assert (count("staff_hired", "2022"), count("staff_established", "2022")) == (2, 0)
    assert (count("staff_hired", "2023"), count("staff_established", "2023")) == (0, 1)


def test_what_was_counted_is_not_overwritten_from_its_first_day_on(world: World, keeper: Client) -> None:
    row = StaffMember.objects.create(name="王老", kind="hired", valid_from=FIRST_DAY)
    edit = f"/ledgers/staff/{row.pk}/edit/"
    form = {"name": "王老", "kind": "established", "position": "", "since": FIRST_DAY, "seen": seen(keeper, edit)}
    answer = keeper.post(edit, form)
    assert (answer.status_code, "变更生效日期应晚于启用日期" in answer.content.decode()) == (400, True)
    row.refresh_from_db()
    assert row.kind == "hired"


def test_what_figures_count_changes_from_a_day_on_and_a_slip_of_the_pen_in_place(world: World, keeper: Client) -> None:
    row = StaffMember.objects.create(name="王老", kind="hired", valid_from=FIRST_DAY)
    edit = f"/ledgers/staff/{row.pk}/edit/"
    form = {"name": "王老师", "kind": "established", "position": "", "since": "2023-01-02", "seen": seen(keeper, edit)}
    assert keeper.post(edit, form).status_code == 302
    row.refresh_from_db()
    after = StaffMember.objects.exclude(pk=row.pk).get()
    assert (row.kind, row.valid_to, after.kind, after.valid_from) == (
        "hired", date(2023, 1, 2), "established", date(2023, 1, 2),
    )  # fmt: skip
    assert (count("staff_hired", "2022"), count("staff_established", "2022")) == (1, 0)
    assert (count("staff_hired", "2023"), count("staff_established", "2023")) == (0, 1)
    edit = f"/ledgers/staff/{after.pk}/edit/"
    form = {"name": "王老三", "kind": "established", "position": "", "since": "2023-01-03", "seen": seen(keeper, edit)}
    keeper.post(edit, form)
    assert StaffMember.objects.count() == 2
    assert StaffMember.objects.get(pk=after.pk).name == "王老三"


def test_of_two_who_change_a_row_at_once_one_wins_and_the_other_is_told(world: World, keeper: Client) -> None:
    row = StaffMember.objects.create(name="王老", kind="hired", valid_from=FIRST_DAY)
    edit = f"/ledgers/staff/{row.pk}/edit/"
    stale = {"kind": "hired", "position": "", "since": "2023-01-03", "seen": seen(keeper, edit)}
    assert keeper.post(edit, {**stale, "name": "先改"}).status_code == 302
    answer = world.client("finance").post(edit, {**stale, "name": "后改"})
    assert answer.status_code == 409
    assert "该记录已被其他人员修改" in answer.content.decode()
    row.refresh_from_db()
    assert row.name == "先改"


def test_an_ended_row_no_longer_counts_and_stays_as_it_was(world: World, keeper: Client) -> None:
    row = StaffMember.objects.create(name="王老", kind="hired", valid_from=FIRST_DAY)
    assert keeper.post(f"/ledgers/staff/{row.pk}/end/", {"day": "2023-01-03"}).status_code == 302
    assert (count("staff_total", "2022"), count("staff_total", "2023")) == (1, 0)
    assert keeper.post(f"/ledgers/staff/{row.pk}/end/", {"day": "2023-02-03"}).status_code == 409
    assert "王老" in keeper.get("/ledgers/staff/", {"tab": "ended"}).content.decode()
    assert "王老" not in keeper.get("/ledgers/staff/").content.decode()


def test_an_estate_takes_its_cameras_along_and_is_not_ended_under_them(world: World, keeper: Client) -> None:
    town = world.towns["茶亭镇"]
    estate = Estate.objects.create(name="亿达小镇", area=town, works="cabling", valid_from=FIRST_DAY)
    point = VideoPoint.objects.create(device_id=DEVICE, name="东门", estate=estate, area=town, valid_from=FIRST_DAY)
    assert "还有1个在用的视频点位" in keeper.post(
        f"/ledgers/estates/{estate.pk}/end/", {"day": "2023-01-03"}
    ).content.decode()  # fmt: skip
    edit = f"/ledgers/estates/{estate.pk}/edit/"
    form = {"name": "亿达小镇", "area": town.pk, "works": "online", "since": "2023-01-03", "seen": seen(keeper, edit)}
    assert keeper.post(edit, form).status_code == 302
    point.refresh_from_db()
    assert point.estate is not None
    assert (point.estate.works, Estate.objects.get(pk=estate.pk).works) == ("online", "cabling")


def test_there_is_one_row_a_village_and_one_a_device(world: World, keeper: Client) -> None:
    form = {"village": world.villages["静慎村"].pk, "document": "方案", "valid_from": "2023-01-03"}
    assert keeper.post("/ledgers/communities/new/", form).status_code == 302
    assert "已在册" in keeper.post("/ledgers/communities/new/", form).content.decode()


def test_who_may_only_look_changes_nothing(world: World) -> None:
    row = StaffMember.objects.create(name="王老", kind="hired", valid_from=FIRST_DAY)
    client = world.client("dispatcher")
    assert "编辑" not in client.get(f"/ledgers/staff/{row.pk}/").content.decode()
    for address in ("/ledgers/staff/new/", f"/ledgers/staff/{row.pk}/edit/", f"/ledgers/staff/{row.pk}/end/"):
        assert client.post(address, {"day": "2023-01-03"}).status_code == 403
    assert world.client("assessor").get("/ledgers/unknown/new/").status_code == 404


# Sheets of video points


def point(serial: int, **changes: str) -> list[str]:
    usual = dict(zip(HEADER, [f"4301120000132{serial:07}", f"点位{serial}", "", "茶亭镇", "", "", ""], strict=True))
    return list({**usual, **changes}.values())


def test_video_points_come_in_and_a_second_run_changes_nothing(world: World, keeper: Client) -> None:
    sheet = csv_of(HEADER, *(point(serial, 经度="112.82", 纬度="28.35") for serial in range(5)))
    assert counts(take(keeper, "video", sheet)) == (5, 0, 0, 0)
    assert counts(take(keeper, "video", sheet)) == (0, 0, 5, 0)
    moved = csv_of(HEADER, point(0, 街镇="高塘岭街道", 经度="112.82", 纬度="28.35"), point(1, 名称="改名"))
    assert counts(take(keeper, "video", moved)) == (0, 2, 0, 0)
    versions = VideoPoint.objects.filter(device_id="43011200001320000000").order_by("pk")
    assert [(row.area, row.valid_to) for row in versions] == [(world.towns["高塘岭街道"], None)]
    assert VideoPoint.objects.get(device_id="43011200001320000001").name == "改名"


def test_a_point_that_moves_later_keeps_its_past(world: World, keeper: Client) -> None:
    town = world.towns["茶亭镇"]
    VideoPoint.objects.create(device_id=DEVICE, name="点位1", area=town, valid_from=FIRST_DAY)
    assert counts(take(keeper, "video", csv_of(HEADER, point(1, 街镇="高塘岭街道")))) == (0, 1, 0, 0)
    old, new = VideoPoint.objects.filter(device_id=DEVICE).order_by("pk")
    assert (old.area, old.valid_to, new.valid_from) == (town, date(2023, 1, 3), date(2023, 1, 3))
    assert count("video_points", "2023") == 1


def test_a_backdated_point_leaves_the_past_as_it_was(world: World, keeper: Client) -> None:
    VideoPoint.objects.create(device_id=DEVICE, name="点位1", area=world.towns["茶亭镇"], valid_from=FIRST_DAY)
    moved = point(1, 街镇="高塘岭街道", 启用日期="2022-06-01")
    sheet = csv_of(HEADER, moved, point(2, 启用日期="2022-06-01"))
    assert counts(take(keeper, "video", sheet)) == (1, 1, 0, 0)
    assert counts(take(keeper, "video", sheet)) == (0, 0, 2, 0)
    assert (count("video_points", "2022"), count("video_points", "2023")) == (1, 2)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("设备编码", "4.30112E+19", "设备编码“4.30112E+19”应为20位数字；在Excel中请将该列设为文本。"),
        ("名称", "", "名称为空。"),
        ("楼盘", "无此楼盘", "没有楼盘“无此楼盘”。"),
        ("街镇", "桥驿", "没有街镇“桥驿”。"),
        ("经度", "112.8", "经度和纬度应同时填写。"),
        ("纬度", "北纬", "数值“北纬”无法识别。"),
        ("启用日期", "六月", "时间“六月”无法识别。"),
    ],
)
def test_a_bad_point_is_left_out_with_its_reason(
    world: World, keeper: Client, column: str, value: str, reason: str
) -> None:
    job = take(keeper, "video", csv_of(HEADER, point(1, **{column: value}), point(2)))
    assert (counts(job), rejected(job)) == ((1, 0, 0, 1), [reason])


def test_a_chunk_of_points_costs_a_fixed_number_of_queries(
    world: World, keeper: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sheet = csv_of(HEADER, *(point(serial) for serial in range(300)))
    with django_assert_max_num_queries(80):  # log-in, two pages and the job's own rows included
        assert counts(take(keeper, "video", sheet)) == (300, 0, 0, 0)
