"""Taking a ticket in and sending it out, over REST.  Floor: the rows that leaves, written by hand in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.test import Client

from hotline.models import Ticket, TicketEvent, TicketSight, TicketStanding
from wangcheng.bench.pages import browser
from wangcheng.bench.population import copied
from wangcheng.bench.timing import ROUNDS, Row, compared
from wangcheng.common import clock
from wangcheng.common.models import Organisation

ADDRESS = "/api/v1/tickets/"
_serial = count(1)


def creates(n: int) -> Iterator[Row]:
    client = browser("dispatcher")
    made = _created(client)
    yield compared("create", n, lambda: _created(client), lambda: _copied(made, TicketEvent, TicketStanding))


def steps(n: int) -> Iterator[Row]:
    """派单."""
    client = browser("dispatcher")
    unit = Organisation.objects.filter(kind="town", valid_to=None).order_by("code")[0]
    waiting = [_created(client) for _ in range(2 * ROUNDS + 4)]
    ours, floor = waiting[::2], waiting[1::2]
    yield compared("step", n, lambda: _dispatched(client, ours.pop(), unit), lambda: _sent(floor.pop(), unit))


def _created(client: Client) -> str:
    """A new ticket by REST; its number."""
    serial = next(_serial)
    body = {
        "title": f"测量用诉求{serial}", "content": "用于测量的诉求内容，与任何人无关。", "type": "help", "source": "phone",
        "received_at": (clock.now() - timedelta(minutes=1)).isoformat(), "caller_name": "测量", "caller_phone": f"130{serial:08}",
    }  # fmt: skip
    return str(_posted(client, ADDRESS, body, 201)["number"])


def _dispatched(client: Client, number: str, unit: Organisation) -> None:
    _posted(client, f"{ADDRESS}{number}/dispatch/", {"unit": unit.code}, 200)


def _posted(client: Client, address: str, body: dict[str, Any], wanted: int) -> dict[str, Any]:
    answer = client.post(address, body, content_type="application/json")
    if answer.status_code != wanted:
        raise AssertionError(f"{address}: {answer.status_code} {answer.content.decode()[:300]}")
    found: dict[str, Any] = answer.json()
    return found


@transaction.atomic
def _copied(number: str, *beside: Any) -> None:
    """The ticket's rows once more under another number, as fast as they can be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE common_numbersequence SET last = last WHERE key = %s", [f"ticket-{clock.today():%Y%m%d}"]
        )
        cursor.execute("SELECT id FROM hotline_ticket WHERE number = %s", [number])
        key = cursor.fetchone()[0]
        cursor.execute("SELECT max(id) FROM hotline_ticket")
        shift = cursor.fetchone()[0] + 1_000_000 - key
        for model in (Ticket, *beside):
            copied(cursor, model, f"f{next(_serial)}", shift, key, key)


@transaction.atomic
def _sent(number: str, unit: Organisation) -> None:
    """Lock, change, record: what 派单 leaves, without asking whether it may."""
    with connection.cursor() as cursor:
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        cursor.execute(f"SELECT id, received_at FROM hotline_ticket WHERE number = %s{lock}", [number])
        key, received_at = cursor.fetchone()
        cursor.execute(
            "UPDATE hotline_ticket SET state = 'dispatched', unit_id = %s, dispatched_at = received_at, version = version + 1"
            " WHERE id = %s",
            [unit.pk, key],
        )
        cursor.execute(
            "UPDATE hotline_ticketstanding SET unit_id = %s, dispatched_at = received_at WHERE case_id = %s AND until IS NULL",
            [unit.pk, key],
        )
        columns = "step, before, after, at, actor_id, actor_name, organisation_id, note, data, digest, case_id"
        cursor.execute(
            f"INSERT INTO hotline_ticketevent (seq, {columns}) SELECT seq + 1, {columns} FROM hotline_ticketevent"
            " WHERE case_id = %s",
            [key],
        )
        cursor.execute(
            f"INSERT INTO {TicketSight._meta.db_table} (case_id, organisation_id, received_at) VALUES (%s, %s, %s)",
            [key, unit.pk, received_at],
        )
