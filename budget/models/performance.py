"""绩效自评表 (财预〔2020〕10号): execution 10, output 50, benefit 30, satisfaction 10; one table a fund, one for the whole."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from budget.models.ledger import Fund


class PerformanceTable(models.Model):
    """绩效自评表 of a year: for the whole department (no fund) or for one special fund."""

    year = models.PositiveSmallIntegerField("年度")
    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="tables", verbose_name="资金项目"
    )
    goal = models.TextField("年度总体目标", blank=True)
    achieved = models.TextField("目标完成情况", blank=True)
    execution_reason = models.CharField("执行率偏差原因及改进措施", max_length=500, blank=True)
    version = models.PositiveIntegerField(
        "版本", default=1
    )  # counts edits of it and its indicators: a stale form is told

    class Meta:
        verbose_name = "绩效自评表"
        ordering: ClassVar = ["-year", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "fund"], condition=models.Q(fund__isnull=False), name="table_of_fund"
            ),
            models.UniqueConstraint(fields=["year"], condition=models.Q(fund=None), name="table_of_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.fund or '部门整体支出'}绩效自评表"


class Indicator(models.Model):
    """绩效指标: a target, and the registered figure (or an entered value) that says what was reached."""

    class Level1(models.TextChoices):
        OUTPUT = "output", "产出指标"
        BENEFIT = "benefit", "效益指标"
        SATISFACTION = "satisfaction", "满意度指标"

    class Comparator(models.TextChoices):
        AT_LEAST = "ge", "≥"
        AT_MOST = "le", "≤"
        EXACTLY = "eq", "＝"

    table = models.ForeignKey(PerformanceTable, models.CASCADE, related_name="indicators", verbose_name="自评表")
    place = models.PositiveSmallIntegerField("序号")
    level1 = models.CharField("一级指标", max_length=14, choices=Level1)
    level2 = models.CharField("二级指标", max_length=40)
    level3 = models.CharField("三级指标", max_length=80)
    comparator = models.CharField("比较", max_length=2, choices=Comparator, default=Comparator.AT_LEAST)
    target = models.DecimalField("年度指标值", max_digits=14, decimal_places=2)
    unit = models.CharField("单位", max_length=10, blank=True)
    weight = models.DecimalField("分值", max_digits=5, decimal_places=2)
    figure = models.CharField("统计指标", max_length=60, blank=True)
    entered = models.DecimalField("录入的完成值", max_digits=14, decimal_places=2, null=True, blank=True)
    reason = models.CharField("偏差原因及改进措施", max_length=500, blank=True)

    class Meta:
        verbose_name = "绩效指标"
        ordering: ClassVar = ["table", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "place"], name="indicator_place")]
