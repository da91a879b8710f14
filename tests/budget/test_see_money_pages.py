"""The money's pages in a real browser: nothing axe finds serious, no word in the console, nothing out of the window."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from budget import actions, report_actions
from budget.models import PerformanceTable
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
    report = report_actions.draft(YEAR, by=world.finance)
    table = PerformanceTable.objects.get(fund=of)
    indicator = table.indicators.get(place=1)
    money = [
        "funds/", f"funds/daily/{YEAR}/", "payments/?tab=all", "payments/new/", f"payments/{payment.number}/", "contracts/",
        f"contracts/{made.pk}/", f"contracts/nodes/{made.nodes.get(place=1).pk}/score/", "rewards/", "rewards/settle/",
        "appropriations/", f"appropriations/{given.pk}/", "appropriations/waiting/",
        "funds/new/", f"funds/daily/{YEAR}/adjust/", "contracts/new/", f"contracts/{made.pk}/reduce/",
    ]  # fmt: skip
    shown = [f"self-evaluations/{YEAR}/{report.edition}/{page}" for page in ("", "edit/", "freeze/")]
    tables = [f"performance-tables/{page}" for page in ("", f"{table.pk}/", f"{table.pk}/indicators/{indicator.pk}/")]
    return [*(f"budget/{path}" for path in money), *shown, *tables]


def test_the_money_pages_read_well_and_say_nothing_in_the_console(live_server: LiveServer, world: World) -> None:
    wrong: list[str] = []
    paths = addresses(world)
    with person(live_server.url) as browser:
        browser.log_in("finance")
        for path in paths:
            wrong += browser.see(f"/{path}")
    assert wrong == []
