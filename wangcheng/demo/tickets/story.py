"""What happens to an invented ticket, step by step, each at a moment that the working calendar allows.

A story is a list of beats in time order; the batch carries them through the same plans as live work, so a beat that the
process would refuse stops the load with the sentence a clerk would read.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from hotline import clocks, workflow
from hotline.rules import Rules
from wangcheng.common import clock
from wangcheng.common.people.roles import Role
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.common.workflow import SYSTEM, Actor, Step
from wangcheng.demo.cast import Cast
from wangcheng.demo.tickets import words
from wangcheng.demo.tickets.matters import Matter

MINUTE, HOUR = 60, 3600
EXTENDED, SUSPENDED, UNCOUNTED, NAMELESS = (
    0.03,
    0.004,
    0.006,
    0.06,
)  # of the ordinary matters that are done before a reminder
LAST_REDO_MONTH = 11  # a closed ticket is not opened again so late that the year's end would find it half done


class Pace(StrEnum):
    """How the unit goes about it."""

    FAST = "fast"  # done before the first reminder
    SLOW = "slow"  # reminded, then done within the limit
    LATE = "late"  # done after the limit


@dataclass(slots=True)
class Beat:
    """One step of a story."""

    step: Step
    at: datetime
    actor: Actor
    inputs: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(slots=True)
class Story:
    """A ticket's life.  `contact` is the unit's first success, `callback` the one that closes."""

    matter: Matter
    beats: list[Beat] = field(default_factory=list)
    unit_id: int = 0
    contact: Beat | None = None
    contact_due: datetime | None = None
    finish: Beat | None = None
    review: Beat | None = None
    callback: Beat | None = None
    dispatched: Beat | None = None  # the dispatch that stayed
    remind_at: datetime | None = None  # of the round in which it was slow
    internal_due: datetime | None = None
    pace: Pace = Pace.FAST
    parent: Story | None = None  # what it was merged into
    absorbed: Beat | None = None  # the parent's beat of that

    @property
    def ends_at(self) -> datetime:
        """When it was closed: by callback, answer or rejection."""
        return (self.callback or self.beats[-1]).at

    def name_parent(self, number: str, parent_id: int, parent_number: str) -> None:
        """Tickets have got keys and numbers: the beats of a merger may name them.  `number` is this one's own."""
        for beat in self.beats:
            if beat.step is workflow.MERGE:
                beat.inputs.update(parent_id=parent_id, parent_number=parent_number)
            elif beat.step is workflow.FOLLOW:
                beat.inputs.update(parent_number=parent_number)
        if self.absorbed is not None:
            self.absorbed.inputs.update(child_number=number)

    def cut(self, moment: datetime) -> None:
        """Forget what lies after the year's end."""
        self.beats = [beat for beat in self.beats if beat.at <= moment]
        if self.callback is not None and self.callback.at > moment:
            self.callback = None


class Teller:
    """Tells stories for one cast and calendar; chance is handed in so that every chunk repeats."""

    def __init__(self, cast: Cast, calendar: Calendar, rules_on: Callable[[date], Rules]) -> None:
        self.cast, self.calendar, self.rules_on = cast, calendar, rules_on

    def tell(self, matter: Matter, pace: Pace, plain: bool, chance: random.Random) -> Story:
        """The whole life of a matter.  `plain`: without returns, co-units, extensions and new rounds."""
        return _Telling(self, matter, pace, plain, chance).story()

    def work(self, start: datetime, seconds: float) -> datetime:
        """So many working seconds later."""
        return self.calendar.add(start, max(1, int(seconds))).at


class _Telling:
    """One story in the making: `now` walks on."""

    def __init__(self, teller: Teller, matter: Matter, pace: Pace, plain: bool, chance: random.Random) -> None:
        self.teller, self.matter, self.plain, self.chance = teller, matter, plain, chance
        self.cast, self.calendar = teller.cast, teller.calendar
        self.rules = teller.rules_on(matter.received_at.date())
        self.fast_clock = clocks.is_fast(matter.urgency)
        self.short = matter.type == "consult"  # one working day: everything goes quicker
        self.told = Story(matter, unit_id=matter.unit_id, pace=pace)
        self.now = matter.received_at

    # moving on

    def later(self, least: float, most: float) -> datetime:
        """A moment between `least` and `most` seconds on, in working time unless the matter is urgent."""
        seconds = self.chance.uniform(least, most)
        self.now = (
            self.now + timedelta(seconds=int(seconds)) if self.fast_clock else self.teller.work(self.now, seconds)
        )
        return self.now

    def office(self, least: float, most: float) -> datetime:
        """A moment in the office's hours, whatever the urgency."""
        self.now = self.teller.work(self.now, self.chance.uniform(least, most))
        return self.now

    def beat(self, step: Step, actor: Actor, note: str = "", **inputs: Any) -> Beat:
        made = Beat(step, self.now, actor, inputs, note)
        self.told.beats.append(made)
        return made

    def centre(self, role: Role) -> Actor:
        return self.cast.at_centre(role, self.chance)

    def unit(self) -> Actor:
        return self.cast.somebody(self.told.unit_id, self.chance)

    # the story

    def story(self) -> Story:
        city = self.matter.from_city
        self.beat(workflow.RECEIVE, SYSTEM if city else self.centre(Role.DISPATCHER), city=city)
        if self._ends_at_once():
            return self.told
        if not self.plain and self.chance.random() < 0.045 and not (self.fast_clock or self.short):
            self._wrong_unit_first()
        self._dispatch(co_unit=not (self.plain or self.short or self.fast_clock) and self.chance.random() < 0.02)
        self._handle()
        self._close()
        return self.told

    def _ends_at_once(self) -> bool:
        draw = self.chance.random()
        if self.matter.type == "consult" and draw < 0.18:
            self.later(5 * MINUTE, 40 * MINUTE)
            self.beat(workflow.ANSWER, self.centre(Role.DISPATCHER), reply=words.answer(self.chance))
            return True
        if not self.plain and draw > 0.995:
            self.later(10 * MINUTE, 2 * HOUR)
            reason, channel = words.rejection(self.chance)
            self.beat(workflow.REJECT, self.centre(Role.DISPATCHER), reason=reason, right_channel=channel)
            return True
        return False

    def _wrong_unit_first(self) -> None:
        """退单: one in 25 goes to the wrong unit first, mostly once."""
        right = self.told.unit_id
        others = [pk for pk in (*self.cast.departments, *self._towns()) if pk != right]
        self.told.unit_id = self.chance.choice(others)
        self._dispatch(co_unit=False)
        if self.chance.random() < 0.6:
            self.later(10 * MINUTE, 2 * HOUR)
            self.beat(workflow.SIGN, self.unit())
        self.later(20 * MINUTE, 5 * HOUR)
        self.beat(workflow.RETURN, self.unit(), return_unit_id=right, return_basis=words.return_basis(self.chance))
        self.later(10 * MINUTE, 2 * HOUR)
        self.beat(workflow.RULE_RETURN, self.centre(Role.DISPATCHER), granted=True)
        self.told.unit_id = right

    def _towns(self) -> list[int]:
        return [pk for pk, unit in self.cast.units.items() if unit.kind == "town"]

    def _dispatch(self, co_unit: bool) -> None:
        self.later(3 * MINUTE, 20 * MINUTE) if self.fast_clock else self.later(4 * MINUTE, 90 * MINUTE)
        unit_id, grid = self.told.unit_id, self.matter.grid_id
        co_units = [pk for pk in self.chance.sample(self.cast.departments, 1) if pk != unit_id] if co_unit else []
        self.told.dispatched = self.beat(
            workflow.DISPATCH,
            self.centre(Role.DISPATCHER),
            unit_id=unit_id,
            unit_kind=str(self.cast.units[unit_id].kind),
            sight_ids=sorted({pk for unit in (unit_id, *co_units) for pk in self.cast.above(unit)}),
            co_unit_ids=co_units,
            push=self._push_targets(grid),
        )

    def _push_targets(self, grid_id: int | None) -> list[tuple[int, str, int]]:
        if grid_id is None:
            return []
        people = self.cast.grid_people.get(grid_id, [])
        kinds = (
            (actor.user_id or 0, "leader" if title.startswith("网格长") else "officer", grid_id)
            for actor, title in people
        )
        return sorted(kinds)

    def _handle(self) -> None:
        self._sign()
        self._contact()
        for pk in self._co_units():
            self.office(20 * MINUTE, 2 * HOUR)
            self.beat(workflow.ASSIST, self.cast.somebody(pk, self.chance), answer=words.assist(self.chance))
        if self.fast_clock or self.chance.random() < 0.06:
            self.later(2 * MINUTE, 8 * MINUTE)
            self.beat(workflow.PROGRESS, self.unit(), words.progress(self.chance))
        self._finish()

    def _co_units(self) -> list[int]:
        return self.told.dispatched.inputs["co_unit_ids"] if self.told.dispatched else []

    def _sign(self) -> None:
        late = self.chance.random() < 0.02
        if self.short and not self.fast_clock:
            self.later(5 * MINUTE, HOUR)
        elif self.fast_clock:
            self.later(31 * MINUTE, 55 * MINUTE) if late else self.later(2 * MINUTE, 28 * MINUTE)
        else:
            self.later(4.1 * HOUR, 7 * HOUR) if late else self.later(5 * MINUTE, 3.8 * HOUR)
        self.beat(workflow.SIGN, self.unit())

    def _contact(self) -> None:
        """The unit reaches the caller: not one who left no number, and one who is kept secret through the centre."""
        if self.matter.anonymous:
            self.later(5 * MINUTE, 40 * MINUTE if self.fast_clock else HOUR)
            return
        if self.chance.random() < 0.1:
            self.later(MINUTE, 5 * MINUTE)
            self._reach(outcome="no_answer")
        self.later(5 * MINUTE, 40 * MINUTE if self.fast_clock else 1.2 * HOUR if self.short else 7 * HOUR)
        made = self._reach(way="visit" if self.chance.random() < 0.08 else "phone")
        if self.told.contact is None and self.told.dispatched:
            self.told.contact = made
            sent, (_, inner, _) = self.told.dispatched.at, self._deadlines()
            limits, urgency = self.rules.limits, self.matter.urgency
            self.told.contact_due = clocks.contact_due(limits, self.calendar, sent, urgency, inner)

    def _reach(self, way: str = "phone", outcome: str = "connected") -> Beat:
        """The unit telephones or goes there; of 举报 and 保密 it is told neither name nor number, and the centre does it."""
        if self.matter.is_secret:
            caller = self.centre(Role.CALLER)
            return self.beat(workflow.CONTACT, caller, words.THROUGH_CENTRE, way="phone", outcome=outcome)
        return self.beat(workflow.CONTACT, self.unit(), way=way, outcome=outcome)

    def _finish(self) -> None:
        due, inner, remind_at = self._deadlines()
        self.told.internal_due, self.told.remind_at = inner, remind_at
        if self.told.pace is Pace.LATE:
            self.now = due
            self.office(30 * MINUTE, 12 * HOUR)
        elif self.told.pace is Pace.SLOW:
            self._between(max(self.now, remind_at), inner)
        else:
            remind_at = self._asked_meanwhile(remind_at)
            self._between(self.now, remind_at)
        self.told.finish = self._finished()

    def _asked_meanwhile(self, remind_at: datetime) -> datetime:
        """An ordinary matter in hand may need more time, stand still or be none of ours: its first reminder then."""
        if self.plain or self.short or self.fast_clock or any(beat.step is workflow.RETURN for beat in self.told.beats):
            return remind_at
        draw = self.chance.random()
        if draw < EXTENDED:
            return self._more_time(remind_at)
        if draw < EXTENDED + SUSPENDED:
            return self._pause(remind_at)
        if draw < EXTENDED + SUSPENDED + (NAMELESS if self.matter.anonymous else UNCOUNTED):
            self._not_to_count()
        return remind_at

    def _more_time(self, remind_at: datetime) -> datetime:
        """延期: asked while there is time left, ruled on within two days."""
        days = self.chance.randint(1, 3)
        self.office(30 * MINUTE, 3 * HOUR)
        self.beat(workflow.EXTEND, self.unit(), words.more_time(self.chance), days=days)
        self.office(2 * HOUR, 14 * HOUR)
        granted = self.chance.random() < 0.85
        self.beat(workflow.RULE_EXTEND, self.centre(Role.SUPERVISOR), granted=granted)
        return self.teller.work(remind_at, self.calendar.days(days)) if granted else remind_at

    def _pause(self, remind_at: datetime) -> datetime:
        """挂起 and 恢复: every deadline moves by what lies between."""
        self.office(30 * MINUTE, 2 * HOUR)
        since = self.now
        self.beat(workflow.SUSPEND, self.centre(Role.SUPERVISOR), words.pause(self.chance))
        self.office(4 * HOUR, 14 * HOUR)
        self.beat(workflow.RESUME, self.centre(Role.SUPERVISOR))
        return self.teller.work(remind_at, self.calendar.between(since, self.now))

    def _not_to_count(self) -> None:
        """剔除: granted where no published rate counts the ticket anyway, for nobody can be asked."""
        self.office(30 * MINUTE, 2 * HOUR)
        granted = self.matter.anonymous and not self.matter.counts_for_village
        self.beat(workflow.EXCLUDE, self.unit(), words.NO_NUMBER if granted else words.NO_DUTY)
        self.office(3 * HOUR, 14 * HOUR)
        self.beat(workflow.RULE_EXCLUDE, self.centre(Role.SUPERVISOR), granted=granted)

    def _deadlines(self) -> tuple[datetime, datetime, datetime]:
        """(办理时限, 内部时限, 提醒时刻) as the plans will set them."""
        dispatched = self.told.dispatched
        if dispatched is None:
            raise AssertionError("a ticket is handled after it was dispatched")
        matter, limits = self.matter, self.rules.limits
        limit = clocks.handling(limits, matter.type, matter.urgency, matter.leaf.handling_days)
        city = self.calendar.due(matter.received_at, limit).at if matter.from_city else None
        inner = clocks.internal(limits, self.calendar, dispatched.at, limit, city)
        ahead = timedelta(hours=2) if self.fast_clock else None
        remind_at = inner - ahead if ahead else _before(self.calendar, inner, 4 * HOUR)
        return city or inner, inner, remind_at

    def _between(self, first: datetime, last: datetime) -> None:
        """Go to a working moment between the two, or as soon as can be where there is no room."""
        room = self.calendar.between(first, last)
        if self.fast_clock:
            room = int((last - first).total_seconds())
        if room < 10 * MINUTE:
            self.later(10 * MINUTE, 30 * MINUTE)
            return
        share = self.chance.betavariate(1.6, 2.0) * 0.9 + 0.05
        seconds = int(room * share)
        self.now = first + timedelta(seconds=seconds) if self.fast_clock else self.teller.work(first, seconds)

    def _finished(self) -> Beat:
        return self.beat(
            workflow.FINISH,
            self.unit(),
            confirmed=self.matter.confirmed,
            **words.outcome(self.matter.leaf.name, self.matter.confirmed, self.chance),
        )

    def _close(self) -> None:
        self._review()
        answers = not (self.plain or self.matter.anonymous)  # nobody can ask a caller who left no number
        if answers and self.chance.random() < 0.015:
            self._call_back(at_fault=True)
            self._again()
            self._review()
        self.told.callback = self._call_back(at_fault=False)
        if answers and self.now.month < LAST_REDO_MONTH and self.chance.random() < 0.006:
            self.told.callback.inputs.update(resolved="partly", satisfaction="basically")
            self.office(7 * HOUR, 30 * HOUR)
            self.beat(workflow.REDO, self.centre(Role.SUPERVISOR), words.redo(self.chance))
            self._again()
            self._review()
            self.told.callback = self._call_back(at_fault=False)

    def _again(self) -> None:
        """A new round: contact, done well before the new deadline."""
        self.office(30 * MINUTE, 2 * HOUR)
        self._reach()
        self.office(HOUR, 5 * HOUR)
        self.told.finish = self._finished()

    def _review(self) -> None:
        self.office(10 * MINUTE, 7 * HOUR)
        if not self.plain and self.chance.random() < 0.025:
            self.beat(workflow.REVIEW, self.centre(Role.REVIEWER), words.sent_back(self.chance), passed=False)
            self.office(30 * MINUTE, 3 * HOUR)
            self.told.finish = self._finished()
            self.office(10 * MINUTE, 4 * HOUR)
        self.told.review = self.beat(workflow.REVIEW, self.centre(Role.REVIEWER), passed=True)

    def _call_back(self, at_fault: bool) -> Beat:
        self.office(HOUR, 13 * HOUR)
        if at_fault:
            answers = {"resolved": "no", "satisfaction": "dissatisfied", "at_fault": True}
            return self.beat(workflow.CALLBACK, self.centre(Role.CALLER), words.fault(self.chance), **answers)
        return self.beat(workflow.CALLBACK, self.centre(Role.CALLER), at_fault=False)


def _before(calendar: Calendar, moment: datetime, seconds: int) -> datetime:
    """`seconds` of working time before `moment`."""
    day_before = calendar.back(moment, 1).at
    return calendar.add(day_before, max(1, calendar.days(1) - seconds)).at


def archive_beat(story: Story, days: int, last: datetime) -> Beat | None:
    """归档 by the clock in the night after so many days, if that night has come."""
    night = clock.at(story.ends_at.date() + timedelta(days=days + 1), 2)
    return Beat(workflow.ARCHIVE, night, SYSTEM) if night <= last else None
