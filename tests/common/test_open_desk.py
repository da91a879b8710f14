"""The desk, the menu, the search of the top bar and saved filters."""

from django.test import Client

from tests.hotline import desk
from tests.world import World


def test_a_stranger_is_sent_to_the_log_in_and_back(client: Client, db: None) -> None:
    answer = client.get("/desk/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/desk/")


def test_the_desk_greets_the_person_and_names_the_post(world: World) -> None:
    page = world.client("dispatcher").get("/desk/").content.decode()
    assert "工作台" in page
    assert world.dispatcher.name in page
    assert "当前岗位：区社会治理服务中心·派单员" in page
    assert "数据截至：2023年1月3日 09:30。" in page


def test_a_village_sees_what_counts_against_it_this_quarter_and_what_may_still(world: World) -> None:
    place = {"area": world.villages["斑马湖社区"], "category": world.categories["垃圾清运"]}
    desk.closed(world, **place)
    desk.dispatched(world, caller_phone="13900000001", **place)
    page = world.client("village").get("/desk/").content.decode()
    tiles = page[page.index("零投诉评比（本季度）") :]
    for label in ("计入的诉求", "待查实"):
        assert f'1<span class="unit">件</span></b>{label}' in tiles, label
    assert "/exclusions/?tab=decided&amp;quarter=2023Q1&amp;state=approved" in tiles
    assert "零投诉评比（本季度）" not in world.client("dispatcher").get("/desk/").content.decode()
