"""The money's pages in a real browser: nothing axe finds serious, no word in the console, nothing out of the window."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from budget import actions, report_actions
from budget.models import PerformanceTable
from tests.browser import Person, person, problems
from tests.budget.money import YEAR, adjust, ask, contract, fund
from tests.budget.test_rewards import QUARTER, appropriate, final, rewards_fund
from tests.budget.test_rewards import ask as ask_for_town
from tests.world import World

pytestmark = pytest.mark.xdist_group("browser")


PAGES = {
    "finance": [
        "/budget/funds/", "/budget/funds/new/", "/budget/funds/budgets/new/", "/budget/funds/daily/2023/",
        "/budget/funds/daily/2023/adjust/", "/budget/funds/daily/2023/correct/", "/budget/payments/?tab=all",
        "/budget/payments/new/", "/budget/payments/{asked}/", "/budget/payments/{approved}/pay/", "/budget/contracts/",
        "/budget/contracts/new/", "/budget/contracts/{contract}/", "/budget/contracts/{contract}/edit/",
        "/budget/contracts/{contract}/reduce/", "/budget/contracts/{contract}/nodes/new/",
        "/budget/contracts/nodes/{node}/edit/", "/budget/contracts/nodes/{node}/score/",
        "/budget/contracts/nodes/{node}/pay/", "/budget/rewards/", "/budget/rewards/settle/", "/budget/appropriations/",
        "/budget/appropriations/{given}/", "/budget/appropriations/waiting/",
        "/budget/appropriations/new/2023Q1/430112101000/", "/self-evaluations/", "/self-evaluations/new/",
        "/self-evaluations/2023/1/", "/self-evaluations/2023/1/edit/", "/self-evaluations/2023/1/freeze/",
        "/self-evaluations/2023/1/correct/", "/performance-tables/", "/performance-tables/{table}/",
        "/performance-tables/{table}/edit/", "/performance-tables/{table}/indicators/new/",
        "/performance-tables/{table}/indicators/{indicator}/",
    ],
    "leader": [
        "/budget/payments/", "/budget/payments/{asked}/approve/", "/budget/appropriations/{waiting}/",
        "/budget/appropriations/{waiting}/approve/",
    ],
    "village": ["/budget/appropriations/", "/budget/appropriations/{given}/"],
}  # fmt: skip


@pytest.fixture
def keys(world: World) -> dict[str, object]:
    """One of each kind of thing that has a page of its own."""
    daily = fund("daily", "10000", name="社会治理日常事务")
    adjust(daily, "2000")
    asked, approved = ask(world, daily, "3000"), ask(world, daily, "1000")
    actions.approve_payment(approved.pk, by=world.leader)
    made = contract(fund("maintenance", "200000", name="社会治理系统运行维护"), reduction="10000")
    final(world, {"斑马湖社区": 5000, "静慎村": 3000})
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    given, waiting = appropriate(world, of), ask_for_town(world, of, "茶亭镇")
    report_actions.draft(YEAR, by=world.finance)
    table = PerformanceTable.objects.get(fund=of)
    return {
        "asked": asked.number, "approved": approved.number, "contract": made.pk, "node": made.nodes.get(place=1).pk,
        "given": given.pk, "waiting": waiting.pk, "table": table.pk, "indicator": table.indicators.get(place=1).pk,
    }  # fmt: skip


def test_every_page_can_be_read_by_everybody(live_server: LiveServer, keys: dict[str, object]) -> None:
    assert problems(live_server.url, PAGES, keys) == []


def test_a_place_is_picked_beside_the_editor(live_server: LiveServer, keys: dict[str, object]) -> None:
    with person(live_server.url) as browser:
        browser.log_in("finance")
        assert pick_a_place(browser, "培训人数") == "无。{{ 培训人数 }}"
        assert browser.judge("editor") == []


def pick_a_place(browser: Person, label: str) -> str:
    """The last section after a place was looked up and clicked."""
    page = browser.page
    page.goto(f"{browser.address}/self-evaluations/{YEAR}/1/edit/")
    last = page.locator(".editor textarea").last
    last.click()
    last.press("Control+End")
    page.fill("#places-search", label)
    page.locator("#places button:visible").click()
    return last.input_value()
