"""知识库 and 业务培训: what simple questions are answered from, and who was taught.  Changed only by hotline.ledgers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.db.models import QuerySet


class KnowledgeQuerySet(models.QuerySet["Knowledge"]):
    def valid(self, day: date) -> QuerySet[Knowledge]:
        """What may be told a caller on `day`: reviewed and in force."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), state="reviewed", valid_from__lte=day)

    def containing(self, text: str) -> QuerySet[Knowledge]:
        """With these words in question, answer or basis; all for none."""
        words = Q(question__contains=text) | Q(answer__contains=text) | Q(legal_basis__contains=text)
        return self.filter(words) if text else self


class Knowledge(models.Model):
    """知识: a question, its answer and the legal basis; reviewed before it is used."""

    class State(models.TextChoices):
        DRAFT = "draft", "待审核"
        REVIEWED = "reviewed", "已审核"
        WITHDRAWN = "withdrawn", "已停用"

    question = models.CharField("问题", max_length=200)
    answer = models.TextField("答复")
    legal_basis = models.CharField("政策法规依据", max_length=500, blank=True)
    category = models.ForeignKey(
        "common.Category", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="分类"
    )
    unit = models.ForeignKey("common.Organisation", models.PROTECT, related_name="+", verbose_name="责任单位")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    written_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    reviewed_by = models.ForeignKey(
        "common.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间")

    objects = KnowledgeQuerySet.as_manager()

    class Meta:
        verbose_name = "知识"
        ordering: ClassVar = ["-updated_at", "-pk"]

    def __str__(self) -> str:
        return self.question


class Training(models.Model):
    """业务培训: a session with the units and the number of people taught (走下去, 请上来, 跟班轮训)."""

    class Kind(models.TextChoices):
        VISIT = "visit", "走下去"
        INVITED = "invited", "请上来"
        SHADOWING = "shadowing", "跟班轮训"

    day = models.DateField("日期")
    kind = models.CharField("方式", max_length=10, choices=Kind)
    topic = models.CharField("主题", max_length=120)
    place = models.CharField("地点", max_length=80, blank=True)
    sessions = models.PositiveSmallIntegerField("场次", default=1)
    people = models.PositiveIntegerField("人数")
    units = models.ManyToManyField("common.Organisation", blank=True, related_name="+", verbose_name="参训单位")
    note = models.CharField("备注", max_length=200, blank=True)
    recorded_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "common.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作废人"
    )
    withdrawal = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "业务培训"
        ordering: ClassVar = ["-day", "-pk"]

    def __str__(self) -> str:
        return self.topic
