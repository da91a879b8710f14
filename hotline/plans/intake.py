"""受理, 市级更新, 不予受理, 当场答复: what happens to a ticket before it is sent out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from hotline import clocks
from hotline.models.choices import Type
from hotline.plans.reclocking import reclocked
from wangcheng.common import clock
from wangcheng.common.workflow import Change, Code, Facts, NotAllowed, Row

if TYPE_CHECKING:
    from hotline.models import Ticket

# columns the new case comes with; the event remembers those that are not private
INTAKE = (
    "type", "source", "urgency", "confidential", "anonymous", "marks", "city_number", "received_at", "category_id",
    "category_top_id", "category_days", "town_id", "village_id", "grid_id", "repeat_of_id",
)  # fmt: skip
AMENDABLE = frozenset({
    "title", "content", "type", "urgency", "confidential", "place", "longitude", "latitude", "caller_name",
    "caller_phone", "anonymous", "category_id", "category_top_id", "category_days", "town_id", "village_id", "grid_id",
    "city_due_at",
})  # fmt: skip
_PLACING = frozenset({"category_id", "category_top_id", "town_id", "village_id", "grid_id"})
_WORDS = ("title", "content", "place", "caller_name", "caller_phone")
_LABELS = {
    "title": "标题", "content": "内容", "type": "类型", "urgency": "紧急程度", "confidential": "保密", "place": "地点",
    "caller_name": "来电人", "caller_phone": "来电人电话", "anonymous": "匿名", "category_id": "分类",
    "village_id": "村（社区）", "city_due_at": "市级时限",
}  # fmt: skip


def receive(case: Ticket, facts: Facts) -> Change:
    """受理: the ticket comes with its columns set (INTAKE and the words); here its day and the city's clock are added.

    Inputs: city (bool: it came from the city platform), optional city_due_at (as the city gave it), optional placed (why
    it was placed where it was, by its words).
    """
    city_due = _city_due(case, facts)
    return Change(
        {
            **{name: getattr(case, name) for name in INTAKE},
            "created_day": clock.local(case.received_at).date(),
            "placed_at": facts.at,
            "limits_version_id": facts.rules.limits_id,
            "city_due_at": city_due,
            "due_at": city_due,
            "round_started_at": facts.at,
            "delivered": facts.get("delivered") or {},
        },
        note=facts.get("placed") or "",
    )


def _city_due(case: Ticket, facts: Facts) -> datetime | None:
    if given := facts.get("city_due_at"):
        due: datetime = given
        return due
    if not (facts.get("city") or case.city_number):
        return None
    limit = clocks.handling(facts.rules.limits, case.type, case.urgency, case.category_days)
    return facts.calendar.due(case.received_at, limit).at


def amend(case: Ticket, facts: Facts) -> Change:
    """市级更新: the city sent the same number again with other values.

    Inputs: changes (column → new value, of AMENDABLE), optional delivered (what it said this time: Intake.delivered).
    """
    changes: dict[str, Any] = {name: new for name, new in facts["changes"].items() if getattr(case, name) != new}
    if unknown := changes.keys() - AMENDABLE:
        raise AssertionError(f"columns {sorted(unknown)} may not be amended")
    words = "、".join(_LABELS[name] for name in changes if name in _LABELS)
    fields = {**changes, **reclocked(case, facts, changes)}
    fields["delivered"] = {**case.delivered, **(facts.get("delivered") or {})}
    if changes.keys() & _PLACING:
        fields["placed_at"] = facts.at
    return Change(fields, _overwritten(case, facts, changes), note=f"市级平台更新：{words}。" if words else "")


def _overwritten(case: Ticket, facts: Facts, changes: dict[str, Any]) -> tuple[Row, ...]:
    """The words that were there before; the event may not hold them."""
    old = {name: words for name in _WORDS if name in changes and (words := getattr(case, name))}
    return (Row("hotline.TicketWording", {"at": facts.at, **old}),) if old else ()


def reject(case: Ticket, facts: Facts) -> Change:
    """不予受理.  Inputs: reason (one of nine), right_channel (what the caller is told to do instead)."""
    if not facts.get("right_channel"):
        raise NotAllowed("请填写来电人应走的渠道。", Code.RULE, "right_channel")
    return Change(
        {
            "reject_reason": facts["reason"],
            "right_channel": facts["right_channel"],
            "finished_at": facts.at,
            "closed_at": facts.at,
        }
    )


def answer(case: Ticket, facts: Facts) -> Change:
    """当场答复: a simple consultation is answered from the knowledge base.  Inputs: reply, optional knowledge_id."""
    if case.type != Type.CONSULT:
        raise NotAllowed("只有咨询类工单可以当场答复，其他诉求请派单办理。", Code.RULE)
    row = Row("hotline.TicketAnswer", {
        "round": case.round, "at": facts.at, "by_id": facts.actor.user_id, "organisation_id": facts.actor.organisation_id,
        "reply": facts["reply"], "knowledge_id": facts.get("knowledge_id"),
    })  # fmt: skip
    return Change({"finished_at": facts.at, "closed_at": facts.at, "handle_seconds": 0}, (row,))
