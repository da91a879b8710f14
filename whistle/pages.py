"""The words and parts of the whistles' pages: marks, description lists, clocks, timeline.  Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wangcheng.common.models import Organisation
from wangcheng.common.people.masking import mask_text
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.words import Toned, moment, time_left
from wangcheng.common.workdays.explain import explain
from wangcheng.common.workdays.in_force import current_calendar
from whistle import hard_shown, shown
from whistle.models import HardWhistle, Whistle

if TYPE_CHECKING:
    from wangcheng.common.casework.models import Event
    from wangcheng.common.models import User
    from whistle.rules import Limits

DOTS = {
    "reported": "wait", "town": "busy", "filing": "wait", "declined": "", "dispatched": "wait", "signed": "busy",
    "handling": "busy", "verifying": "wait", "closed": "good",
}  # fmt: skip
HARD_DOTS = {
    "drafted": "wait", "instructed": "wait", "assigned": "busy", "progressing": "busy", "solved": "good", "struck": "good",
    "carried": "",
}  # fmt: skip
_RATED = {"satisfied": "good", "basically": "", "dissatisfied": "near"}


def left(case: Whistle) -> Toned:
    """剩余时间: to be on site, then to dispose of it; a whistle on the book has stopped clocks."""
    if case.suspended_at:
        return Toned("已挂账", "muted")
    if case.state in {Whistle.State.DISPATCHED, Whistle.State.SIGNED}:
        words = time_left(case.arrive_due_at)
        return Toned(f"到场{words.text}", words.tone)
    return time_left(case.due_at, case.disposed_at)


def marks(case: Whistle) -> list[Toned]:
    """Small marks beside a title."""
    found = [
        (case.urgency != Whistle.Urgency.NORMAL, case.get_urgency_display(), "near"),
        (case.repeat_of_id, "疑似重复", "near"),
        (case.return_asked_at, "申请退单", "wait"),
        (case.appealed_at and not case.appeal_ruled_at, "评价申诉", "wait"),
        (case.round > 1, f"第{case.round}轮", ""),
        (case.rating, f"评价{case.get_rating_display()}", _RATED.get(case.rating, "")),
    ]
    return [Toned(words, tone) for shown_, words, tone in found if shown_]


def terms(case: Whistle, user: User) -> list[Term]:
    """基本信息."""
    spot = f"{case.longitude}, {case.latitude}" if case.longitude is not None else ""
    return [
        Term("编号", case.number),
        Term("类别", f"{case.category_top or ''} / {case.category or ''}"),
        Term("紧急程度", case.get_urgency_display()),
        Term("上报时间", case.received_at),
        Term("上报人", case.reporter_name if shown.sees_reporter(user) else "（对被评价单位保密）"),
        Term("街镇", str(case.town or "")),
        Term("村（社区）", case.village.full_name if case.village else ""),
        Term("网格", str(case.building or case.grid or "")),
        Term("地点", mask_text(case.place)),
        Term("定位", spot),
        Term("承办单位", case.unit.full_name if case.unit else ""),
        Term("立案时间", case.filed_at),
        Term("情况说明", mask_text(case.content), wide=True),
        *_so_far(case),
    ]


def _so_far(case: Whistle) -> Iterator[Term]:
    """What only some whistles have."""
    if case.decline_reason and case.declined_at:
        yield Term("不予立案理由", mask_text(case.decline_reason), wide=True)
    if case.return_asked_at:
        yield Term("建议改派单位", case.return_unit.full_name if case.return_unit else "")
    if case.arrived_at and case.arrived_metres is not None:
        yield Term("到场定位距事发地点", f"约{case.arrived_metres}米")
    if case.disposal:
        yield Term("处置单位", f"{case.disposer or ''}（{case.get_disposer_kind_display()}）")
        yield Term("处置情况", mask_text(case.disposal), wide=True)


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of a whistle: by when, done when, and how it stands."""

    label: str
    due: datetime
    done: datetime | None
    left: Toned


def clock_lines(case: Whistle) -> list[ClockLine]:
    lines = [
        ("签收", case.sign_due_at, case.signed_at),
        ("到场", case.arrive_due_at, case.arrived_at),
        ("处置", case.due_at, case.disposed_at),
    ]
    return [ClockLine(label, due, done, time_left(due, done)) for label, due, done in lines if due is not None]


def reason(case: Whistle, limits: Limits) -> str:
    """Why the unit is due on site then, in one official sentence; "" when the clock was moved by a pause."""
    if case.dispatched_at is None or case.arrive_due_at is None:
        return ""
    kind = case.category_top.name if case.category_top else ""
    limit, calendar = limits.arrive(case.urgency, kind), current_calendar()
    if calendar.due(case.dispatched_at, limit).at != case.arrive_due_at:
        return ""
    return explain(calendar, case.dispatched_at, limit, began="派单", done="到场")


def units_named(events: Sequence[Event]) -> dict[int, str]:
    """Short names of the organisations that the timeline speaks of, by id."""
    keys = {event.data.get(name) for event in events for name in ("unit_id", "asked_unit_id", "return_unit_id")}
    rows = Organisation.objects.filter(pk__in=keys - {None})
    return dict(rows.values_list("pk", "short_name")) if keys - {None} else {}


# The organisation a step names: its column and what it is called
_DECIDED = {
    "blow": ("asked_unit_id", "建议承办"), "dispatch": ("unit_id", "承办"), "return": ("return_unit_id", "建议改派"),
}  # fmt: skip


class StepWords:
    """What each step decided and what it did to the clocks; fed the events in their order, as `timeline` does."""

    def __init__(self, units: dict[int, str]) -> None:
        self.units, self.clocks = units, ClockWords()

    def __call__(self, event: Event) -> Sequence[Toned]:
        column, label = _DECIDED.get(event.step, ("", ""))
        name = self.units.get(event.data.get(column, 0))
        return [*([Toned(f"{label}：{name}")] if name else []), *self.clocks(event)]


class ClockWords:
    """What the steps of one whistle did to its clocks; fed the events in their order, as `timeline` does."""

    _MET = (
        ("signed_at", "sign_due_at", "签收"),
        ("arrived_at", "arrive_due_at", "到场"),
        ("disposed_at", "due_at", "处置"),
    )
    _SET = (("sign_due_at", "签收时限"), ("arrive_due_at", "到场时限"), ("due_at", "处置时限"))

    def __init__(self) -> None:
        self.columns: dict[str, Any] = {}

    def __call__(self, event: Event) -> Sequence[Toned]:
        self.columns |= event.data
        words = [
            Toned(f"{label}至{moment(_parsed(event.data[name]))}") for name, label in self._SET if event.data.get(name)
        ]
        for done, due, label in self._MET:
            if event.data.get(done) and self.columns.get(due):
                words.append(self._met(event.at, _parsed(self.columns[due]), label))
        return words

    @staticmethod
    def _met(at: datetime, due: datetime, label: str) -> Toned:
        return Toned(f"按时{label}", "good") if at <= due else Toned(f"超时{label}（时限{moment(due)}）", "late")


def _parsed(value: str) -> datetime:
    return datetime.fromisoformat(value)


def told_to(user: User, events: Iterable[Any]) -> Iterator[Any]:
    """Events as the viewer may read them: words masked, the rater hidden from the rated."""
    for event in events:
        event.note = mask_text(event.note)
        hidden = shown.hides_unit(event, user)
        event.actor_name = shown.actor(event, user)
        if hidden:
            event.organisation = None
        yield event


def hard_terms(case: HardWhistle) -> list[Term]:
    """攻坚哨: problem, instruction, who does what by when."""
    instructed = f"{case.instructed_by}于{case.instructed_on:%Y年%-m月%-d日}批示" if case.instructed_on else ""
    return [
        Term("编号", case.number),
        Term("批次", case.batch.name),
        Term("类别", str(case.category_top or "")),
        Term("所在街镇", str(case.town or "")),
        Term("领办区领导", case.leader),
        Term("牵头单位", case.unit.full_name if case.unit else ""),
        Term("配合单位", "、".join(unit.short_name for unit in hard_shown.partners(case))),
        Term("交办时间", case.assigned_at),
        Term("完成时限", f"{case.deadline:%Y年%-m月%-d日}" if case.deadline else ""),
        Term("基本解决时间", case.solved_at),
        Term("问题", mask_text(case.content), wide=True),
        Term("批示", f"{instructed}：{case.instruction}" if instructed else "", wide=True),
        Term("攻坚目标", case.goal, wide=True),
        Term("解决情况", mask_text(case.outcome), wide=True),
    ]
