"""Changing the performance tables: goal, reasons, indicators.  Each change counts the table's version up and is audited.

A frozen report keeps the tables as they were; what is changed here shows in drafts and later editions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from budget.models import Budget, Fund, Indicator, PerformanceTable
from budget.performance import default_tables
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

COLUMNS = (
    "level1", "level2", "level3", "comparator", "target", "unit", "weight", "figure", "entered", "reason",
)  # fmt: skip


@transaction.atomic
def open_tables(year: int, *, by: User) -> int:
    """建立绩效自评表: for the whole department and every special fund with a budget.  How many are new."""
    if not Budget.objects.filter(year=year).exists():
        raise NotAllowed(f"{year}年度没有预算数据，不能建立绩效自评表。", Code.RULE, "year")
    before = PerformanceTable.objects.filter(year=year).count()
    default_tables(year)
    for fund in Fund.objects.filter(kind=Fund.Kind.SPECIAL, budgets__year=year):
        PerformanceTable.objects.get_or_create(year=year, fund=fund)
    new = PerformanceTable.objects.filter(year=year).count() - before
    if new:
        record(AuditEntry.Kind.DATA, f"建立{year}年度绩效自评表{new}张", by=by, object=f"performance_tables {year}")
    return new


def _locked(table_id: int, version: int | None) -> PerformanceTable:
    table: PerformanceTable = PerformanceTable.objects.select_for_update(of=("self",)).get(pk=table_id)
    if version is not None and version != table.version:
        raise NotAllowed("自评表已被其他人员修改，请刷新后重试。", Code.VERSION)
    return table


def _tell(table: PerformanceTable, summary: str, by: User, **data: Any) -> None:
    table.version += 1
    table.save(update_fields=["version"])
    record(AuditEntry.Kind.DATA, summary, by=by, object=f"performance_table {table.pk}", data=data)


@transaction.atomic
def keep_table(
    table_id: int, *, goal: str, achieved: str, execution_reason: str, by: User, version: int | None = None
) -> PerformanceTable:
    """填写目标、完成情况和执行率偏差原因."""
    table = _locked(table_id, version)
    table.goal, table.achieved, table.execution_reason = goal, achieved, execution_reason
    table.save(update_fields=["goal", "achieved", "execution_reason"])
    _tell(table, f"填写{table}", by, execution_reason=execution_reason)
    return table


@transaction.atomic
def keep_indicator(
    table_id: int, values: dict[str, Any], *, by: User, indicator_id: int | None = None, version: int | None = None
) -> Indicator:
    """新增或修改绩效指标; a value is entered by hand only where no figure gives it."""
    table = _locked(table_id, version)
    if values["figure"] and values["entered"] is not None:
        raise NotAllowed("完成值由统计指标取得，不能另行录入。", Code.RULE, "entered")
    indicator = table.indicators.get(pk=indicator_id) if indicator_id else _new(table)
    before = {name: str(getattr(indicator, name)) for name in COLUMNS}
    for name in COLUMNS:
        setattr(indicator, name, values[name])
    indicator.save()
    changed = {name: [before[name], str(values[name])] for name in COLUMNS if before[name] != str(values[name])}
    _tell(table, f"{'修改' if indicator_id else '新增'}绩效指标“{indicator.level3}”", by, **changed)
    return indicator


def _new(table: PerformanceTable) -> Indicator:
    last = table.indicators.aggregate(last=Max("place"))["last"] or 0
    return Indicator(table=table, place=last + 1)


@transaction.atomic
def delete_indicator(table_id: int, indicator_id: int, *, by: User, version: int | None = None) -> None:
    """删除绩效指标."""
    table = _locked(table_id, version)
    indicator = table.indicators.get(pk=indicator_id)
    indicator.delete()
    _tell(table, f"删除绩效指标“{indicator.level3}”", by, target=str(indicator.target), weight=str(indicator.weight))
