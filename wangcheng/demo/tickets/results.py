"""What callers answered and which contacts came late: dealt out by running shares, so that the rates come out exactly."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

from hotline import workflow
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.demo.quota import Share
from wangcheng.demo.targets import RESOLUTION, SATISFACTION, TIMELY_CONTACT
from wangcheng.demo.tickets.story import Story
from wangcheng.demo.tickets.yearend import LAST, is_pushed

REACHED, RATED, PARTLY, WARM = 0.9, 0.94, 0.35, 0.78


class Results:
    """Keeps the three shares over the chunks of a year."""

    def __init__(self) -> None:
        self.resolution, self.satisfaction, self.contact = Share(RESOLUTION), Share(SATISFACTION), Share(TIMELY_CONTACT)

    def answer(self, stories: Sequence[Story], chance: random.Random) -> None:
        """是否解决 and 是否满意 for every callback that was made; who left no number is never reached."""
        called = [(story.matter, story.callback.inputs) for story in stories if story.callback is not None]
        answered = [inputs for matter, inputs in called if chance.random() < REACHED and not matter.anonymous]
        for _, inputs in called:
            inputs.update(resolved="none", satisfaction="unreachable")
        for inputs in answered:
            inputs.update(resolved="yes", satisfaction="unrated")
        unresolved = chance.sample(answered, self.resolution.failing(len(answered)))
        for inputs in unresolved:
            inputs["resolved"] = "partly" if chance.random() < PARTLY else "no"
        rated = [inputs for inputs in answered if chance.random() < RATED]
        for inputs in rated:
            inputs["satisfaction"] = "satisfied" if chance.random() < WARM else "basically"
        cross = [inputs for inputs in rated if inputs["resolved"] != "yes"]
        for inputs in chance.sample(cross, self.satisfaction.failing(len(rated))):
            inputs["satisfaction"] = "dissatisfied"

    def delay_contacts(self, stories: Sequence[Story], calendar: Calendar, chance: random.Random) -> None:
        """Let as many first contacts as the share asks for come after their limit."""
        counted = [story for story in stories if _should_contact(story)]
        able = [story for story in counted if (at := _late_moment(story, calendar)) is not None and at <= LAST]
        for story in chance.sample(able, self.contact.failing(len(counted))):
            moment = _late_moment(story, calendar)
            if story.contact is not None and moment is not None:
                story.contact.at = moment


def _should_contact(story: Story) -> bool:
    """What the figure's denominator will count: reached by the year's end, or due by then."""
    if story.contact is None or story.contact_due is None:
        return False
    return story.contact.at <= LAST or story.contact_due <= LAST


def _late_moment(story: Story, calendar: Calendar) -> datetime | None:
    """A moment after the contact limit and before the unit finished, if there is one."""
    if story.contact_due is None or story.finish is None or is_pushed(story) or _finishes(story) != 1:
        return None
    if any(beat.step is workflow.SUSPEND for beat in story.beats):
        return None  # the limit of the contact would move with the pause
    at = calendar.add(story.contact_due, 60).at
    return at if at < story.finish.at else None


def _finishes(story: Story) -> int:
    return sum(beat.step is workflow.FINISH for beat in story.beats)
