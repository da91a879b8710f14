"""What each step changes on a whistle: pure functions of the whistle and the facts, for one whistle or thousands.

A plan looks at columns of the whistle and at the facts alone.  `facts.rules` are the Limits in force; what was looked up
in the database (keys of units, names of kinds, candidates of repeats) comes in through `facts.inputs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wangcheng.common import clock
from wangcheng.common.casework.handing import handed
from wangcheng.common.workflow import Change, Code, Facts, NotAllowed, Row
from whistle.rules import metres_between
from whistle.whistle_models import Grade, Whistle

if TYPE_CHECKING:
    from datetime import datetime

S = Whistle.State
_REPORTED = ("title", "content", "category_id", "category_top_id", "urgency", "place", "longitude", "latitude")
_WHERE = ("town_id", "village_id", "grid_id", "building_id", "village_unit_id", "town_unit_id")


def report(case: Whistle, facts: Facts) -> Change:
    """Inputs: the columns of _REPORTED and _WHERE, and for the guard against repeats `same_place` and `same_photo`."""
    fields = {name: facts.get(name, getattr(case, name)) for name in (*_REPORTED, *_WHERE)}
    fields |= {
        "reporter_id": facts.actor.user_id,
        "reporter_name": facts.actor.name,
        "received_at": facts.at,
        "created_day": clock.local(facts.at).date(),
        "unit_id": fields["village_unit_id"],
        "unit_kind": "village",
    }
    sights = tuple(_sight(pk) for pk in (fields["village_unit_id"], fields["town_unit_id"]))
    return Change(fields | _suspicion(facts), sights)


def self_handle(case: Whistle, facts: Facts) -> Change:
    """Filed and closed at once; the reporter saw to it and has nobody to rate."""
    return Change(
        {
            "filed_at": facts.at,
            **_disposed(facts),
            "disposer_id": facts.actor.organisation_id,
            "disposer_kind": Whistle.Disposer.SELF.value,
            "disposal": facts.note,
            "verified_at": facts.at,
            "closed_at": facts.at,
        }
    )


def filter_(case: Whistle, facts: Facts) -> Change:
    """Input `passed`.  What passes goes to the town; what does not needs a reason, which the reporter sees."""
    if not facts["passed"]:
        return _declined(case, facts)
    return Change({"state": S.TOWN.value, "filtered_at": facts.at, "unit_id": case.town_unit_id, "unit_kind": "town"})


def handle(case: Whistle, facts: Facts) -> Change:
    """Inputs `unit_id` and `unit_kind`: the town itself or one of its villages.  Filed without asking the centre."""
    return Change(
        {
            "filed_at": case.filed_at or facts.at,
            "unit_id": facts["unit_id"],
            "unit_kind": facts["unit_kind"],
            "due_at": facts.calendar.due(facts.at, facts.rules.of_round(case.urgency, again=False)).at,
            "limits_id": facts.get("limits_id"),
        },
        tuple(_sight(pk) for pk in facts.get("sight_ids", ())),
    )


def blow(case: Whistle, facts: Facts) -> Change:
    """Input `asked_unit_id`: the department the town thinks it is for."""
    return Change({"blown_at": facts.at, "asked_unit_id": facts.get("asked_unit_id")})


def file(case: Whistle, facts: Facts) -> Change:
    return Change({"filed_at": facts.at})


def decline(case: Whistle, facts: Facts) -> Change:
    return _declined(case, facts)


def resubmit(case: Whistle, facts: Facts) -> Change:
    """Back to whoever declined it; input `content` where the reporter added something."""
    fields = {"state": case.declined_from, "declined_at": None, "decline_reason": ""}
    if content := facts.get("content"):
        fields["content"] = content
    return Change(fields)


def dispatch(case: Whistle, facts: Facts) -> Change:
    """Inputs `unit_id`, `unit_kind`, `kind` (name of the top category), `sight_ids` (the unit and those above it)."""
    rules, due = facts.rules, facts.calendar.due
    return Change(
        {
            "unit_id": facts["unit_id"],
            "unit_kind": facts["unit_kind"],
            "dispatched_at": facts.at,
            "sign_due_at": due(facts.at, rules.sign(case.urgency)).at,
            "arrive_due_at": due(facts.at, rules.arrive(case.urgency, facts.get("kind", ""))).at,
            "due_at": due(facts.at, rules.of_round(case.urgency, again=False)).at,
            "limits_id": facts.get("limits_id"),
        },
        tuple(_sight(pk) for pk in facts.get("sight_ids", (facts["unit_id"],))),
    )


def sign(case: Whistle, facts: Facts) -> Change:
    return Change({"signed_at": facts.at})


def ask_return(case: Whistle, facts: Facts) -> Change:
    """Input `return_unit_id`: whom it should go to.  The clock runs on while the centre decides."""
    if case.returns >= facts.rules.returns_most:
        raise NotAllowed(f"该哨单已退单{case.returns}次，区中心的派单决定为最终决定，不能再次退单。", Code.STATE)
    if facts["return_unit_id"] == case.unit_id:
        raise NotAllowed("建议改派的单位不能是本单位。", Code.RULE, "return_unit")
    return Change({"return_asked_at": facts.at, "return_unit_id": facts["return_unit_id"]})


def rule_return(case: Whistle, facts: Facts) -> Change:
    """Input `granted`.  Granted: back to the centre for a new dispatch; refused: the unit goes on, its clock never stood."""
    settled: dict[str, Any] = {"return_asked_at": None}
    if not facts["granted"]:
        return Change(settled)
    settled |= {"state": S.FILING.value, "returns": case.returns + 1, "unit_id": case.town_unit_id, "unit_kind": "town"}
    clocks = ("dispatched_at", "sign_due_at", "signed_at", "arrive_due_at", "due_at")
    return Change(settled | dict.fromkeys(clocks))


def arrive(case: Whistle, facts: Facts) -> Change:
    """Inputs `longitude`, `latitude` and the number of `photos`."""
    _need_photo(facts, facts.rules.arrive_photo, "请上传到场照片。")
    metres = _metres(case, facts)
    far = metres is not None and metres > facts.rules.arrive_metres
    fields = {
        "arrived_at": facts.at,
        "arrived_longitude": facts["longitude"],
        "arrived_latitude": facts["latitude"],
        "arrived_metres": metres,
    }
    return Change(fields, note=f"到场定位距事发地点约{metres}米，超出允许偏差。" if far else "")


def dispose(case: Whistle, facts: Facts) -> Change:
    """The note says what was done."""
    return Change(
        {
            **_disposed(facts),
            "disposer_id": case.unit_id,
            "disposer_kind": case.unit_kind,
            "disposal": facts.note,
        }
    )


def verify(case: Whistle, facts: Facts) -> Change:
    """Inputs `passed` and the number of new `photos`.  Closing is disposal plus verification."""
    _need_photo(facts, facts.rules.verify_photo, "请上传核查时拍摄的新照片。")
    if not facts["passed"]:
        return Change({"state": S.HANDLING.value, "disposed_at": None, "due_at": _rework_due(case, facts)})
    return Change({"state": S.CLOSED.value, "verified_at": facts.at, "closed_at": facts.at})


def rework(case: Whistle, facts: Facts) -> Change:
    return Change(_new_round(case, facts))


def rate(case: Whistle, facts: Facts) -> Change:
    """Inputs `arrival`, `quality`, `attitude`, `overall`, `text`.  不满意 opens a new round at once."""
    grades = {name: str(facts[name]) for name in ("arrival", "quality", "attitude", "overall")}
    text = facts.get("text", "")
    values = {
        "round": case.round,
        "rater_id": facts.actor.user_id,
        "unit_id": case.disposer_id,
        "text": text,
        "at": facts.at,
    }
    fields: dict[str, Any] = {
        "rating": grades["overall"],
        "rating_text": text,
        "rated_at": facts.at,
        "rated_round": case.round,
        "appealed_at": None,
        "appeal_ruled_at": None,
        "appeal_upheld": None,
    }
    if grades["overall"] == Grade.DISSATISFIED:
        fields |= {"state": S.HANDLING.value, **_new_round(case, facts)}
    return Change(fields, (Row("whistle.WhistleRating", values | grades),))


def appeal(case: Whistle, facts: Facts) -> Change:
    """The note says why the rating is unjust.  RULE when the time for it has run out."""
    last = facts.calendar.add(_known(case.rated_at), facts.calendar.days(facts.rules.appeal_days)).at
    if facts.at > last:
        raise NotAllowed(f"已超过评价申诉期限（{facts.rules.appeal_days}个工作日），不能申诉。", Code.STATE)
    return Change({"appealed_at": facts.at})


def rule_appeal(case: Whistle, facts: Facts) -> Change:
    """Input `upheld`.  Upheld: the rating no longer counts, and a rework nobody has begun to show falls away.

    Inputs `due_at` and `verified_at`: what the whistle was closed with before the rating opened it.
    """
    fields: dict[str, Any] = {"appeal_ruled_at": facts.at, "appeal_upheld": facts["upheld"]}
    if not facts["upheld"]:
        return Change(fields)
    fields |= {"rating": "", "rated_at": None}
    if _only_reopened(case):
        fields |= {
            "state": S.CLOSED.value,
            "round": case.rated_round,
            "due_at": facts["due_at"],
            "disposed_at": case.last_disposed_at,
            "verified_at": facts["verified_at"],
            "closed_at": facts.at,  # it was open in between
            "suspended_at": None,
        }
    rating = Row("whistle.WhistleRating", {"set_aside": True}, match={"round": case.rated_round})
    return Change(fields, (rating,))


def _only_reopened(case: Whistle) -> bool:
    """Whether the rating's rework is all that has happened since: nothing was disposed of anew."""
    if case.state != S.HANDLING or case.round != case.rated_round + 1:
        return False
    return _known(case.last_disposed_at) <= _known(case.rated_at)


def remind(case: Whistle, facts: Facts) -> Change:
    return Change({"rating_reminders": case.rating_reminders + 1, "rating_reminded_at": facts.at})


def suspend(case: Whistle, facts: Facts) -> Change:
    return Change({"suspended_at": facts.at})


def resume(case: Whistle, facts: Facts) -> Change:
    """The time left when the whistle was put on the book is counted on from now, by the clock each deadline was set on."""
    rules = facts.rules
    clocks = {
        "sign_due_at": rules.sign(case.urgency).clock,
        "arrive_due_at": rules.arrive(case.urgency, "").clock,
        "due_at": rules.of_round(case.urgency, again=_is_rework(case)).clock,
    }
    fields: dict[str, Any] = {"suspended_at": None}
    for name, kind in clocks.items():
        if (due := getattr(case, name)) is not None and not _done(case, name):
            fields[name] = facts.calendar.resume(due, _known(case.suspended_at), facts.at, kind).at
    return Change(fields)


def flag(case: Whistle, facts: Facts) -> Change:
    """A re-used picture was found among files added later; input `same_photo`."""
    return Change(_suspicion(facts))


def _sight(organisation_id: int) -> Row:
    return Row("whistle.WhistleSight", {"organisation_id": organisation_id}, once=True)


def _suspicion(facts: Facts) -> dict[str, Any]:
    """Guard against padding the count: inputs `same_photo` (key) and `same_place` (key, moment) of an earlier whistle."""
    if photo := facts.get("same_photo"):
        return {"repeat_of_id": photo, "repeat_reason": "照片曾用于其他哨单"}
    if place := facts.get("same_place"):
        key, moment = place
        if (facts.at - moment).total_seconds() < facts.rules.repeat_hours * 3600:
            return {"repeat_of_id": key, "repeat_reason": f"{facts.rules.repeat_hours}小时内同一地点同一分类"}
    return {}


def _declined(case: Whistle, facts: Facts) -> Change:
    if not facts.note.strip():
        raise NotAllowed("不予立案须说明理由，上报人将看到该理由。", Code.RULE, "note")
    return Change(
        {
            "state": S.DECLINED.value,
            "declined_at": facts.at,
            "declined_from": case.state,
            "decline_reason": facts.note,
        }
    )


def _new_round(case: Whistle, facts: Facts) -> dict[str, Any]:
    """返工: the unit starts anew with the limit of a rework; the whistle is neither closed nor disposed of.

    Who disposed of it last, and when, stays: the share of the departments is counted by it.  The new round is rated anew.
    """
    undone = dict.fromkeys(("disposed_at", "verified_at", "closed_at", "rating_reminded_at"))
    return {"round": case.round + 1, **undone, "rating_reminders": 0, "due_at": _rework_due(case, facts)}


def _disposed(facts: Facts) -> dict[str, Any]:
    """`disposed_at` is of this round and falls with it; `last_disposed_at` stays with the disposer."""
    return {"disposed_at": facts.at, "last_disposed_at": facts.at}


def _rework_due(case: Whistle, facts: Facts) -> datetime:
    return facts.calendar.due(facts.at, facts.rules.of_round(case.urgency, again=True)).at


def _is_rework(case: Whistle) -> bool:
    """Whether the unit works on what it had disposed of before: after a failed 核查 the round stays the same."""
    return case.round > 1 or (case.disposed_at is None and case.last_disposed_at is not None)


def _need_photo(facts: Facts, needed: bool, message: str) -> None:
    if needed and not facts.get("photos"):
        raise NotAllowed(message, Code.RULE, "photos")


def _metres(case: Whistle, facts: Facts) -> int | None:
    if case.longitude is None or case.latitude is None:
        return None
    return metres_between(case.longitude, case.latitude, facts["longitude"], facts["latitude"])


def _done(case: Whistle, name: str) -> bool:
    """Whether what was due has happened, so that a pause does not move the deadline."""
    happened = {"sign_due_at": case.signed_at, "arrive_due_at": case.arrived_at, "due_at": case.disposed_at}
    return happened.get(name) is not None


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        raise AssertionError("the step's guard lets only whistles through that have this moment")
    return moment


def hand_over(case: Whistle, facts: Facts) -> Change:
    """机构调整移交: the heir of a unit that ended stands in its place.  Input `heirs`."""
    change = handed(case, facts)
    heir = facts["heirs"].get(case.unit_id)
    kind = {"unit_kind": heir.kind} if heir is not None and heir.kind != case.unit_kind else {}
    return Change(change.fields | kind, change.rows, change.note)
