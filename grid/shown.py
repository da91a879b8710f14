"""What an assessment and its results show, in plain values: for REST and for exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Concat

from grid.models import Assessment, ComplaintExclusion, GridScore, ZeroComplaint
from wangcheng.common.models import User
from wangcheng.common.people.masking import mask_text

_KINDS, _STATES = dict(Assessment.Kind.choices), dict(Assessment.State.choices)
_GRADES = dict(GridScore.Grade.choices)


def assessment(found: Assessment) -> dict[str, Any]:
    """An assessment with its totals and the versions of the rules and figures it stands on; of these null if not kept."""
    return {
        "id": found.pk,
        "number": found.number,
        "quarter": found.quarter,
        "kind": found.kind,
        "kind_display": found.get_kind_display(),
        "edition": found.edition,
        "state": found.state,
        "state_display": found.state_label,
        "version": found.version,
        "first": found.first,
        "last": found.last,
        "inputs_at": found.inputs_at,
        "published_at": found.published_at,
        "publicity_until": found.publicity_until,
        "finalised_at": found.finalised_at,
        "corrected_by": found.corrected_by_id,
        "result": found.result,
        "rules": found.rules,
        "figures": found.figures,
    }


def score(row: GridScore) -> dict[str, Any]:
    """One grid's score sheet."""
    return {
        "grid": row.area.code,
        "grid_display": row.area.name,
        "village": row.village.code,
        "village_display": row.village.short_name,
        "town": row.town.code,
        "town_display": row.town.short_name,
        "score": str(row.score),
        "bonus": str(row.bonus),
        "deduction": str(row.deduction),
        "rank": row.rank,
        "grade": row.grade,
        "grade_display": row.get_grade_display(),
        "veto": row.veto,
        "reason": row.reason,
        "amount_yuan": row.amount_yuan,
        "items": row.items,
    }


def village(row: ZeroComplaint) -> dict[str, Any]:
    """One village's zero-complaint result."""
    return {
        "village": row.area.code,
        "village_display": row.area.short_name,
        "town": row.town.code,
        "town_display": row.town.short_name,
        "is_urban": row.is_urban,
        "counted": row.counted,
        "excluded": row.excluded,
        "eligible": row.eligible,
        "awarded": row.awarded,
        "reason": row.reason,
        "amount_yuan": row.amount_yuan,
    }


def exclusion(row: ComplaintExclusion) -> dict[str, Any]:
    """One application that a ticket shall not count against its village."""
    return {
        "id": row.pk,
        "quarter": row.quarter,
        "village": row.village.code,
        "village_display": row.village.short_name,
        "ticket": row.ticket,
        "reason": row.reason,
        "reason_display": row.get_reason_display(),
        "evidence": mask_text(row.evidence),
        "state": row.state,
        "state_display": row.get_state_display(),
        "applicant": row.applicant.name if row.applicant else "",
        "applied_at": row.applied_at,
        "decided_by": row.decided_by.name if row.decided_by else "",
        "decided_at": row.decided_at,
        "decision": row.decision,
    }


def event(entry: Any, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "step": entry.step,
        "step_display": labels.get(entry.step, entry.step),
        "before": entry.before,
        "after": entry.after,
        "at": entry.at,
        "actor": entry.actor_name,
        "organisation": entry.organisation.short_name if entry.organisation else "",
        "note": entry.note,
        "digest": entry.digest,
    }


def rewards(user: User, chosen: Q, narrow: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None) -> QuerySet[Any]:
    """What final results award, grids and villages in one list; `chosen` narrows the assessments, `narrow` either part."""
    current = Assessment.objects.standing().filter(chosen, state="final")
    columns = {
        "key": Concat("assessment__number", Value("/"), "area__code", output_field=CharField()),
        "quarter": F("assessment__quarter"),
        "kind": F("assessment__kind"),
        "edition": F("assessment__edition"),
        "code": F("area__code"),
        "name": F("area__name"),
        "town_code": F("town__code"),
        "town_name": F("town__short_name"),
    }
    won = GridScore.objects.visible_to(user).filter(assessment__in=current, grade="excellent")
    free = ZeroComplaint.objects.visible_to(user).filter(assessment__in=current, awarded=True)
    grids, villages = (rows.order_by().values("pk", "amount_yuan", **columns) for rows in (won, free))
    return narrow(grids).union(narrow(villages), all=True) if narrow else grids.union(villages, all=True)


def reward(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["key"],
        "quarter": row["quarter"],
        "kind": row["kind"],
        "kind_display": _KINDS[row["kind"]],
        "edition": row["edition"],
        "code": row["code"],
        "name": row["name"],
        "town": row["town_code"],
        "town_display": row["town_name"],
        "amount_yuan": row["amount_yuan"],
    }
