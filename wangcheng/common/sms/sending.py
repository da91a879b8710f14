"""Sending what waits in the outbox.  Called by the tasks of the worker.

A row passes WAITING → SENDING → its answer.  SENDING with its batch number is committed before the carrier is called, so
a crash leaves a row that says "may have been sent"; such a row is never sent again, it becomes UNSURE (see receipts).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.models import Message
from wangcheng.common.policy.registry import in_force
from wangcheng.common.sms.gateways import Accepted, Answer, Gateway, Refused, Unknown, gateway
from wangcheng.common.sms.receipts import match_doubted, match_waiting
from wangcheng.common.sms.rules import MessageRules

log = logging.getLogger(__name__)

State = Message.State


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows with one text that are ours to give to the carrier in one call."""

    batch: str
    text: str
    phones: tuple[str, ...]


def send_all(most: int) -> int:
    """Send what is due, in at most `most` calls.  How many calls were made."""
    rules, carrier = in_force(MessageRules, clock.today()), gateway()
    for calls in range(most):
        taken = claim(rules)
        if taken is None:
            return calls
        settle(taken, call(carrier, taken), rules)
    return most


@transaction.atomic
def claim(rules: MessageRules) -> Claim | None:
    """Take the oldest due message and those with the same text to other phones; committed before anybody is called.

    What was queued by day but is reached in the quiet hours, as the worker stood still, waits for the morning.
    """
    now = clock.now()
    due = Message.objects.due(now).select_for_update(skip_locked=True).order_by("pk")
    if rules.is_quiet(clock.local(now)):
        due = due.filter(urgent=True)
    first = due.first()
    if first is None:
        return None
    rows = list({row.phone: row for row in reversed(due.filter(text=first.text)[: rules.batch])}.values())
    batch = f"{first.pk:010d}{first.attempts:02d}"
    for row in rows:
        row.state, row.batch, row.claimed_at, row.attempts = State.SENDING, batch, clock.system_now(), row.attempts + 1
    Message.objects.bulk_update(rows, ["state", "batch", "claimed_at", "attempts"])
    return Claim(batch, rules.signature + first.text, tuple(row.phone for row in rows))


def call(carrier: Gateway, taken: Claim) -> Answer:
    """Ask the carrier; a fault of the gateway's own code leaves the rows in doubt, not the worker in ruins."""
    try:
        return carrier.send(taken.phones, taken.text, taken.batch)
    except Exception as problem:
        log.exception("gateway failed on batch %s", taken.batch)
        return Unknown(f"短信网关程序出错（{type(problem).__name__}）")


@transaction.atomic
def settle(taken: Claim, answer: Answer, rules: MessageRules) -> None:
    """Write the carrier's answer on the rows of the batch; also on those a sweeper has doubted meanwhile."""
    rows = list(Message.objects.select_for_update().filter(batch=taken.batch, state__in=(State.SENDING, State.UNSURE)))
    for row in rows:
        _apply(row, answer, rules)
    Message.objects.bulk_update(rows, ["state", "carrier_id", "accepted_at", "not_before", "error"])
    if isinstance(answer, Accepted):
        match_waiting(answer.carrier_id)


def _apply(row: Message, answer: Answer, rules: MessageRules) -> None:
    if isinstance(answer, Accepted):
        row.state, row.carrier_id, row.accepted_at, row.error = State.ACCEPTED, answer.carrier_id, clock.now(), ""
        return
    row.error = answer.reason[:200]
    if isinstance(answer, Unknown):
        row.state = State.UNSURE
    elif isinstance(answer, Refused) and row.attempts < rules.attempts:
        retry = rules.retry_at(clock.now(), row.attempts)
        row.state, row.not_before = State.WAITING, retry if row.urgent else rules.earliest(retry)
    else:
        row.state = State.FAILED


@transaction.atomic
def doubt_stranded() -> int:
    """Rows that were given to the carrier longer ago than the lease and have no answer become 待核实."""
    rules = in_force(MessageRules, clock.today())
    stranded = Message.objects.stranded(clock.system_now() - timedelta(minutes=rules.lease))
    doubted = list(stranded.select_for_update(skip_locked=True).values_list("pk", flat=True))
    rows = Message.objects.filter(pk__in=doubted)
    rows.update(state=State.UNSURE, error="提交过程中断，不能确定运营商是否已受理")
    match_doubted(set(rows.values_list("phone", flat=True)))
    return len(doubted)
