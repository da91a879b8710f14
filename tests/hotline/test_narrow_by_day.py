"""Narrowing by the day of receipt: whole Beijing days, both ends included, however far away the days are."""

from __future__ import annotations

import pytest

from tests.common.api import get
from tests.hotline import desk
from tests.world import World

DAYS = [
    ("2023-01-02", "2023-01-02", 2), ("2023-01-03", "", 1), ("", "2023-01-01", 0), ("0001-01-01", "9999-12-31", 3),
    ("9999-12-31", "", 0), ("", "0001-01-01", 0),
]  # fmt: skip


@pytest.mark.parametrize(("first", "last", "found"), DAYS)
def test_days_are_whole_and_may_lie_anywhere(world: World, first: str, last: str, found: int) -> None:
    for moment in ("2023-01-02 00:00", "2023-01-02 23:59", "2023-01-03 00:00"):
        desk.received(world, received_at=desk.at(moment))
    span = {name: day for name, day in (("received_after", first), ("received_before", last)) if day}
    assert get(world.client("dispatcher"), "tickets/", **span).json()["count"] == found
    page = world.client("dispatcher").get("/tickets/", {"tab": "all", **span})
    assert page.status_code == 200
    assert page.content.decode().count('data-href="/tickets/WC') == found
    assert world.client("dispatcher").get("/whistles/", {"tab": "all", **span}).status_code == 200
