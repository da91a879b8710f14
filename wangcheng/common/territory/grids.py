"""Level-3 and level-4 grids: their codes, and how they are made, renamed and carried over when their village changes.

A grid's code is its parent's and three digits, given in order and never again.  For territory.actions, loading and
grid.actions.areas, which check the rights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from wangcheng.common.casework.bulk import reserve_keys
from wangcheng.common.models import Area, AreaSuccession
from wangcheng.common.people.actions import move_posts
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

DIGITS = 3
PARTY = {Area.Level.ESTATE: "党支部", Area.Level.BUILDING: "党小组", Area.Level.HOUSEHOLD: ""}


@dataclass(frozen=True, slots=True)
class NewGrid:
    """A grid to be set up, with the smaller ones inside it."""

    name: str
    kind: Area.Kind
    households: int | None = None
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    children: tuple[NewGrid, ...] = ()
    code: str = ""  # as the office numbers it; empty: the next one


class Numbering:
    """The codes given out below each parent code, grids of the past included."""

    def __init__(self) -> None:
        self._last: defaultdict[str, int] = defaultdict(int)
        self._taken = set(Area.objects.filter(level__gt=Area.Level.VILLAGE).values_list("code", flat=True))
        for code in self._taken:
            self._remember(code)

    def _remember(self, code: str) -> None:
        parent, number = code[:-DIGITS], int(code[-DIGITS:])
        self._last[parent] = max(self._last[parent], number)

    def take(self, code: str) -> str:
        """A code that was chosen by hand; NotAllowed if a grid has it or ever had it."""
        if code in self._taken:
            raise NotAllowed(f"网格代码{code}已经用过，代码不重复使用。", Code.RULE, "code")
        self._taken.add(code)
        self._remember(code)
        return code

    def next(self, parent: str) -> str:
        """The next code below `parent`; NotAllowed when all 999 were used."""
        number = self._last[parent] + 1
        if number >= 10**DIGITS:
            raise NotAllowed(f"{parent}之下的网格代码已经用完，不能再增设网格。", Code.RULE)
        self._last[parent] = number
        return f"{parent}{number:0{DIGITS}d}"

    def keep(self, parent: str, old: str) -> str:
        """The last digits of `old` below a new `parent` if nobody had them, or it is the same grid; else the next."""
        code = parent + old[-DIGITS:]
        if code in self._taken and code != old:
            return self.next(parent)
        self._remember(code)
        return code


def add_grids(under: Mapping[Area, Sequence[NewGrid]], *, day: date, source: str = "") -> list[Area]:
    """增设网格: grids below villages (level 3) or level-3 grids (level 4), children included, parents first."""
    numbering = Numbering()
    made: list[Area] = []
    layer = [(parent, grid) for parent, grids in under.items() for grid in grids]
    while layer:
        keys = reserve_keys(Area, len(layer))
        pairs = zip(keys, layer, strict=True)
        rows = [_row(key, parent, grid, numbering, day, source) for key, (parent, grid) in pairs]
        Area.objects.bulk_create(rows, batch_size=500)
        made.extend(rows)
        layer = [(row, child) for row, (_, grid) in zip(rows, layer, strict=True) for child in grid.children]
    return made


def _row(key: int, parent: Area, grid: NewGrid, numbering: Numbering, day: date, source: str) -> Area:
    level = Area.Level(parent.level + 1)
    return Area(
        pk=key,
        level=level,
        kind=grid.kind,
        code=numbering.take(grid.code) if grid.code else numbering.next(parent.code),
        name=grid.name,
        short_name=grid.name[:30],
        parent=parent,
        path=f"{parent.path}{key}/",
        party_organisation=f"{grid.name}{PARTY[level]}" if PARTY[level] else "",
        households=grid.households,
        longitude=grid.longitude,
        latitude=grid.latitude,
        valid_from=day,
        source=source,
    )


def rename(names: Mapping[Area, str], *, day: date, source: str = "", by: User | None = None) -> dict[int, Area]:
    """更名 of grids of one level: each goes on under its code in a new row, and those below it with it.

    One that began on `day` (or later) only had its name misspelt, and is corrected.  Returns the row in force by the key
    of the one before.
    """
    going_on = [(area, name) for area, name in names.items() if area.valid_from < day]
    misspelt = [_named(area, area, name) for area, name in names.items() if area.valid_from >= day]
    Area.objects.bulk_update(misspelt, ["name", "short_name", "party_organisation"], batch_size=200)
    keys = reserve_keys(Area, len(going_on))
    pairs = [
        (area, _named(area, successor_of(area, key, area.parent, area.code, day), name))
        for key, (area, name) in zip(keys, going_on, strict=True)
    ]
    Area.objects.filter(pk__in=[area.pk for area, _ in pairs]).update(valid_to=day)
    Area.objects.bulk_create([new for _, new in pairs], batch_size=500)
    _remember_origin(pairs, AreaSuccession.Kind.RENAME, day, source)
    _move_posts(pairs, day, "网格更名", by)
    carry_over(pairs, AreaSuccession.Kind.RENAME, day=day, source=source, by=by)
    return {area.pk: area for area in misspelt} | {old.pk: new for old, new in pairs}


def _named(old: Area, row: Area, name: str) -> Area:
    row.party_organisation = old.party_organisation.replace(old.name, name)[:60]
    row.name, row.short_name = name, name[:30]
    return row


def carry_over(moves: Sequence[tuple[Area, Area]], kind: str, *, day: date, source: str, by: User | None = None) -> int:
    """Grids of a unit that was renamed, re-coded or merged stand below its successor from `day` on."""
    numbering, count, layer = Numbering(), 0, list(moves)
    while layer:
        after = {before.pk: successor for before, successor in layer}
        children = list(Area.objects.filter(parent__in=after, valid_to=None).order_by("code"))
        layer = _succeed(children, after, numbering, day)
        _remember_origin(layer, kind, day, source)
        _move_posts(layer, day, "所属单位调整", by)
        count += len(layer)
    return count


def _succeed(
    children: list[Area], after: Mapping[int, Area], numbering: Numbering, day: date
) -> list[tuple[Area, Area]]:
    keys = reserve_keys(Area, len(children))
    ended = [child.pk for child in children]
    Area.objects.filter(pk__in=ended).update(valid_to=day)
    pairs = []
    for key, child in zip(keys, children, strict=True):
        parent = after[child.parent_id or 0]
        pairs.append((child, successor_of(child, key, parent, numbering.keep(parent.code, child.code), day)))
    Area.objects.bulk_create([new for _, new in pairs], batch_size=500)
    return pairs


def successor_of(old: Area, key: int, parent: Area | None, code: str, day: date) -> Area:
    """The row that takes over from `old` on `day`, not yet saved."""
    fields = {field.attname: getattr(old, field.attname) for field in Area._meta.concrete_fields}
    path = f"{parent.path if parent else '/'}{key}/"
    changed = {"id": key, "parent_id": parent.pk if parent else None, "path": path, "code": code, "valid_from": day}
    return Area(**{**fields, **changed})


def _remember_origin(pairs: Iterable[tuple[Area, Area]], kind: str, day: date, source: str) -> None:
    AreaSuccession.objects.bulk_create(
        [AreaSuccession(kind=kind, before=old, after=new, day=day, source=source) for old, new in pairs], batch_size=500
    )


def _move_posts(pairs: Iterable[tuple[Area, Area]], day: date, why: str, by: User | None) -> None:
    """Officers go with their grid."""
    move_posts({old.pk: new.pk for old, new in pairs}, day, by=by, why=why)
