"""What a dispatcher waits for a hundred times a day: list, search, one ticket.  Floor: the same rows by hand-written SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from hotline.models import Ticket
from wangcheng.bench.timing import Row, compared
from wangcheng.common.models import User

COMMON_WORD = "占道"
_ROWS = """
SELECT t.number, t.title, t.state, t.due_at, t.type, t.marks, t.received_at, u.short_name, v.short_name, c.name
FROM hotline_ticket t
LEFT JOIN common_organisation u ON u.id = t.unit_id LEFT JOIN common_area v ON v.id = t.village_id
LEFT JOIN common_category c ON c.id = t.category_id
"""
_NEWEST = " ORDER BY t.received_at DESC, t.id DESC LIMIT 50"
_TO_TEN_THOUSAND = "SELECT count(*) FROM (SELECT 1 FROM hotline_ticket t {where} LIMIT 10001) found"


def browser(username: str) -> Client:
    """A browser in which the person is logged in."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username=username), backend="wangcheng.common.people.auth.PostBackend")
    return client


def getting(client: Client, url: str, query: dict[str, str] | None = None) -> Callable[[], None]:
    """Work that gets a page and insists on it."""

    def get() -> None:
        answer = client.get(url, query or {})
        if answer.status_code != 200:
            raise AssertionError(f"{url}: {answer.status_code}")

    return get


def asking(*statements: tuple[str, list[Any]]) -> Callable[[], None]:
    """Work that reads what statements give."""

    def ask() -> None:
        with connection.cursor() as cursor:
            for sql, values in statements:
                cursor.execute(sql, values)
                cursor.fetchall()

    return ask


def lists(n: int) -> Iterator[Row]:
    """全部工单, fifty rows."""
    floor = asking((_ROWS + _NEWEST, []), (_TO_TEN_THOUSAND.format(where=""), []))
    yield compared(
        "list", n, getting(browser("dispatcher"), reverse("ticket_list"), {"tab": "all", "size": "50"}), floor
    )


def searches(n: int) -> Iterator[Row]:
    """By the words of one ticket's place, which few have, and by a word that many have."""
    place = Ticket.objects.exclude(place="").order_by("pk").values_list("place", flat=True)[0]
    page, client = reverse("ticket_list"), browser("dispatcher")
    for name, word in (("search", place), ("search_common", COMMON_WORD)):
        where, values = _contains(word)
        floor = asking((_ROWS + where + _NEWEST, values), (_TO_TEN_THOUSAND.format(where=where), values))
        yield compared(name, n, getting(client, page, {"tab": "all", "size": "50", "q": word}), floor)


def _contains(word: str) -> tuple[str, list[Any]]:
    where, values = "WHERE (upper(t.title) LIKE upper(%s) OR upper(t.place) LIKE upper(%s))", [f"%{word}%", f"%{word}%"]
    if connection.vendor == "postgresql":
        return f"{where} AND word_parts(t.title || chr(10) || t.place) @> ARRAY[%s]", [*values, word[-2:]]
    return where, values


def details(n: int) -> Iterator[Row]:
    """A ticket that has gone the whole way."""
    case = Ticket.objects.filter(state="archived").order_by("pk").first() or Ticket.objects.order_by("pk")[0]
    beside = ("ticketevent", "ticketcontact", "ticketanswer", "ticketcallback", "ticketattachment")
    floor = asking(
        (_ROWS.replace("t.number,", "t.*,") + " WHERE t.number = %s", [case.number]),
        *((f"SELECT * FROM hotline_{table} WHERE case_id = %s", [case.pk]) for table in beside),
    )
    yield compared("detail", n, getting(browser("dispatcher"), reverse("ticket_detail", args=[case.number])), floor)
