"""Every model of the kernel, gathered for Django; each lives beside the code that changes it."""

from django.db import models

from wangcheng.common.api.models import ApiToken, IdempotentReply
from wangcheng.common.audit.models import AuditEntry, AuditSeal
from wangcheng.common.casework.models import Category, NumberSequence
from wangcheng.common.jobs.models import Job
from wangcheng.common.people.models import HandOver, Organisation, Post, User
from wangcheng.common.policy.models import Policy
from wangcheng.common.sms.models import Message, Receipt
from wangcheng.common.territory.models import Area, AreaSuccession, UrbanStatus
from wangcheng.common.ways.models import SavedFilter
from wangcheng.common.workdays.models import CalendarYear, SpecialDay

__all__ = [
    "ApiToken", "Area", "AreaSuccession", "AuditEntry", "AuditSeal", "CalendarYear", "Category", "DemoClock", "HandOver",
    "IdempotentReply", "Job", "Message", "NumberSequence", "Organisation", "Policy", "Post", "Receipt", "SavedFilter",
    "SpecialDay", "UrbanStatus", "User",
]  # fmt: skip


class DemoClock(models.Model):
    """When the demonstration clock was started, and what it showed then (see clock.py)."""

    started_at = models.DateTimeField("启动时刻")
    shows = models.DateTimeField("当时显示")

    class Meta:
        verbose_name = "演示时钟"
