"""What a hard whistle shows, in plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wangcheng.common.models import Organisation
from wangcheng.common.people.masking import mask_text

if TYPE_CHECKING:
    from wangcheng.common.casework.models import Event
    from whistle.models import HardWhistle

_MOMENTS = (
    "received_at",
    "instructed_on",
    "assigned_at",
    "deadline",
    "progressed_at",
    "solved_at",
    "carried_at",
    "closed_at",
)


def row(case: HardWhistle) -> dict[str, Any]:
    """A list row of the API."""
    return {
        "number": case.number,
        "batch": case.batch.code,
        "batch_display": case.batch.name,
        "title": mask_text(case.title),
        "state": case.state,
        "state_display": case.state_label,
        "leader": case.leader,
        "unit": case.unit.code if case.unit else None,
        "unit_display": case.unit.short_name if case.unit else "",
        "town": case.town.code if case.town else None,
        "town_display": case.town.short_name if case.town else "",
        **{name: getattr(case, name) for name in _MOMENTS},
        "version": case.version,
    }


def hard_whistle(case: HardWhistle) -> dict[str, Any]:
    """Everything of one hard whistle."""
    return row(case) | {
        "content": mask_text(case.content),
        "instructed_by": case.instructed_by,
        "instruction": case.instruction,
        "goal": case.goal,
        "outcome": mask_text(case.outcome),
        "partners": [{"code": unit.code, "name": unit.short_name} for unit in partners(case)],
        "sources": [
            {"whistle": source.whistle.number if source.whistle else None, "ticket": source.ticket_number or None}
            for source in case.sources.select_related("whistle")
        ],
    }


def partners(case: HardWhistle) -> list[Organisation]:
    return list(Organisation.objects.filter(pk__in=case.partner_ids)) if case.partner_ids else []


def masked(file: Any) -> Any:
    """The file under a name without personal data."""
    file.name = mask_text(file.name)
    return file


def event(entry: Event, labels: dict[str, str]) -> dict[str, Any]:
    """One line of the progress log for the API."""
    return {
        "seq": entry.seq,
        "step": entry.step,
        "step_display": labels.get(entry.step, entry.step),
        "before": entry.before,
        "after": entry.after,
        "at": entry.at,
        "actor": entry.actor_name,
        "organisation": entry.organisation.short_name if entry.organisation else "",
        "note": mask_text(entry.note),
    }
