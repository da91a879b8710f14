"""A whistle's way from the report to the rating: who may take which step, and what it does."""

from datetime import timedelta

import pytest

from tests.whistle.steps import (
    DISSATISFIED,
    HERE,
    SATISFIED,
    blown,
    closed,
    dispatched,
    handling,
    later,
    on,
    photo,
    refused,
    reported,
    take,
)
from tests.world import MORNING, World
from wangcheng.common import clock
from wangcheng.common.casework.models import replay
from wangcheng.common.models import Message
from wangcheng.common.workflow import Code, NotAllowed, plain
from whistle import actions
from whistle.models import Whistle, WhistleRating


def test_a_whistle_goes_from_the_grid_to_the_department_and_back(world: World) -> None:
    case = closed(world)
    case.refresh_from_db()
    assert case.state == "closed"
    assert (case.unit, case.disposer_kind) == (world.units["城管局"], "department")
    steps = list(case.events.values_list("step", flat=True))
    assert steps == ["report", "filter", "blow", "file", "dispatch", "sign", "arrive", "dispose", "verify"]


def test_the_events_of_a_whistle_replay_to_its_row(world: World) -> None:
    case = closed(world)
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    row = Whistle.objects.filter(pk=case.pk).values().get()
    told = replay(list(case.events.values("data")))
    assert told == {name: plain(row[name]) for name in told}
    assert told.keys() >= Whistle.TRACKED - {"closed_at", "suspended_at"}  # that one was never put on the book


def test_a_report_knows_its_branch_of_the_tree(world: World) -> None:
    case = reported(world, grid="斑马湖社区1-2")
    assert case.building == world.grids["斑马湖社区1-2"]
    assert case.grid == world.grids["斑马湖社区1"]
    assert case.village == world.villages["斑马湖社区"]
    assert case.town == world.towns["高塘岭街道"]
    assert case.category_top == world.categories["哨单:乱堆乱放"].top
    assert case.number == "LF202301030001"
    assert reported(world).number == "LF202301030002"


def test_a_town_cannot_be_the_place_of_a_whistle(world: World) -> None:
    with pytest.raises(NotAllowed, match="村（社区）或网格"):
        reported(world, area=world.towns["高塘岭街道"])


def test_what_the_officer_saw_to_is_filed_and_closed_at_once(world: World) -> None:
    case = take(world, reported(world), "self_handle", "gridofficer", note="已劝导清理。", photos=[photo()])
    assert case.state == "closed"
    assert case.filed_at == case.disposed_at == case.closed_at == MORNING
    assert (case.disposer_kind, case.disposal) == ("self", "已劝导清理。")
    assert case.attachments.get().purpose == "self_handle"
    assert "无需评价" in refused(world, case, "rate", "gridofficer", **SATISFIED).message
    assert "没有返工" in refused(world, case, "rework", "dispatcher", note="抽查").message


def test_a_town_handles_and_so_files_without_the_centre(world: World) -> None:
    case = reported(world)
    passed = take(world, case, "filter", "village", passed="true")
    assert (passed.state, passed.filed_at, passed.unit) == ("town", None, world.units["高塘岭街道"])
    handled = take(world, case, "handle", "town")
    assert (handled.state, handled.filed_at, handled.unit_kind) == ("handling", MORNING, "town")
    take(world, case, "dispose", "town", note="已清理。")
    done = take(world, case, "verify", "gridofficer", photos=[photo()], passed="true")
    assert (done.state, done.disposer_kind) == ("closed", "town")


def test_a_town_gives_a_whistle_to_its_own_village_only(world: World) -> None:
    case = reported(world)
    take(world, case, "filter", "village", passed="true")
    with pytest.raises(AssertionError, match="unit"):
        take(world, case, "handle", "town", unit=world.units["静慎村"].code)
    handled = take(world, case, "handle", "town", unit=world.units["西塘街社区"].code)
    assert handled.unit == world.units["西塘街社区"]
    assert Whistle.objects.filter(sights__organisation=world.units["西塘街社区"]).get() == case


def test_the_village_declines_with_a_reason_and_sees_it_again(world: World) -> None:
    case = reported(world)
    with pytest.raises(AssertionError, match="理由"):
        take(world, case, "filter", "village", passed="false")
    declined = take(world, case, "filter", "village", passed="false", note="不属于本社区。")
    assert (declined.state, declined.decline_reason, declined.filed_at) == ("declined", "不属于本社区。", None)
    again = take(world, case, "resubmit", "gridofficer", content="地点更正为三栋二单元。")
    assert (again.state, again.content, again.declined_at) == ("reported", "地点更正为三栋二单元。", None)


def test_what_the_centre_declined_comes_back_to_the_centre(world: World) -> None:
    case = blown(world)
    declined = take(world, case, "decline", "dispatcher", note="应由物业处理。")
    assert declined.state == "declined"
    assert Message.objects.filter(recipient=world.gridofficer, about=case.number).count() == 1
    assert take(world, case, "resubmit", "gridofficer").state == "filing"


def test_a_whistle_is_dispatched_only_when_filed_and_filed_once(world: World) -> None:
    case = blown(world)
    assert "先立案" in refused(world, case, "dispatch", "dispatcher", unit="D01").message
    filed = take(world, case, "file", "reviewer")
    assert (filed.state, filed.state_label) == ("filing", "待派单")
    assert refused(world, case, "file", "reviewer").code == Code.STATE
    assert refused(world, case, "decline", "reviewer", note="不立案").code == Code.STATE


def test_dispatch_starts_the_clocks_and_tells_the_department(world: World) -> None:
    case = dispatched(world)
    assert case.sign_due_at == clock.at(MORNING.date(), 15)  # 4 working hours, over the noon break
    assert case.arrive_due_at == clock.at(MORNING.date() + timedelta(days=1), 10, 30)  # 8 hours of a 7-hour day
    assert case.due_at == clock.at(MORNING.date() + timedelta(days=7), 9, 30)  # five working days
    message = Message.objects.get(recipient=world.department)
    assert case.number in message.text
    assert "1月4日10:30前到场" in message.text
    assert world.gridofficer.name not in message.text


@pytest.mark.parametrize(("urgency", "minutes", "hours"), [("urgent", 120, 24), ("critical", 30, 12)])
def test_urgent_whistles_run_on_the_natural_clock(world: World, urgency: str, minutes: int, hours: int) -> None:
    case = dispatched(world, urgency=urgency)
    assert case.sign_due_at == MORNING + timedelta(minutes=30)
    assert case.arrive_due_at == MORNING + timedelta(minutes=minutes)
    assert case.due_at == MORNING + timedelta(hours=hours)


def test_arriving_needs_place_and_picture(world: World) -> None:
    case = dispatched(world)
    take(world, case, "sign", "department")
    with pytest.raises(AssertionError, match="longitude"):
        take(world, case, "arrive", "department", photos=[photo()])
    with pytest.raises(AssertionError, match="到场照片"):
        take(world, case, "arrive", "department", **HERE)
    arrived = take(world, case, "arrive", "department", photos=[photo()], **HERE)
    assert (arrived.state, arrived.arrived_at, arrived.arrived_metres) == ("handling", MORNING, None)


def test_a_picture_handed_in_before_counts_for_the_step(world: World) -> None:
    case = dispatched(world)
    take(world, case, "sign", "department")
    actions.attach(case.pk, [photo()], "arrive", by=world.department)
    assert take(world, case, "arrive", "department", **HERE).state == "handling"


def test_arriving_far_from_the_place_is_noted(world: World) -> None:
    case = dispatched(world, longitude=112.8, latitude=28.35)
    take(world, case, "sign", "department")
    arrived = take(world, case, "arrive", "department", photos=[photo()], **HERE)
    assert 1950 < arrived.arrived_metres < 1970  # two hundredths of a degree of longitude at this latitude
    assert "超出允许偏差" in case.events.get(step="arrive").note


def test_verification_needs_a_new_picture_and_may_send_the_unit_back(world: World) -> None:
    case = reported(world, photos=[photo(1)])
    take(world, case, "filter", "village", passed="true")
    take(world, case, "handle", "town")
    take(world, case, "dispose", "town", note="已清理。")
    with pytest.raises(AssertionError, match="新照片"):
        take(world, case, "verify", "gridofficer", passed="true", photos=[photo(1, quality=40)])
    back = take(world, case, "verify", "gridofficer", passed="false", photos=[photo()], note="仍有杂物。")
    assert (back.state, back.closed_at) == ("handling", None)
    assert back.due_at == clock.at(MORNING.date() + timedelta(days=3), 9, 30)


def test_a_return_is_asked_for_and_ruled_and_wins_no_time(world: World) -> None:
    case = dispatched(world)
    asked = take(world, case, "return", "department", return_unit="D02", note="依据三定方案，属住建局职责。")
    assert (asked.state, asked.return_unit) == ("dispatched", world.units["住建局"])
    assert "等待区中心裁定" in refused(world, case, "sign", "department").message
    due = case.due_at
    kept = take(world, case, "rule_return", "dispatcher", granted="false", note="属城管局职责。")
    assert (kept.state, kept.due_at, kept.return_asked_at) == ("dispatched", due, None)
    take(world, case, "return", "department", return_unit="D02", note="再次申请。")
    granted = take(world, case, "rule_return", "dispatcher", granted="true", note="同意。")
    assert (granted.state, granted.returns, granted.due_at) == ("filing", 1, None)
    assert granted.unit == world.units["高塘岭街道"]


def test_a_third_return_is_impossible(world: World) -> None:
    case = dispatched(world)
    for unit, person, other in (("D01", "department", "D02"), ("D02", "other_department", "D01")):
        take(world, case, "return", person, return_unit=other, note="非本单位职责。")
        take(world, case, "rule_return", "dispatcher", granted="true", note="同意。")
        take(world, case, "dispatch", "dispatcher", unit=other)
        assert unit != other
    assert "最终决定" in refused(world, case, "return", "department", return_unit="D02", note="非本单位职责。").message


def test_a_unit_cannot_return_a_whistle_to_itself(world: World) -> None:
    with pytest.raises(AssertionError, match="不能是本单位"):
        take(world, dispatched(world), "return", "department", return_unit="D01", note="退单。")


def test_a_dissatisfied_rating_opens_a_new_round(world: World) -> None:
    case = closed(world)
    rated = take(world, case, "rate", "gridofficer", **DISSATISFIED)
    assert (rated.state, rated.round, rated.closed_at, rated.rating) == ("handling", 2, None, "dissatisfied")
    assert rated.due_at == clock.at(MORNING.date() + timedelta(days=3), 9, 30)
    take(world, case, "dispose", "department", note="重新清理。")
    take(world, case, "verify", "gridofficer", photos=[photo()], passed="true")
    again = take(world, case, "rate", "gridofficer", **SATISFIED)
    assert (again.state, again.rating) == ("closed", "satisfied")
    assert list(WhistleRating.objects.values_list("round", "overall")) == [(1, "dissatisfied"), (2, "satisfied")]


def test_who_is_dissatisfied_says_why(world: World) -> None:
    case = closed(world)
    answer = world.client("gridofficer").post(f"/whistles/{case.number}/rate/", {**DISSATISFIED, "text": ""})
    assert (answer.status_code, "总体评价为不满意的，请写明意见" in answer.content.decode()) == (400, True)
    case.refresh_from_db()
    assert case.rated_at is None


def test_a_whistle_is_rated_once_and_never_by_default(world: World) -> None:
    case = closed(world)
    with pytest.raises(AssertionError, match="overall"):
        take(world, case, "rate", "gridofficer")
    take(world, case, "rate", "gridofficer", **SATISFIED)
    assert "一哨一评" in refused(world, case, "rate", "gridofficer", **SATISFIED).message


def test_an_upheld_appeal_takes_the_rating_and_its_rework_back(world: World) -> None:
    case = closed(world)
    reopened = take(world, case, "rate", "gridofficer", **DISSATISFIED)
    assert (reopened.disposed_at, reopened.verified_at) == (None, None)
    take(world, case, "appeal", "department", note="已按时清理，有照片为证。")
    with later(hours=1):
        upheld = take(world, case, "rule_appeal", "dispatcher", upheld="true", note="申诉成立。")
    assert (upheld.state, upheld.rating, upheld.rated_at, upheld.round) == ("closed", "", None, 1)
    assert upheld.closed_at == MORNING + timedelta(hours=1)  # it was open in between
    assert (upheld.due_at, upheld.disposed_at, upheld.verified_at) == (case.due_at, MORNING, MORNING)
    assert WhistleRating.objects.get().set_aside
    assert refused(world, case, "rate", "gridofficer", **SATISFIED).code == Code.STATE


def test_a_dismissed_appeal_changes_nothing_but_is_final(world: World) -> None:
    case = closed(world)
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    take(world, case, "appeal", "department", note="不服。")
    kept = take(world, case, "rule_appeal", "dispatcher", upheld="false", note="证据不足。")
    assert (kept.state, kept.rating, kept.appeal_upheld) == ("handling", "dissatisfied", False)
    assert "已经申诉过" in refused(world, case, "appeal", "department", note="再次申诉。").message


def test_only_a_bad_rating_can_be_appealed_and_only_in_time(world: World) -> None:
    fine = closed(world)
    take(world, fine, "rate", "gridofficer", **SATISFIED)
    assert "不满意" in refused(world, fine, "appeal", "department", note="申诉。").message
    case = closed(world)
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    with later(days=2, minutes=1):
        assert "申诉期限" in refused(world, case, "appeal", "department", note="申诉。").message
    with later(days=2):
        assert take(world, case, "appeal", "department", note="申诉。").appealed_at


def test_a_whistle_on_the_book_stands_still(world: World) -> None:
    case = handling(world)
    take(world, case, "suspend", "dispatcher", note="待管网改造后解决。")
    assert "恢复" in refused(world, case, "dispose", "department", note="处置。").message
    with later(days=7):
        resumed = take(world, case, "resume", "dispatcher")
    assert resumed.due_at == clock.at(MORNING.date() + timedelta(days=14), 9, 30)
    assert not resumed.carried
    assert resumed.arrive_due_at == case.arrive_due_at  # had been met


def test_a_pause_after_the_disposal_moves_no_deadline(world: World) -> None:
    case = take(world, handling(world), "dispose", "department", note="已清理完毕。")
    take(world, case, "suspend", "dispatcher", note="待管网改造后核查。")
    with later(days=7):
        assert take(world, case, "resume", "dispatcher").due_at == case.due_at


def test_the_centre_opens_a_closed_whistle_again(world: World) -> None:
    reopened = take(world, closed(world), "rework", "dispatcher", note="抽查发现未解决。")
    assert (reopened.state, reopened.round, reopened.closed_at) == ("handling", 2, None)


@pytest.mark.parametrize(
    ("step", "person", "data"),
    [
        ("filter", "other_village", {"passed": "true"}),
        ("filter", "gridofficer", {"passed": "true"}),
        ("self_handle", "other_gridofficer", {"note": "已处置"}),
        ("self_handle", "dispatcher", {"note": "已处置"}),
    ],
)
def test_others_take_no_step_on_a_reported_whistle(world: World, step: str, person: str, data: dict[str, str]) -> None:
    assert refused(world, reported(world), step, person, **data).code == Code.RIGHT


def test_another_department_takes_no_step(world: World) -> None:
    case = dispatched(world)
    assert refused(world, case, "sign", "other_department").code == Code.RIGHT
    assert refused(world, case, "sign", "town").code == Code.RIGHT


def test_a_colleague_of_the_grid_stands_in_for_the_reporter(world: World) -> None:
    case = handling(world)
    take(world, case, "dispose", "department", note="已清理。")
    assert take(world, case, "verify", "gridleader", photos=[photo()], passed="true").state == "closed"


def test_a_stale_form_is_told(world: World) -> None:
    case = reported(world)
    take(world, case, "filter", "village", passed="true", version=1)
    with pytest.raises(NotAllowed) as problem:
        take(world, case, "handle", "town", version=1)
    assert problem.value.code == Code.VERSION


def test_a_pause_in_the_rework_of_an_urgent_whistle_is_counted_in_working_time(world: World) -> None:
    case = closed(world, urgency="urgent")
    with on(2023, 1, 5, 10):
        case = take(world, case, "rework", "dispatcher", note="仍有杂物")
    due = case.due_at
    with on(2023, 1, 6, 18):
        take(world, case, "suspend", "dispatcher", note="等待迁改")
    with on(2023, 1, 8, 18):  # a weekend
        case = take(world, case, "resume", "dispatcher")
    assert case.due_at == due
