"""The year's tickets, month by month: matters, stories, results, then the batch form of the same actions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

from hotline.actions import number_of
from hotline.models import Ticket
from hotline.rules import rules_on
from wangcheng.common.casework.batch import Batch
from wangcheng.common.casework.bulk import insert, reserve_keys
from wangcheng.common.models import NumberSequence
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.common.workflow import Facts
from wangcheng.demo import targets
from wangcheng.demo.cast import Cast
from wangcheng.demo.chance import dice
from wangcheng.demo.quota import Total
from wangcheng.demo.shapes import moments, per_day
from wangcheng.demo.tickets.matters import Matter, Mint
from wangcheng.demo.tickets.reminders import Reminders
from wangcheng.demo.tickets.results import Results
from wangcheng.demo.tickets.story import Pace, Story, Teller, archive_beat
from wangcheng.demo.tickets.winners import WINDOWS, Winners
from wangcheng.demo.tickets.yearend import LAST, fit_pushes, is_pushed, leave_open, officer_contacts

YEAR = 2022
LAST_SLOW_DAY = date(2022, 12, 12)  # later ones would still be open at the year's end, past their limit
REPEAT_SHARE = 0.035
Progress = Callable[[int], None]


class TicketYear:
    """Makes and writes the tickets of 2022; `scale` multiplies them."""

    def __init__(self, cast: Cast, calendar: Calendar, seed: int, scale: int, progress: Progress) -> None:
        self.cast, self.calendar, self.seed, self.progress = cast, calendar, seed, progress
        self.count, self.scale = targets.TICKETS * scale, scale
        self.mint = Mint(cast, seed, self.count)
        self.winners = Winners(seed)
        self.rules_on = cache(rules_on)
        self.teller = Teller(cast, calendar, self.rules_on)
        self.results = Results()
        self.reminders = Reminders(cast, Total(targets.REMINDERS * scale, self.count), calendar)
        self.keys = iter(reserve_keys(Ticket, self.count))
        self.left_open = self.pushed = 0
        self._keys_given: dict[int, int] = {}  # of the month being written: matter → ticket

    def load(self) -> None:
        for month, days in self._months():
            self._load_month(month, days)
        self.reminders.write()

    def _months(self) -> Iterator[tuple[int, list[tuple[date, int]]]]:
        days = per_day(self.count, YEAR, self.calendar)
        for month in range(1, 13):
            yield month, [(day, count) for day, count in days if day.month == month]

    def _load_month(self, month: int, days: list[tuple[date, int]]) -> None:
        chance = dice(self.seed, "tickets", month)
        matters = [self._matter(moment, chance) for day, count in days for moment in moments(day, count, chance)]
        self._repeat(matters, chance)
        if month % 3 == 1:
            self._spoil(matters, month // 3, chance)
        stories = self._tell(matters, chance)
        self._fit_pushes(month, stories, chance)
        self.results.delay_contacts(stories, self.calendar, chance)
        self._end(month, stories)
        self.results.answer(stories, chance)
        self._write(stories)

    def _matter(self, moment: datetime, chance: random.Random) -> Matter:
        matter = self.mint.matter(moment, chance)
        if matter.counts_for_village and matter.village_id and self.winners.spared(matter.village_id, moment.date()):
            matter.confirmed = "no"
        return matter

    def _repeat(self, matters: list[Matter], chance: random.Random) -> None:
        """Some callers call again within three weeks, about the same."""
        for place in sorted(chance.sample(range(1, len(matters)), int(len(matters) * REPEAT_SHARE))):
            earlier = matters[chance.randrange(place)]
            days = (matters[place].received_at - earlier.received_at).days
            if days < 21 and earlier.repeats is None and not earlier.anonymous:
                matters[place] = self.mint.again(earlier, matters[place].received_at, chance)

    def _spoil(self, matters: list[Matter], quarter: int, chance: random.Random) -> None:
        """Every village that does not win the quarter has a counted complaint, early enough to be confirmed in it."""
        first, _ = WINDOWS[quarter]
        earlier = {id(matter.repeats) for matter in matters}
        early = [
            place
            for place, matter in enumerate(matters)
            if _free(matter, earlier) and matter.received_at.date() >= first
        ]
        villages = self.winners.others(quarter) * self.scale
        for place, village in zip(chance.sample(early, len(villages)), villages, strict=True):
            matters[place] = self.mint.duty(village, matters[place].received_at, chance)

    def _tell(self, matters: list[Matter], chance: random.Random) -> list[Story]:
        able = [matter for matter in matters if _may_be_slow(matter)]
        paces = self.reminders.choose(able, len(matters), chance)
        return [
            self.teller.tell(matter, paces.get(id(matter), Pace.FAST), id(matter) in paces, chance)
            for matter in matters
        ]

    def _fit_pushes(self, month: int, stories: list[Story], chance: random.Random) -> None:
        if month == 12:
            fit_pushes(stories, targets.PUSHED * self.scale - self.pushed, self.cast, chance)
        pushed = [story for story in stories if is_pushed(story)]
        self.pushed += len(pushed)
        silent = (targets.PUSHED - targets.PUSH_CONTACTED) * self.scale if month == 12 else 0
        able = [story for story in pushed if story.dispatched is not None and story.dispatched.at <= LAST]
        for story in chance.sample(able, len(pushed) - silent):
            officer_contacts(story, self.cast, self.calendar, chance)

    def _end(self, month: int, stories: list[Story]) -> None:
        if month == 12:
            open_ = (targets.TICKETS - targets.TICKETS_FINISHED) * self.scale
            leave_open(stories, open_ - self.left_open, self.calendar)
            return
        self.left_open += sum(story.ends_at > LAST for story in stories)
        for story in stories:
            story.cut(LAST)

    def _write(self, stories: list[Story]) -> None:
        batch = Batch(Ticket)
        serials: dict[date, int] = {}
        self._keys_given = {}
        for place, story in enumerate(stories):
            day = story.matter.received_at.date()
            serials[day] = serials.get(day, 0) + 1
            self._carry(batch, story, day, serials[day])
            self.reminders.note(batch.cases[-1], story)
            if place % 500 == 499:
                self.progress(500)
        self.progress(len(stories) % 500)
        batch.write()
        insert(NumberSequence, [{"key": f"ticket-{day:%Y%m%d}", "last": last} for day, last in serials.items()])

    def _carry(self, batch: Batch, story: Story, day: date, serial: int) -> None:
        ticket = _ticket(next(self.keys), story.matter, day, serial)
        self._keys_given[id(story.matter)] = ticket.pk
        if story.matter.repeats is not None:
            ticket.repeat_of_id = self._keys_given[id(story.matter.repeats)]
        limits = self.rules_on(day).limits
        beats = sorted(story.beats, key=lambda beat: beat.at)
        if story.ends_at <= LAST and _is_closed(story) and (filed := archive_beat(story, limits.archive_days, LAST)):
            beats.append(filed)
        first, *others = [
            (
                beat.step,
                Facts(beat.at, beat.actor, self.calendar, self.rules_on(beat.at.date()), beat.inputs, beat.note),
            )
            for beat in beats
        ]
        batch.begin(ticket, *first)
        for step, facts in others:
            batch.step(ticket, step, facts)


def _free(matter: Matter, earlier: set[int]) -> bool:
    """Neither a repeat nor repeated: another matter can stand in its place."""
    return matter.repeats is None and id(matter) not in earlier


def _may_be_slow(matter: Matter) -> bool:
    """Only ordinary matters of five or ten days can pass a reminder and still be in time."""
    return matter.urgency == "normal" and matter.type != "consult" and matter.received_at.date() <= LAST_SLOW_DAY


def _is_closed(story: Story) -> bool:
    return story.callback is not None or story.beats[-1].step.name == "answer"


def _ticket(key: int, matter: Matter, day: date, serial: int) -> Ticket:
    columns: dict[str, Any] = {
        name: getattr(matter, name)
        for name in (
            "received_at", "type", "source", "urgency", "town_id", "village_id", "grid_id", "title", "content", "place",
            "caller_name", "caller_phone", "anonymous", "confidential",
        )
    }  # fmt: skip
    return Ticket(
        id=key,
        number=number_of(day, serial),
        city_number=f"CS{day:%Y%m%d}{serial:06}" if matter.from_city else "",
        category_id=matter.leaf.pk,
        category_top_id=matter.leaf.top_id,
        **columns,
    )
