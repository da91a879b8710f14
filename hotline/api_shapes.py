"""The shapes of the hotline's answers, for OpenAPI alone."""

from __future__ import annotations

from typing import Any

from hotline.models import Knowledge, Ticket, Training
from hotline.shown import NAMED
from wangcheng.common.api.pagination import page_schema
from wangcheng.common.api.shapes import COUNT, DAY, MOMENT, TEXT, YES_NO, maybe, record, rows_of

Schema = dict[str, Any]


def _codes(choices: Any, *, empty: bool = False) -> Schema:
    return {"type": "string", "enum": [*choices.values, ""] if empty else choices.values}


_MOMENTS = (
    "city_due_at", "due_at", "internal_due_at", "dispatched_at", "sign_due_at", "signed_at", "contact_due_at",
    "first_contact_at", "finished_at", "closed_at", "called_back_at", "suspended_at", "pushed_at", "push_contacted_at",
)  # fmt: skip
_CODED: dict[str, Schema] = {
    "state": _codes(Ticket.State),
    "type": _codes(Ticket.Type),
    "source": _codes(Ticket.Source),
    "urgency": _codes(Ticket.Urgency),
    "resolved": _codes(Ticket.Resolved, empty=True),
    "satisfaction": _codes(Ticket.Satisfaction, empty=True),
    "confirmed": _codes(Ticket.Confirmed, empty=True),
}
_COMMON: dict[str, Schema] = {
    "number": TEXT,
    "city_number": TEXT,
    "title": TEXT,
    **_CODED,
    **{f"{name}_display": TEXT for name in _CODED},
    **dict.fromkeys(NAMED, maybe(TEXT)),
    **{f"{name}_display": TEXT for name in NAMED},
    "received_at": MOMENT,
    **dict.fromkeys(_MOMENTS, maybe(MOMENT)),
    "co_units": rows_of(TEXT),
    "co_units_display": rows_of(TEXT),
    "caller": record(name=TEXT, phone=TEXT),
    "round": COUNT,
    "returns": COUNT,
    "hard": YES_NO,
    "confidential": YES_NO,
    "anonymous": YES_NO,
    "marks": rows_of(TEXT),
    "version": COUNT,
}
TICKET_ROW = record(**_COMMON)
ACTION = record(name=TEXT, label=TEXT, danger=YES_NO, schema={"type": "object"})
TICKET = record(
    **_COMMON,
    content=TEXT,
    place=TEXT,
    longitude=maybe(TEXT),
    latitude=maybe(TEXT),
    co_waiting=rows_of(TEXT),
    repeat_of=maybe(TEXT),
    merged_into=maybe(TEXT),
    reject_reason=_codes(Ticket.RejectReason, empty=True),
    reject_reason_display=TEXT,
    right_channel=TEXT,
    extension=_codes(Ticket.Asked, empty=True),
    extension_days=maybe(COUNT),
    return_asked_at=maybe(MOMENT),
    return_basis=TEXT,
    exclusion=_codes(Ticket.Asked, empty=True),
    excluded_at=maybe(MOMENT),
    allowed_actions=rows_of(ACTION),
)
EVENTS = page_schema(
        record(
            seq=COUNT, step=TEXT, step_display=TEXT, before=TEXT, after=TEXT, after_display=TEXT, at=MOMENT, actor=TEXT,
            organisation=TEXT, note=TEXT,
        )
)  # fmt: skip
ATTACHMENT = record(
    id=COUNT, name=TEXT, content_type=TEXT, size=COUNT, sha256=TEXT, purpose=TEXT, at=MOMENT, url=TEXT
)  # fmt: skip
ATTACHMENTS = page_schema(ATTACHMENT)
FILE = {(200, "*/*"): {"type": "string", "format": "binary"}}  # of the type that the file has
REVEALED = record(caller_name=TEXT, caller_phone=TEXT, title=TEXT, content=TEXT, place=TEXT)
STARTED = record(job=COUNT, url=TEXT)
EXAMPLE = {
    "title": "小区门口占道经营",
    "content": "每晚七点后小区东门有流动摊贩占道经营，影响通行。",
    "type": "complaint",
    "source": "phone",
    "received_at": "2023-01-03T09:12:00+08:00",
    "village": "430112001001",
    "category": "010101",
    "caller_name": "王女士",
    "caller_phone": "13800001234",
}
KNOWLEDGE = record(
    id=COUNT, question=TEXT, answer=TEXT, legal_basis=TEXT, category=maybe(TEXT), unit=TEXT, unit_display=TEXT,
    state=_codes(Knowledge.State), state_display=TEXT, valid_from=DAY, valid_to=maybe(DAY), updated_at=MOMENT,
)  # fmt: skip
TRAINING = record(
    id=COUNT, day=DAY, kind=_codes(Training.Kind), kind_display=TEXT, topic=TEXT, place=TEXT, sessions=COUNT,
    people=COUNT, units=rows_of(TEXT), note=TEXT, withdrawn_at=maybe(MOMENT), withdrawal=TEXT,
)  # fmt: skip
