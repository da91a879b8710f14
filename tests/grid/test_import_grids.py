"""导入网格: by code or serial, parents first; bad rows with reasons, new names into the history, a second run does nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from grid.importing.grids import COLUMNS, GridRows
from tests.common.test_import_people import counts, csv_of, rejected, take, upload
from tests.grid.quarter import final
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Area, AreaSuccession, AuditEntry

HEADER = [column.header for column in COLUMNS]
VILLAGE = "430112001010"  # 斑马湖社区
WHOLE = ["三级", f"{VILLAGE}003", "阳光里", "", "", "小区", "420", "2023-01-01"]


@pytest.fixture
def admin(world: World) -> Client:
    return world.client("admin")


def row(**values: str) -> list[str]:
    return [values.get(name, old) for name, old in zip(HEADER, WHOLE, strict=True)]


def test_grids_come_in_by_code_or_serial_and_a_second_run_changes_nothing(world: World, admin: Client) -> None:
    sheet = csv_of(
        HEADER,
        WHOLE,
        ["四级", f"{VILLAGE}003001", "1栋", "", "", "", "60", "2023-01-01"],
        ["四级网格", "003-002", "2栋", "高塘岭街道", "斑马湖社区", "", "", "2023-01-01"],
        ["三级", "003", "月形片", "茶亭镇", "静慎村", "", "", ""],
    )
    job = take(admin, "grids", sheet)
    assert (counts(job), rejected(job)) == ((4, 0, 0, 0), [])
    grid = Area.objects.get(code=f"{VILLAGE}003")
    assert (grid.name, grid.kind, grid.households, grid.valid_from) == ("阳光里", "estate", 420, date(2023, 1, 1))
    assert grid.party_organisation == "阳光里党支部"
    assert list(Area.objects.filter(parent=grid).values_list("code", "kind")) == [
        (f"{VILLAGE}003001", "building"), (f"{VILLAGE}003002", "building"),
    ]  # fmt: skip
    patch = Area.objects.get(name="月形片")
    assert (patch.code, patch.kind, patch.valid_from) == ("430112101201003", "patch", date(2023, 1, 3))
    assert AuditEntry.objects.get(object="grids").summary == "导入网格：新设4个，更新0个。"
    before = list(Area.objects.order_by("pk").values())
    assert counts(take(admin, "grids", sheet)) == (0, 0, 4, 0)
    assert list(Area.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.filter(object="grids").count() == 1


def test_a_new_name_is_kept_beside_the_old_one_and_the_smaller_grids_go_along(world: World, admin: Client) -> None:
    old = world.grids["斑马湖社区1"]
    sheet = csv_of(
        HEADER,
        row(网格代码=old.code, 网格名称="滨江花园", 户数=""),
        ["四级", f"{old.code}001", "甲栋", *WHOLE[3:5], "", "", "2023-01-02"],
    )
    assert counts(take(admin, "grids", sheet)) == (0, 2, 0, 0)
    old.refresh_from_db()
    new = Area.objects.get(code=old.code, valid_to=None)
    assert (old.valid_to, new.name, new.valid_from) == (date(2023, 1, 1), "滨江花园", date(2023, 1, 1))
    assert AreaSuccession.objects.get(before=old).after == new
    building = Area.objects.get(code=f"{old.code}001", valid_to=None)
    assert (building.name, building.parent, building.path) == ("甲栋", new, f"{new.path}{building.pk}/")
    assert counts(take(admin, "grids", sheet)) == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"层级": "五级"}, "层级“五级”无法识别，应为三级、四级。"),
        ({"网格代码": "43011200101"}, "网格代码“43011200101”应为15位数字，或3位序号"),
        ({"网格代码": "003"}, "网格代码只填了序号的，须填写村（社区）。"),
        ({"网格代码": "430112001999001"}, "没有代码为“430112001999”的村（社区）。"),
        ({"村（社区）": "静慎村"}, "网格代码430112001010003不属于“静慎村”"),
        ({"村（社区）": "没有村"}, "没有村（社区）“没有村”。"),
        ({"街镇": "茶亭镇", "村（社区）": "斑马湖社区"}, "没有“茶亭镇”的“斑马湖社区”。"),
        ({"网格代码": f"{VILLAGE}000"}, "网格的序号从001起。"),
        ({"层级": "四级", "网格代码": f"{VILLAGE}009001", "类型": ""}, f"没有上级三级网格{VILLAGE}009"),
        ({"类型": "楼栋"}, "类型“楼栋”无法识别，应为小区、片。"),
        ({"户数": "-1"}, "户数“-1”应为不小于0的整数。"),
        ({"启用日期": "2023-01-04"}, "启用日期不能晚于今天。"),
        ({"启用日期": "2019-01-01"}, "上级自2020年1月1日启用，日期不能更早。"),
        ({"网格名称": ""}, "网格名称为空。"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason_and_the_others_go_in(
    world: World, admin: Client, values: dict[str, str], reason: str
) -> None:
    good = row(网格代码=f"{VILLAGE}004", 网格名称="好网格")
    job = take(admin, "grids", csv_of(HEADER, row(**values), good))
    assert counts(job) == (1, 0, 0, 1)
    assert rejected(job)[0].startswith(reason)
    assert Area.objects.filter(name="好网格").exists()


def test_a_code_of_a_closed_grid_does_not_come_again(world: World, admin: Client) -> None:
    Area.objects.filter(pk=world.grids["斑马湖社区2"].pk).update(valid_to=date(2022, 6, 1))
    job = take(admin, "grids", csv_of(HEADER, row(网格代码=f"{VILLAGE}002")))
    assert rejected(job) == [f"网格代码{VILLAGE}002已经用过，代码不重复使用。"]


def test_what_belongs_to_a_final_quarter_stays_as_it_was(world: World, admin: Client) -> None:
    final(world, "level3")  # until 15 December 2022
    with clock.frozen(clock.at(date(2023, 1, 12), 9)):
        client = world.client("admin")
        job = take(
            client,
            "grids",
            csv_of(HEADER, row(启用日期="2022-12-15"), row(网格代码=f"{VILLAGE}004", 启用日期="2022-12-16")),
        )
    assert counts(job) == (1, 0, 0, 1)
    assert "已经公示或定稿" in rejected(job)[0]


def test_the_preview_knows_the_parents_in_the_sheet(world: World, admin: Client) -> None:
    small = ["四级", f"{VILLAGE}003001", "1栋", "", "", "", "", ""]
    where = upload(admin, "grids", csv_of(HEADER, WHOLE, small))["Location"]
    page = admin.get(where).content.decode()
    assert "阳光里" in page
    assert "没有上级三级网格" not in page


def test_five_hundred_grids_cost_a_fixed_number_of_queries(
    world: World, admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    taker = GridRows(world.admin)
    cells = [
        dict(zip((c.name for c in COLUMNS), row(网格代码=f"{VILLAGE}{number:03}"), strict=True))
        for number in range(3, 503)
    ]
    rows = [taker.read(one) for one in cells]
    with django_assert_max_num_queries(20):
        assert taker.write(rows).count("created") == 500  # type: ignore[arg-type]
