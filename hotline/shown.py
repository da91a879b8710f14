"""What a ticket shows to whom, in plain values: personal data masked, secret callers hidden from units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hotline import privacy
from hotline.models import Ticket, choices
from wangcheng.common.models import Organisation
from wangcheng.common.people.masking import mask_text

if TYPE_CHECKING:
    from hotline.models import Knowledge, TicketAttachment, TicketEvent, Training
    from wangcheng.common.models import User

SAME = (
    "number", "city_number", "state", "type", "source", "urgency", "received_at", "city_due_at", "due_at",
    "internal_due_at", "dispatched_at", "sign_due_at", "signed_at", "contact_due_at", "first_contact_at", "finished_at",
    "closed_at", "called_back_at", "suspended_at", "pushed_at", "push_contacted_at", "round", "returns", "resolved",
    "satisfaction", "confirmed", "hard", "confidential", "anonymous", "marks", "version",
)  # fmt: skip
NAMED = ("category", "town", "village", "grid", "unit")
# What a list row is made of: one query, no objects.
ROW_COLUMNS = (
    "pk", "title", "caller_name", "caller_phone", "co_unit_ids", *SAME,
    *(f"{name}__code" for name in NAMED), "category__name", *(f"{name}__short_name" for name in NAMED[1:]),
)  # fmt: skip
_LABELS: dict[str, dict[str, str]] = {
    "state": dict(choices.State.choices),
    "type": dict(choices.Type.choices),
    "source": dict(choices.Source.choices),
    "urgency": dict(Ticket.Urgency.choices),
    "resolved": dict(choices.Resolved.choices),
    "satisfaction": dict(choices.Satisfaction.choices),
    "confirmed": dict(choices.Confirmed.choices),
}


def rows(found: Iterable[Mapping[str, Any]], user: User) -> list[dict[str, Any]]:
    """List rows of the API, with the co-units of all of them read at once."""
    found = list(found)
    units = co_units({key for row in found for key in row["co_unit_ids"]})
    centre = user.at_centre
    return [_row(row, units, centre) for row in found]


def _row(row: Mapping[str, Any], units: Mapping[int, tuple[str, str]], centre: bool) -> dict[str, Any]:
    shown = {name: row[name] for name in SAME}
    for name in NAMED:
        shown[name] = row[f"{name}__code"]
        shown[f"{name}_display"] = row["category__name" if name == "category" else f"{name}__short_name"] or ""
    return _finished(shown, row, units, centre)


def ticket(case: Ticket, user: User) -> dict[str, Any]:
    """Everything a viewer may know of one ticket."""
    shown = {name: getattr(case, name) for name in SAME}
    units = co_units(set(case.co_unit_ids))
    for name in NAMED:
        found = getattr(case, name)
        shown[name] = found.code if found else None
        shown[f"{name}_display"] = (found.name if name == "category" else found.short_name) if found else ""
    return _finished(shown, vars(case), units, user.at_centre) | {
        "content": case.told(case.content),
        "place": case.told(case.place),
        "longitude": case.longitude,
        "latitude": case.latitude,
        "co_waiting": [units[key][0] for key in case.co_waiting_ids if key in units],
        "repeat_of": earlier.number if (earlier := privacy.earlier(case, user)) else None,
        "merged_into": case.merged_into.number if case.merged_into else None,
        "reject_reason": case.reject_reason,
        "reject_reason_display": case.get_reject_reason_display(),
        "right_channel": case.right_channel,
        "extension": case.extension,
        "extension_days": case.extension_days,
        "return_asked_at": case.return_asked_at,
        "return_basis": case.told(case.return_basis),
        "exclusion": case.exclusion,
        "excluded_at": case.excluded_at,
    }


def _finished(
    shown: dict[str, Any], row: Mapping[str, Any], units: Mapping[int, tuple[str, str]], centre: bool
) -> dict[str, Any]:
    """What list row and detail have in common beside plain columns."""
    for name, labels in _LABELS.items():
        shown[f"{name}_display"] = labels.get(shown[name], "")
    secret = row["confidential"] or row["type"] == choices.Type.REPORT
    return shown | {
        "title": mask_text(row["title"], name=row["caller_name"], phone=row["caller_phone"], secret=secret),
        "marks": [code for code in row["marks"] if centre or code != choices.Mark.REPEAT],
        "co_units": [units[key][0] for key in row["co_unit_ids"] if key in units],
        "co_units_display": [units[key][1] for key in row["co_unit_ids"] if key in units],
        "caller": privacy.caller(
            row["caller_name"], row["caller_phone"], secret=secret, anonymous=row["anonymous"], centre=centre
        ),
    }


def co_units(keys: set[int]) -> dict[int, tuple[str, str]]:
    """Code and short name of organisations; no query for none."""
    if not keys:
        return {}
    rows = Organisation.objects.filter(pk__in=keys).values_list("pk", "code", "short_name")
    return {pk: (code, name) for pk, code, name in rows}


def event(entry: TicketEvent, case: Ticket, labels: Mapping[str, str]) -> dict[str, Any]:
    """A line of the timeline of `case`."""
    return {
        "seq": entry.seq,
        "step": entry.step,
        "step_display": labels.get(entry.step, entry.step),
        "before": entry.before,
        "after": entry.after,
        "after_display": _LABELS["state"].get(entry.after, ""),
        "at": entry.at,
        "actor": entry.actor_name,
        "organisation": entry.organisation.short_name if entry.organisation else "",
        "note": case.told(entry.note),
    }


def training(row: Training) -> dict[str, Any]:
    """业务培训."""
    names = ("id", "day", "kind", "topic", "place", "sessions", "people", "note", "withdrawn_at", "withdrawal")
    return {
        **{name: getattr(row, name) for name in names},
        "kind_display": row.get_kind_display(),
        "units": [unit.code for unit in row.units.all()],
    }


def knowledge(row: Knowledge) -> dict[str, Any]:
    """知识."""
    names = ("id", "question", "answer", "legal_basis", "state", "valid_from", "valid_to", "updated_at")
    return {
        **{name: getattr(row, name) for name in names},
        "state_display": row.get_state_display(),
        "category": row.category.code if row.category else None,
        "unit": row.unit.code,
        "unit_display": row.unit.short_name,
    }


def attachment(file: TicketAttachment, url: str) -> dict[str, Any]:
    return {
        "id": file.pk,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "purpose": file.purpose,
        "at": file.at,
        "url": url,
    }
