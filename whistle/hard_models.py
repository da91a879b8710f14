"""攻坚哨: a hard problem handed in batches to a leading district leader.  Import it from whistle.models."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wangcheng.common.casework.models import Attachment, Case, Event, Sight, Standing
from wangcheng.common.workflow import Actor, Party
from whistle.querysets import HardWhistleQuerySet


class HardBatch(models.Model):
    """攻坚哨批次: the problems put together and handed over at one time."""

    year = models.PositiveSmallIntegerField("年度")
    sequence = models.PositiveSmallIntegerField("批次")
    name = models.CharField("名称", max_length=40)
    document_number = models.CharField("交办文号", max_length=80, blank=True)

    class Meta:
        verbose_name = "攻坚哨批次"
        ordering: ClassVar = ["-year", "-sequence"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["year", "sequence"], name="hard_batch_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        return f"{self.year}-{self.sequence}"


class HardWhistle(Case):
    """攻坚哨: title and content are the problem, `unit` is the lead unit, `received_at` the day it was put on the list."""

    UNIT_LISTS: ClassVar[tuple[str, ...]] = ("partner_ids",)

    class State(models.TextChoices):
        DRAFTED = "drafted", "待批示"
        INSTRUCTED = "instructed", "已批示"
        ASSIGNED = "assigned", "已交办"
        PROGRESSING = "progressing", "推进中"
        SOLVED = "solved", "基本解决"
        STRUCK = "struck", "已销号"
        CARRIED = "carried", "挂账"

    OPEN = frozenset(set(State) - {State.STRUCK})

    TRACKED: ClassVar[frozenset[str]] = frozenset({
        "town_id", "village_id", "category_top_id", "unit_id", "batch_id", "received_at", "assigned_at", "deadline",
        "solved_at", "closed_at",
    })  # fmt: skip
    PRIVATE: ClassVar[frozenset[str]] = Case.PRIVATE | {"instructed_by", "instruction", "leader", "goal", "outcome"}

    state = models.CharField("状态", max_length=12, choices=State, default="")
    batch = models.ForeignKey(HardBatch, models.PROTECT, related_name="whistles", verbose_name="批次")
    place_in_batch = models.PositiveSmallIntegerField("批内序号")
    instructed_by = models.CharField("批示领导", max_length=40, blank=True)
    instructed_on = models.DateField("批示日期", null=True, blank=True)
    instruction = models.CharField("批示内容", max_length=500, blank=True)
    leader = models.CharField("领办区领导", max_length=40, blank=True)
    partner_ids = models.JSONField("配合单位", default=list)  # keys of organisations, which are never deleted
    goal = models.CharField("攻坚目标", max_length=500, blank=True)
    deadline = models.DateField("完成时限", null=True, blank=True)
    assigned_at = models.DateTimeField("交办时间", null=True, blank=True)
    progressed_at = models.DateTimeField("最近推进时间", null=True, blank=True)
    solved_at = models.DateTimeField("基本解决时间", null=True, blank=True)
    outcome = models.CharField("解决情况", max_length=500, blank=True)
    carried_at = models.DateTimeField("挂账时间", null=True, blank=True)

    objects = HardWhistleQuerySet.as_manager()

    class Meta:
        verbose_name = "攻坚哨"
        ordering: ClassVar = ["-batch__year", "-batch__sequence", "place_in_batch"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "place_in_batch"], name="hard_whistle_place"),
        ]

    def parties(self, actor: Actor) -> frozenset[Party]:
        """Partner units report progress like the lead unit, and the centre keeps the log for those who only phone."""
        sides = super().parties(actor)
        reports = actor.is_centre or not actor.reach.isdisjoint(self.partner_ids)
        return sides | {Party.UNIT} if reports else sides


class HardWhistleEvent(Event):
    case = models.ForeignKey(HardWhistle, models.PROTECT, related_name="events", verbose_name="攻坚哨")

    class Meta(Event.Meta):
        verbose_name = "攻坚哨流转记录"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "seq"], name="hard_event_once")]


class HardWhistleStanding(Standing):
    """What a hard whistle was for counting; the columns are HardWhistle.TRACKED."""

    case = models.ForeignKey(HardWhistle, models.CASCADE, related_name="standings")
    town = models.ForeignKey("common.Area", models.PROTECT, null=True, related_name="+", verbose_name="街镇")
    village = models.ForeignKey("common.Area", models.PROTECT, null=True, related_name="+", verbose_name="村（社区）")
    category_top = models.ForeignKey(
        "common.Category", models.PROTECT, null=True, related_name="+", verbose_name="类别"
    )
    unit = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="牵头单位"
    )
    batch = models.ForeignKey(HardBatch, models.PROTECT, related_name="+", verbose_name="批次")
    received_at = models.DateTimeField("梳理时间")
    assigned_at = models.DateTimeField("交办时间", null=True)
    deadline = models.DateField("完成时限", null=True)
    solved_at = models.DateTimeField("基本解决时间", null=True)
    closed_at = models.DateTimeField("销号时间", null=True)

    class Meta:
        verbose_name = "攻坚哨截面"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="hard_standing_now"),
        ]
        indexes: ClassVar = [models.Index(fields=["assigned_at"], name="hard_standing_cohort")]


class HardWhistleSight(Sight):
    case = models.ForeignKey(HardWhistle, models.CASCADE, related_name="sights")

    class Meta:
        verbose_name = "攻坚哨可见范围"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "organisation"], name="hard_sight_once")]
        indexes: ClassVar = [models.Index(fields=["organisation", "case"], name="hard_sight_of")]


class HardWhistleAttachment(Attachment):
    """佐证材料."""

    case = models.ForeignKey(HardWhistle, models.PROTECT, related_name="attachments", verbose_name="攻坚哨")

    class Meta(Attachment.Meta):
        verbose_name = "攻坚哨佐证材料"


class HardWhistleSource(models.Model):
    """来源: a whistle, or a ticket by its number, from which the problem was drawn."""

    case = models.ForeignKey(HardWhistle, models.CASCADE, related_name="sources", verbose_name="攻坚哨")
    whistle = models.ForeignKey(
        "whistle.Whistle", models.PROTECT, null=True, related_name="hard_whistles", verbose_name="哨单"
    )
    ticket_number = models.CharField("工单编号", max_length=24, blank=True)

    class Meta:
        verbose_name = "攻坚哨来源"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "whistle", "ticket_number"], name="hard_source_once"),
        ]
