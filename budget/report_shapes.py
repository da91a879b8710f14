"""The shapes of the report's answers, for OpenAPI alone."""

from __future__ import annotations

from typing import Any

from budget.api_shapes import ACTION
from budget.models import SelfEvaluation
from wangcheng.common.api.shapes import COUNT, DAY, MOMENT, TEXT, YES_NO, maybe, record, rows_of

Schema = dict[str, Any]
_NUMBER: Schema = {"anyOf": [{"type": "integer"}, {"type": "string"}], "nullable": True}
_FIGURE = record(printed=TEXT, value=_NUMBER, numerator=_NUMBER, denominator=_NUMBER, as_of=DAY)
_SECTION = record(
    place=COUNT, heading=TEXT, level=COUNT, number=TEXT,
    text={**TEXT, "description": "带 {{ 指标名 }} 的原文"}, filled={**TEXT, "description": "填入数据后的正文"},
)  # fmt: skip
_EXECUTION = record(**dict.fromkeys(("name", "beginning", "whole", "used", "weight", "rate", "score"), TEXT))
_LINE = record(
    **dict.fromkeys(("level1", "level2", "level3", "target", "actual", "weight", "score", "reason"), TEXT),
    missed=YES_NO,
)
_TABLE = record(
    **dict.fromkeys(("title", "fund", "name", "goal", "achieved", "execution_reason", "note", "total"), TEXT),
    **dict.fromkeys(("score_of_indicators", "grade", "warning", "warning_words"), TEXT),
    executions=rows_of(_EXECUTION), lines=rows_of(_LINE), problems=rows_of(TEXT),
)  # fmt: skip
_FINDING = record(
    kind={"type": "string", "enum": ["ratio", "sum", "consistency", "figure"]}, quote=TEXT, printed=TEXT, computed=maybe(TEXT),
    parts=rows_of(record(name=TEXT, value=TEXT, unit=TEXT)), severity={"type": "string", "enum": ["error", "note"]},
    advice=TEXT,
)  # fmt: skip
_ROW: dict[str, Schema] = {
    "id": COUNT,
    "year": COUNT,
    "edition": COUNT,
    "state": {"type": "string", "enum": SelfEvaluation.State.values},
    "state_display": TEXT,
    "version": COUNT,
    "dated_on": DAY,
    "reason": TEXT,
    "edited_by": TEXT,
    "edited_at": MOMENT,
    "frozen_by": TEXT,
    "frozen_at": maybe(MOMENT),
}
ROW = record(**_ROW)
DETAIL = record(
    **_ROW,
    sections=rows_of(_SECTION),
    figures={"type": "object", "additionalProperties": _FIGURE},
    tables=rows_of(_TABLE),
    findings=rows_of(_FINDING),
    problems=rows_of(TEXT),
    acknowledgement=TEXT,
    allowed_actions=rows_of(ACTION),
)
