"""Dated rule versions (政策): limits, quotas, rewards, weights.  Changed only by policy.actions."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from wangcheng.common.policy.querysets import PolicyQuerySet


class Policy(models.Model):
    """政策版本: the values of one rule set from a day on, with the document that set them.

    A version is never changed once approved; a new one with a later (or the same) first day takes over.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        APPROVED = "approved", "已生效"
        WITHDRAWN = "withdrawn", "已作废"

    key = models.CharField("政策", max_length=40)
    version = models.PositiveIntegerField("版本")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    values = models.JSONField("内容")
    valid_from = models.DateField("施行日期")
    document_number = models.CharField("文号", max_length=80, blank=True)
    source = models.CharField("依据", max_length=120, default="默认值")
    note = models.CharField("修订说明", max_length=200, blank=True)
    drafted_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="起草人")
    approved_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="批准人")
    approved_at = models.DateTimeField("批准时间", null=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "政策版本"
        ordering: ClassVar = ["key", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "version"], name="policy_version"),
            models.UniqueConstraint(fields=["key"], condition=Q(state="draft"), name="policy_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.key} 第{self.version}版"

    def typed(self) -> Any:
        """The values as the frozen dataclass their key was registered with."""
        from wangcheng.common.policy.registry import rule_set

        return rule_set(self.key).parse(self.values)
