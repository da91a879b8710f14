"""The shapes of the kernel's answers, for OpenAPI alone."""

from __future__ import annotations

from typing import Any

from wangcheng.common.jobs.models import Job

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
COUNT: Schema = {"type": "integer"}
YES_NO: Schema = {"type": "boolean"}


def maybe(schema: Schema) -> Schema:
    return {**schema, "nullable": True}


def record(**properties: Schema) -> Schema:
    """An object that always has all of these members."""
    return {"type": "object", "required": [*properties], "properties": properties}


def rows_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


_DATED = {"valid_from": DAY, "valid_to": maybe(DAY), "children": rows_of({"type": "object"})}
_AREA = {"code": TEXT, "name": TEXT, "short_name": TEXT, "level": COUNT, "kind": TEXT, **_DATED}
_NODES = {
    "region": record(**_AREA, is_urban=maybe(YES_NO)),
    "grid": record(**_AREA, region=maybe(TEXT)),
    "organisation": record(code=TEXT, name=TEXT, short_name=TEXT, kind=TEXT, area_code=maybe(TEXT), **_DATED),
    "category": record(
        scheme=TEXT,
        code=TEXT,
        name=TEXT,
        level=COUNT,
        urgency=TEXT,
        handling_days=maybe(COUNT),
        village_duty=YES_NO,
        unit_code=maybe(TEXT),
        **_DATED,
    ),
}


def tree_schema(node: str, *, alone: bool = False) -> Schema:
    """A whole tree as an answer, or one of its nodes."""
    if alone:
        return _NODES[node]
    return record(as_of=DAY, count=COUNT, next=maybe(TEXT), previous=maybe(TEXT), results=rows_of(_NODES[node]))


JOB = record(
    id=COUNT,
    kind=TEXT,
    label=TEXT,
    state={"type": "string", "enum": Job.State.values},
    state_display=TEXT,
    done=COUNT,
    total=COUNT,
    percent=COUNT,
    result={"type": "object"},
    error=TEXT,
    output=maybe(TEXT),
    rejects=maybe(TEXT),
    created_at=MOMENT,
    finished_at=maybe(MOMENT),
)
FIGURE = record(
    name=TEXT,
    label=TEXT,
    by_code=TEXT,
    by_name=TEXT,
    value={"anyOf": [{"type": "integer"}, {"type": "string"}], "nullable": True},
    printed=TEXT,
    unit=TEXT,
    numerator={
        "anyOf": [{"type": "integer"}, {"type": "string"}],
        "nullable": True,
        "description": "分子。金额以元计；平均办理时长的分子为工作时间合计，以秒计",
    },
    denominator={"anyOf": [{"type": "integer"}, {"type": "string"}], "nullable": True},
    definition=TEXT,
    version=COUNT,
    as_of=MOMENT,
)
DEFINITION = record(
    name=TEXT,
    label=TEXT,
    unit=TEXT,
    is_rate=YES_NO,
    places=COUNT,
    definition=TEXT,
    cohort=TEXT,
    exclusions=TEXT,
    version=COUNT,
    higher_is_better=YES_NO,
    breakdowns=rows_of(TEXT),
)
AUDIT = record(
    id=COUNT,
    kind=TEXT,
    kind_display=TEXT,
    at=MOMENT,
    actor=TEXT,
    organisation=TEXT,
    address=maybe(TEXT),
    object=TEXT,
    summary=TEXT,
    data={"type": "object"},
)
TOKEN = record(
    token=TEXT,
    token_type={"type": "string", "enum": ["Bearer"]},
    scope=TEXT,
    expires_at=MOMENT,
    user=TEXT,
    organisation=TEXT,
    role=TEXT,
)
