"""绩效自评报告: the narrative finance edits, and what was frozen on issue."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class SelfEvaluation(models.Model):
    """部门整体支出预算绩效自评报告 of a year.  Frozen on issue; a correction is a new edition with a reason."""

    class State(models.TextChoices):
        DRAFT = "draft", "编制中"
        FROZEN = "frozen", "已定稿"

    year = models.PositiveSmallIntegerField("年度")
    edition = models.PositiveSmallIntegerField("版次", default=1)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)  # counts edits: a stale form is told by it
    sections = models.JSONField("正文", default=list)  # [{"heading", "level", "text"}], text with {{ figure }} places
    dated_on = models.DateField("成文日期")
    reason = models.CharField("更正原因", max_length=200, blank=True)
    figures = models.JSONField("定稿数据", default=dict)  # name → {"printed", "value", …}, set when frozen
    content = models.JSONField(
        "定稿内容", default=dict, blank=True
    )  # all that the page shows (report.content), set when frozen
    docx = models.FileField("docx", upload_to="reports/%Y/", blank=True)
    pdf = models.FileField("pdf", upload_to="reports/%Y/", blank=True)
    xlsx = models.FileField("xlsx", upload_to="reports/%Y/", blank=True)
    edited_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="编制人")
    edited_at = models.DateTimeField("编制时间")
    frozen_by = models.ForeignKey(
        "common.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="定稿人"
    )
    frozen_at = models.DateTimeField("定稿时间", null=True, blank=True)

    class Meta:
        verbose_name = "绩效自评报告"
        ordering: ClassVar = ["-year", "-edition"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "edition"], name="self_evaluation_edition"),
            models.UniqueConstraint(fields=["year"], condition=Q(state="draft"), name="self_evaluation_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度部门整体支出预算绩效自评报告"
