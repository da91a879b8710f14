"""The money's pages in a real browser: nothing axe finds serious, no word in the console, nothing out of the window."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from budget import actions
from tests.browser import person
from tests.budget.money import YEAR, adjust, ask, contract, fund
from tests.budget.test_rewards import QUARTER, appropriate, final, rewards_fund
from tests.world import World

pytestmark = pytest.mark.xdist_group("browser")


def addresses(world: World) -> list[str]:
    """One of each kind of thing that has a page of its own."""
    daily = fund("daily", "10000", name="社会治理日常事务")
    adjust(daily, "2000")
    payment = ask(world, daily, "3000")
    made = contract(fund("maintenance", "200000", name="社会治理系统运行维护"), reduction="10000")
    final(world, {"斑马湖社区": 5000, "静慎村": 3000})
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    given = appropriate(world, of)
    return [
        "funds/", f"funds/daily/{YEAR}/", "payments/?tab=all", "payments/new/", f"payments/{payment.number}/", "contracts/",
        f"contracts/{made.pk}/", f"contracts/nodes/{made.nodes.get(place=1).pk}/score/", "rewards/", "rewards/settle/",
        "appropriations/", f"appropriations/{given.pk}/", "appropriations/waiting/",
    ]  # fmt: skip


def test_the_money_pages_read_well_and_say_nothing_in_the_console(live_server: LiveServer, world: World) -> None:
    wrong: list[str] = []
    paths = addresses(world)
    with person(live_server.url) as browser:
        browser.log_in("finance")
        for path in paths:
            wrong += browser.see(f"/budget/{path}")
    assert wrong == []
