"""Mergers and corrections of the invented year.

Who calls again while the first ticket is in hand is joined to it and answered with it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

from hotline import workflow
from hotline.models.choices import Mark, State
from wangcheng.common import clock
from wangcheng.common.people.roles import Role
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.common.workflow import SYSTEM
from wangcheng.demo.cast import Cast
from wangcheng.demo.tickets.story import Beat, Pace, Story

SHARE = 0.5  # of those that could be
CORRECTED = 0.001  # of the closed ones
LATE_MARK = "同类诉求近期集中，补记热点标记。"
SETTLED = datetime(2022, 12, 10, tzinfo=clock.CHINA)  # what ends before keeps its end, whatever the year's end asks for


def merge_repeats(stories: Sequence[Story], cast: Cast, chance: random.Random) -> None:
    """Half of the repeated calls whose first ticket is still with its unit follow it from an hour after they came."""
    by_matter = {id(story.matter): story for story in stories}
    for story in stories:
        first = by_matter.get(id(story.matter.repeats))
        if first is not None and _can_follow(story, first) and chance.random() < SHARE:
            _follow(story, first, cast, chance)


def _can_follow(story: Story, first: Story) -> bool:
    """It was not told to be slow (its reminders are counted), and the first one ends once, after being handled."""
    if story.pace is not Pace.FAST or story.callback is None or first.callback is None or first.finish is None:
        return False
    steps = [beat.step for beat in first.beats]
    once = steps.count(workflow.CALLBACK) == 1 and first.parent is None
    return once and story.beats[0].at.timestamp() + 3600 < first.finish.at.timestamp() and first.ends_at < SETTLED


def _follow(story: Story, first: Story, cast: Cast, chance: random.Random) -> None:
    """Received, merged, closed with the first one; none of its own handling happened."""
    received = story.beats[0]
    at = received.at + (first.finish.at - received.at) * chance.uniform(0.05, 0.5) if first.finish else received.at
    at = at.replace(microsecond=0)
    joined = {"parent_open": True, "has_children": False}
    ended = {"ended": State.CLOSED.label, "finished_at": first.finish.at if first.finish else None}
    story.beats = [
        received,
        Beat(workflow.MERGE, at, cast.at_centre(Role.DISPATCHER, chance), joined),
        Beat(workflow.FOLLOW, first.ends_at, SYSTEM, ended),
    ]
    story.contact = story.contact_due = story.finish = story.review = story.callback = story.dispatched = None
    story.parent, story.absorbed = first, Beat(workflow.ABSORB, at, SYSTEM, {"gone": False})
    first.beats.append(story.absorbed)


def correct_marks(stories: Sequence[Story], cast: Cast, calendar: Calendar, chance: random.Random) -> None:
    """更正: a few closed tickets turn out to be hot ones; nothing that a rate counts is changed."""
    for story in stories:
        hot = str(Mark.HOT) in story.matter.marks
        if story.callback is None or story.ends_at >= SETTLED or hot or chance.random() >= CORRECTED:
            continue
        at = calendar.add(story.ends_at, chance.randrange(2 * 3600, 14 * 3600)).at
        marks = {"marks": [*story.matter.marks, str(Mark.HOT)]}
        story.beats.append(Beat(workflow.CORRECT, at, cast.at_centre(Role.DISPATCHER, chance), marks, LATE_MARK))
