"""No address makes the program fail: whatever stands for a number, a day or a name, the answer is a page or a refusal."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from tests.hotline import desk
from tests.world import World
from wangcheng.common.ways.lists.keyset import KEY_MOST

HUGE = str(KEY_MOST + 1)  # each engine overflows in its own way: asked of both
PLACES = {True: (HUGE, "0", "99999"), False: ("abc", "9999Q4", HUGE)}  # what stands for a number, and for a name
VALUES = ("-1", "9999", "9999-12-31")
ODD = [
    [1, 2], ["", 1], ["0001-01-01T00:00:00", 1], ["9999-12-31T23:59:59", 1], [None, 1], [{}, 1], ["a\0", 1], [1e300, -1],
    [1, 2**70],
]  # fmt: skip
CURSORS = [base64.urlsafe_b64encode(json.dumps(odd).encode()).decode() for odd in ODD]
PARAMETERS = [
    "page", "size", "page_size", "tab", "q", "sort", "ordering", "after", "before", "cursor", "part", "period", "year",
    "span", "by", "by_id", "name", "quarter", "kind", "state", "as_of", "day", "ticket", "village", "region", "search",
    "since", "until", "received_after", "received_before", "unit", "town", "category", "grid", "fund", "batch",
]  # fmt: skip
PEOPLE = ("dispatcher", "assessor", "finance", "town", "admin", "auditor")
LEFT_OUT = {"logout", "login", "api_docs", "api_schema", "api_nowhere"}


def routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        whole = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, whole)
        elif each.name not in LEFT_OUT and "(?P" not in whole:
            yield whole, each


def absurd(route: str, pattern: URLPattern, place: int) -> str:
    """The address with nonsense in every place."""
    for name, kind in pattern.pattern.converters.items():
        route = re.sub(rf"<[a-z]+:{name}>", PLACES[isinstance(kind, IntConverter)][place], route)
    return route


@pytest.fixture
def clients(world: World) -> list[Client]:
    desk.dispatched(world)
    found = [world.client(who) for who in PEOPLE]
    for client in found:
        client.raise_request_exception = False
    return found


def reader(clients: list[Client], address: str) -> Client:
    """Somebody to whom the address is open, if there is one."""
    return next((client for client in clients if client.get(address).status_code != 403), clients[0])


def answers(clients: list[Client], address: str) -> Iterator[tuple[str, int]]:
    """GET and POST, by somebody to whom the address is open, if there is one."""
    for who in clients:
        got = who.get(address).status_code
        if got != 403:
            break
    yield f"GET {address}", got
    yield f"POST {address}", who.post(address).status_code


@pytest.mark.parametrize("choice", [0, *(pytest.param(choice, marks=pytest.mark.embedded) for choice in (1, 2))])
def test_nothing_in_an_address_makes_the_program_fail(clients: list[Client], choice: int) -> None:
    asked = {absurd(*each, choice): None for each in routes(get_resolver()) if "<" in each[0]}
    assert len(asked) > 100
    said = {way: status for address in asked for way, status in answers(clients, address)}
    assert {way: status for way, status in said.items() if status >= 500} == {}


@pytest.mark.parametrize("values", [(HUGE,), pytest.param(VALUES, marks=pytest.mark.embedded)])
def test_nothing_asked_of_a_list_makes_the_program_fail(clients: list[Client], values: tuple[str, ...]) -> None:
    lists = [route for route, _ in routes(get_resolver()) if "<" not in route]
    assert len(lists) > 50
    readers = {address: reader(clients, address) for address in [*lists, "/figures/tickets_received/rows/"]}
    failed = [
        (address, value)
        for address, who in readers.items()
        for value in values
        if who.get(address, dict.fromkeys(PARAMETERS, value)).status_code >= 500
    ]
    assert failed == []


def test_no_cursor_makes_a_list_fail(clients: list[Client]) -> None:
    pages = [f"/{name}/?tab=all&{way}=" for name in ("tickets", "whistles", "jobs") for way in ("after", "before")]
    api = [f"/api/v1/{name}/?cursor=" for name in ("tickets", "whistles", "rewards", "assessments")]
    said = {page + cursor: clients[1].get(page + cursor).status_code for page in [*pages, *api] for cursor in CURSORS}
    assert {page: status for page, status in said.items() if status not in (200, 404)} == {}
