"""Performance tables: what each says now, and the pages where finance enters goals, targets, values and reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from budget import table_actions as actions
from budget.models import Indicator, PerformanceTable
from budget.performance import computed
from budget.report.tables import of_year, shown
from budget.views.funds import asked_year, years
from wangcheng.common.figures.registry import all_figures
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import act, form_page
from wangcheng.common.ways.numbers import NumberField

VIEW, EDIT = "budget.view_selfevaluation", "budget.edit_selfevaluation"


class TableForm(forms.Form):
    """What is said about a whole table."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    goal = forms.CharField(
        label="年度总体目标", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    achieved = forms.CharField(
        label="目标完成情况", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    execution_reason = forms.CharField(
        label="执行率偏差原因及改进措施",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="没有预算或未使用比例超过预警线的，定稿前必须填写",
    )


class IndicatorForm(forms.Form):
    """One indicator."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    level1 = forms.ChoiceField(label="一级指标", choices=Indicator.Level1.choices)
    level2 = forms.CharField(label="二级指标", max_length=40)
    level3 = forms.CharField(label="三级指标", max_length=80)
    comparator = forms.ChoiceField(label="比较", choices=Indicator.Comparator.choices)
    target = NumberField(label="年度指标值", max_digits=14, decimal_places=2)
    unit = forms.CharField(label="单位", required=False, max_length=10)
    weight = NumberField(label="分值", min_value=0, max_value=100, max_digits=5, decimal_places=2)
    figure = forms.ChoiceField(
        label="统计指标", required=False, help_text="选定后完成值由系统按年度截止日统计，不需录入"
    )
    entered = NumberField(
        label="录入的完成值", required=False, max_digits=14, decimal_places=2, help_text="没有统计指标的，在此录入"
    )
    reason = forms.CharField(
        label="偏差原因及改进措施",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="未完成的指标必须填写",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        figures = [(figure.name, f"{figure.label}（{figure.unit}）") for figure in all_figures()]
        self.fields["figure"].choices = [("", "不由系统统计"), *figures]  # type: ignore[attr-defined]


@needs(VIEW)
@require_GET
def performance_list(request: HttpRequest) -> HttpResponse:
    """绩效自评表 of a year."""
    year = asked_year(request)
    page = {
        "year": year,
        "years": years(year),
        "tables": [(table, shown(computed(table))) for table in of_year(year)],
        "editable": signed_in(request).has_perm(EDIT),
    }
    return render(request, "budget/performance_list.html", page)


@needs(EDIT)
@require_POST
def performance_open(request: HttpRequest, year: int) -> HttpResponse:
    """建立 the tables of a year."""
    back = f"{reverse('performance_list')}?year={year}"
    return act(request, lambda: actions.open_tables(year, by=signed_in(request)), done="绩效自评表已建立。", back=back)


def _url(table: PerformanceTable) -> str:
    return reverse("performance_detail", args=[table.pk])


def _table(pk: int) -> PerformanceTable:
    return get_object_or_404(PerformanceTable.objects.select_related("fund"), pk=pk)


@needs(VIEW)
@require_GET
def performance_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One table, each line with the way to change it."""
    table = _table(pk)
    found = computed(table)
    said: dict[str, Any] = dict(shown(found))
    keys = [line.indicator.pk for line in found.lines]
    urls = [reverse("indicator_edit", args=[pk, key]) for key in keys]
    said["lines"] = [{**line, "url": url} for line, url in zip(said["lines"], urls, strict=True)]
    page = {"table": table, "found": said, "editable": signed_in(request).has_perm(EDIT)}
    return render(request, "budget/performance.html", page)


@needs(EDIT)
def performance_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """填写目标与原因."""
    table = _table(pk)
    initial = {name: getattr(table, name) for name in TableForm.base_fields}

    def do(cleaned: dict[str, Any]) -> str:
        return _url(actions.keep_table(pk, by=signed_in(request), **cleaned))

    form = TableForm(request.POST or None, initial=initial)
    return form_page(request, form, do, title=f"填写{table}", done="已保存。", back=_url(table))


@needs(EDIT)
def indicator_new(request: HttpRequest, pk: int) -> HttpResponse:
    """新增绩效指标."""
    return _indicator_page(request, _table(pk), None)


@needs(EDIT)
def indicator_edit(request: HttpRequest, pk: int, indicator: int) -> HttpResponse:
    """修改绩效指标: target, value, reason."""
    table = _table(pk)
    return _indicator_page(request, table, get_object_or_404(Indicator, pk=indicator, table=table))


def _indicator_page(request: HttpRequest, table: PerformanceTable, found: Indicator | None) -> HttpResponse:
    def do(cleaned: dict[str, Any]) -> str:
        version = cleaned.pop("version")
        key = found.pk if found else None
        actions.keep_indicator(table.pk, cleaned, by=signed_in(request), indicator_id=key, version=version)
        return _url(table)

    initial = {name: getattr(found, name) for name in actions.COLUMNS} if found else {}
    form = IndicatorForm(request.POST or None, initial={**initial, "version": table.version})
    title = f"修改绩效指标“{found.level3}”" if found else "新增绩效指标"
    remove = reverse("indicator_delete", args=[table.pk, found.pk]) if found else ""
    return form_page(
        request, form, do, title=title, done="指标已保存。", back=_url(table), template="budget/indicator.html",
        table=table, remove=remove,
    )  # fmt: skip


@needs(EDIT)
@require_POST
def indicator_delete(request: HttpRequest, pk: int, indicator: int) -> HttpResponse:
    """删除绩效指标."""
    table = _table(pk)
    if not table.indicators.filter(pk=indicator).exists():
        return redirect(_url(table))
    text = request.POST.get("version", "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
    user = signed_in(request)
    return act(
        request,
        lambda: actions.delete_indicator(pk, indicator, by=user, version=version),
        done="指标已删除。",
        back=_url(table),
    )
