"""村（社区） go by one short name in lists and by the committee's full name on detail pages, however the codes wrote them."""

from __future__ import annotations

import pytest

from tests.hotline import desk
from tests.world import World
from wangcheng.common.models import Area, Organisation
from wangcheng.common.territory.names import full_name, short_name, stem

WRITTEN = ("斑马湖社区居委会", "斑马湖社区居民委员会", "斑马湖社区", "斑马湖居委会")


@pytest.mark.parametrize("written", WRITTEN)
def test_every_form_of_a_communitys_name_is_one(written: str) -> None:
    assert (short_name(written), full_name(written), stem(written)) == ("斑马湖社区", "斑马湖社区居民委员会", "斑马湖")


@pytest.mark.parametrize("written", ["胜利村委会", "胜利村民委员会", "胜利村村民委员会", "胜利村"])
def test_every_form_of_a_villages_name_is_one(written: str) -> None:
    assert (short_name(written), full_name(written), stem(written)) == ("胜利村", "胜利村村民委员会", "胜利")


def test_what_is_no_village_keeps_its_name() -> None:
    assert [full_name(name) for name in ("茶亭镇", "高塘岭街道", "城管局")] == ["茶亭镇", "高塘岭街道", "城管局"]


@pytest.mark.parametrize("written", WRITTEN[:3])
def test_lists_say_the_short_name_and_details_the_full_one(world: World, written: str) -> None:
    for rows in (Area.objects, Organisation.objects):
        rows.filter(short_name="斑马湖社区").update(name=written)  # type: ignore[attr-defined]
    area = world.villages["斑马湖社区"]
    number = desk.dispatched(world, unit="斑马湖社区", area=area).number
    client = world.client("dispatcher")
    for address in ("/tickets/?tab=all", "/grid/?q=斑马湖", "/figures/?period=2023&by=village&name=tickets_received"):
        page = client.get(address).content.decode()
        assert ("斑马湖社区" in page, "委会" in page, "委员会" in page) == (True, False, False), address
    for address in (f"/tickets/{number}/", f"/grid/{area.pk}/"):
        page = client.get(address).content.decode()
        assert ("斑马湖社区居民委员会" in page, "居委会" in page) == (True, False), address


def test_a_department_is_chosen_by_its_short_name(world: World) -> None:
    Organisation.objects.filter(code="D01").update(name="望城区城市管理和综合执法局")
    ticket = desk.received(world)
    page = world.client("dispatcher").get(f"/tickets/{ticket.number}/dispatch/").content.decode()
    assert (">城管局<" in page, ">望城区城市管理和综合执法局<" in page) == (True, False)
