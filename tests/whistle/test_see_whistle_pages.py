"""The pages of whistles before a real browser: readable by everybody; the phone keeps a report the network lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser import Person, person, problems
from tests.whistle.steps import DISSATISFIED, closed, dispatched, photo, reported, take
from tests.world import World
from whistle import hard_actions
from whistle.models import Whistle

pytestmark = pytest.mark.xdist_group("browser")


PAGES = {
    "dispatcher": [
        "/whistles/", "/whistles/?tab=all", "/whistles/share/", "/whistles/share/?year=2023", "/hard-whistles/",
        "/whistles/{full}/", "/whistles/{sent}/", "/whistles/{new}/", "/whistles/{sent}/attach/", "/hard-whistles/new/",
        "/hard-whistles/{hard}/", "/hard-whistles/{hard}/instruct/",
    ],
    "department": ["/whistles/{sent}/", "/whistles/{sent}/return/"],
    "village": ["/whistles/{new}/", "/whistles/{new}/filter/"],
    "gridofficer": [
        "/whistles/new/", "/whistles/", "/whistles/?tab=all", "/whistles/{new}/", "/whistles/{new}/self_handle/",
        "/whistles/{new}/attach/", "/desk/",
    ],
}  # fmt: skip
ALSO = {"whistles_step"}  # opened by what follows


@pytest.fixture
def numbers(world: World) -> dict[str, str]:
    """A whistle with everything on it, one sent out, a new one, and a hard whistle."""
    full = closed(world, photos=[photo()])
    take(world, full, "rate", "gridofficer", **DISSATISFIED)
    sent = dispatched(world, place="四栋", urgency="urgent")
    new = reported(world, place="五栋")
    problem = hard_actions.Problem("雨污分流", "管网老化。", 2023, 1, whistles=[full])
    hard = hard_actions.draft(problem, by=world.dispatcher)
    return {"full": full.number, "sent": sent.number, "new": new.number, "hard": hard.number}


def test_every_page_can_be_read_by_everybody(live_server: LiveServer, numbers: dict[str, str]) -> None:
    assert problems(live_server.url, PAGES, numbers) == []


def test_a_step_on_many_can_be_read_by_everybody(live_server: LiveServer, numbers: dict[str, str]) -> None:
    with person(live_server.url) as reader:
        reader.log_in("department")
        reader.page.goto(f"{live_server.url}/whistles/")
        reader.page.locator("input[name=pick]").first.check()
        reader.page.get_by_role("button", name="批量签收").click()
        reader.page.wait_for_url("**/whistles/many/sign/**")
        assert reader.judge("whistles_step") == []


def fill(officer: Person, picture: Path) -> None:
    officer.page.set_input_files("#id_photos", str(picture))
    officer.page.wait_for_selector("text=已选 1 张照片")
    expect(officer.page.locator("#photo-shown img")).to_have_js_property("complete", True)
    officer.page.select_option("#id_category", "010101")
    officer.page.fill("#id_content", "楼道堆放杂物。")
    officer.page.fill("#id_place", "三栋")


def test_a_report_survives_a_lost_network_on_the_phone(live_server: LiveServer, world: World, tmp_path: Path) -> None:
    picture = tmp_path / "large.jpg"
    picture.write_bytes(photo(5, width=3000).read())
    with person(live_server.url) as officer:
        officer.log_in("gridofficer")
        officer.page.set_viewport_size({"width": 390, "height": 844})
        officer.page.goto(live_server.url + "/whistles/new/")
        fill(officer, picture)
        officer.page.context.set_offline(True)
        officer.page.click("button:has-text('上报')")
        officer.page.wait_for_selector("text=当前没有网络，内容已保存在本机")
        expect(officer.page.locator("#draft-note")).to_be_in_viewport()
        expect(officer.page.locator("#draft-note")).to_be_focused()
        assert not Whistle.objects.exists()
        officer.page.context.set_offline(False)
        officer.page.goto(live_server.url + "/whistles/new/")
        officer.page.wait_for_selector("text=已恢复上次未上报的草稿")
        assert officer.page.input_value("#id_content") == "楼道堆放杂物。"
        officer.page.click("button:has-text('上报')")
        officer.page.wait_for_url("**/whistles/LF*/")
        case = Whistle.objects.get()
        assert (case.content, case.place, case.attachments.get().size < picture.stat().st_size) == (
            "楼道堆放杂物。",
            "三栋",
            True,
        )
        officer.page.goto(live_server.url + "/whistles/new/")
        assert officer.page.input_value("#id_content") == ""  # the draft has gone with the report
