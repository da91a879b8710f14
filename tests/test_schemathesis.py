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
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zlib import crc32

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from rest_framework.throttling import SimpleRateThrottle
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario, TestPhase
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from tests.budget import test_steps_by_role_and_state as payments
from tests.common.walk import program, undone
from tests.grid import quarter
from tests.grid import test_steps_by_role_and_state as assessments
from tests.hotline import test_steps_by_role_and_state as tickets
from tests.hotline.desk import received
from tests.whistle import test_hard_steps_by_role_and_state as hard_whistles
from tests.whistle import test_steps_by_role_and_state as whistles
from tests.whistle.steps import reported
from tests.world import World
from wangcheng.common.api import tokens

pytestmark = pytest.mark.once
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "4"))  # of each operation, beside one for each described limit
ALL_TYPES = EXAMPLES > 4
KEY = "Idempotency-Key"
PROCESSES: dict[str, Any] = {
    "tickets": tickets, "whistles": whistles, "hard-whistles": hard_whistles, "payments": payments,
    "assessments": assessments,
}  # fmt: skip
WHO = {
    "assessments": "assessor", "audit": "auditor", "budgets": "finance", "contracts": "finance", "funds": "finance",
    "payments": "finance", "self-evaluations": "finance", "rewards": "finance",
}  # fmt: skip


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


@dataclass
class Stage:
    """Where an operation is tried: what its address names, and by whom."""

    headers: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)  # of the case, by parameter of the path


def staged(world: World, path: str) -> Stage:
    name, *rest = path.removeprefix("/api/v1/").strip("/").split("/")
    process, step = PROCESSES.get(name), rest[-1] if rest else ""
    if process and step in process.ALLOWED:
        people, situations = process.ALLOWED[step][0]
        if name == "assessments":
            quarter.scheme("level3", quota=3)
            quarter.all_worked(world)
        case = process.SITUATIONS[next(each for each in process.SITUATIONS if each in situations)](world)
        number = case.pk if name == "assessments" else case.number
        return Stage(_token(world, min(people)), {"number": str(number), "id": str(case.pk)})
    case = reported(world) if name == "whistles" else received(world)
    return Stage(_token(world, WHO.get(name, "dispatcher")), {"number": case.number})


def _token(world: World, who: str) -> dict[str, str]:
    return {"Authorization": program(world, who)["authorization"]}


@pytest.fixture
def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Stage]]:
    """The stage of an operation by its path, set once."""
    monkeypatch.setattr(tokens, "token_of", cache(tokens.token_of))  # to look it up takes a fifth of a request
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": None, "login": None})  # else most would be 429
    for signal in (
        request_started,
        request_finished,
    ):  # the connection holds the test's transaction, as Django's client
        signal.disconnect(close_old_connections)
    yield cache(lambda path: staged(world, path))
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def tried_elsewhere(case: schemathesis.Case) -> bool:
    """Every field is given values of six wrong types: a third of them here, the rest where a field has the same kind."""
    phase = case.meta.phase.data if case.meta else None
    if not isinstance(phase, CoveragePhaseData) or phase.scenario != CoverageScenario.INCORRECT_TYPE or ALL_TYPES:
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
def test_no_operation_breaks_its_promise(case: schemathesis.Case, stage: Callable[[str], Stage]) -> None:
    if tried_elsewhere(case):
        return
    here = stage(case.operation.path)
    if case.meta and not case.meta.is_negative_at(ParameterLocation.PATH):
        case.path_parameters.update({name: here.names[name] for name in case.path_parameters if name in here.names})
    left_out = [positive_data_acceptance]
    if case.meta and case.meta.phase.name == TestPhase.COVERAGE:
        left_out.append(ignored_auth)  # asks again as a stranger, twice: that is answered alike whatever is sent
    elif case.media_type == "multipart/form-data":
        left_out.append(negative_data_rejection)  # in parts all is text, and a number no wrong one
    with undone():
        case.call_and_validate(headers=here.headers, excluded_checks=left_out)
