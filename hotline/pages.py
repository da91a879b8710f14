"""The words and parts of a ticket's pages: description list, clocks, what each step did to them.  Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices

from hotline import clocks, lookups, privacy
from hotline.models import Ticket, choices
from wangcheng.common import clock
from wangcheng.common.people.masking import mask_name, mask_phone, mask_text
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.words import Toned, duration, moment, time_left
from wangcheng.common.workdays.explain import explain
from wangcheng.common.workdays.in_force import current_calendar

if TYPE_CHECKING:
    from hotline.models import TicketEvent, TicketWording
    from wangcheng.common.models import User

DOTS = {
    "received": "wait", "dispatched": "wait", "handling": "busy", "review": "busy", "callback": "busy",
    "closed": "good", "archived": "", "rejected": "", "merged": "",
}  # fmt: skip
_MARKS = dict(choices.Mark.choices)


def nearly_late(rows: Any, user: User) -> Any:
    """Due within a day or overdue, on this person's side: of a unit what it holds, of the centre also what it has to send."""
    return rows.held_by(user).due_by(clock.now() + timedelta(days=1))


def left(ticket: Ticket) -> Toned:
    """剩余时间 by the deadline that counts; a stopped clock says so."""
    if ticket.suspended_at:
        return Toned("已挂起", "muted")
    if ticket.state == ticket.State.MERGED:
        return Toned("随主单", "muted")
    return time_left(ticket.due_at, ticket.finished_at)


def marks(ticket: Ticket, *, repeat_told: bool) -> list[Toned]:
    """Small marks beside a title; that it repeats another only for those who may know it (`telling_of_repeats`)."""
    told = (code for code in ticket.marks if repeat_told or code != choices.Mark.REPEAT)
    found = [Toned(_MARKS.get(code, code)) for code in told]
    for shown, words, tone in (
        (ticket.urgency != ticket.Urgency.NORMAL, ticket.get_urgency_display(), "near"),
        (ticket.confidential, "保密", ""),
        (ticket.repeat_of_id and repeat_told, "重复", ""),
        (ticket.hard, "疑难", "near"),
        (ticket.return_asked_at, "申请退单", "wait"),
        (ticket.extension == "asked", "申请延期", "wait"),
        (ticket.exclusion == "asked", "申请剔除", "wait"),
        (ticket.city_unhappy_at, "市级回访待裁定", "wait"),
        (ticket.excluded_at, "已剔除", ""),
        (ticket.pushed_at, "已推送网格", "good" if ticket.push_contacted_at else ""),
    ):
        if shown:
            found.append(Toned(words, tone))
    return found


def terms(ticket: Ticket, user: User, units: dict[int, tuple[str, str]]) -> list[Term]:
    """基本信息."""
    caller = privacy.caller(
        ticket.caller_name, ticket.caller_phone, secret=ticket.is_secret, anonymous=ticket.anonymous,
        centre=user.at_centre,
    )  # fmt: skip
    return [
        Term("区级编号", ticket.number),
        Term("市级编号", ticket.city_number),
        Term("诉求类型", ticket.get_type_display()),
        Term("分类", ticket.category.name if ticket.category else ""),
        Term("紧急程度", ticket.get_urgency_display()),
        Term("信息来源", ticket.get_source_display()),
        Term("接收时间", ticket.received_at),
        Term("来电人", caller["name"]),
        Term("来电人电话", caller["phone"]),
        Term("街镇", ticket.town.full_name if ticket.town else ""),
        Term("村（社区）", ticket.village.full_name if ticket.village else ""),
        Term("三级网格", str(ticket.grid or "")),
        Term("主办单位", ticket.unit.full_name if ticket.unit else ""),
        Term("协办单位", "、".join(units[key][1] for key in ticket.co_unit_ids if key in units)),
        Term("轮次", f"第{ticket.round}轮"),
        Term("地点", ticket.told(ticket.place), wide=True),
        Term("诉求内容", ticket.told(ticket.content), wide=True),
        *_ending(ticket),
    ]


def _ending(ticket: Ticket) -> Iterator[Term]:
    if ticket.resolved:
        yield Term("是否解决", ticket.get_resolved_display())
        yield Term("是否满意", ticket.get_satisfaction_display())
    if ticket.handle_seconds is not None and ticket.first_dispatched_at is None:
        yield Term("办理用时", "当场答复")
    elif ticket.handle_seconds is not None:
        yield Term("办理用时", f"{duration(ticket.handle_seconds)}（工作时间）")
    if ticket.reject_reason:
        yield Term("不予受理情形", ticket.get_reject_reason_display())
        yield Term("应走渠道", ticket.right_channel)
    if ticket.return_asked_at:
        yield Term("申请退单", f"建议改派{ticket.return_unit}，依据：{ticket.told(ticket.return_basis)}", wide=True)
    if ticket.extension == "asked":
        yield Term("申请延期", f"{ticket.extension_days}个工作日")


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of a ticket: by when, done when, and how it stands."""

    label: str
    due: datetime | None
    done: datetime | None
    left: Toned


def clock_lines(ticket: Ticket) -> list[ClockLine]:
    """时限 as a table."""
    done = ticket.finished_at
    lines = [
        ("签收", ticket.sign_due_at, ticket.signed_at),
        ("首次联系", ticket.contact_due_at, ticket.first_contact_at),
        ("首次反馈", ticket.report_due_at, ticket.reported_at),
        ("内部时限", ticket.internal_due_at, done),
        ("市级时限", ticket.city_due_at, done),
    ]
    follows = Toned("随主单", "muted") if ticket.state == ticket.State.MERGED else None
    return [
        ClockLine(label, due, end, follows if follows and end is None else time_left(due, end))
        for label, due, end in lines
        if due is not None
    ]


def reasons(ticket: Ticket) -> list[str]:
    """Why it is due then, in official sentences; only while the first round of handling runs."""
    if ticket.state not in Ticket.WITH_UNIT or ticket.extensions or ticket.suspended_seconds:
        return []
    calendar, limits = current_calendar(), lookups.rules_for(ticket).limits
    limit = clocks.of_round(limits, ticket.type, ticket.urgency, ticket.round, ticket.category_days)
    start, began = (
        (ticket.received_at, "接收") if ticket.city_due_at and ticket.round == 1 else (ticket.round_started_at, "派单")
    )
    if start is None or calendar.due(start, limit).at != ticket.due_at:
        return []  # the city gave a deadline of its own
    return [explain(calendar, start, limit, began=began if ticket.round == 1 else "退回重办")]


# What a step did to the clocks: (label of the deadline, its column, the column of what met it)
_MET = {
    "sign": ("签收", "sign_due_at", "signed_at"),
    "contact": ("首次联系", "contact_due_at", "first_contact_at"),
    "progress": ("首次反馈", "report_due_at", "reported_at"),
    "finish": ("办结", "due_at", "finished_at"),
}
_ANSWERS: tuple[tuple[str, str, type[TextChoices]], ...] = (
    ("resolved", "是否解决", choices.Resolved),
    ("satisfaction", "是否满意", choices.Satisfaction),
    ("confirmed", "属实情况", choices.Confirmed),
)
_SET = {"签收时限": "sign_due_at", "联系时限": "contact_due_at", "首次反馈时限": "report_due_at",
        "内部时限": "internal_due_at", "市级时限": "city_due_at"}  # fmt: skip


class ClockWords:
    """What the steps of one ticket did to its clocks; fed the events in their order, as `timeline` does."""

    def __init__(self) -> None:
        self.columns: dict[str, Any] = {}

    def __call__(self, event: TicketEvent) -> Sequence[Toned]:
        before = dict(self.columns)
        self.columns |= event.data
        if met := _MET.get(event.step):
            return list(self._met(event, *met))
        changed = (
            label
            for label, column in _SET.items()
            if event.data.get(column) and event.data[column] != before.get(column)
        )
        words = [Toned(f"{label}至{moment(_parsed(self.columns[_SET[label]]))}") for label in changed]
        if event.data.get("pushed_at"):
            words.append(Toned("双推送：已推送三级网格", "good"))
        return words

    def _met(self, event: TicketEvent, label: str, due: str, done: str) -> Iterator[Toned]:
        if not event.data.get(done):
            return
        limit = _parsed(self.columns.get(due))
        if limit is not None:
            in_time = event.at <= limit
            yield Toned(f"{label}{'按时' if in_time else '超时'}（时限{moment(limit)}）", "good" if in_time else "late")


def units_named(ticket: Ticket, events: Sequence[TicketEvent]) -> set[int]:
    """Ids of the organisations that the page of a ticket speaks of besides its own unit."""
    found = set(ticket.co_unit_ids)
    for event in events:
        found |= {event.data[name] for name in ("unit_id", "return_unit_id") if event.data.get(name)}
        found |= set(event.data.get("co_unit_ids") or ())
    return found


class StepWords:
    """What each step decided and what it did to the clocks; fed the events in their order, as `timeline` does."""

    def __init__(self, units: dict[int, tuple[str, str]]) -> None:
        self.units, self.clocks = units, ClockWords()

    def __call__(self, event: TicketEvent) -> Sequence[Toned]:
        return [*(Toned(words) for words in self._decided(event.step, event.data)), *self.clocks(event)]

    def _decided(self, step: str, data: dict[str, Any]) -> Iterator[str]:
        if step == "dispatch":
            yield f"主办：{self._names([data.get('unit_id')])}"
            if others := data.get("co_unit_ids"):
                yield f"协办：{self._names(others)}"
            yield from _marked(data)
        elif step == "return" and data.get("return_unit_id"):
            yield f"建议改派：{self._names([data['return_unit_id']])}"
        elif step == "extend":
            yield f"申请延期{data.get('extension_days')}个工作日"
        elif step in {"callback", "correct", "city_result"}:
            yield from _answers(data)
            yield from _marked(data)

    def _names(self, keys: Sequence[int | None]) -> str:
        return "、".join(self.units[key][1] for key in keys if key in self.units)


def _answers(data: Mapping[str, Any]) -> Iterator[str]:
    """What was answered, or corrected later."""
    for name, label, of in _ANSWERS:
        if code := data.get(name):
            yield f"{label}：{of(code).label}"


def _marked(data: Mapping[str, Any]) -> Iterator[str]:
    if "marks" in data:
        yield f"标记：{'、'.join(_MARKS.get(code, code) for code in data['marks']) or '无'}"


def _parsed(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def masked(ticket: Ticket, events: Any) -> Iterator[TicketEvent]:
    """Its events, in words that may be shown."""
    for event in events:
        event.note = ticket.told(event.note)
        yield event


def wording(ticket: Ticket, row: TicketWording) -> list[Term]:
    """改动前的内容, masked like the ticket's own; what was not overwritten is left out."""
    title, content, place = (
        mask_text(ticket.told(words), name=row.caller_name, phone=row.caller_phone)
        for words in (row.title, row.content, row.place)
    )
    shown = {
        "标题": title, "内容": content, "地点": place,
        "来电人": mask_name(row.caller_name), "来电人电话": mask_phone(row.caller_phone),
    }  # fmt: skip
    said = [Term(label, words, wide=label in {"内容", "地点"}) for label, words in shown.items() if words]
    return [Term("改动时间", row.at), *said]
