"""The desk, the menu, the search of the top bar and saved filters."""

from django.test import Client

from tests.world import World


def test_a_stranger_is_sent_to_the_log_in_and_back(client: Client, db: None) -> None:
    answer = client.get("/desk/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/desk/")


def test_the_desk_greets_the_person_and_names_the_post(world: World) -> None:
    page = world.client("dispatcher").get("/desk/").content.decode()
    assert "工作台" in page
    assert world.dispatcher.name in page
    assert "当前岗位：区社会治理服务中心·派单员" in page
