"""How messages are asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from wangcheng.common.people.models import User
    from wangcheng.common.sms.models import Message  # noqa: F401  in the string below


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> MessageQuerySet:
        """The outbox is for who keeps it; anybody else sees the messages sent to oneself."""
        return self if user.has_perm("common.view_message") else self.filter(recipient=user)

    def due(self, moment: datetime) -> MessageQuerySet:
        """Waiting, and no longer held back by quiet hours or a retry."""
        return self.filter(state="waiting", not_before__lte=moment)

    def stranded(self, before: datetime) -> MessageQuerySet:
        """Given to the carrier before `before` (machine time) without an answer."""
        return self.filter(Q(claimed_at__lt=before), state="sending")

    def unanswered(self, phone: str) -> MessageQuerySet:
        """To this phone, given to the carrier, but nobody knows under which of its numbers."""
        return self.filter(phone=phone, state="unsure", carrier_id="")

    def claimed_near(self, moment: datetime, span: timedelta) -> MessageQuerySet:
        return self.filter(claimed_at__range=(moment - span, moment + span))
