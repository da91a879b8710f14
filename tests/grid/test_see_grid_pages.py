"""The grid app's pages in a real browser: nothing axe finds serious, no word in the console, nothing out of the window."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer

from grid.actions import assessments
from grid.models import ComplaintExclusion, Estate, ModelCommunity, Place, StaffMember, VideoPoint
from tests.browser import problems
from tests.grid import quarter
from tests.grid.test_exclusions import FORM, complained
from tests.world import FIRST_DAY, World
from wangcheng.common import clock

pytestmark = pytest.mark.xdist_group("browser")

PAGES = {
    "assessor": [
        "/grid/", "/grid/{grid}/", "/assessments/", "/assessments/new/", "/assessments/{draft}/",
        "/assessments/{draft}/review/", "/assessments/{draft}/results/", "/assessments/{zero}/",
        "/assessments/{zero}/results/", "/assessments/scores/{score}/", "/zero-complaints/", "/places/", "/places/new/",
        "/places/{place}/", "/places/{place}/edit/", "/exclusions/", "/exclusions/{exclusion}/", "/ledgers/staff/",
        "/ledgers/estates/", "/ledgers/video/", "/ledgers/communities/", "/ledgers/staff/new/", "/ledgers/video/new/",
        "/ledgers/staff/{staff}/", "/ledgers/staff/{staff}/edit/", "/ledgers/staff/{staff}/end/",
    ],
    "village": ["/exclusions/new/", "/exclusions/{exclusion}/", "/assessments/{draft}/", "/grid/"],
    "gridofficer": ["/grid/"],
}  # fmt: skip


@pytest.fixture
def keys(world: World) -> dict[str, object]:
    """One of each kind of thing that has a page of its own."""
    quarter.all_worked(world)
    draft, zero = quarter.draft(world), assessments.compute(quarter.QUARTER, "zero", by=world.assessor)
    assessments.review(draft.pk, by=world.assessor)  # with the villages
    score = draft.scores.first()
    assert score
    village = world.villages["斑马湖社区"]
    place = Place.objects.create(name="润和又一城", kind="estate", area=village, changed_at=clock.now())
    staff = StaffMember.objects.create(name="王测试", kind="hired", valid_from=FIRST_DAY)
    estate = Estate.objects.create(name="亿达小镇", area=village, works="cabling", valid_from=FIRST_DAY)
    VideoPoint.objects.create(device_id="43011200001320000001", name="东门", estate=estate, valid_from=FIRST_DAY)
    ModelCommunity.objects.create(village=village, valid_from=FIRST_DAY)
    world.client("village").post("/exclusions/new/", FORM | {"ticket": complained(world).number})
    return {
        "grid": world.grids["斑马湖社区1"].pk, "draft": draft.number, "zero": zero.number, "score": score.pk,
        "place": place.pk, "staff": staff.pk, "exclusion": ComplaintExclusion.objects.get().pk,
    }  # fmt: skip


def test_every_page_can_be_read_by_everybody(live_server: LiveServer, keys: dict[str, object]) -> None:
    assert problems(live_server.url, PAGES, keys) == []
