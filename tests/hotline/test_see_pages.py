"""The pages of the hotline before a real browser: readable by everybody, no console error, nothing sticks out."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from hotline import actions
from tests.browser import person
from tests.hotline import desk
from tests.world import World

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def tickets(world: World) -> dict[str, str]:
    """A ticket with everything on it, one sent out and a new one."""
    grid = world.grids["斑马湖社区1"]
    full = desk.closed(world, area=grid, category=world.categories["垃圾清运"], marks=("hot",))
    actions.redo(full.pk, by=world.supervisor, note="来电人反映仍未清运")
    sent = desk.dispatched(world, area=grid, co_units=("城管局",), urgency="urgent", title="井盖缺失")
    new = desk.received(world, title="噪声扰民")
    return {"full": full.number, "sent": sent.number, "new": new.number}


def test_the_pages_of_the_centre_can_be_read_by_everybody(live_server: LiveServer, tickets: dict[str, str]) -> None:
    with person(live_server.url) as reader:
        reader.log_in("dispatcher")
        paths = [
            "/tickets/",
            "/tickets/?tab=all",
            "/tickets/new/",
            "/tickets/import/",
            "/knowledge/",
            "/knowledge/new/",
        ]
        paths += [f"/tickets/{number}/" for number in tickets.values()]
        paths += [f"/tickets/{tickets['new']}/{step}/" for step in ("dispatch", "reject", "merge")]
        paths += [f"/tickets/{tickets['new']}/reveal/", "/trainings/"]
        assert [problem for path in paths for problem in reader.see(path)] == []


def test_the_pages_of_a_unit_can_be_read_by_everybody(live_server: LiveServer, tickets: dict[str, str]) -> None:
    with person(live_server.url) as reader:
        reader.log_in("town")
        paths = ["/tickets/?tab=all", f"/tickets/{tickets['sent']}/", f"/tickets/{tickets['sent']}/contact/"]
        paths += [f"/tickets/{tickets['sent']}/return/", f"/tickets/{tickets['full']}/"]
        assert [problem for path in paths for problem in reader.see(path)] == []
