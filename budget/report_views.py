"""Pages of the self-evaluation report: preview with every figure opening its list, editing, freezing, downloads."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from budget import report_actions as actions
from budget.models import SelfEvaluation
from budget.report.content import Content, content_of, current, places_now, problems_of
from budget.report.document import filled_sections
from budget.report.issue import LABELS, TYPES, download, file_name
from budget.report.narrative import Section, in_chinese, in_names, runs_of
from budget.report_steps import FreezeForm, ReasonForm, open_steps
from wangcheng.common import clock
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import get
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage
from wangcheng.common.ways.views.figures import rows_url
from wangcheng.common.workflow import NotAllowed

VIEW = "budget.view_selfevaluation"
HOW_TO_EDIT = "双大括号中的名称由数据填写，如“{{ 实有人数 }}”；可在“可用数据”中点选，插入光标处。一行为一段。"
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
        Column("reason", "更正原因", Kind.LONG),
    ),
    row_url=lambda row: _url(row),
    order="-year",
    buttons=(Button("编制报告", "report_new", "budget.draft_selfevaluation", primary=True),),
    empty="还没有自评报告。可由财务“编制报告”。",
)


def _url(report: SelfEvaluation) -> str:
    return reverse("report_detail", args=[report.year, report.edition])


@needs(VIEW)
def report_list(request: HttpRequest) -> HttpResponseBase:
    return REPORTS.respond(request, SelfEvaluation.objects.select_related("edited_by").defer("content", "sections"))


class YearForm(forms.Form):
    """Which year to report on."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2099)


@needs("budget.draft_selfevaluation")
def report_new(request: HttpRequest) -> HttpResponse:
    """编制: the default text of a year."""
    form = YearForm(request.POST or None, initial={"year": clock.today().year - 1})
    return form_page(
        request, form, lambda entered: _url(actions.draft(entered["year"], by=signed_in(request))),
        title="编制自评报告", submit="编制", done="已按默认正文编制。", back=reverse("report_list"),
    )  # fmt: skip


def _report(year: int, edition: int) -> SelfEvaluation:
    return get_object_or_404(SelfEvaluation.objects.select_related("frozen_by"), year=year, edition=edition)


@needs(VIEW)
@require_GET
def report_detail(request: HttpRequest, year: int, edition: int) -> HttpResponse:
    """The report as it reads now (or was frozen), its figures, its tables and the findings of the cross-check."""
    report = _report(year, edition)
    content = content_of(report)
    user = signed_in(request)
    frozen: dict[str, Any] = report.content
    page = {
        "report": report,
        "sections": _linked(content, year),
        "figures": list(_figure_rows(content, Period.parse(str(year)))),
        "findings": content["findings"],
        "problems": frozen.get("problems", []) if frozen else problems_of(year, content),
        "acknowledgement": frozen.get("acknowledgement", ""),
        "tables": content["tables"],
        "files": [(LABELS[name], name) for name in TYPES] if user.has_perm("budget.export_selfevaluation") else [],
        "steps": [(step, reverse(f"report_{step.name}", args=[year, edition])) for step in open_steps(report, user)],
    }
    return render(request, "budget/report.html", page)


def _linked(content: Content, year: int) -> list[dict[str, Any]]:
    """The text by lines; each figure in it leads to what stands behind it."""
    period, figures = Period.parse(str(year)), content["figures"]
    urls = {name: _links(name, entry, period)["url"] for name, entry in figures.items()}
    shown = filled_sections(content["sections"], content["values"])
    return [
        {
            **section,
            "lines": [
                [
                    {"words": run.words, "url": urls.get(run.name, ""), "label": _label(content, run.name)}
                    for run in line
                ]
                for line in runs_of(section["text"], content["values"])
            ],
        }
        for section in shown
    ]


def _label(content: Content, name: str) -> str:
    return content["words"][name]["label"] if name in content["words"] else ""


def _figure_rows(content: Content, period: Period) -> Iterator[dict[str, Any]]:
    for name, entry in content["figures"].items():
        parts = {part: _part_words(entry[part]) for part in ("numerator", "denominator")}
        yield {**content["words"][name], **entry, **parts, **_links(name, entry, period)}


def _part_words(part: Any) -> str:
    """A count plain, an amount with its thousands apart."""
    return "" if part is None else words.whole(part) if isinstance(part, int) else words.yuan(Decimal(part))


def _links(name: str, entry: dict[str, Any], period: Period) -> dict[str, str]:
    """To the rows behind it; a figure that is not registered any more has none."""
    try:
        figure = get(name)
    except LookupError:
        return {"url": "", "denominator_url": ""}
    rate = entry["denominator"] is not None
    return {
        "url": rows_url(figure, period),
        "denominator_url": rows_url(figure, period, "denominator") if rate else "",
    }


class TextForm(forms.Form):
    """One field per section, and the date the report carries."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    dated_on = forms.DateField(label="成文日期", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, sections: list[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headings = filled_sections([{**section, "text": ""} for section in sections], {})
        for place, section in enumerate(sections):
            text = in_chinese(section["text"])
            self.fields[f"section{place}"] = forms.CharField(
                label=headings[place]["number"],
                required=False,
                initial=text,
                max_length=5000,
                widget=forms.Textarea(attrs={"rows": 1 + text.count("\n") + len(text) // 48}),
            )

    def texts(self) -> dict[int, str]:
        places = {name: int(name.removeprefix("section")) for name in self.fields if name.startswith("section")}
        return {place: self.cleaned_data[name].replace("\r", "") for name, place in places.items()}

    def sections(self, kept: list[Section]) -> list[Section]:
        """The report's sections as they are written in the form."""
        texts = self.texts()
        return [{**section, "text": in_names(texts[place])} for place, section in enumerate(kept)]


@needs("budget.edit_selfevaluation")
def report_edit(request: HttpRequest, year: int, edition: int) -> HttpResponse:
    """修改正文: `{{ name }}` stands for a figure and is filled from the data."""
    report = _report(year, edition)
    initial = {"version": report.version, "dated_on": report.dated_on}
    form = TextForm(request.POST or None, sections=report.sections, initial=initial)
    page: dict[str, Any] = {
        "places": places_now(year),
        "notice": HOW_TO_EDIT,
        "title": "修改自评报告正文",
        "submit": "保存",
    }
    if "preview" in request.POST:
        return _preview(request, report, form, page)

    def do(entered: dict[str, Any]) -> str:
        version, dated_on = entered["version"], entered["dated_on"]
        return _url(actions.edit(report.pk, form.texts(), dated_on, by=signed_in(request), version=version))

    return form_page(
        request, form, do, done="正文已保存。", back=_url(report), template="budget/report_edit.html", **page
    )  # fmt: skip


def _preview(request: HttpRequest, report: SelfEvaluation, form: TextForm, page: dict[str, Any]) -> HttpResponse:
    """预览: the same form with the text as it would read; nothing is kept."""
    shown: dict[str, Any] = {}
    if form.is_valid():
        try:
            content = current(report.year, form.sections(report.sections), report.dated_on)
            shown = {"sections": _linked(content, report.year), "findings": content["findings"]}
        except LookupError as problem:
            form.add_error(None, str(problem))
    page |= {"form": form, "back": _url(report), "preview": shown, "report": report}
    return render(request, "budget/report_edit.html", page, status=200 if shown else HTTPStatus.BAD_REQUEST)


@needs("budget.freeze_selfevaluation")
def report_freeze(request: HttpRequest, year: int, edition: int) -> HttpResponse:
    """定稿: shows what stands against it first."""
    report = _report(year, edition)
    form = FreezeForm(request.POST or None, initial={"version": report.version})

    def do(entered: dict[str, Any]) -> str:
        return _url(actions.freeze(report.pk, by=signed_in(request), **entered))

    problems = problems_of(year, content_of(report)) if request.method != "POST" else []
    if request.method != "POST" and not problems:  # nothing is kept that wants a reason
        form.fields["acknowledgement"].widget = forms.HiddenInput()
    return form_page(
        request, form, do, title=f"{report}定稿", submit="定稿", done="报告已定稿。", back=_url(report),
        template="budget/freeze.html", problems=problems, checked=request.method != "POST",
    )  # fmt: skip


@needs("budget.draft_selfevaluation")
def report_correct(request: HttpRequest, year: int, edition: int) -> HttpResponse:
    """更正: a new edition."""
    report = _report(year, edition)
    return form_page(
        request, ReasonForm(request.POST or None),
        lambda entered: _url(actions.correct(report.pk, entered["reason"], by=signed_in(request))),
        title="更正自评报告", submit="更正", done="已建立更正版。", back=_url(report),
    )  # fmt: skip


@needs("budget.export_selfevaluation")
@require_GET
def report_file(request: HttpRequest, year: int, edition: int, name: str) -> HttpResponse:
    """Download: of a frozen report the kept files, of a draft what it gives now.  Audited."""
    report = _report(year, edition)
    if name not in TYPES:
        raise Http404
    try:
        content = download(report, name, by=signed_in(request), request=request)
    except NotAllowed as refused:
        messages.error(request, refused.message)
        return redirect(_url(report))
    return attachment(content, report, name)


def attachment(content: bytes, report: SelfEvaluation, name: str) -> HttpResponse:
    """A file of the report as an answer."""
    response = HttpResponse(content, content_type=TYPES[name])
    response["Content-Disposition"] = content_disposition_header(True, file_name(report, name)) or ""
    return response
