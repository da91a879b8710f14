"""机构调整移交: when a town or village ends, what is open with it goes to the unit that takes over, each with an event.

Each app registers its cases and the step in its table.  `hand_over` is called by the loading of a year's divisions: it
locks, plans in memory as `move` does, and writes in bulk.  `settle` is for an action that opens a closed case again whose
unit has ended meanwhile.  What is closed stays with the unit of its time; the heir sees it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from wangcheng.common import clock
from wangcheng.common.casework.models import Case, children, standing_values
from wangcheng.common.models import Organisation
from wangcheng.common.territory.heirs import heirs_of
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.common.workflow import SYSTEM, Carried, Change, Facts, Step, carry, move, moved

BATCH = 200
LABEL = "机构调整移交"


@dataclass(frozen=True, slots=True)
class Heir:
    """The unit that takes over, as plain facts."""

    pk: int
    kind: str
    name: str


Heirs = Mapping[int, Heir]  # by the key of the ended unit
_steps: dict[type[Case], Step] = {}


def register(model: type[Case], step: Step) -> None:
    """Called by an app when it is ready.  The sources of the step say what is handed over."""
    _steps[model] = step


# The plan


def handed(case: Case, facts: Facts) -> Change:
    """Every column that names an ended unit names its heir.  Pure.  Input: heirs."""
    heirs: Heirs = facts["heirs"]
    fields = _taken(case, heirs)
    names = dict.fromkeys(heirs[getattr(case, name)].name for name in case.UNITS if name in fields)
    who = "、".join(names) or "、".join(dict.fromkeys(heir.name for heir in heirs.values()))
    return Change(fields, note=f"因机构调整，由“{who}”接办。")


def _taken(case: Case, heirs: Heirs) -> dict[str, Any]:
    fields: dict[str, Any] = {name: heirs[old].pk for name in case.UNITS if (old := getattr(case, name)) in heirs}
    for name in case.UNIT_LISTS:
        old = getattr(case, name)
        new = list(dict.fromkeys(heirs[key].pk if key in heirs else key for key in old))
        fields |= {name: new} if new != old else {}
    return fields


# All that is open with units


def hand_over(heirs: Mapping[int, Organisation]) -> int:
    """移交: the heirs see all that the ended units saw, and hold what is open.  How many cases went over."""
    plain = {key: Heir(unit.pk, unit.kind, unit.short_name) for key, unit in heirs.items()}
    count = 0
    for model, step in _steps.items() if plain else ():
        see(model, {key: _above(unit) for key, unit in heirs.items()})
        cases = list(_open(model, step, plain).select_for_update(of=("self",)).order_by("pk"))
        count += _carry_all(model, step, [case for case in cases if _taken(case, plain)], plain)
    return count


def open_with(units: Collection[int]) -> int:
    """How many cases are open with these units."""
    return sum(_open(model, step, units).count() for model, step in _steps.items()) if units else 0


def show(further: Mapping[int, Iterable[int]]) -> None:
    """What each of these units saw, others see as well: it stands below another town now."""
    for model in _steps if further else ():
        see(model, further)


def see(model: type[Case], further: Mapping[int, Iterable[int]]) -> None:
    """The sight rows of a unit once more, for other units."""
    sights = children(model, "sights")
    columns = [field.attname for field in sights._meta.concrete_fields if not field.primary_key]
    for key, others in further.items():
        seen = list(sights._default_manager.filter(organisation_id=key).values(*columns))
        rows = [sights(**{**row, "organisation_id": other}) for other in others for row in seen]
        sights._default_manager.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _above(unit: Organisation) -> list[int]:
    """The unit and those above it, below the centre."""
    return [int(part) for part in unit.path.strip("/").split("/")[1:]]


def _open(model: type[Case], step: Step, units: Collection[int]) -> QuerySet[Any]:
    sights = children(model, "sights")._default_manager.filter(organisation__in=list(units))
    named = (Q(**{f"{name}__in": list(units)}) for name in model.UNITS)
    rows = model._default_manager.filter(state__in=step.sources)
    return rows.filter(reduce(or_, named, Q(pk__in=sights.values("case"))))


def _carry_all(model: type[Case], step: Step, cases: list[Case], heirs: Heirs) -> int:
    if not cases:
        return 0
    facts = Facts(clock.now(), SYSTEM, current_calendar(), inputs={"heirs": heirs})
    done = [(case, carry(step, case, facts)) for case in cases]
    _write(model, done)
    for case, (carried, event) in zip(cases, _events(model, done), strict=True):
        moved.send(sender=model, case=case, step=step, event=event, change=carried.change)
    return len(done)


def _write(model: type[Case], done: list[tuple[Case, Carried]]) -> None:
    """What `Case.write` does for one case: the columns, the as-of row, the rows beside it."""
    names = {name for _, carried in done for name in carried.change.fields}
    model._default_manager.bulk_update(
        [case for case, _ in done], sorted(names | {"version", "digest"}), batch_size=BATCH
    )
    superseded = [(case, carried.event["at"]) for case, carried in done if carried.supersedes]
    standings = children(model, "standings")
    if superseded:
        current = standings._default_manager.filter(case__in=[case.pk for case, _ in superseded], until=None)
        current.update(until=superseded[0][1])
    rows = [standings(case_id=case.pk, since=at, **standing_values(case)) for case, at in superseded]
    standings._default_manager.bulk_create(rows, batch_size=BATCH)
    for case, carried in done:
        case.write_rows(carried.change.rows)


def _events(model: type[Case], done: list[tuple[Case, Carried]]) -> list[tuple[Carried, Any]]:
    events = children(model, "events")
    rows = [events(case_id=case.pk, **carried.event) for case, carried in done]
    events._default_manager.bulk_create(rows, batch_size=BATCH)
    return [(carried, row) for (_, carried), row in zip(done, rows, strict=True)]


# One case


def settle(case: Case) -> None:
    """A case that was opened again, locked by the caller: if its unit has ended since, its heir takes it."""
    step = _steps[type(case)]
    if case.state not in step.sources:
        return
    keys = {getattr(case, name) for name in case.UNITS} - {None}
    ended = list(Organisation.objects.filter(pk__in=keys, valid_to__lte=clock.today()))
    heirs = {key: Heir(unit.pk, unit.kind, unit.short_name) for key, unit in heirs_of(ended).items()}
    if any(getattr(case, name) in heirs for name in case.UNITS):
        move(case, step, Facts(clock.now(), SYSTEM, current_calendar(), inputs={"heirs": heirs}))
