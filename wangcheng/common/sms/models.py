"""The outbox of text messages and the carrier's receipts.  Changed only by sms.actions, sms.sending and sms.receipts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wangcheng.common.sms.querysets import MessageQuerySet


class Message(models.Model):
    """短信: one text to one phone, written in the transaction that caused it and sent afterwards by the worker.

    "Accepted by the gateway" is not "delivered".  Before the carrier is called the row becomes SENDING with a batch id;
    a row found SENDING after a crash is never sent again blindly: it becomes UNSURE and is settled by a receipt or a person.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        SENDING = "sending", "提交中"
        ACCEPTED = "accepted", "已提交"
        DELIVERED = "delivered", "已送达"
        FAILED = "failed", "失败"
        UNSURE = "unsure", "待核实"
        MANUAL = "manual", "人工"

    class Purpose(models.TextChoices):
        REMINDER = "reminder", "提醒"
        PUSH = "push", "双推送"
        NOTICE = "notice", "通知"
        SURVEY = "survey", "民意调查"

    OPEN = frozenset({State.WAITING, State.SENDING, State.UNSURE})

    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    purpose = models.CharField("用途", max_length=10, choices=Purpose)
    phone = models.CharField("手机", max_length=20)
    recipient = models.ForeignKey(
        "common.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收件人"
    )
    organisation = models.ForeignKey(
        "common.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    text = models.CharField("内容", max_length=500)
    segments = models.PositiveSmallIntegerField("条数")  # ≤ 70 characters incl. signature: 1; longer: 67 each
    about = models.CharField("事项编号", max_length=24, blank=True)  # the case's number
    urgent = models.BooleanField("紧急", default=False)  # may be sent in the quiet hours
    created_at = models.DateTimeField("生成时间")
    not_before = models.DateTimeField("最早发送")
    batch = models.CharField("批次", max_length=20, blank=True)  # our addSerial, set before the carrier is called
    carrier_id = models.CharField("运营商批号", max_length=40, blank=True)  # msgGroup
    claimed_at = models.DateTimeField("提交时刻", null=True, blank=True)  # machine time: for settling after a crash
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    error = models.CharField("失败原因", max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "短信"
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["not_before"], name="message_waiting", condition=Q(state="waiting")),
            models.Index(fields=["claimed_at"], name="message_sending", condition=Q(state="sending")),
            models.Index(fields=["carrier_id", "phone"], name="message_carrier"),
            models.Index(fields=["purpose", "accepted_at"], name="message_counted"),
        ]


class Receipt(models.Model):
    """状态报告: what the carrier said of a message; the same one may come many times and counts once."""

    carrier_id = models.CharField("运营商批号", max_length=40)
    phone = models.CharField("手机", max_length=20)
    status = models.CharField("状态", max_length=20)
    error_code = models.CharField("错误码", max_length=40, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True)  # as the carrier gives it: machine time, like claimed_at
    received_at = models.DateTimeField("接收时间")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="receipts", verbose_name="短信")

    class Meta:
        verbose_name = "短信状态报告"
        constraints: ClassVar = [models.UniqueConstraint(fields=["carrier_id", "phone", "status"], name="receipt_once")]
        indexes: ClassVar = [models.Index(fields=["phone"], name="receipt_unmatched", condition=Q(message=None))]
