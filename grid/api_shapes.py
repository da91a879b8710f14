"""The shapes of the grid app's answers, for OpenAPI alone."""

from grid.models import Assessment, ComplaintExclusion, GridScore
from wangcheng.common.api.pagination import page_schema
from wangcheng.common.api.shapes import COUNT, DAY, MOMENT, TEXT, YES_NO, maybe, record, rows_of

KIND = {"type": "string", "enum": Assessment.Kind.values}
_HEAD = {
    "id": COUNT,
    "number": TEXT,
    "quarter": TEXT,
    "kind": KIND,
    "kind_display": TEXT,
    "edition": COUNT,
    "state": {"type": "string", "enum": Assessment.State.values},
    "state_display": TEXT,
    "version": COUNT,
    "first": DAY,
    "last": DAY,
    "inputs_at": maybe(MOMENT),
    "published_at": maybe(MOMENT),
    "publicity_until": maybe(MOMENT),
    "finalised_at": maybe(MOMENT),
    "corrected_by": maybe(COUNT),
    "result": {"type": "object"},
    "rules": {"type": "object"},
    "figures": maybe({"type": "object", "additionalProperties": COUNT}),
}
ACTION = record(name=TEXT, label=TEXT, danger=YES_NO, schema={"type": "object"})
ASSESSMENT_ROW = record(**_HEAD)
ASSESSMENT = record(**_HEAD, allowed_actions=rows_of(ACTION))
QUEUED = record(job=COUNT, location=TEXT)
SCORE = record(
    grid=TEXT, grid_display=TEXT, village=TEXT, village_display=TEXT, town=TEXT, town_display=TEXT,
    score=TEXT, bonus=TEXT, deduction=TEXT, rank=COUNT, grade={"type": "string", "enum": GridScore.Grade.values},
    grade_display=TEXT, veto=YES_NO, reason=TEXT, amount_yuan=COUNT, items=rows_of({"type": "object"}),
)  # fmt: skip
VILLAGE = record(
    village=TEXT, village_display=TEXT, town=TEXT, town_display=TEXT, is_urban=YES_NO, counted=COUNT, excluded=COUNT,
    eligible=YES_NO, awarded=YES_NO, reason=TEXT, amount_yuan=COUNT,
)  # fmt: skip
EXCLUSION = record(
    id=COUNT, quarter=TEXT, village=TEXT, village_display=TEXT, ticket=TEXT,
    reason={"type": "string", "enum": ComplaintExclusion.Reason.values}, reason_display=TEXT, evidence=TEXT,
    state={"type": "string", "enum": ComplaintExclusion.State.values}, state_display=TEXT, applicant=TEXT,
    applied_at=MOMENT, decided_by=TEXT, decided_at=maybe(MOMENT), decision=TEXT,
)  # fmt: skip
RESULT = {"oneOf": [SCORE, VILLAGE]}
REWARD = record(
    id=TEXT, quarter=TEXT, kind=KIND, kind_display=TEXT, edition=COUNT, code=TEXT, name=TEXT, town=TEXT,
    town_display=TEXT, amount_yuan=COUNT,
)  # fmt: skip
EVENTS = page_schema(
        record(
            seq=COUNT, step=TEXT, step_display=TEXT, before=TEXT, after=TEXT, at=MOMENT, actor=TEXT,
            organisation=TEXT, note=TEXT, digest=TEXT,
        )
)  # fmt: skip
