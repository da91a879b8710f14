"""派单, 退单, 退单裁定: to whom a ticket goes, and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hotline import clocks
from hotline.models.choices import State
from hotline.plans.handling import lapse
from wangcheng.common.casework.handing import handed
from wangcheng.common.workflow import Change, Code, Facts, NotAllowed, Row

if TYPE_CHECKING:
    from hotline.models import Ticket

_PLACE = ("category_id", "category_top_id", "category_days", "town_id", "village_id", "grid_id")


def dispatch(case: Ticket, facts: Facts) -> Change:
    """派单: one 主办, n 协办, and the clocks of the unit begin.

    Inputs: unit_id, unit_kind ("town" …), sight_ids (unit, co-units and what stands above them below the centre);
    optional co_unit_ids, suggested_unit_id with suggested (in words), category_id with category_top_id and category_days,
    town_id, village_id, grid_id, marks, push (list of (user_id, "leader"|"officer", area_id): who answers for the level-3 grid).
    """
    co_units = [unit for unit in facts.get("co_unit_ids") or [] if unit != facts["unit_id"]]
    placed = _placing(case, facts)
    pushed = _push(case, facts, placed.get("grid_id", case.grid_id))
    fields = {
        "unit_id": facts["unit_id"],
        "suggested_unit_id": facts.get("suggested_unit_id"),
        "co_unit_ids": co_units,
        "co_waiting_ids": co_units,
        "first_dispatched_at": case.first_dispatched_at or facts.at,
        "return_final": case.return_requests >= facts.rules.limits.returns_most,
        **placed,
        **_marked(case, facts),
        **_unit_clocks(case, facts, placed.get("category_days", case.category_days)),
        # one ticket is counted once, by its first push; whether it was answered says the grid that has it now
        **({"pushed_at": case.pushed_at or facts.at, "push_contacted_at": None} if pushed else {}),
    }
    rows = (*_sights(case, facts["sight_ids"]), *_assists(case, facts, co_units), *pushed)
    return Change(fields, rows, said=_overridden(facts))


def _overridden(facts: Facts) -> str:
    """What was suggested and not taken."""
    offered = facts.get("suggested_unit_id")
    return f"{facts['suggested']}，派单员改派。" if offered and offered != facts["unit_id"] else ""


def _placing(case: Ticket, facts: Facts) -> dict[str, Any]:
    """Place and category as the dispatcher set them; any change makes a new as-of row through placed_at."""
    changed = {name: facts[name] for name in _PLACE if name in facts.inputs and facts[name] != getattr(case, name)}
    return {**changed, "placed_at": facts.at} if changed else {}


def _marked(case: Ticket, facts: Facts) -> dict[str, Any]:
    """热点、敏感、涉企、领导批示 as the dispatcher set them; None leaves them."""
    marks = facts.get("marks")
    return {} if marks is None or marks == case.marks else {"marks": marks}


def _unit_clocks(case: Ticket, facts: Facts, days: int | None) -> dict[str, Any]:
    """The unit's clocks run from dispatch; the city's goes on from receipt, so that returning wins no time."""
    matter = clocks.Matter(case.type, case.urgency, case.city_due_at, case.round, days)
    dues = clocks.of_unit(facts.rules.limits, facts.calendar, facts.at, matter)
    if case.anonymous or case.first_contact_at is not None:
        del dues["contact_due_at"]
    if case.reported_at is not None or dues["report_due_at"] is None:
        del dues["report_due_at"]
    return {
        "dispatched_at": facts.at,
        "round_started_at": facts.at,
        "suspended_seconds": 0,  # a pause before the dispatch is not the unit's
        **dues,
        "due_at": case.city_due_at or dues["internal_due_at"],
    }


def _sights(case: Ticket, organisation_ids: Iterable[int]) -> tuple[Row, ...]:
    return tuple(
        Row("hotline.TicketSight", {"organisation_id": key, "received_at": case.received_at}, once=True)
        for key in organisation_ids
    )


def _assists(case: Ticket, facts: Facts, co_units: list[int]) -> tuple[Row, ...]:
    due = facts.calendar.due(facts.at, clocks.assist(facts.rules.limits, case.urgency)).at
    return tuple(
        Row("hotline.TicketAssist", {"unit_id": unit, "asked_at": facts.at, "due_at": due}) for unit in co_units
    )


def pushable(case: Ticket, facts: Facts, grid_id: int | None) -> bool:
    """双推送: in force, in a level-3 grid, of a type and for a unit that the policy names, not pushed to this grid before."""
    push = facts.rules.push
    return (
        push.in_force
        and grid_id is not None
        and (case.pushed_at is None or grid_id != case.grid_id)
        and (push.secret_too or not case.is_secret)
        and case.type not in push.types_left_out
        and facts.get("unit_kind") in push.unit_kinds
    )


def _push(case: Ticket, facts: Facts, grid_id: int | None) -> tuple[Row, ...]:
    if not pushable(case, facts, grid_id):
        return ()
    targets: list[tuple[int, str, int]] = facts.get("push") or []
    return tuple(
        Row("hotline.TicketPush", {"user_id": user, "kind": kind, "area_id": area, "pushed_at": facts.at}, once=True)
        for user, kind, area in targets
    )


def return_(case: Ticket, facts: Facts) -> Change:
    """申请退单: within the limit, naming the right unit and the legal ground.

    Inputs: return_unit_id, return_basis.
    """
    due: datetime | None = case.return_due_at
    if due is not None and facts.at > due:
        raise NotAllowed(
            f"已超过退单时限（{due.astimezone(facts.at.tzinfo):%Y年%m月%d日 %H:%M}），不能退单。", Code.RULE
        )
    if facts["return_unit_id"] == case.unit_id:
        raise NotAllowed("建议改派单位不能是本单位。", Code.RULE, "return_unit")
    requests = case.return_requests + 1
    return Change(
        {
            "return_asked_at": facts.at,
            "return_unit_id": facts["return_unit_id"],
            "return_basis": facts["return_basis"],
            "return_requests": requests,
        }
    )


def rule_return(case: Ticket, facts: Facts) -> Change:
    """退单裁定.  Inputs: granted (bool).  Granted: back to 待派单 without a unit; refused: the unit goes on, no time won."""
    asked = {"return_asked_at": None}
    if not facts["granted"]:
        final = case.return_requests >= facts.rules.limits.returns_most
        return Change({**asked, "return_final": final}, said="不同意退单。")
    withdrawn = Row(
        "hotline.TicketAssist", {"withdrawn_at": facts.at}, match={"answered_at": None, "withdrawn_at": None}
    )
    fields: dict[str, Any] = {
        "state": State.RECEIVED.value,
        "returns": case.returns + 1,
        "unit_id": None,
        "co_unit_ids": [],
        "co_waiting_ids": [],
        "extension": "",
        "extension_days": None,
        "extension_final": case.extensions >= facts.rules.limits.extensions_most,
        **asked,
        **dict.fromkeys(("dispatched_at", "sign_due_at", "signed_at", "return_due_at", "internal_due_at")),
        "due_at": case.city_due_at,
    }
    if case.first_contact_at is None:
        fields["contact_due_at"] = None
    return Change(fields, (withdrawn,), said=f"同意退单。{lapse(case, '退单')[1]}")


def hand_over(case: Ticket, facts: Facts) -> Change:
    """机构调整移交: the heir of a unit that ended stands in its place, as 主办 and as 协办.  Input: heirs."""
    change = handed(case, facts)
    unit_id = change.fields.get("unit_id", case.unit_id)
    lists = {name: change.fields.get(name, getattr(case, name)) for name in case.UNIT_LISTS}
    others = {name: [key for key in keys if key != unit_id] for name, keys in lists.items()}
    changed = {name: keys for name, keys in others.items() if keys != getattr(case, name)}
    rows = tuple(_passed_on(key, facts, unit_id) for key in case.co_waiting_ids if key in facts["heirs"])
    return Change({**change.fields, **changed}, rows, change.note)


def _passed_on(unit_id: int, facts: Facts, leading_id: int | None) -> Row:
    """The 会办 of an ended unit goes to its heir; who leads need not be asked by itself."""
    heir = facts["heirs"][unit_id].pk
    values = {"withdrawn_at": facts.at} if heir == leading_id else {"unit_id": heir}
    return Row("hotline.TicketAssist", values, match={"unit_id": unit_id, "answered_at": None, "withdrawn_at": None})
