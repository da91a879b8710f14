"""Bringing the tree up to an edition of the division codes: what changed begins on 1 January, what was stays.

Called only by territory.actions.  A unit whose name, code or parent changes ends and a new row succeeds it, so a case
keeps the area of its time; the organisations of towns and villages are the same bodies and follow in place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from wangcheng.common.casework.bulk import reserve_keys
from wangcheng.common.models import Area, AreaSuccession
from wangcheng.common.territory.divisions import DISTRICT, TOWN, Division, Edition, Fate, Link
from wangcheng.common.territory.followers import Followers
from wangcheng.common.territory.grids import carry_over, successor_of
from wangcheng.common.territory.names import short_name

Kind = Area.Kind


@dataclass
class Outcome:
    """What loading an edition did, for the person who ran it."""

    year: int
    counts: Counter[str] = field(default_factory=Counter)  # by Fate
    grids: int = 0  # carried over to a successor
    cases: int = 0  # open ones that went to the unit that takes over
    warnings: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return self.counts.total() > self.counts[Fate.SAME]


class Loading:
    """One run over the links of an edition, parents before children."""

    def __init__(self, edition: Edition, present: Iterable[Area]) -> None:
        self.day = date(edition.year, 1, 1)
        self.source = f"统计用区划代码（{edition.year}年）"
        self.old = {area.pk: area for area in present}
        self.first_time = not self.old
        self.current: dict[str, Area] = {}  # code in the edition → the row in force from now on
        self.grids: list[tuple[Area, Area, str]] = []  # whose grids go where, and why
        self.outcome = Outcome(edition.year)
        self.followers = Followers(self.day, self.source, self.outcome.warnings)

    def run(self, links: Iterable[Link]) -> Outcome:
        for link in links:
            self._apply(link)
            self.outcome.counts[link.fate] += 1
        for old, new, kind in self.grids:
            self.outcome.grids += carry_over([(old, new)], kind, day=self.day, source=self.source)
        self.outcome.cases = self.followers.hand_over()
        return self.outcome

    def _apply(self, link: Link) -> None:
        """Whoever goes on under the own name and code (or is renamed, re-coded) carries on; the others begin or end."""
        before = [self.old[known.key] for known in link.before]
        rows = [self._carry_on(before, division, link) or self._begin(division) for division in link.after]
        for row, division in zip(rows, link.after, strict=True):
            self.current[division.code] = row
        if not before and not self.first_time:
            self._remember(Fate.NEW, None, rows[0])
        for area in before:
            self._settle(area, rows, link.fate)

    def _carry_on(self, before: list[Area], division: Division, link: Link) -> Area | None:
        for area in before:
            itself = area.code == division.code and area.name == division.name
            if itself or (len(before) == len(link.after) == 1):
                return self._carry(area, division)
        return None

    def _carry(self, area: Area, division: Division) -> Area:
        parent = self.current.get(division.parent_code)
        moved = area.code != division.code or area.parent_id != (parent.pk if parent else None)
        renamed = area.name != division.name and area.valid_from < self.day  # a slip of the same year is corrected
        row = self._succeed(area, division, parent) if moved or renamed else area
        row.name, row.short_name = division.name, short_name(division.name)
        row.urban_rural_code = division.urban_rural_code or row.urban_rural_code
        row.save()
        self.followers.carry_on(area, row, division)
        return row

    def _succeed(self, area: Area, division: Division, parent: Area | None) -> Area:
        (key,) = reserve_keys(Area, 1)
        row = successor_of(area, key, parent, division.code, self.day)
        row.source = self.source
        row.party_organisation = area.party_organisation.replace(area.short_name, short_name(division.name))
        Area.objects.filter(pk=area.pk).update(valid_to=self.day)
        row.save(force_insert=True)
        return row

    def _begin(self, division: Division) -> Area:
        parent = self.current.get(division.parent_code)
        row = Area.objects.create(
            level=division.level,
            kind=kind_of(division),
            code=division.code,
            name=division.name,
            short_name=short_name(division.name),
            parent=parent,
            urban_rural_code=division.urban_rural_code,
            party_organisation=party_of(division),
            valid_from=self.day,
            source=self.source,
        )
        row.path = f"{parent.path if parent else '/'}{row.pk}/"
        row.save(update_fields=["path"])
        self.followers.begin(row, division)
        return row

    def _settle(self, area: Area, rows: list[Area], fate: Fate) -> None:
        """Write down what became of `area`; end it unless its row goes on."""
        others = [row for row in rows if row.pk != area.pk]
        for row in others:
            self._remember(Fate.RENAME if fate == Fate.SAME else fate, area, row)
        if len(others) < len(rows):
            return
        if not rows:
            self._remember(Fate.END, area, None)
        Area.objects.filter(pk=area.pk).update(valid_to=self.day)
        self.followers.end(area)
        self._send_grids(area, rows, fate)

    def _send_grids(self, area: Area, rows: list[Area], fate: Fate) -> None:
        below = Area.objects.filter(path__startswith=area.path, level__gt=Area.Level.VILLAGE, valid_to=None)
        if area.level != Area.Level.VILLAGE or not below.exists():
            return
        if not rows:
            self.outcome.warnings.append(f"“{area.name}”撤销，其下{below.update(valid_to=self.day)}个网格同时停用。")
            return
        self.grids.append((area, rows[0], Fate.RENAME if fate == Fate.SAME else fate))
        if fate == Fate.SPLIT:
            self.outcome.warnings.append(f"“{area.name}”拆分，其网格暂归“{rows[0].name}”，请人工划分。")

    def _remember(self, kind: Fate, before: Area | None, after: Area | None) -> None:
        AreaSuccession.objects.create(kind=kind, before=before, after=after, day=self.day, source=self.source)


def kind_of(division: Division) -> Kind:
    if division.level == DISTRICT:
        return Kind.DISTRICT
    if division.level == TOWN:
        return Kind.SUBDISTRICT if division.name.endswith("街道") else Kind.TOWN
    return Kind.COMMUNITY if division.is_community else Kind.VILLAGE


def party_of(division: Division) -> str:
    """街镇党（工）委, 村（社区）党总支."""
    name = short_name(division.name)
    if division.level == DISTRICT:
        return f"{name}委"
    if division.level == TOWN:
        return f"{name}{'党工委' if division.name.endswith('街道') else '党委'}"
    return f"{name}党总支"
