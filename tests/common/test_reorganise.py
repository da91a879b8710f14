"""机构调整: when the divisions of a year end, join or re-code units, what is open has somebody who sees it and acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotline import actions, workflow
from hotline.models import Ticket, TicketSight, TicketStanding
from hotline.suggesting import suggest
from tests.hotline import desk
from tests.whistle import steps
from tests.world import FIRST_DAY, World, person
from wangcheng.common import clock
from wangcheng.common.casework.handing import hand_over
from wangcheng.common.casework.models import replay
from wangcheng.common.figures.compute import one
from wangcheng.common.figures.periods import Period
from wangcheng.common.models import Area, AuditEntry, Category, Organisation, Post, User
from wangcheng.common.people.roles import Role
from wangcheng.common.policy.actions import install_defaults
from wangcheng.common.territory.actions import NewGrid, add_grids
from wangcheng.common.workflow import NotAllowed, actor_of, plain, refusal
from whistle.actions import Report, filter_, report
from whistle.models import Whistle

DATA = Path(__file__).parents[2] / "wangcheng/common/territory/data"
DISTRICT = "430112000000,望城区,,"
EAST = ["430112001000,高塘岭街道,,", "430112001010,斑马湖社区,111,社区", "430112001001,西塘街社区,111,社区"]
WEST = ["430112101000,茶亭镇,,", "430112101201,静慎村,220,村", "430112101202,狮子岭村,220,村"]
TOWN, VILLAGE = "茶亭镇", "狮子岭村"


@pytest.fixture
def load(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Loads the edition of 2023 with these lines and this map; what the command said."""

    def make(*lines: str, given: str = "") -> str:
        file, table = tmp_path / "2023.csv", tmp_path / "map.csv"
        file.write_text("\n".join(["code,name,urban_rural_code,committee_type", DISTRICT, *lines]) + "\n")
        table.write_text(f"old_code,new_code\n{given}\n")
        call_command("load_divisions", str(file), year=2023, given=str(table))
        return capsys.readouterr().out

    return make


def village_joins(load: Callable[..., str]) -> str:
    """狮子岭村 becomes part of 静慎村."""
    return load(*EAST, *WEST[:2], given="430112101202,430112101201")


def town_joins(load: Callable[..., str]) -> str:
    """茶亭镇 becomes part of 高塘岭街道, its villages with it."""
    moved = [line.replace("430112101", "430112001") for line in WEST[1:]]
    return load(*EAST, *moved, given="430112101000,430112001000")


def fresh(case: Any) -> Any:
    return type(case).objects.get(pk=case.pk)


def seen_by(user: User, model: Any = Ticket) -> list[Any]:
    return list(model.objects.visible_to(User.objects.get(pk=user.pk)))


# Joined


def test_an_open_ticket_of_a_village_that_joins_another_is_the_others_to_handle(
    world: World, load: Callable[..., str]
) -> None:
    ticket = desk.dispatched(world, unit=VILLAGE)
    assert seen_by(world.other_village) == []
    assert "未办结的工单、哨单1件转由承接单位办理" in village_joins(load)
    ticket = fresh(ticket)
    assert (ticket.unit, ticket.state) == (world.units["静慎村"], "dispatched")
    assert seen_by(world.other_village) == [ticket]
    actions.sign(ticket.pk, by=User.objects.get(pk=world.other_village.pk))
    event = ticket.events.get(step="hand_over")
    assert (event.actor_name, event.note) == ("系统", "因机构调整，由“静慎村”接办。")
    for name, value in replay(list(ticket.events.values("data"))).items():
        assert plain(getattr(fresh(ticket), name)) == value, name
    page = world.client("other_village").get(f"/tickets/{ticket.number}/").content.decode()
    assert "机构调整移交" in page


def test_the_other_town_and_a_partner_that_joins_the_leading_unit(world: World, load: Callable[..., str]) -> None:
    led = desk.dispatched(world, unit="高塘岭街道", co_units=(TOWN, "城管局"))
    asked = desk.dispatched(world, unit="城管局", co_units=(TOWN,), caller_phone="13912345678")
    town_joins(load)
    led, asked = fresh(led), fresh(asked)
    town = world.units["高塘岭街道"]
    assert (led.co_unit_ids, led.co_waiting_ids) == ([world.units["城管局"].pk],) * 2
    assert led.assists.get(unit=world.units[TOWN]).withdrawn_at is not None
    assert (asked.co_unit_ids, asked.co_waiting_ids) == ([town.pk],) * 2
    actions.assist(asked.pk, by=User.objects.get(pk=world.town.pk), answer="已到场")
    assert fresh(asked).co_waiting_ids == []


def test_a_whistle_on_its_way_through_a_town_that_joins_another(world: World, load: Callable[..., str]) -> None:
    waiting = steps.reported(world, by="other_gridofficer", grid="静慎村1")
    with_town = steps.reported(world, by="other_gridofficer", grid="静慎村1", place="村口")
    steps.take(world, with_town, "filter", "other_village", passed="true")
    town_joins(load)
    world.people = {name: User.objects.get(pk=user.pk) for name, user in world.people.items()}
    unit = world.units["高塘岭街道"]
    assert (fresh(with_town).unit, fresh(with_town).unit_kind, fresh(with_town).town_unit) == (unit, "town", unit)
    assert fresh(with_town) in Whistle.objects.visible_to(world.town).waiting_for(world.town)
    steps.take(world, with_town, "blow", "town", asked_unit="D01")
    steps.take(world, waiting, "filter", "other_village", passed="true")
    assert fresh(waiting).unit == unit
    steps.take(world, waiting, "blow", "town", asked_unit="D01")


def test_what_was_closed_keeps_the_unit_of_its_time_and_opened_again_goes_to_the_heir(
    world: World, load: Callable[..., str]
) -> None:
    with clock.frozen(desk.at("2022-12-20 09:30")):
        ticket = desk.dispatched(world, unit=TOWN)
        actions.sign(ticket.pk, by=world.other_town)
        actions.contact(ticket.pk, by=world.other_town, way="phone", outcome="connected")
        actions.finish(ticket.pk, by=world.other_town, **desk.FINISHED)
        actions.review(ticket.pk, by=world.reviewer, passed=True)
        actions.callback(ticket.pk, by=world.caller, **desk.HAPPY)
    before = one("closing_rate", Period.parse("2022")).numerator
    town_joins(load)
    assert fresh(ticket).unit == world.units[TOWN]
    assert seen_by(world.town) == [ticket]
    actions.redo(ticket.pk, by=world.dispatcher, note="市级要求重办")
    ticket = fresh(ticket)
    assert (ticket.unit, ticket.state) == (world.units["高塘岭街道"], "handling")
    assert [event.step for event in ticket.events.all()][-2:] == ["redo", "hand_over"]
    assert one("closing_rate", Period.parse("2022")).numerator == before


def test_a_whistle_rated_badly_after_its_unit_ended_goes_to_the_heir(world: World, load: Callable[..., str]) -> None:
    case = steps.reported(world, by="other_gridofficer", grid="静慎村1")
    steps.take(world, case, "filter", "other_village", passed="true")
    steps.take(world, case, "handle", "other_town")
    steps.take(world, case, "dispose", "other_town", note="已清理完毕。")
    steps.take(world, case, "verify", "other_gridofficer", photos=[steps.photo()], passed="true")
    town_joins(load)
    world.people = {name: User.objects.get(pk=user.pk) for name, user in world.people.items()}
    steps.take(world, case, "rate", "other_gridofficer", **steps.DISSATISFIED)
    assert (fresh(case).unit, fresh(case).state) == (world.units["高塘岭街道"], "handling")


def test_grid_officers_of_a_village_that_joins_another_belong_to_it(world: World, load: Callable[..., str]) -> None:
    person(world, "lion", Role.GRID_OFFICER, VILLAGE, grid="狮子岭村1", title="网格员")
    said = village_joins(load)
    post = Post.objects.get(user=world.lion, valid_to=None)
    assert (post.organisation, post.area and post.area.code) == (world.units["静慎村"], "430112101201003")
    assert "尚有" not in said


def test_as_of_rows_say_who_had_it_when(world: World, load: Callable[..., str]) -> None:
    with clock.frozen(desk.at("2022-12-30 09:30")):
        ticket = desk.dispatched(world, unit=TOWN)
    town_joins(load)
    rows = TicketStanding.objects.filter(case=ticket).order_by("since").values_list("unit__short_name", "until")
    assert list(rows)[-2:] == [(TOWN, clock.now()), ("高塘岭街道", None)]


def test_many_open_cases_cost_no_more_queries_than_a_few(world: World, load: Callable[..., str]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            hand_over({world.units[TOWN].pk: world.units["高塘岭街道"]})
        return len(asked)

    desk.dispatched(world, unit=TOWN)
    few = cost()
    for number in range(8):
        desk.dispatched(world, unit=TOWN, caller_phone=f"1391234000{number}")
    assert cost() == few
    assert not Ticket.objects.filter(unit=world.units[TOWN]).exists()
    assert TicketSight.objects.filter(organisation=world.units["高塘岭街道"]).count() == 9


# Ended


def test_a_village_that_becomes_nothing_leaves_its_work_to_its_town(world: World, load: Callable[..., str]) -> None:
    ticket = desk.dispatched(world, unit=VILLAGE)
    load(*EAST, *WEST[:2], given="430112101202,")
    assert fresh(ticket).unit == world.units[TOWN]
    actions.sign(ticket.pk, by=User.objects.get(pk=world.other_town.pk))


def test_a_town_with_open_work_does_not_end_without_somebody_who_takes_it(
    world: World, load: Callable[..., str]
) -> None:
    ticket = desk.dispatched(world, unit=TOWN)
    given = "430112101000,\n430112101201,\n430112101202,"
    with pytest.raises(CommandError, match="“茶亭镇”撤销后没有承接单位，尚有1件未办结的事项"):
        load(*EAST, given=given)
    assert world.units[TOWN] in Organisation.objects.filter(valid_to=None)
    assert fresh(ticket).unit == world.units[TOWN]


def test_nobody_takes_the_step_by_hand(world: World) -> None:
    ticket = desk.dispatched(world)
    for name in ("town", "admin", "assessor"):
        assert isinstance(refusal(workflow.HAND_OVER, ticket, actor_of(world.people[name])), NotAllowed)
    assert world.client("dispatcher").post(f"/tickets/{ticket.number}/hand_over/").status_code == 404
    assert not AuditEntry.objects.filter(summary__contains="hand_over").exists()


# Re-coded: 白马街道 of 2023


@pytest.fixture
def white_horse(db: None) -> dict[str, Any]:
    """The district of 2022 with people in 白马街道 and 长兴路社区, one grid with an officer."""
    install_defaults()
    call_command("load_divisions", str(DATA / "divisions_2022.csv"), verbosity=0)
    village = Area.objects.get(name="长兴路社区")
    (grid,) = add_grids({village: [NewGrid("阳光里", Area.Kind.ESTATE)]}, day=date(2022, 1, 1))
    centre = Organisation.objects.get(kind="centre")
    units = {"centre": centre} | {
        name: Organisation.objects.get(short_name=name) for name in ("白马街道", "长兴路社区")
    }
    posts = {"dispatcher": "centre", "town": "白马街道", "village": "长兴路社区", "gridofficer": "长兴路社区"}
    people = {}
    for role, unit in posts.items():
        people[role] = User.objects.create_user(role, f"测试{role}", "x", phone="13800000001")
        area = grid if role == "gridofficer" else None
        Post.objects.create(
            user=people[role], role=role, organisation=units[unit], area=area, title="网格员", valid_from=FIRST_DAY
        )
    category = Category.objects.create(scheme="whistle", code="010101", name="乱堆乱放", level=3, valid_from=FIRST_DAY)
    Category.objects.filter(pk=category.pk).update(top=category)
    category.refresh_from_db()
    return {**people, "grid": grid, "village_area": village, "category": category, "units": units}


def test_an_open_ticket_and_whistle_of_a_recoded_town_go_on_where_they_were(white_horse: dict[str, Any]) -> None:
    cast = white_horse
    with clock.frozen(desk.at("2022-12-20 10:00")):
        waiting = actions.receive(desk.intake(area=cast["grid"]), by=cast["dispatcher"])
        sent = actions.receive(desk.intake(area=cast["grid"], caller_phone="13912345678"), by=cast["dispatcher"])
        actions.dispatch(sent.pk, by=cast["dispatcher"], unit=cast["units"]["白马街道"])
        seen = Report(title="堆放杂物", content="楼道", category=cast["category"], area=cast["grid"], place="三栋")
        whistle = report(seen, by=cast["gridofficer"])
    call_command("load_divisions", str(DATA / "divisions_2023.csv"), year=2023, verbosity=0)
    people = {name: User.objects.get(username=name) for name in ("dispatcher", "town", "village", "gridofficer")}
    with clock.frozen(desk.at("2023-01-03 09:30")):
        town = Organisation.objects.get(short_name="白马街道")
        suggested = suggest(Ticket.objects.get(pk=waiting.pk), [])
        assert suggested is not None
        assert suggested.unit == town
        assert sent in Ticket.objects.visible_to(people["town"])
        assert sent in Ticket.objects.visible_to(people["gridofficer"])
        actions.sign(sent.pk, by=people["town"])
        pushed = actions.dispatch(waiting.pk, by=people["dispatcher"], unit=town)
        assert list(pushed.pushes.values_list("user__username", flat=True)) == ["gridofficer"]
        assert whistle in Whistle.objects.visible_to(people["gridofficer"])
        filter_(whistle.pk, by=people["village"], passed=True)
        assert Whistle.objects.visible_to(people["town"]).waiting_for(people["town"]).get() == whistle
    assert not Ticket.objects.filter(events__step="hand_over").exists()
