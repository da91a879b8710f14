"""签收, 联系, 反馈, 延期, 会办: what the unit does with a ticket, and the centre's ruling on more time."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from hotline import clocks
from hotline.models.choices import Asked, Outcome, Way
from wangcheng.common import clock
from wangcheng.common.workflow import Change, Code, Facts, NotAllowed, Party, Row

if TYPE_CHECKING:
    from hotline.models import Ticket


def sign(case: Ticket, facts: Facts) -> Change:
    """签收: the sign clock stops."""
    return Change({"signed_at": facts.at})


def contact(case: Ticket, facts: Facts) -> Change:
    """联系: the moment is now, never typed in; the first success sets 首次联系, an officer's also the push's.

    Inputs: way, outcome.
    """
    connected = facts["outcome"] == Outcome.CONNECTED
    from_grid = _from_grid(case, facts)
    fields: dict[str, Any] = {} if connected else _failed(case, facts)
    if connected and case.first_contact_at is None and not case.anonymous:
        fields["first_contact_at"] = facts.at
    if connected and from_grid and case.push_contacted_at is None:
        fields["push_contacted_at"] = facts.at
    rows = [_contact_row(facts, from_grid)]
    if connected and from_grid:
        match = {"user_id": facts.actor.user_id, "contacted_at": None}
        rows.append(Row("hotline.TicketPush", {"contacted_at": facts.at, "read_at": facts.at}, match=match))
    said = f"{Way(facts['way']).label}联系：{Outcome(facts['outcome']).label}。"
    return Change(fields, tuple(rows), said=said)


def _failed(case: Ticket, facts: Facts) -> dict[str, Any]:
    """联系不上: attempts of different half-days count; after so many the unit may finish without having reached anybody."""
    last = case.contact_failed_at
    if case.anonymous or case.first_contact_at is not None or (last and _half_day(last) == _half_day(facts.at)):
        return {}
    tried = case.failed_contacts + 1
    given_up = tried >= facts.rules.limits.failed_contacts and case.unreachable_at is None
    return {
        "failed_contacts": tried,
        "contact_failed_at": facts.at,
        **({"unreachable_at": facts.at} if given_up else {}),
    }


def _half_day(moment: datetime) -> tuple[date, bool]:
    here = clock.local(moment)
    return here.date(), here.hour >= 12


def _from_grid(case: Ticket, facts: Facts) -> bool:
    return case.pushed_at is not None and Party.GRID in case.parties(facts.actor)


def _contact_row(facts: Facts, from_grid: bool) -> Row:
    return Row("hotline.TicketContact", {
        "at": facts.at, "way": facts["way"], "outcome": facts["outcome"], "by_id": facts.actor.user_id,
        "organisation_id": facts.actor.organisation_id, "from_grid": from_grid,
    })  # fmt: skip


def progress(case: Ticket, facts: Facts) -> Change:
    """阶段反馈: words and photos; the first one stops the first-report clock of 紧急 and 特急."""
    return Change({"reported_at": facts.at} if case.reported_at is None else {})


def extend(case: Ticket, facts: Facts) -> Change:
    """申请延期: before expiry, at least one working day, at most the original limit.  Inputs: days."""
    if case.due_at is None or facts.at > case.due_at:
        raise NotAllowed("已超过办理时限，不能再申请延期。", Code.RULE)
    most_often = facts.rules.limits.extensions_most
    if case.extensions >= most_often:
        raise NotAllowed(f"每轮办理最多延期{most_often}次，不能再申请延期。", Code.RULE)
    most = longest_extension(case, facts)
    if not 1 <= facts["days"] <= most:
        raise NotAllowed(f"延期应在1至{most}个工作日之间（不超过原办理时限）。", Code.RULE, "days")
    return Change({"extension": Asked.ASKED.value, "extension_days": facts["days"]})


def longest_extension(case: Ticket, facts: Facts) -> int:
    """So much of the original limit as the rules allow, in whole working days, never less than one."""
    limits = facts.rules.limits
    limit = clocks.of_round(limits, case.type, case.urgency, case.round, case.category_days)
    days = limit.amount if limit.unit == "days" else limit.amount // 24
    return max(1, days * limits.extension_percent // 100)


def rule_extend(case: Ticket, facts: Facts) -> Change:
    """延期裁定.  Inputs: granted (bool).  Granted: every deadline of handling moves by the days asked for.

    A refusal is final for the round; what was granted may be asked for again as often as the rules say.
    """
    if not facts["granted"]:
        return Change({"extension": Asked.REFUSED.value}, said="不同意延期。")
    more = facts.calendar.days(case.extension_days or 0)
    fields: dict[str, Any] = {
        name: facts.calendar.add(due, more).at
        for name in ("due_at", "city_due_at", "internal_due_at")
        if (due := getattr(case, name)) is not None
    }
    words = f"同意延期{case.extension_days}个工作日。"
    extensions = case.extensions + 1
    fields |= {"extension": Asked.GRANTED.value, "extensions": extensions}
    return Change({**fields, "extension_final": extensions >= facts.rules.limits.extensions_most}, said=words)


def lapse(case: Ticket, cause: str) -> tuple[dict[str, Any], str]:
    """延期申请失效: whoever ends or stops the handling leaves nothing to rule on; the columns, and what the event says."""
    if case.extension != Asked.ASKED:
        return {}, ""
    return {"extension": "", "extension_days": None}, f"延期申请因{cause}失效。"


def assist(case: Ticket, facts: Facts) -> Change:
    """会办: a co-unit answers on its own clock.  Inputs: answer, optional unit_id (a town may answer for a village)."""
    mine = [unit for unit in case.co_waiting_ids if unit in facts.actor.reach]
    if not mine:
        raise NotAllowed("您的单位没有待答复的会办事项。", Code.STATE)
    unit = facts.get("unit_id") or mine[0]
    if unit not in mine:
        raise NotAllowed("该单位没有待答复的会办事项。", Code.RULE, "unit")
    left = [waiting for waiting in case.co_waiting_ids if waiting != unit]
    values = {"answered_at": facts.at, "answer": facts["answer"], "by_id": facts.actor.user_id}
    row = Row("hotline.TicketAssist", values, match={"unit_id": unit, "answered_at": None, "withdrawn_at": None})
    return Change({"co_waiting_ids": left}, (row,))
