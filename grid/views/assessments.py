"""Assessments of a quarter: the list, one of them with its results, one grid's score, and the villages."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import django_filters
from django import forms
from django.db.models import CharField, IntegerField, Q, Value
from django.db.models.functions import Cast, Concat, Substr
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from grid.actions import assessments as actions
from grid.assessing import figures_used
from grid.assessing.basis import frozen_rules, frozen_versions, parse_quarter
from grid.doors import DOORS
from grid.models import Assessment, GridScore, ZeroComplaint
from grid.rules import figures_of
from grid.urban import unconfirmed_words
from grid.workflow import CORRECT, TABLE
from wangcheng.common import clock
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import get, known
from wangcheng.common.models import Area, User
from wangcheng.common.policy.registry import rule_set
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.details import Term, timeline
from wangcheng.common.ways.forms import form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage
from wangcheng.common.ways.steps import step_bar, take_step
from wangcheng.common.ways.views.figures import rows_url
from wangcheng.common.ways.words import Toned

TONES = {"draft": "wait", "village": "busy", "town": "busy", "centre": "busy", "published": "near", "final": "good"}
GRADES = {"excellent": "good", "qualified": "", "basic": "near"}


def _towns(request: HttpRequest | None) -> Any:
    return Area.objects.filter(level=Area.Level.TOWN).order_by("code")


def _quarters() -> list[tuple[str, str]]:
    """Quarters with results, the newest first."""
    rows = Assessment.objects.filter(kind=Assessment.Kind.ZERO).order_by("-quarter")
    return list({row.quarter: row.quarter_label for row in rows.only("quarter")}.items())


class ScoreFilter(django_filters.FilterSet):
    """What the results of grids are filtered by."""

    town = django_filters.ModelChoiceFilter(label="街镇", queryset=_towns)
    grade = django_filters.ChoiceFilter(label="等次", choices=GridScore.Grade.choices)

    class Meta:
        model = GridScore
        fields = ()


class VillageFilter(django_filters.FilterSet):
    """What the results of villages are filtered by."""

    quarter = django_filters.ChoiceFilter(label="季度", field_name="assessment__quarter", choices=_quarters)
    town = django_filters.ModelChoiceFilter(label="街镇", queryset=_towns)
    awarded = django_filters.BooleanFilter(label="零投诉")
    is_urban = django_filters.BooleanFilter(label="城市社区")

    class Meta:
        model = ZeroComplaint
        fields = ()


ASSESSMENTS = ListPage(
    "assessments",
    "季度考核",
    columns=(
        Column("number", "编号", Kind.CODE, link=True, sort="number"),
        Column("quarter_label", "季度"),
        Column("get_kind_display", "类别"),
        Column("state_label", "状态", Kind.STATE, tone=lambda row: TONES.get(row.state, "")),
        Column("last", "统计截止", Kind.DAY),
        Column("result", "结果", value=lambda row: summary(row)),
        Column("finalised_at", "定稿时间", Kind.MOMENT),
    ),
    row_url=lambda row: reverse("assessment_detail", args=[row.number]),
    order="-number",
    buttons=(
        Button("发起测算", "assessment_new", "grid.compute_assessment", primary=True),
        Button("导入人工指标", "sheet_import", "grid.adjust_assessment", arguments=("indicators",)),
        Button("导入网格工作", "sheet_import", "grid.adjust_assessment", arguments=("grid-work",)),
    ),
    empty="还没有考核。可由考核统计员“发起测算”。",
)
SCORES = ListPage(
    "grid-scores",
    "网格得分",
    columns=(
        Column("area.code", "网格代码", Kind.CODE, link=True, sort="area__code"),
        Column("area.name", "网格"),
        Column("village.short_name", "村（社区）"),
        Column("town.short_name", "街镇"),
        Column("score", "得分", Kind.NUMBER, sort="score"),
        Column("rank", "街镇内名次", Kind.NUMBER, sort="rank"),
        Column("get_grade_display", "等次", Kind.STATE, tone=lambda row: GRADES[row.grade]),
        Column("amount_yuan", "奖励（元）", Kind.NUMBER),
        Column("reason", "说明", shown=False),
    ),
    row_url=lambda row: reverse("score_detail", args=[row.pk]),
    order="-score",
    filters=ScoreFilter,
    export_permission="common.export_figure",
    empty="没有符合条件的网格。可重置查询条件。",
)
VILLAGES = ListPage(
    "zero-complaints",
    "零投诉村（社区）评比",
    columns=(
        Column("assessment.quarter_label", "季度"),
        Column("assessment.last", "统计截止", Kind.DAY),
        Column("area.short_name", "村（社区）", link=True),
        Column("town.short_name", "街镇"),
        Column("is_urban", "城市社区", Kind.YES_NO),
        Column("counted", "计入投诉", Kind.NUMBER, sort="counted"),
        Column("excluded", "不计入", Kind.NUMBER),
        Column("awarded", "零投诉", Kind.YES_NO),
        Column("amount_yuan", "奖励（元）", Kind.NUMBER, sort="amount_yuan"),
        Column("reason", "说明"),
    ),
    row_url=lambda row: complaints_url(row),
    order="place",
    filters=VillageFilter,
    export_permission="common.export_figure",
    empty="还没有评比结果。季度测算后在此显示。",
    note="统计截止：见各行，各季度以当季考核的截止日为准。零投诉：具备评比资格，且截止日前没有计入的投诉。",
)


def summary(assessment: Assessment) -> str:
    """The result in one line."""
    found = assessment.result
    if not found:
        return ""
    if assessment.is_zero:
        return (
            f"城市社区{found.get('urban', 0)}个，其他{found.get('other', 0)}个，奖励{found.get('amount_yuan', 0):,}元"
        )
    return f"优秀{found.get('excellent', 0)}个，合格{found.get('qualified', 0)}个，基本合格{found.get('basic', 0)}个"


def _period(assessment: Assessment) -> Period:
    """The days it counted, by the versions of the rules it counted by."""
    days = Period.parse(f"{assessment.first}..{assessment.last}")
    return days.counted_by(frozen_versions(assessment))


def _counted(assessment: Assessment) -> Period:
    """With the sheets of the grids' work that were in when it was calculated."""
    period = _period(assessment)
    return period.known(assessment.inputs_at) if assessment.inputs_at else period


def complaints_url(row: ZeroComplaint) -> str:
    """The list behind a village's counted complaints, whatever figure the rules of its assessment name for them."""
    (name,) = figures_of(frozen_rules(row.assessment))
    return rows_url(get(name), _period(row.assessment), "numerator", "village", row.area_id) if known(name) else ""


@needs("grid.view_assessment")
def assessment_list(request: HttpRequest) -> HttpResponseBase:
    """季度考核."""
    return ASSESSMENTS.respond(request, Assessment.objects.visible_to(signed_in(request)))


class QuarterForm(forms.Form):
    """Which quarter to calculate."""

    quarter = forms.CharField(label="季度", max_length=6, help_text="如2023Q1")

    def clean_quarter(self) -> str:
        text = str(self.cleaned_data["quarter"]).strip().upper()
        try:
            parse_quarter(text)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem
        return text


@needs("grid.compute_assessment")
def assessment_new(request: HttpRequest) -> HttpResponse:
    """发起测算: queued; the page of the job shows how far it is."""

    def start(entered: dict[str, Any]) -> str:
        job = actions.request(entered["quarter"], by=signed_in(request))
        return reverse("job_detail", args=[job.pk])

    form = QuarterForm(request.POST or None)
    return form_page(
        request,
        form,
        start,
        title="发起季度测算",
        submit="开始测算",
        done="已开始测算。",
        back=reverse("assessment_list"),
        template="grid/assessment_new.html",
        unconfirmed=unconfirmed_words(clock.today()),
    )


@needs("grid.view_assessment")
def assessment_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One assessment: result, rules of its time, history, steps; the results themselves open as a list."""
    user = signed_in(request)
    case = get_object_or_404(Assessment.objects.visible_to(user), number=number)
    page = {
        "case": case,
        "terms": [*_terms(case), *_editions(case, user)],
        "rules": [(rule_set(key).label, rule) for key, rule in case.rules.items()],
        "figures": figures_used(case),
        "results_url": reverse("assessment_results", args=[number]),
        "timeline": timeline(case.events.select_related("organisation"), TABLE, dict(Assessment.State.choices)),
        "bar": step_bar(DOORS, user, case, lambda step: reverse("assessment_step", args=[number, step])),
        "tone": TONES.get(case.state, ""),
    }
    return render(request, "grid/assessment.html", page)


def _terms(case: Assessment) -> Iterator[Term]:
    yield Term("统计期", f"{case.first:%Y年%-m月%-d日}至{case.last:%Y年%-m月%-d日}")
    yield Term("取数时间", case.inputs_at)
    if case.inputs_at and clock.local(case.inputs_at).date() <= case.last and case.state == "draft":
        yield Term(
            "提示",
            Toned("统计期尚未结束，以下只是截至取数时间的试算；截止后重新测算，方可下发核对。", "near"),
            wide=True,
        )
    yield Term("结果", summary(case), wide=True, url=reverse("assessment_results", args=[case.number]))
    if case.is_zero and case.state == "draft" and (words := unconfirmed_words(case.last)):
        yield Term("提示", Toned(words, "near"), wide=True)
    if suspicion := case.result.get("suspicious"):
        yield Term("提示", Toned(str(suspicion), "near"), wide=True)
    yield Term("公示时间", case.published_at)
    yield Term("公示截止", case.publicity_until)
    yield Term("定稿时间", case.finalised_at)
    yield Term("结果指纹", case.fingerprint[:16])


def _editions(case: Assessment, user: User) -> Iterator[Term]:
    """The edition that this one corrects, and the one that corrects it, as far as `user` sees them."""
    for other in (
        Assessment.objects.visible_to(user).filter(Q(corrects=case) | Q(corrected_by=case)).order_by("edition")
    ):
        label = "更正版" if other.edition > case.edition else "原版"
        yield Term(
            label, f"{other.number}（{other.state_label}）", url=reverse("assessment_detail", args=[other.number])
        )


@needs("grid.view_assessment")
def assessment_results(request: HttpRequest, number: str) -> HttpResponseBase:
    """The results of one assessment, grid by grid or village by village."""
    user = signed_in(request)
    case = get_object_or_404(Assessment.objects.visible_to(user), number=number)
    title = f"{case}　{case.state_label}，统计截止：{words.day(case.last)}，取数时间：{words.moment(case.inputs_at)}。"
    if case.is_zero:
        return VILLAGES.respond(request, _villages(request).filter(assessment=case), note=title)
    rows = GridScore.objects.visible_to(user).filter(assessment=case).select_related("area", "village", "town")
    return SCORES.respond(request, rows, note=title)


def _villages(request: HttpRequest) -> Any:
    """With their `place`: the newest quarter first, its villages in the order of the division codes."""
    rows = ZeroComplaint.objects.visible_to(signed_in(request)).select_related("assessment", "area", "town")
    quarter = "assessment__quarter"  # "2022Q4"
    year, number = (Cast(Substr(quarter, *cut), IntegerField()) for cut in ((1, 4), (6, 1)))
    newest_first = Cast(Value(99999) - year * 10 - number, CharField())
    return rows.annotate(place=Concat(newest_first, "area__code", output_field=CharField()))


@needs("grid.view_assessment")
def zero_complaint_list(request: HttpRequest) -> HttpResponseBase:
    """零投诉村（社区）: of every quarter the edition that holds."""
    holding = Assessment.objects.standing().order_by().values("pk")
    return VILLAGES.respond(request, _villages(request).filter(assessment__in=holding))


@needs("grid.view_assessment")
def assessment_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step; after a correction the new edition is what one goes on with."""
    case = get_object_or_404(Assessment.objects.visible_to(signed_in(request)), number=number)
    answer = take_step(request, DOORS, case, step, back=reverse("assessment_detail", args=[number]))
    if step == CORRECT.name and answer.status_code == HTTPStatus.FOUND:
        return redirect("assessment_detail", Assessment.objects.get(corrects=case).number)
    return answer


@needs("grid.view_assessment")
def score_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One grid's score: every indicator with its parts, each opening the list it was counted from."""
    rows = GridScore.objects.visible_to(signed_in(request)).select_related("assessment", "area", "village", "town")
    score = get_object_or_404(rows, pk=pk)
    items = [{**item, **_part_urls(item, score)} for item in score.items]
    return render(request, "grid/score.html", {"score": score, "items": items})


def _part_urls(item: dict[str, Any], score: GridScore) -> dict[str, str]:
    """Where the lists behind numerator and denominator open; nowhere for what was entered by hand."""
    name = item["figure"]
    if name.startswith("manual:") or "grid" not in get(name).source.dimensions:
        return {}
    parts = ("numerator", "denominator") if item["denominator"] is not None else ("numerator",)
    period = _counted(score.assessment)
    return {f"{part}_url": rows_url(get(name), period, part, "grid", score.area_id) for part in parts}
