"""schemathesis reads the OpenAPI document and tries to break every operation: wrong types, wild texts, missing parts.

It must find no fault of ours (5xx), no answer that the document does not describe, and no wrong input that is taken.
One check is left out: that whatever the document allows is taken.  A code of a unit, category or village is a text to the
document, and the forms know which codes there are; what they say to an invented one is 400, as it should be.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.common.api import bearer
from tests.hotline.desk import received
from tests.whistle.steps import reported
from tests.world import World

pytestmark = pytest.mark.once
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "4"))  # of each operation, beside one for each described limit

document = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
document.app = get_wsgi_application()


@pytest.fixture
def token(world: World) -> Iterator[dict[str, str]]:
    """The dispatcher's program, with a ticket and a whistle to be found."""
    received(world)
    reported(world)
    for signal in (
        request_started,
        request_finished,
    ):  # the connection holds the test's transaction: as Django's client
        signal.disconnect(close_old_connections)
    yield {"Authorization": bearer(world, "dispatcher").defaults["HTTP_AUTHORIZATION"]}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@document.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_no_operation_breaks_its_promise(case: schemathesis.Case, token: dict[str, str]) -> None:
    case.call_and_validate(headers=token, excluded_checks=[positive_data_acceptance])
