"""The shapes of the whistles' answers, for OpenAPI alone."""

from __future__ import annotations

from typing import Any

from wangcheng.common.api.pagination import page_schema
from wangcheng.common.api.shapes import COUNT, DAY, MOMENT, TEXT, YES_NO, maybe, record, rows_of
from whistle.models import Grade, HardWhistle, Whistle

Schema = dict[str, Any]


def _codes(choices: Any, *, empty: bool = False) -> Schema:
    return {"type": "string", "enum": [*choices.values, ""] if empty else choices.values}


def _named(*names: str) -> dict[str, Schema]:
    """Codes with the words beside them."""
    return {key: value for name in names for key, value in ((name, maybe(TEXT)), (f"{name}_display", TEXT))}


_STATE = {"state": _codes(Whistle.State), "state_display": TEXT}
_COMMON = {
    "number": TEXT,
    **_STATE,
    "title": TEXT,
    **_named("category", "town", "village", "grid", "unit"),
    "urgency": _codes(Whistle.Urgency),
    "urgency_display": TEXT,
    "place": TEXT,
    "received_at": MOMENT,
    **dict.fromkeys(("filed_at", "due_at", "arrive_due_at", "disposed_at", "closed_at"), maybe(MOMENT)),
    "disposer_kind": _codes(Whistle.Disposer, empty=True),
    "disposer_kind_display": TEXT,
    "rating": _codes(Grade, empty=True),
    "rating_display": TEXT,
    "round": COUNT,
    "returns": COUNT,
    "carried": YES_NO,
    "suspected_repeat_of": maybe(TEXT),
    "version": COUNT,
}
ACTION = record(name=TEXT, label=TEXT, danger=YES_NO, schema={"type": "object"})
RATING = record(
    round=COUNT,
    arrival=_codes(Grade),
    quality=_codes(Grade),
    attitude=_codes(Grade),
    overall=_codes(Grade),
    **dict.fromkeys(("arrival_display", "quality_display", "attitude_display", "overall_display"), TEXT),
    text=TEXT,
    at=MOMENT,
    set_aside=YES_NO,
    rater=TEXT,
)
_LATER = (
    "filtered_at", "blown_at", "declined_at", "dispatched_at", "sign_due_at", "signed_at", "arrived_at", "verified_at",
    "rated_at", "appealed_at", "appeal_ruled_at", "suspended_at", "return_asked_at",
)  # fmt: skip
_PLACE: Schema = {"type": "string", "nullable": True}
WHISTLE_ROW = record(**_COMMON)
WHISTLE = record(
    **_COMMON,
    **_named("building", "village_unit", "town_unit", "asked_unit", "disposer"),
    **dict.fromkeys(_LATER, maybe(MOMENT)),
    content=TEXT,
    longitude=_PLACE,
    latitude=_PLACE,
    decline_reason=TEXT,
    disposal=TEXT,
    appeal_upheld=maybe(YES_NO),
    arrived_metres=maybe(COUNT),
    suspected_repeat_reason=TEXT,
    reporter=TEXT,
    ratings=rows_of(RATING),
    allowed_actions=rows_of(ACTION),
)
EVENTS = page_schema(
    record(
        seq=COUNT,
        step=TEXT,
        step_display=TEXT,
        before=TEXT,
        after=TEXT,
        at=MOMENT,
        actor=TEXT,
        organisation=TEXT,
        note=TEXT,
    )
)
ATTACHMENT = record(id=COUNT, name=TEXT, content_type=TEXT, size=COUNT, sha256=TEXT, purpose=TEXT, at=MOMENT, url=TEXT)
ATTACHMENTS = page_schema(ATTACHMENT)
ATTACHED = record(results=rows_of(ATTACHMENT))
FILE = {(200, "*/*"): {"type": "string", "format": "binary"}}  # of the type that the file has
REPORT_EXAMPLE = {
    "category": "010101",
    "content": "三栋一单元楼道堆放杂物，影响通行。",
    "grid": "430112001010001",
    "place": "三栋一单元",
}

_HARD_DAYS = {"instructed_on": maybe(DAY), "deadline": maybe(DAY)}
HARD_ROW = record(
    number=TEXT,
    batch=TEXT,
    batch_display=TEXT,
    title=TEXT,
    state=_codes(HardWhistle.State),
    state_display=TEXT,
    leader=TEXT,
    **_named("unit", "town"),
    **_HARD_DAYS,
    received_at=MOMENT,
    **dict.fromkeys(("assigned_at", "progressed_at", "solved_at", "carried_at", "closed_at"), maybe(MOMENT)),
    version=COUNT,
)
HARD = record(
    **HARD_ROW["properties"],
    content=TEXT,
    instructed_by=TEXT,
    instruction=TEXT,
    goal=TEXT,
    outcome=TEXT,
    partners=rows_of(record(code=TEXT, name=TEXT)),
    sources=rows_of(record(whistle=maybe(TEXT), ticket=maybe(TEXT))),
    allowed_actions=rows_of(ACTION),
)
