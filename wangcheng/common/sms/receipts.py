"""The carrier's receipts (状态报告): they arrive late, twice, before the answer to our call, or for a call whose answer was lost.

Called by the receipts view and by sms.sending.  A receipt is kept once; it settles the message it belongs to, and when it
belongs to a batch in doubt, it proves that the whole batch was accepted.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.models import Message, Receipt

log = logging.getLogger(__name__)

DELIVERED = frozenset({"CM:0000", "DELIVRD", "0"})
NEAR = timedelta(minutes=30)  # between our call and the submit time in its receipt
State = Message.State


@dataclass(frozen=True, slots=True)
class Report:
    """One receipt as the carrier sends it."""

    carrier_id: str
    phone: str
    status: str
    error_code: str
    submitted_at: datetime | None

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Report:
        """KeyError or ValueError if it is not one."""
        carrier_id, phone, status = (str(found[name]).strip() for name in ("msgGroup", "mobile", "reportStatus"))
        if not (carrier_id and phone and status):
            raise ValueError("empty field in receipt")
        return cls(carrier_id[:40], phone[-11:], status[:20], str(found.get("errorCode") or "")[:40], _submitted(found))


def _submitted(found: Mapping[str, Any]) -> datetime | None:
    digits = "".join(mark for mark in str(found.get("submitDate") or "") if mark.isdigit())[:14]
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=clock.CHINA)
    except ValueError:
        return None


def take(reports: Iterable[Report]) -> int:
    """Keep and apply receipts; the same one again changes nothing.  How many were new."""
    return sum(take_one(report) for report in reports)


@transaction.atomic
def take_one(report: Report) -> bool:
    receipt, is_new = Receipt.objects.get_or_create(
        carrier_id=report.carrier_id,
        phone=report.phone,
        status=report.status,
        defaults={
            "error_code": report.error_code,
            "submitted_at": report.submitted_at,
            "received_at": clock.now(),
        },
    )
    if receipt.message_id is None:
        _settle(receipt)
    return is_new


def match_waiting(carrier_id: str) -> None:
    """Apply receipts that came before the answer to our call."""
    for receipt in Receipt.objects.filter(carrier_id=carrier_id, message=None):
        _settle(receipt)


def match_doubted(phones: Collection[str]) -> None:
    """Apply receipts that came for calls of a worker that has crashed since."""
    for receipt in Receipt.objects.filter(phone__in=phones, message=None).order_by("pk"):
        _settle(receipt)


def _settle(receipt: Receipt) -> None:
    message = _known(receipt) or _in_doubt(receipt)
    if message is None:
        log.info("receipt %s belongs to no message yet", receipt.pk)
        return
    receipt.message = message
    receipt.save(update_fields=["message"])
    _apply(message, receipt)


def _known(receipt: Receipt) -> Message | None:
    rows = Message.objects.select_for_update().filter(carrier_id=receipt.carrier_id, phone=receipt.phone)
    return rows.order_by("pk").first()


def _in_doubt(receipt: Receipt) -> Message | None:
    """The message in doubt that a receipt with a number unknown to us must be about, if only one can be meant."""
    rows = Message.objects.select_for_update().unanswered(receipt.phone)
    if receipt.submitted_at is not None:
        rows = rows.claimed_near(receipt.submitted_at, NEAR)
    found = list(rows[:2])
    if len(found) != 1:
        return None
    _accept_batch(found[0].batch, receipt.carrier_id)
    return Message.objects.select_for_update().get(pk=found[0].pk)


def _accept_batch(batch: str, carrier_id: str) -> None:
    """One call, one number of the carrier: a receipt for one phone proves that the call was accepted for all."""
    doubted = Message.objects.filter(batch=batch, state=State.UNSURE)
    doubted.update(state=State.ACCEPTED, carrier_id=carrier_id, accepted_at=clock.now(), error="")


def _apply(message: Message, receipt: Receipt) -> None:
    if message.state == State.DELIVERED:
        return  # a failure after a delivery is the carrier's noise
    if receipt.status in DELIVERED or receipt.error_code in DELIVERED:
        message.state, message.delivered_at, message.error = State.DELIVERED, clock.now(), ""
    elif message.state in {State.ACCEPTED, State.UNSURE}:
        message.state, message.error = State.FAILED, f"未送达：{receipt.error_code or receipt.status}"[:200]
    message.accepted_at = message.accepted_at or clock.now()
    message.save(update_fields=["state", "delivered_at", "accepted_at", "error"])
