"""The process of a quarterly assessment: its table of steps and their pure plans.

测算 → 村（社区）核对 → 街镇核对 → 区中心审定 → 公示 → 定稿.  What a step depends on is looked up by grid.actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grid.models import Appeal, Assessment
from wangcheng.common import clock
from wangcheng.common.workflow import Change, Code, Facts, Holder, NotAllowed, Party, Row, Step

if TYPE_CHECKING:
    from grid.assessing import Calculation

S = Assessment.State
OPEN = frozenset({S.DRAFT, S.VILLAGE, S.TOWN, S.CENTRE})
NEXT = {S.DRAFT: S.VILLAGE, S.VILLAGE: S.TOWN, S.TOWN: S.CENTRE}
STAGE_OF = {"village": S.VILLAGE, "town": S.TOWN}  # kind of the checking organisation → the stage in which it checks


def calculated(calculation: Calculation) -> dict[str, Any]:
    """The columns a calculation sets."""
    return {
        "first": calculation.basis.first,
        "last": calculation.basis.last,
        "rules": calculation.basis.snapshot,
        "figures": calculation.figures,
        "inputs_at": calculation.inputs_at,
        "result": dict(calculation.totals),
        "fingerprint": calculation.fingerprint,
    }


def compute(case: Any, facts: Facts) -> Change:
    """测算: a new draft; later the same stage with what was entered or decided meanwhile."""
    return Change({"state": case.state or S.DRAFT.value, **calculated(facts["calculation"])})


def review(case: Any, facts: Facts) -> Change:
    """The centre sends the result on to the next stage; a village or town confirms its own part and the stage stays."""
    actor = facts.actor
    if actor.is_centre:
        return Change({"state": NEXT[case.state]})
    if STAGE_OF.get(facts["unit_kind"]) != case.state:
        raise NotAllowed(f"当前为“{case.state_label}”环节，不由您的单位核对。", Code.RIGHT)
    if facts["reviewed"]:
        raise NotAllowed("您的单位已经核对过，不需重复提交。", Code.STATE)
    values = {"organisation_id": actor.organisation_id, "stage": case.state, "by_id": actor.user_id, "at": facts.at}
    return Change(rows=(Row("grid.AssessmentReview", values | {"note": facts.note[:500]}),))


def adjust(case: Any, facts: Facts) -> Change:
    """A manual entry changed: the result with it in."""
    return Change(calculated(facts["calculation"]), note=facts["words"])


def publish(case: Any, facts: Facts) -> Change:
    """公示: of the result as it is at this moment, with every entry and decision made while it was checked."""
    until = facts["publicity_until"]
    columns = {"published_at": facts.at, "publicity_until": until, **calculated(facts["calculation"])}
    return Change(columns, note=f"公示至{until:%Y年%-m月%-d日}")


def appeal(case: Any, facts: Facts) -> Change:
    if facts.at > case.publicity_until:
        raise NotAllowed(f"公示已于{case.publicity_until:%Y年%-m月%-d日}结束，不能再申诉。", Code.STATE)
    if not facts["own"]:
        raise NotAllowed("只能就本单位辖区的结果申诉。", Code.RIGHT, "area")
    if facts["open"]:
        raise NotAllowed("该网格或村（社区）已有待裁定的申诉。", Code.STATE, "area")
    values = {
        "area_id": facts["area_id"],
        "organisation_id": facts.actor.organisation_id,
        "reason": facts["reason"],
        "by_id": facts.actor.user_id,
        "at": facts.at,
    }
    return Change(rows=(Row("grid.Appeal", values),), note=f"{facts['area']}：{facts['reason']}")


def rule_appeal(case: Any, facts: Facts) -> Change:
    """The centre decides; an upheld appeal may bring a corrected entry, and then the ranking is made anew."""
    state = Appeal.State.UPHELD if facts["upheld"] else Appeal.State.DISMISSED
    values = {"state": state, "ruled_by_id": facts.actor.user_id, "ruled_at": facts.at, "ruling": facts["ruling"][:500]}
    row = Row("grid.Appeal", values, match={"pk": facts["appeal_id"], "state": Appeal.State.OPEN})
    columns = calculated(facts["calculation"]) if facts["calculation"] is not None else {}
    return Change(columns, (row,), f"申诉{state.label}：{facts['ruling']}")


def finalise(case: Any, facts: Facts) -> Change:
    if facts.at <= case.publicity_until:
        raise NotAllowed(f"公示期到{case.publicity_until:%Y年%-m月%-d日}为止，尚不能定稿。", Code.STATE)
    if facts["open_appeals"]:
        raise NotAllowed(f"尚有{facts['open_appeals']}件申诉待裁定，不能定稿。", Code.STATE)
    return Change({"finalised_at": facts.at})


def correct(case: Any, facts: Facts) -> Change:
    return Change({"corrected_by_id": facts["edition_id"]}, note=facts["reason"])


def _counted_to_the_end(case: Any) -> str:
    if case.state == S.DRAFT and clock.local(case.inputs_at).date() <= case.last:
        return f"统计截止日为{case.last:%Y年%-m月%-d日}，截止后重新测算方可下发核对。"
    return ""


def _not_corrected(case: Any) -> str:
    return "该结果已有更正版。" if case.corrected_by_id else ""


def _step(name: str, label: str, sources: frozenset[str], target: str | None, plan: Any, **more: Any) -> Step:
    return Step(name, label, sources, target, f"grid.{name}_assessment", plan, **more)


COMPUTE = _step(
    "compute",
    "测算",
    frozenset({"", *OPEN}),
    None,
    compute,
    targets=OPEN,
    party=Party.CENTRE,
    holder=Holder.CENTRE,
    by_clock=True,
)
REVIEW = _step(
    "review",
    "核对",
    frozenset(NEXT),
    None,
    review,
    targets=frozenset({*NEXT, *NEXT.values()}),
    guard=_counted_to_the_end,
)
ADJUST = _step("adjust", "调整", OPEN, None, adjust, party=Party.CENTRE)
PUBLISH = _step("publish", "公示", frozenset({S.CENTRE}), S.PUBLISHED, publish, party=Party.CENTRE)
APPEAL = _step("appeal", "申诉", frozenset({S.PUBLISHED}), None, appeal, party=Party.UNIT)
RULE_APPEAL = _step("rule_appeal", "裁定申诉", frozenset({S.PUBLISHED}), None, rule_appeal, party=Party.CENTRE)
FINALISE = _step(
    "finalise", "定稿", frozenset({S.PUBLISHED}), S.FINAL, finalise, party=Party.CENTRE, holder=Holder.NOBODY
)
CORRECT = _step(
    "correct", "更正", frozenset({S.FINAL}), None, correct, party=Party.CENTRE, guard=_not_corrected, danger=True
)

TABLE = (COMPUTE, REVIEW, ADJUST, PUBLISH, APPEAL, RULE_APPEAL, FINALISE, CORRECT)
