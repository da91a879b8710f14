"""The last days of the year: who has been called back by then and who still waits, and the pushes of December."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from hotline import workflow
from wangcheng.common import clock
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.demo.cast import Cast
from wangcheng.demo.tickets.matters import Matter
from wangcheng.demo.tickets.story import Beat, Story

LAST = datetime(2022, 12, 31, 23, 59, 59, tzinfo=clock.CHINA)
PUSH_FROM = datetime(2022, 12, 1, tzinfo=clock.CHINA)


def leave_open(stories: Sequence[Story], wanted: int, calendar: Calendar) -> None:
    """Cut every story at the year's end so that exactly `wanted` tickets are not closed.

    Too few: the latest callbacks have not been made yet.  Too many: callbacks are made soon after the review.
    """
    closed = [story for story in stories if story.ends_at <= LAST]
    missing = wanted - (len(stories) - len(closed))
    if missing >= 0:
        _keep_waiting(closed, missing)
    else:
        _call_sooner([story for story in stories if story.ends_at > LAST], -missing, calendar)
    for story in stories:
        story.cut(LAST)


def _keep_waiting(closed: Sequence[Story], count: int) -> None:
    called = [story for story in closed if story.callback is not None and story.callback is story.beats[-1]]
    called.sort(key=lambda story: story.ends_at, reverse=True)
    if len(called) < count:
        raise AssertionError("not enough callbacks to leave open")
    for story in called[:count]:
        story.beats.pop()
        story.callback = None


def _call_sooner(open_: Sequence[Story], count: int, calendar: Calendar) -> None:
    ready = []
    for story in open_:
        if story.callback is None or story.review is None or story.callback is not story.beats[-1]:
            continue
        soon = calendar.add(story.review.at, 600).at
        if soon <= LAST:
            ready.append((story.review.at, story.callback, soon))
    ready.sort(key=lambda found: found[0])
    if len(ready) < count:
        raise AssertionError("not enough reviewed tickets to call back before the year's end")
    for _, callback, soon in ready[:count]:
        callback.at = soon


def is_pushed(story: Story) -> bool:
    """Whether some dispatch of it by the year's end goes to the grid as well."""
    matter = story.matter
    if matter.grid_id is None or matter.type == "consult":
        return False
    return any(
        beat.step is workflow.DISPATCH
        and PUSH_FROM <= beat.at <= LAST
        and beat.inputs["unit_kind"] in ("town", "village")
        and bool(beat.inputs["push"])
        for beat in story.beats
    )


def fit_pushes(stories: Sequence[Story], wanted: int, cast: Cast, chance: random.Random) -> None:
    """Make exactly `wanted` stories go to a grid, by which places could be resolved to one."""
    pushed = [story for story in stories if is_pushed(story)]
    surplus = len(pushed) - wanted
    if surplus > 0:
        for story in chance.sample(pushed, surplus):
            _forget_grid(story)
        return
    able = [story for story in stories if _could_be_pushed(story)]
    if len(able) < -surplus:
        raise AssertionError(f"only {len(able)} more tickets could go to a grid, {-surplus} are wanted")
    for story in chance.sample(able, -surplus):
        _find_grid(story, cast, chance)


def _forget_grid(story: Story) -> None:
    story.matter.grid_id = None
    for beat in story.beats:
        if beat.step is workflow.DISPATCH:
            beat.inputs["push"] = []


def _could_be_pushed(story: Story) -> bool:
    matter, sent = story.matter, story.dispatched
    return (
        matter.grid_id is None
        and matter.village_id is not None
        and matter.type != "consult"
        and sent is not None
        and PUSH_FROM <= sent.at <= LAST
        and sent.inputs["unit_kind"] == "town"
    )


def _find_grid(story: Story, cast: Cast, chance: random.Random) -> None:
    matter: Matter = story.matter
    spot = chance.choice(cast.spots_by_village[matter.village_id or 0])
    matter.grid_id = spot.grid_id
    targets = sorted(
        (actor.user_id or 0, "leader" if title.startswith("网格长") else "officer", spot.grid_id)
        for actor, title in cast.grid_people.get(spot.grid_id, [])
    )
    for beat in story.beats:
        if beat.step is workflow.DISPATCH:
            beat.inputs["push"] = targets


def officer_contacts(story: Story, cast: Cast, calendar: Calendar, chance: random.Random) -> None:
    """The grid's leader or officer reaches the caller soon after the push, in any case before the unit is done.

    By telephone, unless there is no number or none that a grid is told: then face to face, where the matter lies.
    """
    sent = story.dispatched
    if sent is None:
        return
    end = story.finish.at if story.finish else LAST
    room = min((min(end, LAST) - sent.at).total_seconds() * 0.9, 5 * 3600)
    wait = max(60, int(chance.uniform(0.1, 1.0) * room))
    at = calendar.add(sent.at, min(wait, 4 * 3600)).at
    if at >= min(end, LAST):
        at = sent.at + timedelta(seconds=wait)
    actor = chance.choice(cast.grid_people[story.matter.grid_id or 0])[0]
    way = "meeting" if story.matter.anonymous or story.matter.is_secret else "phone"
    story.beats.append(Beat(workflow.CONTACT, at, actor, {"way": way, "outcome": "connected"}))
