"""挂起, 合并, 剔除, 归档, 更正: what the centre and the clock do beside the main road."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hotline import clocks
from hotline.models.choices import Asked, State
from hotline.plans.handling import lapse
from wangcheng.common.workdays.calendar import Clock as Kind
from wangcheng.common.workflow import Change, Code, Facts, NotAllowed

if TYPE_CHECKING:
    from hotline.models import Ticket

CORRECTABLE = (
    "resolved",
    "satisfaction",
    "confirmed",
    "category_id",
    "category_top_id",
    "town_id",
    "village_id",
    "grid_id",
    "marks",
)


def suspend(case: Ticket, facts: Facts) -> Change:
    """挂起: the clocks stand still; itself reported."""
    if not facts.note:
        raise NotAllowed("请写明挂起理由。", Code.RULE, "note")
    lapsed, said = lapse(case, "挂起")
    return Change({"suspended_at": facts.at, **lapsed}, said=said)


def resume(case: Ticket, facts: Facts) -> Change:
    """恢复: every deadline still running has left what it had when it was stopped, by the clock it was set on."""
    since = case.suspended_at
    if since is None:
        raise NotAllowed("该工单没有挂起。", Code.STATE)
    calendar = facts.calendar
    fields: dict[str, Any] = {
        name: calendar.resume(due, since, facts.at, kind).at
        for name, kind in _running(case, facts).items()
        if (due := getattr(case, name)) is not None
    }
    paused = max(0, calendar.between(since, facts.at))
    return Change({"suspended_at": None, "suspended_seconds": case.suspended_seconds + paused, **fields})


def _running(case: Ticket, facts: Facts) -> dict[str, Kind]:
    """The deadlines that nothing has met yet, each with its clock."""
    handling = clocks.of_round(facts.rules.limits, case.type, case.urgency, case.round).clock
    running = dict.fromkeys(("due_at", "city_due_at", "internal_due_at"), handling)
    waiting = {"sign_due_at": case.signed_at, "return_due_at": None, "contact_due_at": case.first_contact_at}
    waiting["report_due_at"] = case.reported_at
    return running | {name: clocks.kind(case.urgency) for name, done in waiting.items() if done is None}


def merge(case: Ticket, facts: Facts) -> Change:
    """合并: the ticket follows another one.  Inputs: parent_id, parent_number, parent_open, has_children (looked up)."""
    if facts["parent_id"] == case.pk:
        raise NotAllowed("不能并入自身。", Code.RULE, "parent")
    if not facts["parent_open"]:
        raise NotAllowed("并入的工单已经办结或并单，请选择在办工单。", Code.RULE, "parent")
    if facts["has_children"]:
        raise NotAllowed("该工单名下已有并入的工单，不能再并入其他工单。", Code.RULE, "parent")
    lapsed, said = lapse(case, "并单")
    fields = {"merged_into_id": facts["parent_id"], "merged_from": case.state, **lapsed}
    return Change(fields, said=f"并入{facts['parent_number']}。{said}")


def absorb(case: Ticket, facts: Facts) -> Change:
    """并入登记: another ticket has been merged into this one, or taken out again.  Inputs: child_number, gone (bool)."""
    return Change(said=f"{facts['child_number']}{'撤销并入' if facts['gone'] else '并入本单'}。")


def unmerge(case: Ticket, facts: Facts) -> Change:
    """撤销合并: back to the state it was merged from."""
    return Change({"state": case.merged_from, "merged_into_id": None, "merged_from": ""})


def follow(case: Ticket, facts: Facts) -> Change:
    """随主单办结: the parent has ended; this caller is answered with it, and the matter was done when the parent's was.

    Inputs: parent_number, ended (the parent's state in words), finished_at (the parent's).
    """
    said = f"主单{facts['parent_number']}{facts['ended']}，本单随之办结。"
    return Change({"finished_at": facts["finished_at"] or facts.at, "closed_at": facts.at}, said=said)


def exclude(case: Ticket, facts: Facts) -> Change:
    """申请剔除: with evidence; the ticket stays visible."""
    if not facts.note:
        raise NotAllowed("请写明剔除理由和证据。", Code.RULE, "note")
    return Change({"exclusion": Asked.ASKED.value})


def rule_exclude(case: Ticket, facts: Facts) -> Change:
    """剔除裁定.  Inputs: granted (bool)."""
    if not facts["granted"]:
        return Change({"exclusion": Asked.REFUSED.value}, said="不同意剔除。")
    return Change({"exclusion": Asked.GRANTED.value, "excluded_at": facts.at}, said="同意剔除。")


def archive(case: Ticket, facts: Facts) -> Change:
    """归档: so many days after closing; from then on only corrections are appended."""
    days = facts.rules.limits.archive_days
    if case.closed_at is None or facts.at < case.closed_at + timedelta(days=days):
        raise NotAllowed(f"办结满{days}天后归档。", Code.RULE)
    return Change({"state": State.ARCHIVED.value})


def correct(case: Ticket, facts: Facts) -> Change:
    """更正: a wrong entry or the city's late result; the old values stay in the events and in past figures.

    Inputs: any of CORRECTABLE, None or missing where nothing changes.  The limit of another category comes too late.
    """
    if not facts.note:
        raise NotAllowed("请写明更正理由。", Code.RULE, "note")
    given = {name: facts[name] for name in CORRECTABLE if facts.get(name) is not None}
    changed: dict[str, Any] = {name: new for name, new in given.items() if new != getattr(case, name)}
    if not changed:
        raise NotAllowed("没有需要更正的内容。", Code.RULE)
    if changed.keys() & {"category_id", "town_id", "village_id", "grid_id"}:
        changed["placed_at"] = facts.at
    if changed.keys() & {"resolved", "satisfaction"} and case.called_back_at is None:
        changed["called_back_at"] = facts.at
    return Change(changed)
