"""The quarterly assessment of grids and villages, its results and its history.  Changed only by grid.actions.

A final result is immutable: the database refuses to change it (see the migrations); a correction is a new edition.
"""

from __future__ import annotations

from typing import ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q

from grid.querysets import AssessmentQuerySet, ScoreQuerySet
from wangcheng.common.casework.models import Event
from wangcheng.common.figures.periods import quarter_words
from wangcheng.common.workflow import Actor, Carried, Party


class Assessment(models.Model):
    """考核: one quarter's assessment of all level-3 grids, of all level-4 grids, or of the villages without complaints.

    It walks through the process engine like a case (workflow.move): state, version and digest belong to its events.
    """

    class Kind(models.TextChoices):
        LEVEL3 = "level3", "三级网格"
        LEVEL4 = "level4", "四级网格"
        ZERO = "zero", "零投诉村（社区）"

    class State(models.TextChoices):
        DRAFT = "draft", "测算"
        VILLAGE = "village", "村（社区）核对"
        TOWN = "town", "街镇核对"
        CENTRE = "centre", "区中心审定"
        PUBLISHED = "published", "公示"
        FINAL = "final", "定稿"

    TRACKED: ClassVar[frozenset[str]] = frozenset()
    PRIVATE: ClassVar[frozenset[str]] = frozenset()

    quarter = models.CharField("季度", max_length=6)  # "2022Q4"
    kind = models.CharField("类别", max_length=8, choices=Kind)
    edition = models.PositiveSmallIntegerField("版次", default=1)
    number = models.CharField("编号", max_length=24, unique=True)  # "2022Q4-level3-1"
    state = models.CharField("状态", max_length=10, choices=State, default="")
    version = models.PositiveIntegerField("版本", default=0)  # = number of events
    digest = models.CharField(max_length=64, default="", editable=False)
    first = models.DateField("统计起日")  # the day after the cut-off of the quarter before
    last = models.DateField("统计止日")  # the cut-off day
    rules = models.JSONField("规则快照", default=dict)  # key → {"policy", "version", "values"}
    figures = models.JSONField(
        "指标版本", null=True
    )  # name → version it was counted by; null: made before this was kept
    inputs_at = models.DateTimeField("取数时间", null=True)  # manual entries up to this moment are in the result
    result = models.JSONField("结果", default=dict)
    fingerprint = models.CharField("结果指纹", max_length=64, default="", editable=False)
    published_at = models.DateTimeField("公示时间", null=True, blank=True)
    publicity_until = models.DateTimeField("公示截止", null=True, blank=True)
    finalised_at = models.DateTimeField("定稿时间", null=True, blank=True)
    corrected_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrects", verbose_name="更正版"
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "考核"
        ordering: ClassVar = ["-quarter", "kind", "-edition"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["quarter", "kind", "edition"], name="assessment_edition"),
            models.UniqueConstraint(
                fields=["quarter", "kind"], condition=~Q(state="final"), name="assessment_one_open"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "finalised_at"], name="assessment_final")]

    def __str__(self) -> str:
        return f"{self.quarter_label}{self.get_kind_display()}考核"

    @property
    def quarter_label(self) -> str:
        return quarter_words(self.quarter)

    @property
    def state_label(self) -> str:
        return self.State(self.state).label if self.state else "未测算"

    @property
    def is_zero(self) -> bool:
        return self.kind == self.Kind.ZERO

    def parties(self, actor: Actor) -> frozenset[Party]:
        """The centre, or a town or village with its own part of the result."""
        return frozenset({Party.ANYONE, Party.CENTRE} if actor.is_centre else {Party.ANYONE, Party.UNIT})

    # Writing: called by workflow.move alone

    def write(self, carried: Carried) -> None:
        if self._state.adding:
            self.save(force_insert=True)
        else:
            self.save(update_fields=[*carried.change.fields, "version", "digest"])
        for row in carried.change.rows:
            rows = apps.get_model(row.model)._default_manager
            if row.match is None:
                rows.create(assessment=self, **row.values)
            else:
                rows.filter(assessment=self, **row.match).update(**row.values)

    def record(self, carried: Carried) -> AssessmentEvent:
        return self.events.create(**carried.event)


class AssessmentEvent(Event):
    """考核流转记录."""

    case = models.ForeignKey(Assessment, models.PROTECT, related_name="events", verbose_name="考核")

    class Meta:
        verbose_name = "考核流转记录"
        ordering: ClassVar = ["seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "seq"], name="assessment_event_seq")]


class AssessmentReview(models.Model):
    """核对: a village or town has checked its own part."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="reviews", verbose_name="考核")
    organisation = models.ForeignKey("common.Organisation", models.PROTECT, related_name="+", verbose_name="单位")
    stage = models.CharField("环节", max_length=10, choices=Assessment.State)
    by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="核对人")
    at = models.DateTimeField("核对时间")
    note = models.CharField("意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "考核核对"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "organisation", "stage"], name="assessment_review_once"),
        ]


class GridScore(models.Model):
    """网格得分: one grid's points, rank within its town, and grade."""

    class Grade(models.TextChoices):
        EXCELLENT = "excellent", "优秀"
        QUALIFIED = "qualified", "合格"
        BASIC = "basic", "基本合格"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="scores", verbose_name="考核")
    area = models.ForeignKey("common.Area", models.PROTECT, related_name="scores", verbose_name="网格")
    village = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="村（社区）")
    town = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="街镇")
    items = models.JSONField("各项得分")  # [{label, figure, numerator, denominator, value, weight, points}, …]
    bonus = models.DecimalField("加分", max_digits=5, decimal_places=2, default=0)
    deduction = models.DecimalField("扣分", max_digits=5, decimal_places=2, default=0)
    score = models.DecimalField("得分", max_digits=6, decimal_places=2)
    rank = models.PositiveIntegerField("街镇内名次")
    grade = models.CharField("等次", max_length=10, choices=Grade)
    veto = models.BooleanField("一票否决", default=False)
    reason = models.CharField("说明", max_length=200, blank=True)
    amount_yuan = models.PositiveIntegerField("奖励（元）", default=0)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = "网格得分"
        ordering: ClassVar = ["town", "rank", "area"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["assessment", "area"], name="grid_score_once")]
        indexes: ClassVar = [
            models.Index(fields=["assessment", "town", "rank", "area"], name="grid_score_ranking"),
            models.Index(fields=["assessment", "grade"], name="grid_score_grade"),
            models.Index(fields=["area"], name="grid_score_area"),
        ]


class ZeroComplaint(models.Model):
    """零投诉评比: one village's counted complaints of the quarter and what it is awarded."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="villages", verbose_name="考核")
    area = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="村（社区）")
    town = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="街镇")
    is_urban = models.BooleanField("城市社区")
    counted = models.PositiveIntegerField("计入投诉")
    excluded = models.PositiveIntegerField("不计入", default=0)
    eligible = models.BooleanField("具备资格")
    awarded = models.BooleanField("零投诉")
    reason = models.CharField("说明", max_length=200, blank=True)
    amount_yuan = models.PositiveIntegerField("奖励（元）", default=0)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = "零投诉评比"
        ordering: ClassVar = ["town", "area"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["assessment", "area"], name="zero_complaint_once")]
        indexes: ClassVar = [models.Index(fields=["assessment", "awarded"], name="zero_complaint_awarded")]


class Appeal(models.Model):
    """申诉: a town or village objects to a published result; the centre rules on it."""

    class State(models.TextChoices):
        OPEN = "open", "待裁定"
        UPHELD = "upheld", "成立"
        DISMISSED = "dismissed", "不成立"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="appeals", verbose_name="考核")
    area = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="网格或村（社区）")
    organisation = models.ForeignKey("common.Organisation", models.PROTECT, related_name="+", verbose_name="申诉单位")
    reason = models.TextField("申诉理由")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="申诉人")
    at = models.DateTimeField("申诉时间")
    ruled_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="裁定人")
    ruled_at = models.DateTimeField("裁定时间", null=True)
    ruling = models.CharField("裁定意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "考核申诉"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "area"], condition=Q(state="open"), name="appeal_one_open"),
        ]
