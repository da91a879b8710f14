"""导入中心人员、楼盘、示范社区: good rows in, bad ones back with reasons, a second run changes nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from grid.models import Estate, ModelCommunity, StaffMember
from tests.common.test_import_people import counts, csv_of, rejected, take
from tests.world import FIRST_DAY
from wangcheng.common.models import AuditEntry

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

    from tests.world import World

STAFF = ["姓名", "类别", "岗位", "启用日期"]
ESTATES = ["楼盘", "所在辖区", "建设状态", "说明", "启用日期"]
COMMUNITIES = ["社区", "依据", "创建任务", "验收日期", "启动日期"]


@pytest.fixture
def keeper(world: World) -> Client:
    return world.client("assessor")


def test_staff_come_in_backdated_are_changed_and_a_second_run_changes_nothing(world: World, keeper: Client) -> None:
    sheet = csv_of(STAFF, ["王伟", "聘用", "话务", "2021-05-01"], ["李强", "在编", "", ""])
    assert counts(take(keeper, "staff", sheet)) == (2, 0, 0, 0)
    assert counts(take(keeper, "staff", sheet)) == (0, 0, 2, 0)
    wang = StaffMember.objects.get(name="王伟")
    assert (wang.kind, wang.position, wang.valid_from, wang.recorded_on) == (
        "hired", "话务", date(2021, 5, 1), date(2023, 1, 3),
    )  # fmt: skip
    assert counts(take(keeper, "staff", csv_of(STAFF, ["王伟", "在编", "话务", "2023-01-02"]))) == (0, 1, 0, 0)
    versions = StaffMember.objects.filter(name="王伟").order_by("pk").values_list("kind", "valid_to")
    assert list(versions) == [("hired", date(2023, 1, 2)), ("established", None)]
    assert AuditEntry.objects.filter(object__startswith="staff ").count() == 3


def test_estates_and_communities_come_in_by_the_names_of_their_places(world: World, keeper: Client) -> None:
    estates = csv_of(ESTATES, ["亿达小镇", "茶亭镇", "布线", "一期", ""])
    assert counts(take(keeper, "estates", estates)) == (1, 0, 0, 0)
    assert counts(take(keeper, "estates", csv_of(ESTATES, ["亿达小镇", "茶亭镇", "在线", "一期", ""]))) == (0, 1, 0, 0)
    assert Estate.objects.get(valid_to=None).works == "online"
    communities = csv_of(COMMUNITIES, [world.villages["静慎村"].code, "方案", "减少投诉", "2023-01-02", "2022-10-31"])
    assert counts(take(keeper, "communities", communities)) == (1, 0, 0, 0)
    assert counts(take(keeper, "communities", communities)) == (0, 0, 1, 0)
    found = ModelCommunity.objects.get()
    assert (found.village, found.accepted_on, found.valid_from) == (
        world.villages["静慎村"], date(2023, 1, 2), date(2022, 10, 31),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "header", "row", "reason"),
    [
        ("staff", STAFF, ["", "聘用", "", ""], "姓名为空。"),
        (
            "staff",
            STAFF,
            ["王伟", "临时", "", ""],
            "类别“临时”无法识别，应为在编、政府雇员、合同制士官、国资派驻、聘用。",
        ),
        ("staff", STAFF, ["王" * 41, "聘用", "", ""], "姓名：最多40个字，现有41个字。"),
        ("staff", STAFF, ["王伟", "聘用", "", "去年"], "时间“去年”无法识别。"),
        (
            "staff",
            STAFF,
            ["王老", "在编", "", str(FIRST_DAY)],
            f"变更生效日期应晚于启用日期（{FIRST_DAY:%Y年%-m月%-d日}）。",
        ),
        ("staff", STAFF, ["同名", "在编", "", ""], "在册的“同名”有2个，请在页面上修改。"),
        ("estates", ESTATES, ["亿达小镇", "无此镇", "在线", "", ""], "所在辖区“无此镇”没有找到。"),
        ("communities", COMMUNITIES, ["茶亭镇", "", "", "", ""], "社区“茶亭镇”没有找到。"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason(
    world: World, keeper: Client, kind: str, header: list[str], row: list[str], reason: str
) -> None:
    for name in ("王老", "同名", "同名"):
        StaffMember.objects.create(name=name, kind="hired", valid_from=FIRST_DAY)
    job = take(keeper, kind, csv_of(header, row))
    assert (counts(job), rejected(job)) == ((0, 0, 0, 1), [reason])
    assert (StaffMember.objects.count(), Estate.objects.count(), ModelCommunity.objects.count()) == (3, 0, 0)


def test_a_name_that_stands_twice_in_the_sheet_is_taken_once(world: World, keeper: Client) -> None:
    job = take(keeper, "staff", csv_of(STAFF, ["王伟", "聘用", "", ""], ["王伟", "在编", "", ""]))
    assert (counts(job), rejected(job)) == ((1, 0, 0, 1), ["与第2行重复。"])


def test_who_may_not_keep_the_ledgers_brings_none_and_sees_no_button(world: World) -> None:
    client = world.client("dispatcher")
    for kind, page in (("staff", "staff"), ("estates", "estates"), ("communities", "communities")):
        assert client.get(f"/sheets/{kind}/").status_code == 403
        assert f"/sheets/{kind}/" not in client.get(f"/ledgers/{page}/").content.decode()


def test_rows_that_are_there_cost_no_queries_of_their_own(
    world: World, keeper: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sheet = csv_of(ESTATES, *([f"楼盘{serial}", "茶亭镇", "在线", "", ""] for serial in range(40)))
    take(keeper, "estates", sheet)
    with django_assert_max_num_queries(170):  # two savepoint statements a row; pages and job included
        assert counts(take(keeper, "estates", sheet)) == (0, 0, 40, 0)
