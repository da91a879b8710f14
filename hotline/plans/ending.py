"""办结申请, 审核, 回访, 重办: how a ticket ends, and begins a new round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline import clocks
from hotline.models.choices import OPEN, Resolved, Satisfaction, State
from hotline.plans.handling import lapse
from wangcheng.common.workflow import Change, Code, Facts, NotAllowed, Row

if TYPE_CHECKING:
    from hotline.models import Ticket


def finish(case: Ticket, facts: Facts) -> Change:
    """办结申请: the handling clock stops.

    Inputs: confirmed, facts, measures, legal_basis, resolved (the unit's own view), reply (to the caller).
    """
    worked = facts.calendar.between(case.round_started_at or facts.at, facts.at) - case.suspended_seconds
    row = Row("hotline.TicketAnswer", {
        "round": case.round, "at": facts.at, "by_id": facts.actor.user_id, "organisation_id": facts.actor.organisation_id,
        **{name: facts.get(name, "") for name in ("confirmed", "facts", "measures", "legal_basis", "resolved", "reply")},
    })  # fmt: skip
    lapsed, said = lapse(case, "办结")
    fields = {
        "finished_at": facts.at,
        "first_finished_at": case.first_finished_at or facts.at,
        "handle_seconds": max(0, worked),
        "confirmed": facts["confirmed"],
        **lapsed,
    }
    return Change(fields, (row,), said=said)


def review(case: Ticket, facts: Facts) -> Change:
    """审核.  Inputs: passed (bool).  Sent back: the answer counts against quality, and the time in review is not taken
    off what the unit had left; 平均办理时长 is of the caller's waiting and goes on to the answer that passed.
    """
    if facts["passed"]:
        return Change({"state": State.CALLBACK.value, "reviewed_at": facts.at}, said="审核通过。")
    if not facts.note:
        raise NotAllowed("不通过的，请在说明中写明原因。", Code.RULE, "note")
    return Change(
        {
            "state": State.HANDLING.value,
            "send_backs": case.send_backs + 1,
            "finished_at": None,
            **_resumed_after_review(case, facts),
        }
    )


def _resumed_after_review(case: Ticket, facts: Facts) -> dict[str, Any]:
    """The unit gets back what was left when it finished; the city's deadline does not wait."""
    if case.internal_due_at is None or case.finished_at is None:
        return {}
    kind = clocks.of_round(facts.rules.limits, case.type, case.urgency, case.round).clock
    inner = facts.calendar.resume(case.internal_due_at, case.finished_at, facts.at, kind).at
    return {"internal_due_at": inner, "due_at": case.city_due_at or inner}


def callback(case: Ticket, facts: Facts) -> Change:
    """回访: two separate answers, never defaulted.  An unhappy caller alone forces no redo; the unit's fault does.

    Inputs: resolved, satisfaction, at_fault (bool), optional from_city (bool): the city's words are taken as they came.
    """
    if not facts.get("from_city") and (problem := contradiction(facts["resolved"], facts["satisfaction"])):
        raise NotAllowed(problem, Code.RULE, "resolved")
    row = _called_back(case, facts)
    if facts.get("at_fault"):
        fields = {"state": State.HANDLING.value, **new_round(case, facts)}
        said = f"第{case.round}轮回访：{_answered(facts)}。承办单位责任，退回重办。"  # the columns are the next round's
        return Change(fields, (row,), said=said)
    fields = {
        "state": State.CLOSED.value,
        "called_back_at": facts.at,
        "resolved": facts["resolved"],
        "satisfaction": facts["satisfaction"],
        "closed_at": facts.at,
        **(_to_rule_on(case, facts) if facts.get("from_city") else {}),
    }
    return Change(fields, (row,))


def contradiction(resolved: str, satisfaction: str) -> str:
    """Why the two answers cannot both be so, or "": who was not reached has answered nothing."""
    if satisfaction != Satisfaction.UNREACHABLE or resolved == Resolved.NONE:
        return ""
    return f"来电人无法联系的，是否解决应为“{Resolved.NONE.label}”。"


def city_result(case: Ticket, facts: Facts) -> Change:
    """市级回访结果 that came late or early: appended; it changes what is closed, and before that waits for the callback.

    Inputs: resolved, satisfaction.  Whether the ticket goes into a new round is the centre's decision (重办).
    """
    row, said = _called_back(case, facts), f"市级回访结果：{_answered(facts)}。"
    if case.state not in {State.CLOSED, State.ARCHIVED}:
        return Change({}, (row,), said=f"{said}本级尚未办结，结果留待回访时核对。" if case.state in OPEN else said)
    fields = {name: facts[name] for name in ("resolved", "satisfaction") if facts[name] != getattr(case, name)}
    if case.called_back_at is None:
        fields["called_back_at"] = facts.at
    return Change({**fields, **_to_rule_on(case, facts)}, (row,), said=said)


def _to_rule_on(case: Ticket, facts: Facts) -> dict[str, Any]:
    """Nobody at the city says whose fault it was: what makes the caller unhappy waits until the centre has ruled."""
    unhappy = facts["resolved"] == Resolved.NO or facts["satisfaction"] == Satisfaction.DISSATISFIED
    waits = facts.at if unhappy else None
    return {"city_unhappy_at": waits} if waits != case.city_unhappy_at else {}


def acknowledge(case: Ticket, facts: Facts) -> Change:
    """知悉: the centre has seen the city's unhappy answer and orders no new round; the note says why."""
    if not facts.note:
        raise NotAllowed("请写明不再重办的理由。", Code.RULE, "note")
    return Change({"city_unhappy_at": None})


def _called_back(case: Ticket, facts: Facts) -> Row:
    """回访记录 of this round, by the centre or the city."""
    if facts["resolved"] not in Resolved.values or facts["satisfaction"] not in Satisfaction.values:
        raise NotAllowed("请分别填写“是否解决”和“是否满意”。", Code.RULE)
    return Row("hotline.TicketCallback", {
        "round": case.round, "at": facts.at, "by_id": facts.actor.user_id, "from_city": bool(facts.get("from_city")),
        "resolved": facts["resolved"], "satisfaction": facts["satisfaction"],
        "at_fault": bool(facts.get("at_fault")), "note": facts.note,
    })  # fmt: skip


def _answered(facts: Facts) -> str:
    resolved, satisfied = Resolved(facts["resolved"]).label, Satisfaction(facts["satisfaction"]).label
    return f"是否解决“{resolved}”，是否满意“{satisfied}”"


def redo(case: Ticket, facts: Facts) -> Change:
    """重办: a new round with a new deadline.  Inputs: none; the note says why."""
    if not facts.note:
        raise NotAllowed("请写明重办理由。", Code.RULE, "note")
    return Change(new_round(case, facts))


def new_round(case: Ticket, facts: Facts) -> dict[str, Any]:
    """The columns of a new round: counters on, results of the last round off, clocks anew from now."""
    limits, calendar = facts.rules.limits, facts.calendar
    limit = clocks.of_round(limits, case.type, case.urgency, case.round + 1)
    due = calendar.due(facts.at, limit).at
    city_due = due if case.city_due_at else None
    inner = clocks.internal(limits, calendar, facts.at, limit, city_due)
    return {
        "round": case.round + 1,
        "hard": case.hard or case.round + 1 >= limits.hard_rounds,
        "round_started_at": facts.at,
        "suspended_seconds": 0,
        "city_due_at": city_due,
        "internal_due_at": inner,
        "due_at": city_due or inner,
        "extension": "",
        "extension_days": None,
        "extensions": 0,
        "extension_final": False,
        "resolved": "",
        "satisfaction": "",
        **dict.fromkeys(("finished_at", "reviewed_at", "called_back_at", "closed_at")),
        **({"city_unhappy_at": None} if case.city_unhappy_at else {}),
    }
