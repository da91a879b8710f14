"""Every figure that other programs rely on by name: one thing more happens, and exactly it and its ratios move.

What has to be there before is prepared first.  What moves is told by differences: of a count or an amount the value, of a
rate numerator and denominator.  The lists behind the figures move with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from budget import actions as money
from budget.models import BudgetAdjustment, Contract, ContractNode, Fund
from budget.report.figures import NAMES, figures_of
from grid.actions import assessments
from grid.models import Estate, ModelCommunity, StaffMember, VideoPoint
from hotline import actions as hotline
from hotline import ledgers
from tests.budget.money import budgeted
from tests.grid import quarter
from tests.hotline import desk
from tests.whistle.steps import blown, handling, photo, reported, take
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.figures.compute import rows
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Figure, get
from wangcheng.common.models import Message
from wangcheng.common.policy import actions as policies
from wangcheng.common.policy.registry import rule_set
from wangcheng.common.sms import sending
from wangcheng.common.sms.actions import queue
from whistle import hard_actions

YEAR = 2022
DECEMBER = datetime(2022, 12, 27, 9, 30, tzinfo=clock.CHINA)  # a Tuesday
LEDGER_DAY = date(2022, 5, 1)
BASIC = ("personnel", "public", "subsidies")
SPECIAL = ("hotline_grid", "daily", "maintenance", "other")
ZERO = "grid.zero_complaint"


# What happens: `prepare` gives what `add` needs


def nothing(world: World) -> None:
    """Nothing has to be there before."""


def fund(code: str) -> Fund:
    kind = Fund.Kind.BASIC if code in BASIC else Fund.Kind.SPECIAL
    found, new = Fund.objects.get_or_create(code=code, defaults={"name": code, "kind": kind})
    if new:
        budgeted(found, 1_000_000, YEAR, date(YEAR, 1, 10))
    return found


def funds(world: World) -> None:
    for code in (*BASIC, *SPECIAL):
        fund(code)


def pay(code: str, **more: Any) -> Callable[[World, Any], None]:
    """10,000 yuan, asked for, approved and paid."""

    def paid(world: World, before: Any) -> None:
        values = {"budget_year": YEAR, "kind": "other", "payee": "供应商", "purpose": "测试", **more}
        payment = money.request_payment(fund(code), amount=Decimal(10_000), by=world.finance, **values)
        money.approve_payment(payment.pk, by=world.leader)
        money.pay(payment.pk, voucher="记12-001", by=world.finance)

    return paid


def adjust(code: str) -> Callable[[World, Any], None]:
    def adjusted(world: World, before: Any) -> None:
        BudgetAdjustment.objects.create(
            budget=fund(code).budgets.get(year=YEAR), amount=20_000, decided_on=clock.today(), document_number="望财预〔2022〕9号"
        )  # fmt: skip

    return adjusted


def contract(world: World) -> ContractNode:
    """100,000 yuan of upkeep that ends in the year, half of it to be paid by the score."""
    funds(world)
    made = Contract.objects.create(
        number="合2022-1", name="运维服务", fund=fund("maintenance"), supplier="供应商", amount=100_000,
        starts_on=date(2021, 10, 14), ends_on=date(2022, 10, 13),
    )  # fmt: skip
    node = ContractNode.objects.create(contract=made, place=1, name="第1次付款", share=50, due_on=date(2022, 11, 1))
    return money.score_node(node.pk, Decimal(80), by=world.finance)


def pay_node(world: World, node: ContractNode) -> None:
    payment = money.request_node(node.pk, budget_year=YEAR, by=world.finance)
    money.approve_payment(payment.pk, by=world.leader)
    money.pay(payment.pk, voucher="记12-002", by=world.finance)


def call_back(**answers: str) -> Callable[[World, Any], None]:
    return lambda world, ticket: hotline.callback(ticket.pk, by=world.caller, **answers)


def reach(who: str) -> Callable[[World, Any], None]:
    return lambda world, ticket: hotline.contact(ticket.pk, by=world.people[who], way="phone", outcome="connected")


def push(world: World, ticket: Any) -> None:
    units = {"unit": world.units["高塘岭街道"], "area": world.grids["斑马湖社区1"]}
    hotline.dispatch(ticket.pk, by=world.dispatcher, **units)


def pushed(world: World) -> Any:
    """With the grid, and the unit has reached the caller already."""
    ticket = desk.dispatched(world, area=world.grids["斑马湖社区1"])
    return hotline.contact(ticket.pk, by=world.town, way="phone", outcome="connected")


def remind(world: World, before: Any) -> None:
    """One text to one person, taken by the carrier."""
    queue("您有一件工单即将到期。", [world.town], purpose=Message.Purpose.REMINDER, about="WC20221227-00001")
    assert sending.send_all(10) == 1


def train(world: World, before: Any) -> None:
    ledgers.record_training(by=world.supervisor, day=clock.today(), kind="visit", topic="培训", people=30, sessions=2)


def problem(world: World) -> Any:
    """A hard whistle of a batch that counts already."""
    assign(world, instructed(world))
    return instructed(world)


def instructed(world: World) -> Any:
    case = hard_actions.draft(hard_actions.Problem("老旧管网", "雨污未分流。", YEAR, 5), by=world.dispatcher)
    said = {"instructed_by": "区委主要领导", "instructed_on": clock.today(), "instruction": "请限期解决。"}
    return hard_actions.instruct(case.pk, by=world.leader, **said)


def assign(world: World, case: Any) -> None:
    goal = {"leader": "分管副区长", "goal": "完成改造", "deadline": date(2023, 3, 31)}
    hard_actions.assign(case.pk, by=world.dispatcher, unit=world.units["住建局"], **goal)


def assigned(world: World) -> Any:
    case = instructed(world)
    assign(world, case)
    return case


def disposed(world: World) -> Any:
    return take(world, handling(world), "dispose", "department", note="已清理。")


def shown(kind: str) -> Callable[[World], Any]:
    """A quarter's result with one seat for 优秀, whose publicity has run out."""

    def published(world: World) -> Any:
        quarter.scheme(kind, quota=1)
        for grid in world.grids.values():
            quarter.worked(grid, (80, 100), (80, 100))
        with clock.frozen(datetime(2022, 12, 16, 10, 0, tzinfo=clock.CHINA)):
            return quarter.published(world, kind)

    return published


def finalise(world: World, assessment: Any) -> None:
    assessments.finalise(assessment.pk, by=world.assessor)


def policy(**amounts: int) -> Callable[[World, Any], None]:
    """A new version, drafted by one administrator and approved by the other."""

    def approved(world: World, before: Any) -> None:
        made = policies.draft(
            ZERO, {**rule_set(ZERO).defaults(), **amounts}, valid_from=clock.today(), document_number="望社治〔2022〕9号",
            source="", note="调整", by=world.admin,
        )  # fmt: skip
        policies.approve(made.pk, by=world.other_admin)

    return approved


def in_ledger(model: Any, values: Callable[[World], dict[str, Any]]) -> Callable[[World, Any], None]:
    return lambda world, before: model.objects.create(valid_from=LEDGER_DAY, **values(world))


def estate(world: World) -> Estate:
    return Estate.objects.create(name="亿达小镇", area=world.villages["斑马湖社区"], valid_from=LEDGER_DAY)


def camera_of(world: World, place: Estate | None) -> None:
    VideoPoint.objects.create(device_id="43011200001320000001", name="1栋", estate=place, valid_from=LEDGER_DAY)


@dataclass(frozen=True)
class Case:
    """One thing more, and everything that moves by it."""

    add: Callable[[World, Any], Any]
    moves: dict[str, Any]
    prepare: Callable[[World], Any] = nothing


TEN, FIFTH = Decimal(1), Decimal(2)  # 10,000 and 20,000 yuan in 万元
PAID, MORE = (Decimal(10_000), Decimal(0)), (Decimal(0), Decimal(20_000))
CASES: dict[str, Case] = {
    # hotline
    "tickets_received": Case(lambda world, before: desk.received(world), {"tickets_received": 1}),
    "tickets_finished": Case(
        lambda world, ticket: hotline.reject(ticket.pk, by=world.dispatcher, reason="petition", right_channel="信访局"),
        {"tickets_finished": 1}, desk.received,
    ),
    "satisfaction_rate": Case(
        call_back(resolved="none", satisfaction="satisfied"), {"satisfaction_rate": (1, 1), "tickets_finished": 1},
        desk.in_callback,
    ),
    "resolution_rate": Case(
        call_back(resolved="yes", satisfaction="unrated"), {"resolution_rate": (1, 1), "tickets_finished": 1},
        desk.in_callback,
    ),
    "timely_contact_rate": Case(reach("town"), {"timely_contact_rate": (1, 0)}, desk.dispatched),
    "pushed": Case(
        push, {"pushed": 1, "push_response_rate": (0, 1), "timely_contact_rate": (0, 1)}, desk.received
    ),
    "push_contacted": Case(reach("gridofficer"), {"push_contacted": 1, "push_response_rate": (1, 0)}, pushed),
    "push_response_rate": Case(reach("gridleader"), {"push_contacted": 1, "push_response_rate": (1, 0)}, pushed),
    "reminder_messages": Case(remind, {"reminder_messages": 1}),
    "trainees": Case(train, {"trainees": 30}),
    # whistles
    "whistles_collected": Case(lambda world, before: reported(world), {"whistles_collected": 1}),
    "whistles_filed": Case(
        lambda world, case: take(world, case, "file", "reviewer"), {"whistles_filed": 1, "whistle_close_rate": (0, 1)}, blown
    ),
    "whistles_closed": Case(
        lambda world, case: take(world, case, "verify", "gridofficer", photos=[photo()], passed="true"),
        {"whistles_closed": 1, "whistle_close_rate": (1, 0)}, disposed,
    ),
    "whistle_close_rate": Case(
        lambda world, case: take(world, case, "self_handle", "gridofficer", note="已处置。"),
        {"whistles_filed": 1, "whistles_closed": 1, "whistle_close_rate": (1, 1)}, reported,
    ),
    "hard_whistle_batches": Case(assign, {"hard_whistle_batches": 1, "hard_whistles": 1}, instructed),
    "hard_whistles": Case(assign, {"hard_whistles": 1}, problem),
    "hard_whistles_solved": Case(
        lambda world, case: hard_actions.solve(case.pk, by=world.supervisor, note="已改造。"),
        {"hard_whistles_solved": 1}, assigned,
    ),
    # grids, ledgers
    "excellent_level3_per_quarter": Case(finalise, {"excellent_level3_per_quarter": 1}, shown("level3")),
    "excellent_level4_per_quarter": Case(finalise, {"excellent_level4_per_quarter": 1}, shown("level4")),
    "reward_urban_per_quarter_yuan": Case(policy(urban_yuan=5100), {"reward_urban_per_quarter_yuan": 100}),
    "reward_other_per_quarter_yuan": Case(policy(other_yuan=3100), {"reward_other_per_quarter_yuan": 100}),
    "staff_total": Case(in_ledger(StaffMember, lambda world: {"name": "王五", "kind": "hired"}), {"staff_total": 1}),
    "video_points": Case(camera_of, {"video_points": 1}),
    "estate_video": Case(camera_of, {"video_points": 1, "estate_video": 1}, estate),
    "model_communities": Case(
        in_ledger(ModelCommunity, lambda world: {"village": world.villages["斑马湖社区"]}), {"model_communities": 1}
    ),
    # money
    **{f"basic_{code}": Case(pay(code), {f"basic_{code}": TEN}, funds) for code in BASIC},
    "three_public": Case(pay("public", three_public=True), {"three_public": TEN, "basic_public": TEN}, funds),
    "special_budget": Case(adjust("other"), {"special_budget": FIFTH}, funds),
    **{
        f"fund_{code}_budget": Case(
            adjust(code), {f"fund_{code}_budget": FIFTH, f"fund_{code}_rate": MORE, "special_budget": FIFTH}, funds
        )
        for code in SPECIAL[:3]
    },
    **{
        f"fund_{code}_{name}": Case(pay(code), {f"fund_{code}_used": TEN, f"fund_{code}_rate": PAID}, funds)
        for code in SPECIAL[:3] for name in ("used", "rate")
    },
    "contract_paid_share": Case(
        pay_node,
        {
            "fund_maintenance_used": Decimal(4), "fund_maintenance_rate": (Decimal(40_000), Decimal(0)),
            "contract_paid_share": (Decimal(40_000), Decimal(0)),
        },
        contract,
    ),
}  # fmt: skip

LEDGERS = {"staff_total", "video_points", "estate_video", "model_communities"}
DATED_BY_PAPER = LEDGERS | {name for name in CASES if name.endswith("_budget")}  # whenever the row is written


def values() -> dict[str, Any]:
    """By name: a count or amount as a number, a rate as (numerator, denominator)."""
    found = figures_of(YEAR)
    return {
        name: Decimal(entry["value"])
        if entry["denominator"] is None
        else (Decimal(entry["numerator"]), Decimal(entry["denominator"]))
        for name, entry in found.items()
    }


def moved(before: dict[str, Any]) -> dict[str, Any]:
    """The differences, what is as before left out."""
    after = values()
    return {name: _difference(after[name], before[name]) for name in NAMES if after[name] != before[name]}


def _difference(after: Any, before: Any) -> Any:
    if isinstance(after, tuple):
        return tuple(new - old for new, old in zip(after, before, strict=True))
    return after - before


def behind(figure: Figure, part: str, column: str) -> Decimal:
    """What stands behind a figure: its rows counted, or their amounts summed."""
    found = rows(figure, Period.parse(str(YEAR)), part)
    total = found.aggregate(sum=Sum(column))["sum"] if column else found.count()
    return Decimal(total or 0)


def listed(name: str) -> Any:
    figure = get(name)
    above = behind(figure, "numerator", figure.sum_of)
    if not figure.is_rate:
        return above / figure.scale
    return above, behind(figure, "denominator", figure.denominator_sum_of or figure.sum_of)


def test_every_name_has_its_case_and_moves_by_it() -> None:
    assert set(CASES) == set(NAMES)
    assert all(name in case.moves for name, case in CASES.items())


@pytest.mark.parametrize("name", CASES)
def test_one_thing_more_moves_the_figure_its_ratios_and_nothing_else(world: World, name: str) -> None:
    case = CASES[name]
    with clock.frozen(DECEMBER):
        prepared = case.prepare(world)
    before = values()
    with clock.frozen(DECEMBER):
        case.add(world, prepared)
    assert moved(before) == case.moves
    after = values()
    assert {moving: listed(moving) for moving in case.moves} == {moving: after[moving] for moving in case.moves}


@pytest.mark.parametrize("name", sorted(CASES.keys() - DATED_BY_PAPER))
def test_the_same_in_the_new_year_moves_nothing_of_the_old_one(world: World, name: str) -> None:
    with clock.frozen(DECEMBER):
        prepared = CASES[name].prepare(world)
    before = values()
    CASES[name].add(world, prepared)
    assert moved(before) == {}
