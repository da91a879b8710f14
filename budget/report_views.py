"""Pages of the self-evaluation report: preview with every figure opening its list, editing, freezing, downloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from budget import report_actions as actions
from budget.crosscheck import crosscheck
from budget.models import PerformanceTable, SelfEvaluation
from budget.performance import computed
from budget.report.document import text_of
from budget.report.figures import ALSO, NAMES, figures_of
from budget.report.issue import render as render_files
from budget.report.narrative import Section, values_of
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import get
from wangcheng.common.models import AuditEntry
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import act, form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage
from wangcheng.common.ways.views.figures import rows_url

VIEW = "budget.view_selfevaluation"
TYPES = {
    "report.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "report.pdf": "application/pdf",
    "tables.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "figures.json": "application/json",
}
REPORTS = ListPage(
    "self-evaluations",
    "绩效自评报告",
    columns=(
        Column("year", "年度", Kind.CODE, link=True, sort="year"),
        Column("edition", "版次", Kind.NUMBER),
        Column("get_state_display", "状态", Kind.STATE, tone=lambda row: "good" if row.state == "frozen" else "busy"),
        Column("dated_on", "成文日期", Kind.DAY),
        Column("edited_by.name", "编制人"),
        Column("edited_at", "编制时间", Kind.MOMENT),
        Column("frozen_at", "定稿时间", Kind.MOMENT),
    ),
    row_url=lambda row: reverse("report_detail", args=[row.year, row.edition]),
    order="-year",
    buttons=(Button("编制报告", "report_new", "budget.draft_selfevaluation", primary=True),),
    empty="还没有自评报告。可由财务“编制报告”。",
)


@needs(VIEW)
def report_list(request: HttpRequest) -> HttpResponseBase:
    return REPORTS.respond(request, SelfEvaluation.objects.select_related("edited_by"))


class YearForm(forms.Form):
    """Which year to report on."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)


@needs("budget.draft_selfevaluation")
def report_new(request: HttpRequest) -> HttpResponse:
    """编制: the default text of a year."""

    def do(entered: dict[str, Any]) -> str:
        report = actions.draft(entered["year"], by=signed_in(request))
        return reverse("report_detail", args=[report.year, report.edition])

    form = YearForm(request.POST or None, initial={"year": clock.today().year - 1})
    return form_page(
        request, form, do, title="编制自评报告", submit="编制", done="已按默认正文编制。", back=reverse("report_list")
    )


def _report(year: int, edition: int) -> SelfEvaluation:
    return get_object_or_404(SelfEvaluation, year=year, edition=edition)


def _figures(report: SelfEvaluation) -> dict[str, dict[str, Any]]:
    """The frozen values, or those of now."""
    return dict(report.figures) if report.figures else figures_of(report.year, NAMES + ALSO)


@needs(VIEW)
@require_GET
def report_detail(request: HttpRequest, year: int, edition: int) -> HttpResponse:
    """The report as it reads now (or was frozen), its figures, its tables and the findings of the cross-check."""
    report = _report(year, edition)
    figures = _figures(report)
    text = text_of(report.sections, values_of(year, figures))
    tables = PerformanceTable.objects.filter(year=year).select_related("fund").order_by("pk")
    page = {
        "report": report,
        "lines": text.split("\n"),
        "figures": list(_figure_rows(figures, Period.parse(str(year)))),
        "findings": crosscheck(text),
        "tables": [computed(table) for table in tables],
        "files": TYPES,
    }
    return render(request, "budget/report.html", page)


def _figure_rows(figures: dict[str, dict[str, Any]], period: Period) -> Iterator[dict[str, Any]]:
    for name, entry in figures.items():
        figure = get(name)
        rate = entry["denominator"] is not None
        yield {
            "label": figure.label,
            "unit": figure.unit,
            **entry,
            "url": rows_url(figure, period),
            "denominator_url": rows_url(figure, period, "denominator") if rate else "",
        }


class TextForm(forms.Form):
    """One field per section, and the date the report carries."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    dated_on = forms.DateField(label="成文日期", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, sections: list[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        for place, section in enumerate(sections):
            self.fields[f"section{place}"] = forms.CharField(
                label=section["heading"],
                required=False,
                initial=section["text"],
                max_length=5000,
                widget=forms.Textarea(attrs={"rows": max(2, len(section["text"]) // 40)}),
            )

    def edited(self) -> list[Section]:
        return [
            {
                "heading": s["heading"],
                "level": s["level"],
                "text": self.cleaned_data[f"section{place}"].replace("\r", ""),
            }
            for place, s in enumerate(self.sections)
        ]


@needs("budget.edit_selfevaluation")
def report_edit(request: HttpRequest, year: int, edition: int) -> HttpResponse:
    """修改正文: `{{ name }}` stands for a figure and is filled from the data."""
    report = _report(year, edition)
    back = reverse("report_detail", args=[year, edition])
    initial = {"version": report.version, "dated_on": report.dated_on}
    form = TextForm(request.POST or None, sections=report.sections, initial=initial)

    def do(entered: dict[str, Any]) -> str:
        version, dated_on = entered["version"], entered["dated_on"]
        actions.edit(report.pk, form.edited(), dated_on, by=signed_in(request), version=version)
        return back

    return form_page(request, form, do, title="修改自评报告正文", submit="保存", done="正文已保存。", back=back)


@needs("budget.freeze_selfevaluation")
@require_POST
def report_freeze(request: HttpRequest, year: int, edition: int) -> HttpResponse:
    """定稿."""
    report = _report(year, edition)
    back = reverse("report_detail", args=[year, edition])
    version = int(request.POST.get("version") or 0)
    return act(
        request,
        lambda: actions.freeze(report.pk, by=signed_in(request), version=version),
        done="报告已定稿。",
        back=back,
    )


class ReasonForm(forms.Form):
    """Why a frozen report is corrected."""

    reason = forms.CharField(label="更正原因", max_length=200)


@needs("budget.draft_selfevaluation")
def report_correct(request: HttpRequest, year: int, edition: int) -> HttpResponse:
    """更正: a new edition."""
    report = _report(year, edition)

    def do(entered: dict[str, Any]) -> str:
        new = actions.correct(report.pk, entered["reason"], by=signed_in(request))
        return reverse("report_detail", args=[new.year, new.edition])

    back = reverse("report_detail", args=[year, edition])
    return form_page(
        request,
        ReasonForm(request.POST or None),
        do,
        title="更正自评报告",
        submit="更正",
        done="已建立更正版。",
        back=back,
    )


@needs("budget.export_selfevaluation")
@require_GET
def report_file(request: HttpRequest, year: int, edition: int, name: str) -> HttpResponse:
    """Download: of a frozen report the kept files, of a draft what it gives now.  Audited."""
    report = _report(year, edition)
    if name not in TYPES:
        raise Http404
    content = _content(report, name)
    summary = f"下载{year}年度自评报告{name}"
    record(
        AuditEntry.Kind.EXPORT,
        summary,
        by=signed_in(request),
        object=f"self_evaluation {year}-{edition}",
        request=request,
    )
    response = HttpResponse(content, content_type=TYPES[name])
    response["Content-Disposition"] = (
        content_disposition_header(True, f"{year}年度自评报告{name.removeprefix('report')}") or ""
    )
    return response


def _content(report: SelfEvaluation, name: str) -> bytes:
    kept = {"report.docx": report.docx, "report.pdf": report.pdf, "tables.xlsx": report.xlsx}.get(name)
    if kept:
        with kept.open("rb") as file:
            return bytes(file.read())
    return render_files(report.year, report.sections, report.dated_on, _figures(report))[name]
