"""The indicators of the hotline, each defined once; computed as of the cut-off from the as-of rows of tickets.

A column that was filled for the first time after the cut-off is told by its date, so every test compares one with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, F, Q, QuerySet, When
from django.urls import reverse

from hotline.models import Ticket, TicketStanding, Training
from hotline.models.choices import Resolved, Satisfaction, Type
from hotline.rules import VillageComplaints
from wangcheng.common import clock
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import (
    Concern,
    Dimension,
    Figure,
    Group,
    Offer,
    Source,
    Test,
    Unit,
    Words,
    everything,
    register,
)
from wangcheng.common.figures.ruled import rules_for
from wangcheng.common.models import Area, Category, Message, Organisation
from wangcheng.common.people.models import User

_HAPPY = (Satisfaction.SATISFIED, Satisfaction.BASICALLY)
_RATED = (*_HAPPY, Satisfaction.DISSATISFIED)
_ANSWERED = (Resolved.YES, Resolved.PARTLY, Resolved.NO)
_EXCLUDED = "剔除获批的工单不计"


def _dated(column: str) -> Callable[[Period], QuerySet[Any]]:
    """The as-of rows of tickets whose `column` lies in the period, with the unit as it was known at the cut-off."""

    def rows(period: Period) -> QuerySet[Any]:
        until = min(period.end, period.as_of)
        dated = TicketStanding.objects.filter(
            TicketStanding.as_of(period.as_of), **{f"{column}__gte": period.start, f"{column}__lte": until}
        )
        return _with_unit_then(dated, period)

    return rows


def _deciding(period: Period) -> str:
    """The column whose date decides in which period a ticket counts against its village."""
    return "received_at" if _complaints(period).counted_by == VillageComplaints.RECEIVED else "first_finished_at"


def _complaints(period: Period) -> VillageComplaints:
    return rules_for(VillageComplaints, period)


def _unfinished(period: Period) -> QuerySet[Any]:
    """The as-of rows of tickets that no unit had finished a first time by the cut-off, whenever they were received."""
    until = min(period.end, period.as_of)
    waiting = Q(first_finished_at=None) | Q(first_finished_at__gt=period.as_of)
    still = Q(closed_at=None) | Q(closed_at__gt=period.as_of)
    rows = TicketStanding.objects.filter(TicketStanding.as_of(period.as_of), waiting, still, received_at__lte=until)
    return _with_unit_then(rows, period)


def _with_unit_then(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    return rows.annotate(unit_then=Case(When(dispatched_at__lte=period.as_of, then=F("unit_id"))))


def _seen(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return Ticket.objects.narrow(rows, "case", user)


def _tickets(name: str, rows: Callable[[Period], QuerySet[Any]]) -> Source:
    return Source(
        name,
        rows,
        {
            "town": Dimension("town_id", Area),
            "village": Dimension("village_id", Area),
            "grid": Dimension("grid_id", Area),
            "department": Dimension("unit_then", Organisation, Q(unit__kind="department")),
            "unit": Dimension("unit_then", Organisation),
            "category": Dimension("category_top_id", Category),
        },
        columns=(
            ("case__number", "编号"),
            ("case__title", "标题"),
            ("type", "诉求类型"),
            ("town__short_name", "街镇"),
            ("village__short_name", "村（社区）"),
            ("unit__short_name", "承办单位"),
            ("category__name", "分类"),
            ("received_at", "接收时间"),
            ("due_at", "办理时限"),
            ("finished_at", "申请办结时间"),
            ("closed_at", "结案时间"),
        ),
        link=("ticket_detail", "case__number"),
        permission="hotline.view_ticket",
        telling=frozenset({"case__title"}),
        sight=_seen,
    )


RECEIVED = _tickets("tickets_received", _dated("received_at"))
DUE = _tickets("tickets_due", _dated("due_at"))
PUSHED = _tickets("tickets_pushed", _dated("pushed_at"))
COMPLAINED = _tickets("tickets_complained", lambda period: _dated(_deciding(period))(period))
UNFINISHED = _tickets("tickets_unfinished", _unfinished)


def _reminders(period: Period) -> QuerySet[Any]:
    until = min(period.end, period.as_of)
    return Message.objects.filter(purpose=Message.Purpose.REMINDER, accepted_at__range=(period.start, until))


def _seen_messages(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return Ticket.objects.narrow(rows, "about", user, "number")


def _apply_url(row: Any) -> str:
    """Where a village asks that the ticket of an as-of row shall not count against it."""
    query = {"ticket": row.case.number, "village": row.village.code, "day": clock.local(row.received_at).date()}
    return f"{reverse('exclusion_new')}?{urlencode(query)}"


_SECRET = Q(case__confidential=True) | Q(case__type=Type.REPORT) | Q(type=Type.REPORT)
AGAINST_VILLAGE = Concern(
    "village",
    _SECRET,
    frozenset({"case__number", "category__name", "received_at"}),
    "未派给本单位的工单只供核对计数，不能打开；其中保密和举报工单只列编号、分类和接收时间。",
    Offer("申请不计入", "grid.appeal_assessment", _apply_url),
)


REMINDERS = Source(
    "reminder_messages",
    _reminders,
    {
        "town": Dimension("organisation__area_id", Area, Q(organisation__kind="town")),
        "village": Dimension("organisation__area_id", Area, Q(organisation__kind="village")),
        "department": Dimension("organisation_id", Organisation, Q(organisation__kind="department")),
        "unit": Dimension("organisation_id", Organisation),
    },
    columns=(
        ("about", "工单编号"),
        ("organisation__short_name", "单位"),
        ("text", "内容"),
        ("segments", "计费条数"),
        ("accepted_at", "运营商受理时间"),
    ),
    permission="hotline.view_ticket",
    telling=frozenset({"text"}),
    sight=_seen_messages,
)


def _trainings(period: Period) -> QuerySet[Any]:
    known = Training.objects.filter(day__range=(period.first, period.last), recorded_at__lte=period.as_of)
    return known.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=period.as_of))


TRAININGS = Source(
    "trainings",
    _trainings,
    columns=(("day", "日期"), ("topic", "主题"), ("kind", "方式"), ("sessions", "场次"), ("people", "人数")),
    permission="grid.view_ledger",
)


# Tests


def _by(column: str) -> Test:
    """The moment in `column` has come by the cut-off."""
    return lambda period: Q(**{f"{column}__lte": period.as_of})


def _both(*tests: Test) -> Test:
    def test(period: Period) -> Q:
        found = Q()
        for part in tests:
            found &= part(period)
        return found

    return test


def _is(**columns: Any) -> Test:
    return lambda period: Q(**columns)


def _counted(period: Period) -> Q:
    """Not excluded by the cut-off."""
    return Q(excluded_at=None) | Q(excluded_at__gt=period.as_of)


def _running(period: Period) -> Q:
    """The clock was not stopped at the cut-off."""
    return Q(suspended_at=None) | Q(suspended_at__gt=period.as_of)


def _should(due: str, done: str) -> Test:
    """Should have been done by the cut-off: the limit has run out, or it was done before that."""
    return lambda period: (
        Q(**{f"{due}__lte": period.as_of}) | Q(**{f"{due}__isnull": False, f"{done}__lte": period.as_of})
    )


def _in_time(due: str, done: str) -> Test:
    return lambda period: Q(**{f"{done}__lte": period.as_of}) & Q(**{f"{done}__lte": F(due)})


def _first_of_its_period(period: Period) -> Q:
    """Not a repeat of what is found out in the same period, or later than it: one matter counts once a period."""
    if not _complaints(period).repeats_left_out:
        return Q()
    return Q(repeat_of=None) | Q(**{f"repeat_of__{_deciding(period)}__lt": period.start})


def _not_too_early(period: Period) -> Q:
    """What was received before the period counted in its own, where the date of receipt decides."""
    return Q(received_at__gte=period.start) if _deciding(period) == "received_at" else Q()


_may_count = _both(
    _counted, _first_of_its_period, _is(village__isnull=False, category__village_duty=True),
    lambda period: ~Q(type__in=_complaints(period).types_left_out),
)  # fmt: skip
_called_back = _by("called_back_at")


def _reachable(period: Period) -> Q:
    """Not given up as beyond reach by the cut-off, unless the caller was reached after all."""
    return Q(unreachable_at=None) | Q(unreachable_at__gt=period.as_of) | Q(first_contact_at__lte=period.as_of)


_should_contact = _both(_should("contact_due_at", "first_contact_at"), _is(anonymous=False), _reachable, _counted)
_should_sign = _both(_should("sign_due_at", "signed_at"), _counted)
_should_finish = _both(_by("due_at"), _running, _counted)
_rated = _both(_called_back, _is(satisfaction__in=_RATED), _counted)
_answered = _both(_called_back, _is(resolved__in=_ANSWERED), _counted)
_sent_out = _by("first_dispatched_at")
_was_finished = _by("first_finished_at")
_handled = _both(_by("closed_at"), _was_finished, _by("finished_at"), _is(handle_seconds__isnull=False), _counted)

TICKETS_RECEIVED = Figure(
    "tickets_received", "受理工单", Unit.COUNT, RECEIVED, everything,
    "统计期内接收的全部工单。", cohort="接收日期在统计期内",
)  # fmt: skip
TICKETS_FINISHED = Figure(
    "tickets_finished", "办结工单", Unit.COUNT, RECEIVED, _by("closed_at"),
    "统计期内接收、截至统计截止时已办结的工单（含当场答复和不予受理）；待审核、待回访的不计。", cohort="接收日期在统计期内",
)  # fmt: skip
CLOSING_RATE = Figure(
    "closing_rate", "办结率", Unit.PER_CENT, RECEIVED, _by("closed_at"),
    "办结工单÷受理工单。", denominator=everything, cohort="接收日期在统计期内",
)  # fmt: skip
SATISFACTION_RATE = Figure(
    "satisfaction_rate", "群众满意度", Unit.PER_CENT, RECEIVED, _both(_rated, _is(satisfaction__in=_HAPPY)),
    "末轮回访评价为满意、基本满意的工单÷末轮回访有评价的工单。", denominator=_rated, cohort="接收日期在统计期内",
    exclusions=f"未评价、无法联系的不计；{_EXCLUDED}",
)  # fmt: skip
RESOLUTION_RATE = Figure(
    "resolution_rate", "问题解决率", Unit.PER_CENT, RECEIVED, _both(_answered, _is(resolved=Resolved.YES)),
    "末轮回访答复为解决的工单÷末轮回访对是否解决作出答复的工单；与满意度各自统计。", denominator=_answered,
    cohort="接收日期在统计期内", exclusions=f"未作答的不计；部分解决不算解决；{_EXCLUDED}",
)  # fmt: skip
TIMELY_CONTACT_RATE = Figure(
    "timely_contact_rate", "及时联系率", Unit.PER_CENT, RECEIVED,
    _both(_should_contact, _in_time("contact_due_at", "first_contact_at")),
    "在联系时限内首次联系成功的工单÷应联系的工单（时限已到或已联系）。", denominator=_should_contact,
    cohort="接收日期在统计期内", exclusions=f"匿名工单、经多次联系不上的工单不计；{_EXCLUDED}",
)  # fmt: skip
TIMELY_SIGN_RATE = Figure(
    "timely_sign_rate", "及时签收率", Unit.PER_CENT, RECEIVED, _both(_should_sign, _in_time("sign_due_at", "signed_at")),
    "在签收时限内签收的工单÷应签收的工单（时限已到或已签收）。", denominator=_should_sign, cohort="接收日期在统计期内",
    exclusions=_EXCLUDED,
)  # fmt: skip
ON_TIME_RATE = Figure(
    "on_time_rate", "按时办结率", Unit.PER_CENT, DUE, _both(_should_finish, _in_time("due_at", "finished_at")),
    "在办理时限内办结（申请办结经审核未退回）的工单÷应办结工单；有市级时限的按市级时限。", denominator=_should_finish,
    cohort="办理时限在统计期内且已到（含以前接收、本期到期的，不含尚未到期的）", exclusions=f"挂起的不计；{_EXCLUDED}",
)  # fmt: skip
PUSHED_COUNT = Figure(
    "pushed", "推送网格工单", Unit.COUNT, PUSHED, everything, "统计期内双推送至三级网格的工单。", cohort="推送日期在统计期内",
)  # fmt: skip
PUSH_CONTACTED = Figure(
    "push_contacted", "网格已联系工单", Unit.COUNT, PUSHED, _by("push_contacted_at"),
    "推送至三级网格的工单中，网格长或网格员已与来电人联系的。", cohort="推送日期在统计期内",
)  # fmt: skip
PUSH_RESPONSE_RATE = Figure(
    "push_response_rate", "工单响应率", Unit.PER_CENT, PUSHED, _by("push_contacted_at"),
    "网格已联系工单÷推送网格工单。", denominator=everything, cohort="推送日期在统计期内",
)  # fmt: skip
AVERAGE_HANDLING = Figure(
    "average_handling_hours", "平均办理时长", Unit.HOURS, RECEIVED, _handled,
    "已办结工单末轮办理的工作时间（派单或重办至末次办结申请，含其间的审核，扣除挂起）÷这些工单的件数。", denominator=_handled,
    sum_of="handle_seconds", mean=True, scale=3600, cohort="接收日期在统计期内",
    exclusions=f"当场答复、不予受理、随主单办结的不计；{_EXCLUDED}", higher_is_better=False,
)  # fmt: skip
RETURN_RATE = Figure(
    "return_rate", "退单率", Unit.PER_CENT, RECEIVED, _both(_sent_out, _is(returns__gt=0)),
    "曾被同意退单的工单÷已派单工单。", denominator=_sent_out, cohort="接收日期在统计期内", higher_is_better=False,
)  # fmt: skip
FIRST_DISPATCH_RATE = Figure(
    "first_dispatch_rate", "一次派准率", Unit.PER_CENT, RECEIVED, _both(_sent_out, _is(returns=0)),
    "派单后从未退回改派的工单÷已派单工单。", denominator=_sent_out, cohort="接收日期在统计期内",
)  # fmt: skip
REWORK_RATE = Figure(
    "rework_rate", "返工率", Unit.PER_CENT, RECEIVED,
    _both(_was_finished, lambda period: Q(round__gt=1) | Q(send_backs__gt=0)),
    "曾被审核退回或重办的工单÷曾申请办结的工单。", denominator=_was_finished, cohort="接收日期在统计期内",
    higher_is_better=False,
)  # fmt: skip
REPEAT_RATE = Figure(
    "repeat_rate", "重复诉求率", Unit.PER_CENT, RECEIVED, _is(repeat_of__isnull=False),
    "同一来电人就同一事项再次反映的工单÷受理工单。", denominator=everything, cohort="接收日期在统计期内",
    higher_is_better=False, guarded=_SECRET | Q(repeat_of__confidential=True) | Q(repeat_of__type=Type.REPORT),
)  # fmt: skip


def _counted_words(rules: VillageComplaints) -> Words:
    return Words(rules.definition, rules.cohort, "；".join([*rules.not_counted("同一期内的重复诉求"), _EXCLUDED]))


def _pending_words(rules: VillageComplaints) -> Words:
    since = "统计期内接收的" if rules.counted_by == rules.RECEIVED else "含以前接收的"
    return Words(
        f"截至统计截止已接收、尚未申请办结，查实后将计入村（社区）的{'、'.join(rules.types_counted)}。",
        f"统计截止时尚未申请办结（{since}）",
        "；".join([*rules.not_counted("重复诉求"), _EXCLUDED]),
    )


def _ruled(figure: Figure, words: Callable[[VillageComplaints], Words]) -> Figure:
    """A figure that the office's own rules define: in the words of the shipped ones, of a period in those of its version."""
    said, wording = words(VillageComplaints()), lambda period: words(_complaints(period))
    return replace(
        figure, ruled_by=VillageComplaints, wording=wording, definition=said.definition, cohort=said.cohort,
        exclusions=said.exclusions,
    )  # fmt: skip


VILLAGE_COMPLAINTS = _ruled(Figure(
    "village_complaints", "计入村（社区）的诉求", Unit.COUNT, COMPLAINED,
    _both(_may_count, _was_finished, lambda period: Q(confirmed__in=_complaints(period).findings)),
    "", version=2, higher_is_better=False, concern=AGAINST_VILLAGE,
), _counted_words)  # fmt: skip
VILLAGE_COMPLAINTS_PENDING = _ruled(Figure(
    "village_complaints_pending", "待查实的村（社区）诉求", Unit.COUNT, UNFINISHED, _both(_may_count, _not_too_early),
    "", higher_is_better=False, concern=replace(AGAINST_VILLAGE, offer=None),  # nothing is found out yet
), _pending_words)  # fmt: skip
REMINDER_MESSAGES = Figure(
    "reminder_messages", "提醒短信", Unit.MESSAGES, REMINDERS, everything,
    "用途为提醒且运营商已受理的短信，按收件人计条；计费条数和其他用途另计。", cohort="运营商受理日期在统计期内",
)  # fmt: skip
TRAINEES = Figure(
    "trainees", "培训人数", Unit.PEOPLE, TRAININGS, everything, "业务培训和跟班轮训的人数。", sum_of="people", places=0,
    cohort="培训日期在统计期内",
)  # fmt: skip


def _with_excluded() -> Iterator[Figure]:
    """剔除前: the same rates with the excluded tickets counted in, to be shown beside them."""
    rated = _both(_called_back, _is(satisfaction__in=_RATED))
    answered = _both(_called_back, _is(resolved__in=_ANSWERED))
    due = _both(_by("due_at"), _running)
    for figure, numerator, denominator in (
        (SATISFACTION_RATE, _both(rated, _is(satisfaction__in=_HAPPY)), rated),
        (RESOLUTION_RATE, _both(answered, _is(resolved=Resolved.YES)), answered),
        (ON_TIME_RATE, _both(due, _in_time("due_at", "finished_at")), due),
    ):
        yield replace(
            figure,
            name=f"{figure.name}_with_excluded",
            label=f"{figure.label}（剔除前）",
            numerator=numerator,
            denominator=denominator,
            exclusions=figure.exclusions.replace(f"；{_EXCLUDED}", ""),
        )


register(
    TICKETS_RECEIVED, TICKETS_FINISHED, CLOSING_RATE, SATISFACTION_RATE, RESOLUTION_RATE, TIMELY_CONTACT_RATE,
    TIMELY_SIGN_RATE, ON_TIME_RATE, PUSHED_COUNT, PUSH_CONTACTED, PUSH_RESPONSE_RATE, AVERAGE_HANDLING, RETURN_RATE,
    FIRST_DISPATCH_RATE, REWORK_RATE, REPEAT_RATE, VILLAGE_COMPLAINTS, VILLAGE_COMPLAINTS_PENDING, REMINDER_MESSAGES, TRAINEES,
    *_with_excluded(), group=Group.TICKETS,
)  # fmt: skip
