"""The year's tickets, month by month: matters, stories, results, then the batch form of the same actions."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any

from hotline import workflow
from hotline.actions import number_of
from hotline.models import Ticket
from hotline.rules import rules_on
from wangcheng.common.casework.batch import Batch
from wangcheng.common.casework.bulk import Prepared, insert, prepare, reserve_keys
from wangcheng.common.models import Message, NumberSequence
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.common.workflow import Facts
from wangcheng.demo import targets
from wangcheng.demo.ahead import ahead
from wangcheng.demo.cast import Cast
from wangcheng.demo.chance import dice
from wangcheng.demo.quota import Total
from wangcheng.demo.shapes import moments, per_day
from wangcheng.demo.tickets.joined import correct_marks, merge_repeats
from wangcheng.demo.tickets.matters import Matter, Mint
from wangcheng.demo.tickets.messages import Outbox
from wangcheng.demo.tickets.reminders import Reminders
from wangcheng.demo.tickets.results import Results
from wangcheng.demo.tickets.story import Pace, Story, Teller, archive_beat
from wangcheng.demo.tickets.winners import WINDOWS, Winners
from wangcheng.demo.tickets.yearend import LAST, fit_pushes, is_pushed, leave_open, officer_contacts

YEAR = 2022
LAST_SLOW_DAY = date(2022, 12, 12)  # later ones would still be open at the year's end, past their limit
REPEAT_SHARE = 0.035
CHUNK = 2000  # tickets carried at once, by a process of their own where there is one
Progress = Callable[[int], None]


class TicketYear:
    """Makes and writes the tickets of 2022; `scale` multiplies them, `count` asks for any number without the totals."""

    def __init__(
        self, cast: Cast, calendar: Calendar, seed: int, scale: int, progress: Progress, count: int | None = None
    ) -> None:
        self.cast, self.calendar, self.seed, self.progress = cast, calendar, seed, progress
        self.count, self.scale = count or targets.TICKETS * scale, scale
        self.mint = Mint(cast, seed, self.count)
        self.winners = Winners(seed)
        self.rules_on = cache(rules_on)
        self.teller = Teller(cast, calendar, self.rules_on)
        self.results = Results()
        self.outbox = Outbox(cast)
        self.reminders = Reminders(cast, Total(targets.REMINDERS * scale, self.count), calendar, self.outbox)
        self.keys = iter(reserve_keys(Ticket, self.count))
        self.left_open = self.pushed = 0

    def load(self) -> None:
        for done, tables in ahead(self._chunks()):
            for rows in tables:
                rows.write()
            self.progress(done)
        self.reminders.settle()

    def _chunks(self) -> Iterator[Callable[[], tuple[int, list[Prepared]]]]:
        """The year in parts that can be carried by themselves."""
        for day in (date(YEAR, 1, 1) + timedelta(days) for days in range(365)):
            self.rules_on(day)  # known before it is needed where the database cannot be asked
        for month, days in self._months():
            told = self._number(self._stories(month, days))
            for first in range(0, len(told), CHUNK):
                yield partial(self._carried, told[first : first + CHUNK])

    def _months(self) -> Iterator[tuple[int, list[tuple[date, int]]]]:
        days = per_day(self.count, YEAR, self.calendar)
        for month in range(1, 13):
            yield month, [(day, count) for day, count in days if day.month == month]

    def _stories(self, month: int, days: list[tuple[date, int]]) -> list[Story]:
        chance = dice(self.seed, "tickets", month)
        matters = [self._matter(moment, chance) for day, count in days for moment in moments(day, count, chance)]
        self._repeat(matters, chance)
        if month % 3 == 1:
            self._spoil(matters, month // 3, chance)
        stories = self._tell(matters, chance)
        if month < 12:  # the parents' last callbacks of December are not settled yet
            merge_repeats(stories, self.cast, chance)
        self._fit_pushes(month, stories, chance)
        self.results.delay_contacts(stories, self.calendar, chance)
        self._end(month, stories)
        self.results.answer(stories, chance)
        correct_marks(stories, self.cast, self.calendar, chance)
        return stories

    def _matter(self, moment: datetime, chance: random.Random) -> Matter:
        return self._spared(self.mint.matter(moment, chance))

    def _spared(self, matter: Matter) -> Matter:
        """Nothing that would count is confirmed where the village is to win."""
        day = matter.received_at.date()
        if matter.counts_for_village and matter.village_id and self.winners.spared(matter.village_id, day):
            matter.confirmed = "no"
        return matter

    def _repeat(self, matters: list[Matter], chance: random.Random) -> None:
        """Some callers call again within three weeks, about the same."""
        for place in sorted(chance.sample(range(1, len(matters)), int(len(matters) * REPEAT_SHARE))):
            earlier = matters[chance.randrange(place)]
            days = (matters[place].received_at - earlier.received_at).days
            if days < 21 and earlier.repeats is None and not earlier.anonymous:
                matters[place] = self._spared(self.mint.again(earlier, matters[place].received_at, chance))

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

    def _number(self, stories: list[Story]) -> list[tuple[Ticket, Story]]:
        """The month's tickets with key and number, before anything has happened to them."""
        serials: Counter[date] = Counter()
        keys: dict[int, int] = {}  # matter → ticket
        numbers: dict[int, str] = {}
        told = []
        for story in stories:
            day = story.matter.received_at.date()
            serials[day] += 1
            keys[id(story.matter)] = key = next(self.keys)
            earlier = story.matter.repeats
            ticket = _ticket(key, story.matter, serials[day], keys[id(earlier)] if earlier else None)
            told.append((ticket, story))
            numbers[id(story.matter)] = ticket.number
            if story.parent is not None:
                story.name_parent(ticket.number, keys[id(story.parent.matter)], numbers[id(story.parent.matter)])
        insert(NumberSequence, [{"key": f"ticket-{day:%Y%m%d}", "last": last} for day, last in serials.items()])
        return told

    def _carried(self, told: list[tuple[Ticket, Story]]) -> tuple[int, list[Prepared]]:
        """The stories carried through the process, as rows; asks the database for nothing."""
        batch = Batch(Ticket)
        messages: list[dict[str, Any]] = []
        for ticket, story in told:
            self._carry(batch, ticket, story, messages)
            messages.extend(self.reminders.rows(ticket, story))
        return len(told), [*batch.prepared(), *([prepare(Message, messages)] if messages else [])]

    def _carry(self, batch: Batch, ticket: Ticket, story: Story, messages: list[dict[str, Any]]) -> None:
        limits = self.rules_on(story.matter.received_at.date()).limits
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
            if step is workflow.DISPATCH:
                messages.extend(self.outbox.dispatched(ticket, facts.inputs))


def _free(matter: Matter, earlier: set[int]) -> bool:
    """Neither a repeat nor repeated: another matter can stand in its place."""
    return matter.repeats is None and id(matter) not in earlier


def _may_be_slow(matter: Matter) -> bool:
    """Only ordinary matters of five or ten days can pass a reminder and still be in time."""
    return matter.urgency == "normal" and matter.type != "consult" and matter.received_at.date() <= LAST_SLOW_DAY


def _is_closed(story: Story) -> bool:
    return story.callback is not None or story.beats[-1].step.name in ("answer", "follow")


def _ticket(key: int, matter: Matter, serial: int, repeat_of: int | None) -> Ticket:
    day = matter.received_at.date()
    columns: dict[str, Any] = {
        name: getattr(matter, name)
        for name in (
            "received_at", "type", "source", "urgency", "town_id", "village_id", "grid_id", "title", "content", "place",
            "caller_name", "caller_phone", "anonymous", "confidential", "marks",
        )
    }  # fmt: skip
    return Ticket(
        id=key,
        number=number_of(day, serial),
        city_number=f"CS{day:%Y%m%d}{serial:06}" if matter.from_city else "",
        category_id=matter.leaf.pk,
        category_top_id=matter.leaf.top_id,
        category_days=matter.leaf.handling_days,
        repeat_of_id=repeat_of,
        **columns,
    )
