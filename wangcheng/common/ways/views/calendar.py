"""The working calendar: a year at a glance, and the entry of a year's notice of holidays and make-up days."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry, CalendarYear, SpecialDay
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page
from wangcheng.common.workdays.actions import load_year
from wangcheng.common.workdays.days import SpecialDay as PureDay
from wangcheng.common.workdays.holidays import BrokenHolidayFile, HolidayYear, load_holidays
from wangcheng.common.workdays.in_force import WorkingHours

LINES_HELP = "每行一天，如“2024-01-01 元旦 休”或“2024-02-04 春节 班”。"
YEARS = range(1900, 2101)  # that can be drawn
WARN_FROM_MONTH = 11  # the notice for the next year is published about then


@dataclass(frozen=True, slots=True)
class Day:
    """A day as the year's page draws it."""

    number: int
    css: str = ""
    title: str = ""


@needs("common.view_calendar")
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """工作日历: the twelve months of a year with its holidays and make-up days."""
    today = clock.today()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 and int(asked) in YEARS else today.year
    special = {row.day: row for row in SpecialDay.objects.filter(day__year=year)}
    page = {
        "year": year,
        "loaded": CalendarYear.objects.filter(year=year).first(),
        "years": list(CalendarYear.objects.values_list("year", flat=True)),
        "months": [(month, _month(year, month, special)) for month in range(1, 13)],
        "special": sorted(special.values(), key=lambda row: row.day),
        "missing": missing_years(today),
        "slots": _slots(today),
        "can_manage": signed_in(request).has_perm("common.manage_calendar"),
    }
    return render(request, "common/calendar.html", page)


def missing_years(today: date) -> list[int]:
    """Years whose notice should have been entered by now: a deadline that reaches into them is only estimated."""
    wanted = {today.year, today.year + 1} if today.month >= WARN_FROM_MONTH else {today.year}
    return sorted(wanted - set(CalendarYear.objects.values_list("year", flat=True)))


def _slots(today: date) -> tuple[str, ...]:
    from wangcheng.common.policy.registry import in_force

    return in_force(WorkingHours, today).slots


def _month(year: int, month: int, special: dict[date, SpecialDay]) -> list[list[Day | None]]:
    weeks = months.Calendar(firstweekday=0).monthdatescalendar(year, month)
    return [[_day(day, special.get(day)) if day.month == month else None for day in week] for week in weeks]


def _day(day: date, special: SpecialDay | None) -> Day:
    today = " today" if day == clock.today() else ""
    if special is not None:
        kind = "makeup" if special.is_working else "holiday"
        return Day(day.day, kind + today, f"{special.name}{'调休上班' if special.is_working else '放假'}")
    return Day(day.day, ("off" if day.weekday() >= 5 else "") + today)


class NoticeForm(forms.Form):
    """The notice of a year: as a file in the holiday-cn layout, or written out day by day."""

    file = forms.FileField(label="放假安排文件（JSON）", required=False)
    year = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)
    source = forms.CharField(label="依据", max_length=200, required=False, help_text="如：国办发明电〔2023〕7号")
    lines = forms.CharField(
        label="逐日录入", required=False, widget=forms.Textarea(attrs={"rows": 12}), help_text=LINES_HELP
    )

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        try:
            entered["paper"] = self._paper(entered)
        except BrokenHolidayFile as broken:
            raise forms.ValidationError(str(broken)) from broken
        return entered

    def _paper(self, entered: dict[str, Any]) -> HolidayYear:
        if entered.get("file"):
            return load_holidays(entered["file"].read())
        if not entered.get("year") or not entered.get("lines"):
            raise forms.ValidationError("请选择文件，或填写年度并逐日录入。")
        return _written(entered["year"], entered["source"], entered["lines"])


def _written(year: int, source: str, text: str) -> HolidayYear:
    """The notice from lines such as 2024-01-01 元旦 休."""
    days = [_line(line, number) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len({day.day for day in days}) < len(days):
        raise BrokenHolidayFile("有日期重复录入。")
    if any(day.day.year not in (year - 1, year) for day in days):
        raise BrokenHolidayFile(f"有日期不属于{year}年的放假安排。")
    return HolidayYear(year, (source,) if source else (), tuple(sorted(days)))


def _line(line: str, number: int) -> PureDay:
    try:
        day, name, kind = line.split()
        return PureDay(date.fromisoformat(day), name, {"休": False, "班": True}[kind])
    except (ValueError, KeyError) as wrong:
        raise BrokenHolidayFile(f"第{number}行无法识别：{line.strip()}。{LINES_HELP}") from wrong


@needs("common.manage_calendar")
def calendar_load(request: HttpRequest) -> HttpResponse:
    """录入放假安排."""

    def load(entered: dict[str, Any]) -> str:
        paper = entered["paper"]
        try:
            changed = load_year(paper)
        except BrokenHolidayFile as broken:
            raise forms.ValidationError(str(broken)) from broken
        if changed:
            record(AuditEntry.Kind.POLICY, f"录入{paper.year}年放假安排。", by=signed_in(request), request=request)
        return f"{reverse('calendar')}?year={paper.year}"

    form = NoticeForm(request.POST or None, request.FILES or None)
    return form_page(request, form, load, title="录入放假安排", done="放假安排已录入。", back=reverse("calendar"))
