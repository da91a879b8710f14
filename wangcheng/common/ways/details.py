"""Parts of a detail page: description list and timeline, as plain data that the templates in templates/parts draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wangcheng.common.ways import words
from wangcheng.common.ways.words import Toned

if TYPE_CHECKING:
    from wangcheng.common.casework.models import Event
    from wangcheng.common.workflow import Step


@dataclass(frozen=True, slots=True)
class Term:
    """A term and its value; `wide` takes the whole line (texts).  Empty values are drawn as a dash."""

    label: str
    value: Any
    wide: bool = False
    url: str = ""

    @property
    def text(self) -> str:
        if isinstance(self.value, datetime):
            return words.moment(self.value)
        return words.NOTHING if self.value is None or self.value == "" else str(self.value)

    @property
    def tone(self) -> str:
        return self.value.tone if isinstance(self.value, Toned) else ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline (流转记录)."""

    at: datetime
    title: str
    who: str
    note: str = ""
    tone: str = ""
    details: Sequence[Toned] = ()  # what the step did to the clocks, in words


def timeline(
    events: Iterable[Event],
    table: Iterable[Step],
    states: Mapping[str, str],
    details: Callable[[Event], Sequence[Toned]] | None = None,
) -> list[Moment]:
    """The events of a case, newest first; `states` gives the labels.  Needs events with `organisation` selected."""
    labels = {step.name: step.label for step in table}
    lines = [_moment(event, labels, states, details(event) if details else ()) for event in events]
    return list(reversed(lines))


def _moment(event: Event, labels: Mapping[str, str], states: Mapping[str, str], details: Sequence[Toned]) -> Moment:
    unit = event.organisation.short_name if event.organisation else ""
    title = labels.get(event.step, event.step)
    state = states.get(event.after, event.after)
    if event.before != event.after and state != title:
        title = f"{title} → {state}"
    who = " · ".join(filter(None, [unit, event.actor_name]))
    return Moment(event.at, title, who, event.note, details=details)
