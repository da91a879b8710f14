"""The road of a ticket through its steps: who may do what when, and what each step leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from hotline import actions, workflow
from hotline.models import Ticket, TicketStanding
from tests.hotline import desk
from tests.hotline.desk import FINISHED, at
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.casework.models import replay
from wangcheng.common.workflow import Code, NotAllowed, plain


def test_a_ticket_goes_from_receipt_to_the_archive(world: World) -> None:
    ticket = desk.closed(world)
    assert ticket.number == "WC20230103-00001"
    with clock.frozen(at("2023-02-02 09:30")):
        ticket = actions.archive(ticket.pk, by=None)
    steps = ["receive", "dispatch", "sign", "contact", "finish", "review", "callback", "archive"]
    assert list(ticket.events.values_list("step", flat=True)) == steps
    assert (ticket.state, ticket.version) == ("archived", 8)


def test_the_events_of_a_ticket_replay_to_its_columns(world: World) -> None:
    ticket = desk.closed(world)
    actions.redo(ticket.pk, by=world.supervisor, note="仍未清运")
    ticket = Ticket.objects.get(pk=ticket.pk)
    columns = replay(list(ticket.events.values("data")))
    assert {name: plain(getattr(ticket, name)) for name in columns} == columns
    assert not columns.keys() & Ticket.PRIVATE


def test_events_name_who_acted_for_whom(world: World) -> None:
    ticket = desk.handling(world)
    event = ticket.events.get(step="sign")
    assert (event.actor, event.actor_name, event.organisation) == (
        world.town,
        world.town.name,
        world.units["高塘岭街道"],
    )


def test_a_ticket_is_archived_thirty_days_after_closing_and_not_before(world: World) -> None:
    ticket = desk.closed(world)
    with clock.frozen(at("2023-02-02 09:29")), pytest.raises(NotAllowed, match="办结满30天"):
        actions.archive(ticket.pk, by=None)


# 受理


def test_a_rejection_names_one_of_nine_reasons_and_the_right_channel(world: World) -> None:
    assert len(Ticket.RejectReason) == 9
    ticket = desk.received(world)
    with pytest.raises(NotAllowed) as refused:
        actions.reject(ticket.pk, by=world.dispatcher, reason="litigation", right_channel="")
    assert refused.value.field == "right_channel"
    ticket = actions.reject(ticket.pk, by=world.dispatcher, reason="litigation", right_channel="望城区人民法院")
    assert (ticket.state, ticket.closed_at) == ("rejected", clock.now())


def test_only_a_consultation_is_answered_on_the_spot(world: World) -> None:
    consult = desk.received(world, type="consult")
    assert actions.answer(consult.pk, by=world.dispatcher, reply="周一至周五办理").state == "closed"
    assert consult.answers.get().reply == "周一至周五办理"
    with pytest.raises(NotAllowed, match="只有咨询"):
        actions.answer(desk.received(world).pk, by=world.dispatcher, reply="周一至周五办理")


def test_the_same_matter_of_the_same_caller_is_a_repeat(world: World) -> None:
    first = desk.received(world)
    again = desk.received(world, title="楼下的垃圾没有人清运")
    assert again.repeat_of == first
    assert desk.received(world, title="咨询社保卡办理").repeat_of is None
    assert desk.received(world, caller_phone="13900000001").repeat_of is None
    assert desk.received(world, caller_phone="").repeat_of is None


# 派单, 退单


def test_a_ticket_is_seen_by_its_unit_and_the_town_above_and_nobody_else(world: World) -> None:
    ticket = desk.dispatched(world, "斑马湖社区", co_units=("城管局",))
    seen = {name for name in ("town", "village", "department", "other_town", "other_department", "other_village")
            if Ticket.objects.visible_to(world.people[name]).filter(pk=ticket.pk).exists()}  # fmt: skip
    assert seen == {"town", "village", "department"}
    assert not Ticket.objects.visible_to(world.admin).exists()
    assert not Ticket.objects.visible_to(world.auditor).exists()
    assert not Ticket.objects.visible_to(world.finance).exists()


def test_a_ticket_is_not_sent_to_the_centre_or_a_unit_that_was_dissolved(world: World) -> None:
    ticket = desk.received(world)
    with pytest.raises(NotAllowed, match="请选择"):
        actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["centre"])
    world.units["城管局"].valid_to = clock.today()
    with pytest.raises(NotAllowed, match="已停用"):
        actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["城管局"])


def returned(world: World, ticket: Ticket, *, granted: bool) -> Ticket:
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单第三条")
    return actions.rule_return(ticket.pk, by=world.dispatcher, granted=granted, note="经研究")


def test_a_granted_return_goes_back_to_the_dispatcher_without_unit(world: World) -> None:
    ticket = returned(world, desk.dispatched(world, co_units=("住建局",)), granted=True)
    assert (ticket.state, ticket.unit, ticket.returns, ticket.co_unit_ids) == ("received", None, 1, [])
    assert ticket.assists.get().withdrawn_at == clock.now()
    assert ticket.first_dispatched_at == clock.now()


def test_a_refused_return_stays_with_the_unit(world: World) -> None:
    ticket = returned(world, desk.dispatched(world), granted=False)
    assert (ticket.state, ticket.returns, ticket.return_requests) == ("dispatched", 0, 1)


def test_a_third_return_is_impossible(world: World) -> None:
    ticket = desk.dispatched(world)
    returned(world, ticket, granted=False)
    ticket = returned(world, ticket, granted=True)
    actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["高塘岭街道"])
    with pytest.raises(NotAllowed, match="最终裁定"):
        returned(world, ticket, granted=True)


def test_a_unit_does_not_return_a_ticket_to_itself(world: World) -> None:
    ticket = desk.dispatched(world)
    with pytest.raises(NotAllowed) as refused:
        actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["高塘岭街道"], return_basis="职责清单")
    assert refused.value.field == "return_unit"


# 办理


def test_a_ticket_is_not_finished_before_the_caller_was_reached(world: World) -> None:
    ticket = desk.dispatched(world)
    actions.sign(ticket.pk, by=world.town)
    actions.contact(ticket.pk, by=world.town, way="phone", outcome="no_answer")
    with pytest.raises(NotAllowed, match="联系成功"):
        actions.finish(ticket.pk, by=world.town, **FINISHED)


def test_an_anonymous_ticket_is_finished_without_contact(world: World) -> None:
    ticket = desk.dispatched(world, anonymous=True, caller_name="", caller_phone="")
    assert ticket.contact_due_at is None
    actions.sign(ticket.pk, by=world.town)
    assert actions.finish(ticket.pk, by=world.town, **FINISHED).state == "review"


def test_the_lead_unit_waits_for_every_co_unit(world: World) -> None:
    ticket = desk.handling(world, co_units=("城管局", "住建局"))
    actions.assist(ticket.pk, by=world.department, answer="已现场执法")
    with pytest.raises(NotAllowed, match="协办"):
        actions.finish(ticket.pk, by=world.town, **FINISHED)
    actions.assist(ticket.pk, by=world.other_department, answer="已督促物业")
    assert actions.finish(ticket.pk, by=world.town, **FINISHED).state == "review"
    answers = dict(ticket.assists.values_list("unit__name", "answer"))
    assert answers == {"城管局": "已现场执法", "住建局": "已督促物业"}


def test_a_co_unit_answers_once_and_does_not_finish(world: World) -> None:
    ticket = desk.handling(world, co_units=("城管局", "住建局"))
    actions.assist(ticket.pk, by=world.department, answer="已现场执法")
    with pytest.raises(NotAllowed, match="没有待答复"):
        actions.assist(ticket.pk, by=world.department, answer="再答一次")
    with pytest.raises(NotAllowed) as refused:
        actions.finish(ticket.pk, by=world.department, **FINISHED)
    assert refused.value.code == Code.RIGHT


def test_the_first_successful_contact_is_kept(world: World) -> None:
    ticket = desk.handling(world)
    with clock.frozen(at("2023-01-03 11:00")):
        ticket = actions.contact(ticket.pk, by=world.town, way="visit", outcome="connected")
    assert ticket.first_contact_at == at("2023-01-03 09:30")
    assert ticket.contacts.count() == 2


# 审核, 回访, 重办


def test_an_answer_sent_back_by_the_reviewer_counts(world: World) -> None:
    ticket = desk.in_review(world)
    with pytest.raises(NotAllowed):
        actions.review(ticket.pk, by=world.reviewer, passed=False)
    ticket = actions.review(ticket.pk, by=world.reviewer, passed=False, note="缺少依据")
    assert (ticket.state, ticket.send_backs, ticket.finished_at) == ("handling", 1, None)
    assert ticket.first_finished_at is not None


def test_an_unhappy_caller_alone_forces_no_redo(world: World) -> None:
    ticket = desk.closed(world, {"resolved": "no", "satisfaction": "dissatisfied"})
    assert (ticket.state, ticket.resolved, ticket.satisfaction) == ("closed", "no", "dissatisfied")


def test_the_units_fault_begins_a_new_round(world: World) -> None:
    ticket = desk.in_callback(world)
    ticket = actions.callback(ticket.pk, by=world.caller, resolved="no", satisfaction="dissatisfied", at_fault=True)
    assert (ticket.state, ticket.round, ticket.resolved, ticket.satisfaction) == ("handling", 2, "", "")
    assert ticket.callbacks.get().satisfaction == "dissatisfied"


@pytest.mark.parametrize("missing", ["resolved", "satisfaction"])
def test_neither_question_of_the_callback_is_defaulted(world: World, missing: str) -> None:
    ticket = desk.in_callback(world)
    with pytest.raises(NotAllowed, match="分别填写"):
        actions.callback(ticket.pk, by=world.caller, **{**desk.HAPPY, missing: ""})


def test_the_third_round_makes_a_ticket_hard(world: World) -> None:
    ticket = desk.closed(world)
    for hard in (False, True):
        ticket = actions.redo(ticket.pk, by=world.supervisor, note="仍未解决")
        assert ticket.hard is hard
        actions.finish(ticket.pk, by=world.town, **FINISHED)
        actions.review(ticket.pk, by=world.reviewer, passed=True)
        actions.callback(ticket.pk, by=world.caller, **desk.HAPPY)


# 合并, 剔除, 更正


def test_a_merged_ticket_is_closed_with_its_parent(world: World) -> None:
    parent, child = desk.in_callback(world), desk.received(world, caller_phone="13900000001")
    child = actions.merge(child.pk, by=world.dispatcher, parent=parent)
    assert child.state == "merged"
    actions.callback(parent.pk, by=world.caller, **desk.HAPPY)
    child.refresh_from_db()
    assert (child.state, child.closed_at) == ("closed", clock.now())


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda parent, by: actions.answer(parent, by=by, reply="周一至周五办理"), "已办结"),
        (lambda parent, by: actions.reject(parent, by=by, reason="petition", right_channel="区信访局"), "不予受理"),
    ],
)
def test_a_merged_ticket_does_not_outlive_a_parent_that_never_went_out(world: World, end: Any, said: str) -> None:
    parent, child = desk.received(world, type="consult"), desk.received(world, title="另一件", caller_phone="")
    actions.merge(child.pk, by=world.dispatcher, parent=parent)
    end(parent.pk, world.dispatcher)
    child.refresh_from_db()
    last = child.events.last()
    assert last is not None
    assert (child.state, last.note) == ("closed", f"主单{parent.number}{said}，本单随之办结。")


def test_the_system_takes_no_step_that_is_a_persons(world: World) -> None:
    with pytest.raises(NotAllowed, match="权限"):
        actions.review(desk.in_review(world).pk, by=None, passed=True)


def test_a_merge_can_be_undone(world: World) -> None:
    parent, child = desk.received(world), desk.dispatched(world, caller_phone="13900000001")
    actions.merge(child.pk, by=world.dispatcher, parent=parent)
    child = actions.unmerge(child.pk, by=world.dispatcher)
    assert (child.state, child.merged_into) == ("dispatched", None)


def test_a_ticket_is_merged_only_into_an_open_other_one_without_chains(world: World) -> None:
    done, parent, child = desk.closed(world), desk.received(world), desk.received(world)
    for wrong in (done, child):
        with pytest.raises(NotAllowed):
            actions.merge(child.pk, by=world.dispatcher, parent=wrong)
    actions.merge(child.pk, by=world.dispatcher, parent=parent)
    with pytest.raises(NotAllowed, match="名下已有"):
        actions.merge(parent.pk, by=world.dispatcher, parent=desk.received(world))


def test_an_exclusion_needs_a_reason_and_a_ruling(world: World) -> None:
    ticket = desk.handling(world)
    with pytest.raises(NotAllowed):
        actions.ask_exclusion(ticket.pk, by=world.town, note="")
    actions.ask_exclusion(ticket.pk, by=world.town, note="恶意投诉，附通话记录")
    ticket = actions.rule_exclusion(ticket.pk, by=world.dispatcher, granted=True)
    assert ticket.excluded_at == clock.now()


def test_a_correction_keeps_what_was_true_before_in_the_as_of_rows(world: World) -> None:
    ticket = desk.closed(world)
    with clock.frozen(at("2023-01-04 09:30")):
        actions.correct(ticket.pk, by=world.dispatcher, note="市级复核", satisfaction="dissatisfied")
    rows = TicketStanding.objects.filter(case=ticket).order_by("since").values_list("satisfaction", flat=True)
    assert list(rows) == ["satisfied", "dissatisfied"]


def test_a_correction_that_changes_nothing_is_refused(world: World) -> None:
    with pytest.raises(NotAllowed, match="没有需要更正"):
        actions.correct(desk.closed(world).pk, by=world.dispatcher, note="核对", satisfaction="satisfied")


# The engine


def test_a_stale_version_is_refused(world: World) -> None:
    ticket = desk.dispatched(world)
    with pytest.raises(NotAllowed) as refused:
        actions.sign(ticket.pk, by=world.town, version=ticket.version - 1)
    assert refused.value.code == Code.VERSION


def test_every_step_has_a_door_except_those_of_the_system() -> None:
    from hotline.doors import DOORS

    of_the_system = {"receive", "amend", "follow", "city_result", "hand_over", "absorb"}
    assert {step.name for step in workflow.TABLE} - {door.step.name for door in DOORS} == of_the_system
