"""What people enter for an assessment: the grids' own work, manual indicators, exclusions.  Never overwritten, only withdrawn."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from grid.querysets import ExclusionQuerySet, RecordedQuerySet
from wangcheng.common import clock


class GridWork(models.Model):
    """网格工作台账: what was due and done in one grid up to `day` since the row before; entered or imported.

    Put right, the line is withdrawn and another takes its place: what was counted before can be counted again.
    """

    area = models.ForeignKey("common.Area", models.PROTECT, related_name="works", verbose_name="网格")
    village = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="村（社区）")
    town = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="街镇")
    day = models.DateField("统计日期")
    collection_due = models.PositiveIntegerField("应采集信息", default=0)
    collection_done = models.PositiveIntegerField("已采集信息", default=0)
    event_due = models.PositiveIntegerField("应办事件", default=0)
    event_done = models.PositiveIntegerField("已办事件", default=0)
    visit_due = models.PositiveIntegerField("应走访", default=0)
    visit_done = models.PositiveIntegerField("已走访", default=0)
    base_info_due = models.PositiveIntegerField("应核基础信息", default=0)
    base_info_done = models.PositiveIntegerField("已核基础信息", default=0)
    request_due = models.PositiveIntegerField("群众诉求", default=0)
    request_done = models.PositiveIntegerField("化解诉求", default=0)
    task_due = models.PositiveIntegerField("下达任务", default=0)
    task_done = models.PositiveIntegerField("完成任务", default=0)
    training_due = models.PositiveIntegerField("应到培训例会", default=0)
    training_done = models.PositiveIntegerField("实到培训例会", default=0)
    entered_at = models.DateTimeField("录入时间", default=clock.now)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = "网格工作台账"
        ordering: ClassVar = ["day", "area"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "day"], condition=Q(withdrawn_at=None), name="grid_work_once")
        ]
        indexes: ClassVar = [models.Index(fields=["day", "area"], name="grid_work_day")]


class ManualIndicator(models.Model):
    """人工录入指标: a value a person enters for a grid or village and quarter; `bonus`, `deduction` and `veto` included."""

    BONUS, DEDUCTION, VETO, DISQUALIFY = "bonus", "deduction", "veto", "disqualify"
    LABELS: ClassVar = {BONUS: "加分", DEDUCTION: "扣分", VETO: "一票否决", DISQUALIFY: "取消零投诉资格"}

    area = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="网格或村（社区）")
    quarter = models.CharField("季度", max_length=6)
    indicator = models.CharField("指标", max_length=40)  # a name after "manual:" in the scheme, or one of LABELS
    value = models.DecimalField("数值", max_digits=8, decimal_places=2)
    reason = models.CharField("依据", max_length=200, blank=True)
    entered_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = "人工录入指标"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["area", "quarter", "indicator"], condition=Q(withdrawn_at=None), name="manual_indicator_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["quarter", "indicator"], name="manual_indicator_quarter")]

    @property
    def label(self) -> str:
        return self.LABELS.get(self.indicator, self.indicator)


class ComplaintExclusion(models.Model):
    """不计入零投诉: one ticket that shall not count against the village, with applicant, evidence and approver."""

    class Reason(models.TextChoices):
        REPEAT = "repeat", "同一人同一事项重复"
        MALICIOUS = "malicious", "恶意投诉"
        UNCONFIRMED = "unconfirmed", "查无实据"
        OUT_OF_DUTY = "out_of_duty", "不属村（社区）职责"
        LEGAL = "legal", "已进入法律程序"
        MISPLACED = "misplaced", "派单错误"
        LEGACY = "legacy", "经批准的历史遗留问题"
        DISASTER = "disaster", "自然灾害"

    class State(models.TextChoices):
        OPEN = "open", "待审批"
        APPROVED = "approved", "同意"
        REFUSED = "refused", "不同意"

    quarter = models.CharField("季度", max_length=6)
    village = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="村（社区）")
    ticket = models.CharField("工单编号", max_length=24)  # by number: tickets live on the floor above
    reason = models.CharField("理由", max_length=12, choices=Reason)
    evidence = models.TextField("佐证")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    applicant = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="申请人")
    applied_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        "common.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision = models.CharField("审批意见", max_length=200, blank=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        verbose_name = "零投诉不计入申请"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "quarter"], condition=~Q(state="refused"), name="complaint_exclusion_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["quarter", "village"], name="complaint_exclusion_place")]
