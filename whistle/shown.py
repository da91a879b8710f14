"""What a whistle shows to whom, in plain values: personal data masked, and the rater hidden from the rated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from wangcheng.common.people.masking import mask_text
from whistle.models import Grade, Whistle, label_of

if TYPE_CHECKING:
    from wangcheng.common.casework.models import Event
    from wangcheng.common.models import Area, Organisation, User

# Steps that the reporter takes: their actor is who will rate, so a department never learns the name.
_OF_REPORTER = frozenset({"report", "self_handle", "resubmit", "verify", "rate"})
REPORTER = "上报人"

# What a list row is made of: one query, no objects.
ROW_COLUMNS = (
    "pk", "number", "state", "title", "category__code", "category__name", "urgency", "place", "town__code",
    "town__short_name", "village__code", "village__short_name", "grid__code", "grid__short_name", "unit__code",
    "unit__short_name", "received_at", "filed_at", "due_at", "arrive_due_at", "disposed_at", "closed_at",
    "disposer_kind", "rating", "round", "returns", "suspended_at", "repeat_of__number", "version",
)  # fmt: skip
_GRADES, _URGENCIES = dict(Grade.choices), dict(Whistle.Urgency.choices)
_ASPECTS = ("arrival", "quality", "attitude", "overall")
_DISPOSERS = dict(Whistle.Disposer.choices)
_MOMENTS = (
    "received_at", "filtered_at", "blown_at", "filed_at", "declined_at", "dispatched_at", "sign_due_at", "signed_at",
    "arrive_due_at", "arrived_at", "due_at", "disposed_at", "verified_at", "closed_at", "rated_at", "appealed_at",
    "appeal_ruled_at", "suspended_at", "return_asked_at",
)  # fmt: skip


def row(values: Mapping[str, Any]) -> dict[str, Any]:
    """A list row of the API from the ROW_COLUMNS of a whistle."""
    same = ("number", "state", "urgency", "received_at", "filed_at", "due_at", "arrive_due_at", "disposed_at")
    shown = {name: values[name] for name in same}
    for name in ("category", "town", "village", "grid", "unit"):
        shown[name] = values[f"{name}__code"]
        shown[f"{name}_display"] = values[f"{name}__name" if name == "category" else f"{name}__short_name"]
    return shown | {
        "title": mask_text(values["title"]),
        "place": mask_text(values["place"]),
        "state_display": label_of(values["state"], filed=values["filed_at"] is not None),
        "urgency_display": _URGENCIES[values["urgency"]],
        "closed_at": values["closed_at"],
        "disposer_kind": values["disposer_kind"],
        "disposer_kind_display": _DISPOSERS.get(values["disposer_kind"], ""),
        "rating": values["rating"],
        "rating_display": _GRADES.get(values["rating"], ""),
        "round": values["round"],
        "returns": values["returns"],
        "carried": values["suspended_at"] is not None,
        "suspected_repeat_of": values["repeat_of__number"],
        "version": values["version"],
    }


def whistle(case: Whistle, user: User) -> dict[str, Any]:
    """Everything a viewer may know of one whistle."""
    places = {name: _area(getattr(case, name)) for name in ("town", "village", "grid", "building")}
    units = {
        name: _unit(getattr(case, name)) for name in ("unit", "village_unit", "town_unit", "asked_unit", "disposer")
    }
    shown: dict[str, Any] = {"number": case.number, "state": case.state, "state_display": case.state_label}
    for name, (code, label) in {**places, **units, "category": _category(case)}.items():
        shown |= {name: code, f"{name}_display": label}
    return (
        shown
        | {name: getattr(case, name) for name in _MOMENTS}
        | _words(case)
        | _counts(case)
        | {"reporter": case.reporter_name if sees_reporter(user) else "", "ratings": ratings(case, user)}
    )


def _words(case: Whistle) -> dict[str, Any]:
    return {
        "title": mask_text(case.title),
        "content": mask_text(case.content),
        "place": mask_text(case.place),
        "longitude": case.longitude,
        "latitude": case.latitude,
        "urgency": case.urgency,
        "urgency_display": case.get_urgency_display(),
        "decline_reason": mask_text(case.decline_reason),
        "disposal": mask_text(case.disposal),
        "disposer_kind": case.disposer_kind,
        "disposer_kind_display": _DISPOSERS.get(case.disposer_kind, ""),
        "rating": case.rating,
        "rating_display": _GRADES.get(case.rating, ""),
    }


def _counts(case: Whistle) -> dict[str, Any]:
    return {
        "round": case.round,
        "returns": case.returns,
        "carried": case.carried,
        "appeal_upheld": case.appeal_upheld,
        "arrived_metres": case.arrived_metres,
        "suspected_repeat_of": case.repeat_of.number if case.repeat_of else None,
        "suspected_repeat_reason": case.repeat_reason,
        "version": case.version,
    }


def _area(area: Area | None) -> tuple[str | None, str]:
    return (area.code, area.short_name) if area else (None, "")


def _unit(unit: Organisation | None) -> tuple[str | None, str]:
    return (unit.code, unit.short_name) if unit else (None, "")


def _category(case: Whistle) -> tuple[str | None, str]:
    return (case.category.code, case.category.name) if case.category else (None, "")


def ratings(case: Whistle, user: User) -> list[dict[str, Any]]:
    """Every rating of the whistle; who gave it only for the centre and for the rater."""
    if not case.rated_round:
        return []
    return [
        {
            "round": rating.round,
            **{name: getattr(rating, name) for name in _ASPECTS},
            **{f"{name}_display": _GRADES[getattr(rating, name)] for name in _ASPECTS},
            "text": mask_text(rating.text),
            "at": rating.at,
            "set_aside": rating.set_aside,
            "rater": rating.rater.name if user.at_centre or rating.rater_id == user.pk else "",
        }
        for rating in case.ratings.select_related("rater")
    ]


def sees_reporter(user: User) -> bool:
    """Departments are rated by the reporter and are not to know the name."""
    return user.organisation is not None and user.organisation.kind != "department"


def named_for(user: User, file: Any) -> Any:
    """The file under the name that `user` may read: people write into it who they are."""
    hidden = not sees_reporter(user) and file.uploaded_by_id != user.pk
    file.name = f"附件{file.pk}{PurePosixPath(file.name).suffix}" if hidden else mask_text(file.name)
    return file


def actor(event: Event, user: User) -> str:
    """Who took a step, as far as the viewer may know."""
    if user.at_centre or event.actor_id == user.pk:
        return event.actor_name
    hidden = event.step in _OF_REPORTER if not sees_reporter(user) else event.step == "rate"
    return REPORTER if hidden else event.actor_name


def hides_unit(event: Event, user: User) -> bool:
    """Whether even the unit of the actor would give the reporter away."""
    return actor(event, user) == REPORTER


def event(entry: Event, user: User, labels: Mapping[str, str]) -> dict[str, Any]:
    """One line of the timeline for the API."""
    unit = "" if hides_unit(entry, user) or entry.organisation is None else entry.organisation.short_name
    return {
        "seq": entry.seq,
        "step": entry.step,
        "step_display": labels.get(entry.step, entry.step),
        "before": entry.before,
        "after": entry.after,
        "at": entry.at,
        "actor": actor(entry, user),
        "organisation": unit,
        "note": mask_text(entry.note),
    }


def attachment(file: Any, url: str) -> dict[str, Any]:
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
