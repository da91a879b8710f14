"""The process of a hard whistle (攻坚哨) with its pure plans: 梳理 → 批示 → 交办 → 推进 → 基本解决 → 销号, or 挂账.

Basis: the district's main leaders instruct in writing, a district leader takes the lead (分管区领导牵头领办).
"""

from __future__ import annotations

from typing import Any

from wangcheng.common import clock
from wangcheng.common.casework.handing import LABEL, handed
from wangcheng.common.workflow import Change, Clock, Code, Facts, Holder, NotAllowed, Party, Row, Step
from whistle.hard_models import HardWhistle

S = HardWhistle.State
BASIS = "关于推进党建引领“热线+网格、吹哨+报到”工作的实施方案（试行）"
_DRAFTED = ("title", "content", "category_id", "category_top_id", "place", "town_id", "village_id", "batch_id")


def draft(case: HardWhistle, facts: Facts) -> Change:
    """Inputs: the columns of _DRAFTED, `place_in_batch`, and `sources`: rows of whistle keys or ticket numbers."""
    fields: dict[str, Any] = {name: facts.get(name, getattr(case, name)) for name in (*_DRAFTED, "place_in_batch")}
    fields |= {"received_at": facts.at, "created_day": clock.local(facts.at).date()}
    return Change(fields, tuple(Row("whistle.HardWhistleSource", source) for source in facts.get("sources", ())))


def instruct(case: HardWhistle, facts: Facts) -> Change:
    """Inputs `instructed_by`, `instructed_on`, `instruction`: who, when, what."""
    if facts["instructed_on"] > clock.local(facts.at).date():
        raise NotAllowed("批示日期不能晚于今天。", Code.RULE, "instructed_on")
    return Change({name: facts[name] for name in ("instructed_by", "instructed_on", "instruction")})


def assign(case: HardWhistle, facts: Facts) -> Change:
    """Inputs `leader`, `unit_id`, `partner_ids`, `goal`, `deadline`, and `sight_ids` of all units concerned."""
    if facts["deadline"] < clock.local(facts.at).date():
        raise NotAllowed("完成时限不能早于交办日期。", Code.RULE, "deadline")
    if facts["unit_id"] in facts.get("partner_ids", ()):
        raise NotAllowed("配合单位不能包含牵头单位。", Code.RULE, "partners")
    fields = {name: facts[name] for name in ("leader", "unit_id", "goal", "deadline")}
    fields |= {"partner_ids": sorted(facts.get("partner_ids", ())), "assigned_at": facts.at}
    return Change(fields, tuple(_sight(pk) for pk in facts.get("sight_ids", ())))


def progress(case: HardWhistle, facts: Facts) -> Change:
    """The note is the entry of the progress log; one that was on the book is taken up again, with the days it had left."""
    fields: dict[str, Any] = {"progressed_at": facts.at, "carried_at": None}
    if case.carried_at and case.deadline:
        fields["deadline"] = case.deadline + (clock.local(facts.at).date() - clock.local(case.carried_at).date())
    return Change(fields)


def solve(case: HardWhistle, facts: Facts) -> Change:
    return Change({"solved_at": facts.at, "outcome": facts.note})


def strike(case: HardWhistle, facts: Facts) -> Change:
    return Change({"closed_at": facts.at})


def carry_over(case: HardWhistle, facts: Facts) -> Change:
    return Change({"carried_at": facts.at})


def _sight(organisation_id: int) -> Row:
    return Row("whistle.HardWhistleSight", {"organisation_id": organisation_id}, once=True)


def _may(verb: str) -> str:
    return f"whistle.{verb}_hardwhistle"


def _states(*states: S) -> frozenset[str]:
    return frozenset(state.value for state in states)


DRAFT = Step(
    "draft", "梳理", frozenset({""}), S.DRAFTED, _may("draft"), draft, Party.CENTRE, holder=Holder.CENTRE, basis=BASIS
)
INSTRUCT = Step(
    "instruct", "批示", _states(S.DRAFTED), S.INSTRUCTED, _may("instruct"), instruct, Party.CENTRE,
    holder=Holder.CENTRE, basis=BASIS,
)  # fmt: skip
ASSIGN = Step(
    "assign", "交办", _states(S.INSTRUCTED), S.ASSIGNED, _may("assign"), assign, Party.CENTRE,
    holder=Holder.UNIT, clock=Clock.START, basis=BASIS,
)  # fmt: skip
PROGRESS = Step(
    "progress", "推进", _states(S.ASSIGNED, S.PROGRESSING, S.CARRIED), S.PROGRESSING, _may("progress"), progress,
    Party.UNIT, holder=Holder.UNIT, clock=Clock.RESUME, basis=BASIS,
)  # fmt: skip
SOLVE = Step(
    "solve", "基本解决", _states(S.ASSIGNED, S.PROGRESSING, S.CARRIED), S.SOLVED, _may("solve"), solve, Party.CENTRE,
    holder=Holder.CENTRE, clock=Clock.STOP, basis=BASIS,
)  # fmt: skip
STRIKE = Step(
    "strike", "销号", _states(S.SOLVED), S.STRUCK, _may("strike"), strike, Party.CENTRE, holder=Holder.NOBODY, basis=BASIS
)  # fmt: skip
CARRY = Step(
    "carry", "挂账", _states(S.ASSIGNED, S.PROGRESSING), S.CARRIED, _may("carry"), carry_over, Party.CENTRE,
    clock=Clock.PAUSE, basis=BASIS,
)  # fmt: skip
HAND_OVER = Step(
    "hand_over", LABEL, frozenset(set(S) - {S.STRUCK}), None, _may("assign"), handed, Party.CENTRE, by_clock=True
)

TABLE = (DRAFT, INSTRUCT, ASSIGN, PROGRESS, SOLVE, STRIKE, CARRY, HAND_OVER)
