"""The steps of an invented whistle, each at a moment the working calendar allows."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from wangcheng.common.people.roles import Role
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.common.workflow import Actor, Facts, Step
from wangcheng.demo.cast import Cast, Leaf
from wangcheng.demo.whistles import words
from wangcheng.demo.whistles.fates import OPEN_FROM, Fate, Sighting
from whistle import workflow
from whistle.rules import Limits

MINUTE, HOUR = 60, 3600
MIDDLE = (Decimal("112.820000"), Decimal("28.350000"))  # of the district; whistles lie scattered around it
DAYS_TO_VERIFY = 13  # sightings this soon after OPEN_FROM have been disposed of by the year's end
QUICK_KINDS = ("应急安全", "综合治理")  # a department must be on site sooner
Beats = list[tuple[Step, Facts]]


class Walk:
    """One whistle on its way: `now` walks on, `beats` is what has happened."""

    def __init__(
        self,
        sighting: Sighting,
        leaf: Leaf,
        cast: Cast,
        calendar: Calendar,
        limits: Callable[[date], tuple[Limits, int]],
        chance: random.Random,
    ) -> None:
        self.sighting, self.leaf, self.cast, self.calendar, self.chance = sighting, leaf, cast, calendar, chance
        self.limits = limits
        self.quick = leaf.urgency != "normal"
        self.now = sighting.at
        self.beats: Beats = []
        spot = sighting.spot
        self.village, self.town = cast.unit_of_area[spot.village_id], cast.unit_of_area[spot.town_id]
        self.reporter = chance.choice(cast.grid_people[spot.grid_id])[0]
        self.spot = tuple(middle + Decimal(chance.randrange(-90000, 90000)) / 1000000 for middle in MIDDLE)

    def told(self, top_name: str, last: datetime) -> Beats:
        """The whole way, or as far as it had come by the year's end."""
        self.quick = self.quick or top_name in QUICK_KINDS
        self._report()
        roads: dict[Fate, Callable[[], None]] = {
            Fate.SELF: self._self,
            Fate.WAITING: self._wait,
            Fate.DECLINED: self._decline,
            Fate.TOWN: self._town,
            Fate.DEPARTMENT: lambda: self._department(top_name),
            Fate.OPEN: lambda: self._open(top_name),
        }
        roads[self.sighting.fate]()
        return [beat for beat in self.beats if beat[1].at <= last]

    # pieces

    def _take(self, step: Step, actor: Actor, note: str = "", **inputs: Any) -> None:
        rules, version = self.limits(self.now.date())
        facts = Facts(self.now, actor, self.calendar, rules, {**inputs, "limits_id": version}, note)
        self.beats.append((step, facts))

    def _soon(self, most: float) -> None:
        """What a department does next: much sooner where the limit is short."""
        self._later(2 * MINUTE, most * (0.1 if self.quick else 1.0))

    def _later(self, least: float, most: float) -> None:
        self.now = self.calendar.add(self.now, int(self.chance.uniform(least, most))).at

    def _centre(self) -> Actor:
        return self.cast.at_centre(Role.DISPATCHER, self.chance)

    def _somebody(self, unit_id: int) -> Actor:
        return self.cast.somebody(unit_id, self.chance)

    def _report(self) -> None:
        spot = self.sighting.spot
        phrase = self.chance.choice(self.leaf.phrases)
        self._take(
            workflow.REPORT,
            self.reporter,
            title=phrase,
            content=f"巡查发现：{spot.words}{phrase}，{self.chance.choice(words.DETAILS)}。（演示数据）",
            category_id=self.leaf.pk,
            category_top_id=self.leaf.top_id,
            urgency=self.leaf.urgency,
            place=f"{spot.words}{self.chance.randrange(1, 200)}号旁",
            longitude=self.spot[0],
            latitude=self.spot[1],
            town_id=spot.town_id,
            village_id=spot.village_id,
            grid_id=spot.grid_id,
            building_id=None,
            village_unit_id=self.village,
            town_unit_id=self.town,
        )

    def _filter(self) -> None:
        self._later(5 * MINUTE, 3 * HOUR)
        self._take(workflow.FILTER, self._somebody(self.village), passed=True)

    # roads

    def _self(self) -> None:
        self.now += timedelta(seconds=self.chance.randrange(20, 900))
        self._take(workflow.SELF_HANDLE, self.reporter, self.chance.choice(words.SELF))

    def _wait(self) -> None:
        if self.chance.random() < 0.6:
            self._filter()
            if self.chance.random() < 0.5:
                self._later(10 * MINUTE, 2 * HOUR)
                self._take(workflow.BLOW, self._somebody(self.town), asked_unit_id=self._department_id())

    def _decline(self) -> None:
        if self.chance.random() < 0.35:
            self._later(5 * MINUTE, 3 * HOUR)
            self._take(workflow.FILTER, self._somebody(self.village), self.chance.choice(words.DECLINED), passed=False)
            return
        self._filter()
        self._blow()
        self._later(10 * MINUTE, 3 * HOUR)
        self._take(workflow.DECLINE, self._centre(), self.chance.choice(words.DECLINED))

    def _blow(self) -> None:
        self._later(10 * MINUTE, 4 * HOUR)
        self._take(workflow.BLOW, self._somebody(self.town), asked_unit_id=self._department_id())

    def _department_id(self) -> int:
        return self.leaf.unit_id or self.cast.departments[0]

    def _town(self) -> None:
        self._filter()
        self._later(10 * MINUTE, 4 * HOUR)
        unit = self.village if self.chance.random() < 0.4 else self.town
        kind = "village" if unit == self.village else "town"
        self._take(
            workflow.HANDLE, self._somebody(self.town), unit_id=unit, unit_kind=kind, sight_ids=self.cast.above(unit)
        )
        self._dispose_and_verify(unit, HOUR, 20 * HOUR)
        self._rate(unit)

    def _department(self, top_name: str) -> None:
        unit = self._sent(top_name)
        self._arrive(unit)
        self._dispose_and_verify(unit, HOUR, 18 * HOUR)
        self._rate(unit)

    def _sent(self, top_name: str) -> int:
        """Up to the signature of the department."""
        unit = self._department_id()
        self._filter()
        self._blow()
        self._later(10 * MINUTE, 2 * HOUR)
        self._take(workflow.FILE, self._centre())
        if self.chance.random() < 0.03 and self.sighting.fate is Fate.DEPARTMENT:
            self._wrong_department(unit, top_name)
        self._dispatch(unit, top_name)
        self._soon(3.5 * HOUR)
        self._take(workflow.SIGN, self._somebody(unit))
        return unit

    def _wrong_department(self, right: int, top_name: str) -> None:
        wrong = self.chance.choice([pk for pk in self.cast.departments if pk != right])
        self._dispatch(wrong, top_name)
        self._later(20 * MINUTE, 3 * HOUR)
        self._take(workflow.RETURN, self._somebody(wrong), self.chance.choice(words.RETURN), return_unit_id=right)
        self._later(10 * MINUTE, 2 * HOUR)
        self._take(workflow.RULE_RETURN, self._centre(), granted=True)

    def _dispatch(self, unit: int, top_name: str) -> None:
        self._later(3 * MINUTE, 40 * MINUTE)
        self._take(
            workflow.DISPATCH,
            self._centre(),
            unit_id=unit,
            unit_kind="department",
            kind=top_name,
            sight_ids=self.cast.above(unit),
        )

    def _arrive(self, unit: int) -> None:
        self._soon(4 * HOUR)
        step = Decimal(self.chance.randrange(-900, 900)) / 1000000
        self._take(
            workflow.ARRIVE,
            self._somebody(unit),
            longitude=self.spot[0] + step,
            latitude=self.spot[1] + step,
            photos=1,
        )

    def _dispose_and_verify(self, unit: int, least: float, most: float) -> None:
        self._later(least / 4, most / 4) if self.quick else self._later(least, most)
        self._take(workflow.DISPOSE, self._somebody(unit), self.chance.choice(words.DISPOSED))
        self._later(20 * MINUTE, 6 * HOUR)
        self._take(workflow.VERIFY, self.reporter, passed=True, photos=1)

    def _rate(self, unit: int) -> None:
        if self.chance.random() > 0.94:
            return
        self._later(10 * MINUTE, 5 * HOUR)
        grade = self.chance.choices(("satisfied", "basically", "dissatisfied"), (86, 12, 2))[0]
        self._grade(grade)
        if grade == "dissatisfied":
            self._dispose_and_verify(unit, HOUR, 8 * HOUR)
            self._later(10 * MINUTE, 2 * HOUR)
            self._grade("basically")

    def _grade(self, grade: str) -> None:
        grades = dict.fromkeys(("arrival", "quality", "attitude", "overall"), grade)
        text = self.chance.choice(words.UNHAPPY) if grade == "dissatisfied" else ""
        self._take(workflow.RATE, self.reporter, text=text, **grades)

    def _open(self, top_name: str) -> None:
        """Filed and on its way; the older ones wait for verification only, so that nothing is past its limit."""
        unit = self._sent(top_name)
        age = (self.sighting.at.date() - OPEN_FROM).days
        if age < DAYS_TO_VERIFY or self.chance.random() < 0.4:
            self._arrive(unit)
            self._later(HOUR, 6 * HOUR)
            self._take(workflow.DISPOSE, self._somebody(unit), self.chance.choice(words.DISPOSED))
