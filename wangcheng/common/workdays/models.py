"""The holiday calendar as the clerk edits it each year, from the notices of the State Council's General Office."""

from typing import ClassVar

from django.db import models


class CalendarYear(models.Model):
    """放假安排: a year whose notice has been published and entered; any other year is only an estimate."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    source = models.CharField("依据", max_length=200)
    loaded_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "放假安排"
        ordering: ClassVar = ["year"]


class SpecialDay(models.Model):
    """A day that differs from its weekday: a holiday, or a make-up working day (调休上班)."""

    day = models.DateField("日期", unique=True)
    name = models.CharField("名称", max_length=20)
    is_working = models.BooleanField("上班")
    year = models.ForeignKey(CalendarYear, models.CASCADE, related_name="days", verbose_name="年度")

    class Meta:
        verbose_name = "特殊日期"
        ordering: ClassVar = ["day"]
