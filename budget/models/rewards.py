"""奖励: what final assessments award, and how it is appropriated to the towns."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from budget.querysets import RewardQuerySet


class Appropriation(models.Model):
    """拨付: the rewards of a quarter handed to one town, by a document, for the villages and grids below it.

    Asked for by one person, approved by another, then paid; its payments move with it.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", "待审批"
        APPROVED = "approved", "待支付"
        PAID = "paid", "已拨付"
        REFUSED = "refused", "不予拨付"

    town = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="街镇")
    quarter = models.CharField("季度", max_length=6)
    document_number = models.CharField("拨付文号", max_length=80)
    decided_on = models.DateField("拨付日期")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    made_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    state = models.CharField("状态", max_length=10, choices=State, default=State.REQUESTED)
    approved_by = models.ForeignKey(
        "common.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    approved_at = models.DateTimeField("审批时间", null=True, blank=True)
    paid_at = models.DateTimeField("支付时间", null=True, blank=True)
    voucher = models.CharField("凭证号", max_length=40, blank=True)

    class Meta:
        verbose_name = "奖励拨付"
        ordering: ClassVar = ["-quarter", "town"]
        indexes: ClassVar = [models.Index(fields=["quarter", "town"], name="appropriation_quarter")]

    def __str__(self) -> str:
        return f"{self.quarter}{self.town}"


class Reward(models.Model):
    """奖励: one award of a final result, with the amount and the rule version that set it."""

    class Kind(models.TextChoices):
        LEVEL3 = "level3", "优秀三级网格"
        LEVEL4 = "level4", "优秀四级网格"
        ZERO_URBAN = "zero_urban", "零投诉城市社区"
        ZERO_OTHER = "zero_other", "零投诉村（社区）"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    quarter = models.CharField("季度", max_length=6)
    area = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="受奖单位")
    village = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="村（社区）")
    town = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="街镇")
    amount = models.DecimalField("金额（元）", max_digits=10, decimal_places=2)
    assessment = models.ForeignKey("grid.Assessment", models.PROTECT, related_name="+", verbose_name="考核")
    rule_version = models.JSONField("规则版本", default=dict)  # as frozen in the assessment
    settled_at = models.DateTimeField("核定时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)  # a correction took it away
    appropriation = models.ForeignKey(
        Appropriation, models.PROTECT, null=True, blank=True, related_name="rewards", verbose_name="拨付"
    )
    received_on = models.DateField("村（社区）签收日期", null=True, blank=True)
    received_by = models.ForeignKey(
        "common.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签收人"
    )

    objects = RewardQuerySet.as_manager()

    class Meta:
        verbose_name = "奖励"
        ordering: ClassVar = ["-quarter", "kind", "town", "area"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "area", "quarter"], condition=models.Q(withdrawn_at=None), name="reward_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["quarter", "town", "kind"], name="reward_quarter")]

    @property
    def key(self) -> str:
        """What one live payment at most may carry: kind, beneficiary, quarter.  A village is without complaints once."""
        kind = "zero" if self.kind in {self.Kind.ZERO_URBAN, self.Kind.ZERO_OTHER} else self.kind
        return f"{kind}:{self.area_id}:{self.quarter}"
