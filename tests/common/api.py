"""A program that speaks to the REST API with a bearer token, for the tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client

from tests.world import World
from wangcheng.common.api.actions import issue_token
from wangcheng.common.models import User


def bearer(world: World, who: str | User, scope: str = "write") -> Client:
    """A client that sends the token of a person's post, and JSON."""
    user = world.people[who] if isinstance(who, str) else who
    assert user.acting is not None
    _, secret = issue_token(user.acting, name="测试", lifetime=timedelta(days=1), by=user, scope=scope)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(client: Client, address: str, body: Any = None, **headers: str) -> Any:
    """POST of a JSON body; headers by name with underscores: `idempotency_key="…"`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/api/v1/{address}", {} if body is None else body, "application/json", headers=named)


def get(client: Client, address: str, **query: Any) -> Any:
    return client.get(f"/api/v1/{address}", query)
