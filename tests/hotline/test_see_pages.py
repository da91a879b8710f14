"""The pages of the hotline before a real browser: readable by everybody, no console error, nothing sticks out."""

from __future__ import annotations

import csv
import io

import pytest
from pytest_django.live_server_helper import LiveServer

from hotline import actions, ledgers
from hotline.models import Training
from tests.browser import person, problems
from tests.hotline import desk
from tests.hotline.test_import_tickets import CITY, ROW
from tests.world import World
from wangcheng.common import clock

pytestmark = pytest.mark.xdist_group("browser")


PAGES = {
    "dispatcher": [
        "/tickets/", "/tickets/?tab=all", "/tickets/new/", "/tickets/import/", "/tickets/{full}/", "/tickets/{sent}/",
        "/tickets/{new}/", "/tickets/{new}/dispatch/", "/tickets/{new}/reject/", "/tickets/{new}/merge/",
        "/tickets/{new}/reveal/", "/tickets/{new}/attach/", "/knowledge/", "/knowledge/new/", "/knowledge/{known}/",
        "/knowledge/{known}/edit/", "/trainings/",
    ],
    "supervisor": ["/trainings/new/", "/trainings/{training}/", "/trainings/{training}/withdraw/"],
    "reviewer": ["/knowledge/?tab=draft", "/knowledge/{draft}/"],
    "town": [
        "/tickets/?tab=all", "/tickets/{sent}/", "/tickets/{sent}/contact/", "/tickets/{sent}/return/", "/tickets/{full}/",
        "/tickets/{full}/finish/",
    ],
    "gridofficer": ["/tickets/", "/tickets/{sent}/", "/tickets/{sent}/contact/"],
}  # fmt: skip
ALSO = {"ticket_import_mapping", "tickets_step"}  # opened by what follows


@pytest.fixture
def keys(world: World) -> dict[str, object]:
    """A ticket with everything on it, one sent out and a new one; knowledge and a training."""
    grid = world.grids["斑马湖社区1"]
    full = desk.closed(world, area=grid, category=world.categories["垃圾清运"], marks=("hot",))
    actions.redo(full.pk, by=world.supervisor, note="来电人反映仍未清运")
    sent = desk.dispatched(world, area=grid, co_units=("城管局",), urgency="urgent", title="井盖缺失")
    new = desk.received(world, title="噪声扰民")
    said = {"answer": "到窗口办理。", "unit": world.units["城管局"]}
    known = ledgers.write_knowledge(by=world.dispatcher, question="社保卡如何补办", **said)
    ledgers.review_knowledge(known.pk, by=world.reviewer, passed=True)
    draft = ledgers.write_knowledge(by=world.dispatcher, question="如何申请公租房", **said)
    training = Training.objects.create(
        day=clock.today(), kind="visit", topic="工单办理", people=30, recorded_at=clock.now()
    )
    numbers = {"full": full.number, "sent": sent.number, "new": new.number}
    return {**numbers, "known": known.pk, "draft": draft.pk, "training": training.pk}


def test_every_page_can_be_read_by_everybody(live_server: LiveServer, keys: dict[str, object]) -> None:
    assert problems(live_server.url, PAGES, keys) == []


def test_what_is_asked_between_two_steps_can_be_read_by_everybody(
    live_server: LiveServer, keys: dict[str, object]
) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([CITY, [ROW.get(name, "") for name in CITY]])
    sheet = {"name": "市级.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}
    with person(live_server.url) as reader:
        reader.log_in("dispatcher")
        page = reader.page
        page.goto(f"{live_server.url}/tickets/import/")
        page.set_input_files("#id_sheet", sheet)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/tickets/import/mapping/")
        found = reader.judge("ticket_import_mapping")
        page.goto(f"{live_server.url}/tickets/")
        page.locator("input[name=pick]").first.check()
        page.get_by_role("button", name="批量派单").click()
        page.wait_for_url("**/tickets/many/dispatch/**")
        assert found + reader.judge("tickets_step") == []
