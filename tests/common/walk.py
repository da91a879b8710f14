"""Walking a whole process through its API: every step, by every person, in every situation.

What the table allows is done for real, by a program with a token, and taken back: the case has moved, in so many
queries at most.  Everything else is asked of the view itself: it is refused in words, and not one row was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from rest_framework.test import APIRequestFactory, force_authenticate

from tests.common.api import bearer, post
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.api.formschemas import form_data
from wangcheng.common.models import ApiToken
from wangcheng.common.people.roles import Role

ROLES = tuple(role.value for role in Role)
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
# Both call the same actions: a run on both engines walks every process once on each, by the one way and by the other.
WAYS = [pytest.param("api", marks=pytest.mark.once), pytest.param("page", marks=pytest.mark.embedded)]

# by step: who may take it, and in which situations
Allowed = Mapping[str, Sequence[tuple[set[str], set[str]]]]


def _queries(asked: CaptureQueriesContext) -> int:
    """Without the frame of the transaction: a savepoint within a test, in earnest BEGIN and COMMIT, which count as none."""
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in asked)


@dataclass(frozen=True)
class Walk:
    """One case in one situation, and what may be done with it by whom."""

    world: World
    case: Model
    situation: str
    address: str  # of the case, below /api/v1/
    allowed: Allowed
    bodies: Mapping[str, Any]
    queries: int = 20  # that a step may cost
    refusals: frozenset[int] = frozenset({403, 404, 409})
    only_queued: frozenset[str] = frozenset()  # steps that leave the case to a worker
    page: str = ""  # its address as a page, where it is not the same as below the API

    def problems(self, people: Sequence[str], way: str) -> list[str]:
        """Every cell that is not as it should be, in words."""
        return list(self._by_pages(people)) if way == "page" else [found for who in people for found in self._of(who)]

    def _of(self, who: str) -> Iterator[str]:
        open_to = [step for step in self.allowed if self._may(who, step)]
        token = program(self.world, who) if open_to else {}
        for step in self.allowed:
            found = self._taken(token, step) if step in open_to else self._refused(who, step)
            if found:
                yield f"{self.situation}: {who} {step}: {found}"

    def _by_pages(self, people: Sequence[str]) -> Iterator[str]:
        """Every step that somebody may take, by the form of its page: the first of them sends it."""
        browsers: dict[str, Client] = {}
        for step in self.allowed:
            who = next((each for each in people if self._may(each, step)), "")
            if not who:
                continue
            browser = browsers.setdefault(who, self.world.client(who))
            if found := self._sent(browser, step):
                yield f"{self.situation}: {who} {step} by its page: {found}"

    def _sent(self, browser: Client, step: str) -> str:
        body = {**form_data(self.bodies[step]), "csrfmiddlewaretoken": "x"}  # as every form of a page has it
        with undone(), CaptureQueriesContext(connection) as asked:
            answer = browser.post(f"/{self.page or self.address}{step}/", body)
        if answer.status_code != 302:
            return f"not taken, {answer.status_code}"
        cost = _queries(asked)
        return f"{cost} queries" if cost > self.queries else ""

    def _may(self, who: str, step: str) -> bool:
        return any(who in people and self.situation in situations for people, situations in self.allowed[step])

    def _taken(self, token: dict[str, str], step: str) -> str:
        with undone(), CaptureQueriesContext(connection) as asked:
            before = self._row()
            answer = post(_client, f"{self.address}{step}/", self.bodies[step], **token)
            moved = self._row() != before
        cost = _queries(asked) - 2  # without the two looks at the row
        if answer.status_code != 200 or moved == (step in self.only_queued):
            return f"not taken, {answer.status_code} {answer.content.decode()}"
        return f"{cost} queries" if cost > self.queries else ""

    def _refused(self, who: str, step: str) -> str:
        with writes() as written:
            status, said = ask(self.world.people[who], f"/api/v1/{self.address}{step}/", self.bodies[step])
        if status not in self.refusals or not said:
            return f"not refused, {status} {said}"
        return f"refused, and yet wrote {written}" if written else ""

    def _row(self) -> dict[str, Any]:
        rows: Any = type(self.case)._default_manager
        found: dict[str, Any] = rows.filter(pk=self.case.pk).values().get()
        return found


_factory = APIRequestFactory()
_client = Client()  # one for all, for the middlewares are loaded anew with each


def program(world: World, who: str) -> dict[str, str]:
    """The header of a token that has been used just now."""
    header = bearer(world, who).defaults["HTTP_AUTHORIZATION"]
    ApiToken.objects.update(last_used_at=clock.system_now())
    return {"authorization": header}


def ask(user: Any, path: str, body: Any) -> tuple[int, str]:
    """Status and sentence of the view that stands at an address, for a person who is logged in."""
    request = _factory.post(path, body, format="json")
    force_authenticate(request, user)
    view = resolve(path)
    answer = view.func(request, *view.args, **view.kwargs).render()
    return answer.status_code, json.loads(answer.content).get("detail", "")


class _Undo(Exception):
    """Takes back what one request did."""


@contextmanager
def undone() -> Iterator[None]:
    """What happens in the block is as if it had not been."""
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements of the block that write rows."""
    found: list[str] = []

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.lstrip().startswith(WRITES):
            found.append(sql[:80])
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield found
