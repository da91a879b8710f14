"""schemathesis reads the OpenAPI document and tries to break every operation: wrong types, wild texts, missing parts.

It must find no fault of ours (5xx), no answer that the document does not describe, and no wrong input that is taken.
Every step is tried on a case that stands where the step is open, by somebody who may take it, so that it is the input
that is judged.
One check is left out: that whatever the document allows is taken.  A code of a unit, category or village is a text to the
document, and the forms know which codes there are; what they say to an invented one is 400, as it should be.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from zlib import crc32

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from rest_framework.throttling import SimpleRateThrottle
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario, TestPhase
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from tests.common.walk import program, undone
from tests.stages import Stage, stage_of
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.api import tokens

pytestmark = pytest.mark.once
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "4"))  # of each operation, beside one for each described limit
ALL_OF_MANY = EXAMPLES > 4
KEY = "Idempotency-Key"


def described() -> dict[str, Any]:
    """The document without Idempotency-Key: with the key of an example every body but the first would be a 409.

    What a key does is held by tests/common/test_idempotent_posts.py.
    """
    whole: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    for operations in whole["paths"].values():
        for operation in operations.values():
            operation["parameters"] = [one for one in operation.get("parameters", []) if one["name"] != KEY]
    return whole


# One method an address does not have is as good as all of them: they are refused in one place.
settings = SchemathesisConfig.from_dict({"phases": {"coverage": {"unexpected-methods": ["PATCH"]}}})
document = schemathesis.openapi.from_dict(described(), config=settings)
document.app = get_wsgi_application()


@dataclass(frozen=True)
class Entrance:
    """Where an operation is tried, and by whom: its stage (tests/stages.py), with the header of a token."""

    stage: Stage
    headers: dict[str, str]

    def at_its_moment(self) -> AbstractContextManager[Any]:
        return clock.frozen(self.stage.moment or clock.now())


def entrance(world: World, method: str, path: str) -> Entrance:
    stage = stage_of(world, path)
    found = Entrance(stage, {})
    with found.at_its_moment():
        found.headers.update(Authorization=program(world, stage.who)["authorization"])
        reach(found, method, path)
    return found


def reach(at: Entrance, method: str, path: str) -> None:
    """Good input is taken there: else what follows would be refused for a reason that is not its own."""
    client, address = Client(headers=at.headers), path.format(**at.stage.names)
    with undone():
        if method == "GET":
            status, good = client.get(address).status_code, {200, 400}  # 400: a period or the like has to be named
        else:
            body = at.stage.body
            answer = client.post(address) if body is None else client.post(address, body, "application/json")
            status, good = answer.status_code, {400} if body is None else {200, 201, 202}
    assert status in good, f"{method} {address} as {at.stage.who}: {status}"


@contextmanager
def held_connection() -> Iterator[None]:
    """The connection holds the test's transaction: a request leaves it open, as one of Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@pytest.fixture
def enter(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Entrance]:
    """The entrance of an operation by its method and path, set once."""
    monkeypatch.setattr(tokens, "token_of", cache(tokens.token_of))  # to look it up takes a fifth of a request
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": None, "login": None})  # else most would be 429
    return cache(lambda method, path: entrance(world, method, path))


# What there are many of: six wrong types of every field, and every choice among the fields that may be left out
MANY = {
    CoverageScenario.INCORRECT_TYPE,
    CoverageScenario.VALID_OBJECT,
    CoverageScenario.OBJECT_REQUIRED_AND_OPTIONAL,
}


def tried_elsewhere(case: schemathesis.Case) -> bool:
    """Of what there are many a third is tried here, the rest where another field or operation has the same kind."""
    phase = case.meta.phase.data if case.meta else None
    if not isinstance(phase, CoveragePhaseData) or phase.scenario not in MANY or ALL_OF_MANY:
        return False
    what = f"{case.operation.label} {phase.parameter} {case.body!r} {case.query} {case.path_parameters}"
    return bool(crc32(what.encode("utf-8", "replace")) % 3)


@document.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_no_operation_breaks_its_promise(case: schemathesis.Case, enter: Callable[[str, str], Entrance]) -> None:
    if tried_elsewhere(case):
        return
    here = enter(case.operation.method.upper(), case.operation.path)
    if case.meta and not case.meta.is_negative_at(ParameterLocation.PATH):
        names = here.stage.names
        case.path_parameters.update({name: names[name] for name in case.path_parameters if name in names})
    left_out = [positive_data_acceptance]
    if case.meta and case.meta.phase.name == TestPhase.COVERAGE:
        left_out.append(ignored_auth)  # asks again as a stranger, twice: that is answered alike whatever is sent
    elif case.media_type == "multipart/form-data":
        left_out.append(negative_data_rejection)  # in parts all is text, and a number no wrong one
    with here.at_its_moment(), held_connection(), undone():
        case.call_and_validate(headers=here.headers, excluded_checks=left_out)
