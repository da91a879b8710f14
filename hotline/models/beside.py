"""The rows beside a ticket: contacts, co-units, pushes, answers, callbacks, reminders, words overwritten, attachments."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hotline.models import choices
from hotline.models.ticket import Ticket
from wangcheng.common.casework.models import Attachment


class TicketContact(models.Model):
    """联系记录: an attempt to reach the caller."""

    Way, Outcome = choices.Way, choices.Outcome

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="contacts")
    at = models.DateTimeField("时间")
    way = models.CharField("方式", max_length=10, choices=Way)
    outcome = models.CharField("结果", max_length=14, choices=Outcome)
    by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="联系人")
    organisation = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="单位"
    )
    from_grid = models.BooleanField("网格联系", default=False)

    class Meta:
        verbose_name = "联系记录"
        ordering: ClassVar = ["at"]


class TicketAssist(models.Model):
    """协办: a co-unit with its own clock."""

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="assists")
    unit = models.ForeignKey("common.Organisation", models.PROTECT, related_name="+", verbose_name="协办单位")
    asked_at = models.DateTimeField("要求时间")
    due_at = models.DateTimeField("会办时限")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.TextField("会办意见", blank=True)
    by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)  # the ticket was returned and sent elsewhere

    class Meta:
        verbose_name = "协办"
        ordering: ClassVar = ["asked_at", "pk"]


class TicketPush(models.Model):
    """双推送: a ticket on the phone of a grid leader or officer, with receipt and contact of its own."""

    class Kind(models.TextChoices):
        LEADER = "leader", "网格长"
        OFFICER = "officer", "网格员"

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="pushes")
    area = models.ForeignKey("common.Area", models.PROTECT, related_name="+", verbose_name="网格")
    user = models.ForeignKey("common.User", models.PROTECT, related_name="+", verbose_name="推送对象")
    kind = models.CharField("身份", max_length=8, choices=Kind)
    pushed_at = models.DateTimeField("推送时间")
    read_at = models.DateTimeField("回执时间", null=True, blank=True)
    contacted_at = models.DateTimeField("联系时间", null=True, blank=True)

    class Meta:
        verbose_name = "双推送"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "user"], name="ticket_push_once")]
        indexes: ClassVar = [models.Index(fields=["user", "-pushed_at"], name="ticket_push_user")]


class TicketAnswer(models.Model):
    """办理结果: what the unit (or on the spot the centre) found, did and told the caller, per round."""

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="answers")
    round = models.PositiveSmallIntegerField("轮次")
    at = models.DateTimeField("时间")
    by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    organisation = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, related_name="+", verbose_name="答复单位"
    )
    confirmed = models.CharField("属实情况", max_length=8, choices=choices.Confirmed, blank=True)
    facts = models.TextField("查明事实", blank=True)
    measures = models.TextField("处理措施", blank=True)
    legal_basis = models.TextField("法律政策依据", blank=True)
    resolved = models.CharField("承办单位认定是否解决", max_length=8, choices=choices.Resolved, blank=True)
    reply = models.TextField("答复来电人内容")
    knowledge = models.ForeignKey(
        "hotline.Knowledge", models.PROTECT, null=True, related_name="+", verbose_name="引用知识"
    )

    class Meta:
        verbose_name = "办理结果"
        ordering: ClassVar = ["at", "pk"]


class TicketCallback(models.Model):
    """回访: two separate answers of the caller, per round; by the centre or the city."""

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="callbacks")
    round = models.PositiveSmallIntegerField("轮次")
    at = models.DateTimeField("时间")
    by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="回访人")
    from_city = models.BooleanField("市级回访", default=False)
    resolved = models.CharField("是否解决", max_length=8, choices=choices.Resolved)
    satisfaction = models.CharField("是否满意", max_length=12, choices=choices.Satisfaction)
    at_fault = models.BooleanField("承办单位责任，退回重办", default=False)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "回访记录"
        ordering: ClassVar = ["at", "pk"]


class TicketReminder(models.Model):
    """到期提醒: one SMS round to the unit before a deadline and one at it; the row keeps a second run from repeating it."""

    class Kind(models.TextChoices):
        BEFORE = "before", "到期前提醒"
        EXPIRED = "expired", "到期提醒"

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="reminders")
    kind = models.CharField("类别", max_length=8, choices=Kind)
    due_at = models.DateTimeField("所提醒的时限")
    at = models.DateTimeField("提醒时间")
    messages = models.PositiveSmallIntegerField("短信条数", default=0)

    class Meta:
        verbose_name = "到期提醒"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind", "due_at"], name="ticket_reminder_once")
        ]


class TicketWording(models.Model):
    """改动前的内容: words and persons that a delivery of the city overwrote; events never hold them.

    Only what was overwritten is filled in.  For the centre alone, masked like the ticket's own.
    """

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="wordings")
    at = models.DateTimeField("改动时间")
    title = models.CharField("标题", max_length=200, blank=True)
    content = models.TextField("内容", blank=True)
    place = models.CharField("地点", max_length=200, blank=True)
    caller_name = models.CharField("来电人", max_length=40, blank=True)
    caller_phone = models.CharField("来电人电话", max_length=30, blank=True)

    class Meta:
        verbose_name = "改动前的内容"
        ordering: ClassVar = ["at", "pk"]


class TicketAttachment(Attachment):
    """工单附件."""

    case = models.ForeignKey(Ticket, models.CASCADE, related_name="attachments")

    class Meta(Attachment.Meta):
        verbose_name = "工单附件"
        indexes: ClassVar = [models.Index(fields=["case"], name="ticket_attachment_photo", condition=~Q(thumbnail=""))]
