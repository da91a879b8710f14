"""网格维护: grids set up, renamed and closed on the pages of the tree; codes never come again, the history stays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from grid.actions.areas import add_grid, close_grid
from tests.grid.quarter import final
from tests.hotline import desk
from tests.world import World, person
from wangcheng.common import clock
from wangcheng.common.models import Area, AreaSuccession, AuditEntry, Post
from wangcheng.common.workflow import NotAllowed

VILLAGE, NEW_YEAR, LAST_YEAR = "斑马湖社区", date(2023, 1, 1), date(2022, 1, 1)


def page_of(area: Area, step: str) -> str:
    return f"/grid/{area.pk}/{step}/"


def grid_form(**values: Any) -> dict[str, Any]:
    return {"name": "阳光里", "kind": "estate", "households": "420", "valid_from": "2023-01-03", **values}


def test_the_administrator_adds_a_grid_under_the_next_code(world: World) -> None:
    client, village = world.client("admin"), world.villages[VILLAGE]
    assert page_of(village, "new") in client.get(f"/grid/{village.pk}/").content.decode()
    where = client.post(page_of(village, "new"), grid_form())["Location"]
    made = Area.objects.get(name="阳光里")
    assert (made.code, made.level, made.households) == (f"{village.code}003", 3, 420)
    assert "空岗" in client.get(where).content.decode()
    told = AuditEntry.objects.get(object=f"area {made.pk}")
    assert (told.summary, told.data, told.actor) == ("增设网格“阳光里”。", {"code": made.code}, world.admin)
    client.post(page_of(made, "new"), grid_form(name="1栋", kind="building"))
    assert Area.objects.get(name="1栋").code == f"{made.code}001"


@pytest.mark.parametrize("who", ["assessor", "town", "dispatcher"])
def test_nobody_else_keeps_grids(world: World, who: str) -> None:
    grid = world.grids["斑马湖社区1"]
    client = world.client(who)
    for step in ("new", "edit", "close"):
        assert client.get(page_of(grid, step)).status_code == 403
    assert page_of(grid, "edit") not in client.get(f"/grid/{grid.pk}/").content.decode()
    with pytest.raises(NotAllowed, match="没有维护网格的权限"):
        close_grid(grid.pk, day=NEW_YEAR, by=world.people[who])
    assert client.get("/sheets/grids/").status_code == 403


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"valid_from": "2023-01-04"}, "日期不能晚于今天"),
        ({"valid_from": "2019-12-31"}, "自2020年1月1日启用，不能更早"),
        ({"kind": "building"}, "选择"),
        ({"name": ""}, "请填写"),
    ],
)
def test_a_grid_is_refused_with_the_reason(world: World, values: dict[str, str], reason: str) -> None:
    answer = world.client("admin").post(page_of(world.villages[VILLAGE], "new"), grid_form(**values))
    assert answer.status_code == 400
    assert reason in answer.content.decode()


def test_a_new_name_begins_on_its_day_and_the_old_one_stays_in_the_history(world: World) -> None:
    old, client = world.grids["斑马湖社区1"], world.client("admin")
    form = {"name": "滨江花园", "kind": "estate", "households": "", "day": "2023-01-01"}
    where = client.post(page_of(old, "edit"), form)["Location"]
    new = Area.objects.get(name="滨江花园")
    old.refresh_from_db()
    assert (old.valid_to, new.valid_from, new.code) == (NEW_YEAR, NEW_YEAR, old.code)
    assert set(Area.objects.filter(parent=new).values_list("code", flat=True)) == {f"{old.code}001", f"{old.code}002"}
    assert "更名：斑马湖社区第1网格 → 滨江花园" in client.get(where).content.decode()
    assert Post.objects.in_force(NEW_YEAR).filter(area=new).count() == 2  # leader and officer went along
    assert old.pk in world.gridofficer.grid_ids()
    told = AuditEntry.objects.get(kind="rights", object="grid posts")
    assert [each["user"] for each in told.data["posts"]] == ["gridleader", "gridofficer"]


def test_after_two_new_names_the_officer_still_has_what_was_open_under_the_first(world: World) -> None:
    first, client = world.grids["斑马湖社区1"], world.client("admin")
    with clock.frozen(desk.at("2022-11-30 10:00")):
        ticket = desk.dispatched(world, area=first)
    for name, day in (("滨江花园", "2022-12-10"), ("滨江一期", "2022-12-20")):
        now = Area.objects.get(code=first.code, valid_to=None)
        client.post(page_of(now, "edit"), {"name": name, "kind": "estate", "day": day})
    assert first.pk in world.gridofficer.grid_ids()
    assert ticket.grid_id == first.pk


def test_kind_and_households_are_described_as_they_are_now(world: World) -> None:
    grid = world.grids["斑马湖社区1"]
    form = {"name": grid.name, "kind": "patch", "households": "300", "day": "2023-01-03"}
    world.client("admin").post(page_of(grid, "edit"), form)
    grid.refresh_from_db()
    assert (grid.kind, grid.households, grid.valid_to) == ("patch", 300, None)


def test_a_form_drawn_before_somebody_elses_change_is_refused(world: World) -> None:
    grid, client = world.grids["斑马湖社区1"], world.client("admin")
    seen = client.get(page_of(grid, "close")).context["form"]["seen"].value()
    Area.objects.filter(pk=grid.pk).update(households=9)
    answer = client.post(page_of(grid, "close"), {"day": "2023-01-03", "seen": seen})
    assert answer.status_code == 409
    assert "已被其他人员修改" in answer.content.decode()


def test_a_grid_code_is_never_given_out_again(world: World) -> None:
    village = world.villages[VILLAGE]
    third = add_grid(village.pk, "丙", "patch", valid_from=LAST_YEAR, by=world.admin)
    assert third.code == f"{village.code}003"
    close_grid(third.pk, day=date(2022, 6, 1), by=world.admin)
    fourth = add_grid(village.pk, "丁", "patch", valid_from=date(2022, 6, 1), by=world.admin)
    assert fourth.code == f"{village.code}004"


def test_closing_a_grid_into_another_carries_the_smaller_ones_and_the_open_work_over(world: World) -> None:
    first, second = world.grids["斑马湖社区1"], world.grids["斑马湖社区2"]
    officer = person(world, "second", Post.Role.GRID_OFFICER, VILLAGE, grid="斑马湖社区2")
    desk.dispatched(world, area=second)
    client, form = world.client("admin"), {"day": "2023-01-03", "reason": "会议纪要"}
    refused = client.post(page_of(second, "close"), form)
    assert refused.status_code == 400
    assert "还有1件未办结的工单、哨单" in refused.content.decode()
    answer = client.post(page_of(second, "close"), {**form, "into": first.pk})
    assert answer["Location"] == f"/grid/{first.pk}/"
    assert Area.objects.filter(parent=first, valid_to=None).count() == 4
    assert not Area.objects.filter(parent=second, valid_to=None).exists()
    assert not officer.posts.filter(valid_to=None).exists()
    assert second.pk in world.gridofficer.grid_ids()
    assert AreaSuccession.objects.get(kind="merge", before=second).source == "会议纪要"
    assert AuditEntry.objects.filter(object=f"area {second.pk}", summary__contains="并入").exists()
    told = AuditEntry.objects.get(kind="rights", object="grid posts")
    assert told.summary == "网格“斑马湖社区第2网格”撤销，1个网格岗位免职。"
    assert (told.actor, told.data["posts"]) == (world.admin, [{"post": officer.posts.get().pk, "user": "second"}])


def test_nothing_begins_or_ends_in_a_quarter_that_is_final(world: World) -> None:
    final(world, "level3")  # until 15 December 2022
    grid = world.grids["斑马湖社区1"]
    with clock.frozen(datetime(2023, 1, 12, 9, 0, tzinfo=clock.CHINA)):
        with pytest.raises(NotAllowed, match=r"2022年第四季度.*已经公示或定稿"):
            close_grid(grid.pk, day=date(2022, 12, 15), by=world.admin)
        close_grid(grid.pk, day=date(2022, 12, 16), by=world.admin)
