"""The pages of whistles: list, detail with exactly the open steps, report form, hard whistles, the share of departments."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.whistle.steps import (
    DISSATISFIED,
    HERE,
    SATISFIED,
    blown,
    closed,
    dispatched,
    handling,
    photo,
    reported,
    take,
)
from tests.world import World
from whistle import hard_actions
from whistle.models import HardWhistle, Whistle

REPORT = {
    "category": "010101",
    "content": "楼道堆放杂物。",
    "grid": "430112001010001",
    "place": "三栋",
    "urgency": "normal",
}


def text(world: World, person: str, url: str) -> str:
    answer = world.client(person).get(url)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("tab", "person", "found"),
    [
        ("todo", "village", 1),
        ("todo", "dispatcher", 1),
        ("todo", "department", 1),
        ("todo", "gridofficer", 0),
        ("open", "dispatcher", 3),
        ("all", "dispatcher", 3),
        ("done", "dispatcher", 0),
        ("late", "dispatcher", 0),
    ],
)
def test_tabs_show_what_waits_for_the_post(world: World, tab: str, person: str, found: int) -> None:
    cases = [reported(world), blown(world, place="四栋"), dispatched(world, place="五栋")]
    page = text(world, person, f"/whistles/?tab={tab}")
    assert sum(f"/whistles/{case.number}/" in page for case in cases) == found


def test_the_detail_draws_exactly_the_open_steps(world: World) -> None:
    case = dispatched(world)
    page = text(world, "department", f"/whistles/{case.number}/")
    assert f"/whistles/{case.number}/sign/" in page
    assert f"/whistles/{case.number}/return/" in page
    assert f"/whistles/{case.number}/dispose/" not in page
    assert "派单 → 待签收" in page
    assert "2023年1月3日 9:30派单" in page or "2023年1月3日 09:30派单" in page  # why it is due then


def test_a_step_is_taken_on_its_page(world: World) -> None:
    case = dispatched(world)
    client = world.client("department")
    assert "承办单位" not in client.get(f"/whistles/{case.number}/sign/").content.decode()
    answer = client.post(f"/whistles/{case.number}/sign/", {"version": case.version})
    assert (answer.status_code, answer["Location"]) == (302, f"/whistles/{case.number}/")
    assert client.post(f"/whistles/{case.number}/sign/", {"version": case.version}).status_code == 409
    arrived = client.post(f"/whistles/{case.number}/arrive/", {**HERE, "photos": photo()})
    assert arrived.status_code == 302
    shown = client.get(f"/whistles/{case.number}/").content.decode()
    assert "按时到场" in shown
    picture = Whistle.objects.get().attachments.get()
    assert client.get(f"/whistles/{case.number}/files/{picture.pk}/?small=1")["Content-Type"] == "image/jpeg"


def test_a_wrong_step_page_says_what_is_wrong(world: World) -> None:
    case = handling(world)
    answer = world.client("department").post(f"/whistles/{case.number}/dispose/", {"note": ""})
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert Whistle.objects.get().state == "handling"


def test_pages_of_others_are_not_there(world: World) -> None:
    case = reported(world)
    for person in ("other_town", "other_village", "department", "other_gridofficer"):
        assert world.client(person).get(f"/whistles/{case.number}/").status_code == 404
        assert world.client(person).post(f"/whistles/{case.number}/filter/", {"passed": "true"}).status_code == 404
    assert Whistle.objects.get().state == "reported"


def test_the_department_reads_no_name_of_the_reporter(world: World) -> None:
    case = closed(world)
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    page = text(world, "department", f"/whistles/{case.number}/")
    assert world.gridofficer.name not in page
    assert "问题没有解决" in page
    assert world.gridofficer.name in text(world, "dispatcher", f"/whistles/{case.number}/")


def test_a_report_is_made_on_the_phone_page(world: World) -> None:
    client = world.client("gridofficer")
    form = client.get("/whistles/new/").content.decode()
    assert "斑马湖社区第1网格" in form
    assert "静慎村" not in form
    assert f'value="{REPORT["grid"]}" selected' in form  # the only grid held
    answer = client.post("/whistles/new/", REPORT | {"photos": photo()})
    case = Whistle.objects.get()
    assert answer["Location"] == f"/whistles/{case.number}/#reported"
    assert (case.title, case.grid, case.attachments.count()) == ("楼道堆放杂物。", world.grids["斑马湖社区1"], 1)


def test_a_bad_report_comes_back_with_what_was_typed(world: World) -> None:
    answer = world.client("gridofficer").post("/whistles/new/", REPORT | {"category": ""})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "楼道堆放杂物。" in page
    assert "error-summary" in page
    assert not Whistle.objects.exists()


def test_a_renamed_file_is_no_picture(world: World) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    fake = SimpleUploadedFile("现场.jpg", b"MZ not a picture", "image/jpeg")
    answer = world.client("gridofficer").post("/whistles/new/", REPORT | {"photos": fake})
    assert answer.status_code == 400
    assert not Whistle.objects.exists()


def test_the_share_says_how_many_are_missing(world: World) -> None:
    for number in range(6):
        reported(world, place=f"{number}栋")
    page = text(world, "town", "/whistles/share/?year=2023")
    assert "还差 2 件" in page  # a fifth of six is more than one
    assert "还差 594 件" in page  # to the year's 600
    for number in (1, 2):
        take(world, handling(world, place=f"另{number}栋"), "dispose", "department", note="已清理。")
    page = text(world, "leader", "/whistles/share/?year=2023")
    assert "25.00%" in page  # two of eight
    assert "已达标" in page
    assert world.client("leader").get("/whistles/share/?year=1999").status_code == 404
    assert "统计截止：2022年12月31日 23:59" in text(
        world, "leader", "/whistles/share/"
    )  # in January: the year just ended


def test_the_share_of_the_district_is_written_in_whole_numbers_and_opens_only_what_one_may_see(world: World) -> None:
    reported(world)
    page = text(world, "leader", "/whistles/share/?year=2023")
    assert '全区采集<b>1<span class="unit">件</span></b>' in page
    assert "/figures/whistles_collected/rows/" in page


def test_every_number_of_the_share_opens_its_list(world: World) -> None:
    take(world, handling(world), "dispose", "department", note="已清理。")
    client = world.client("dispatcher")
    page = client.get("/whistles/share/?year=2023").content.decode()
    links = [
        part.split('"')[0].replace("&amp;", "&")
        for part in page.split('href="')
        if part.startswith("/figures/whistles_")
    ]
    assert len(links) == 4  # two towns, two numbers
    answer = client.get(links[0])
    assert (answer.status_code, Whistle.objects.get().number in answer.content.decode()) == (200, True)


def hard(world: World) -> HardWhistle:
    source = reported(world)
    problem = hard_actions.Problem("雨污分流", "管网老化。", 2023, 1, whistles=[source], tickets=["GD0001"])
    return hard_actions.draft(problem, by=world.dispatcher)


def test_a_hard_whistle_shows_batch_sources_and_steps(world: World) -> None:
    case = hard(world)
    listed = text(world, "leader", "/hard-whistles/")
    assert "2023年第一批" in listed
    offered = listed.partition("牵头单位")[2].partition("</select>")[0]
    assert 0 < offered.index("茶亭镇") < offered.index("城管局")
    page = text(world, "leader", f"/hard-whistles/{case.number}/")
    assert f"/hard-whistles/{case.number}/instruct/" in page
    assert "GD0001" in page
    answer = world.client("leader").post(
        f"/hard-whistles/{case.number}/instruct/",
        {"instructed_by": "区委主要领导", "instructed_on": "2023-01-03", "instruction": "限期解决。"},
    )
    assert answer.status_code == 302
    assert "区委主要领导于2023年1月3日批示：限期解决。" in text(world, "leader", f"/hard-whistles/{case.number}/")


def test_a_problem_is_put_on_the_list_by_form(world: World) -> None:
    client = world.client("supervisor")
    assert client.get("/hard-whistles/new/").status_code == 200
    body = {"year": 2023, "batch": 2, "title": "违建", "content": "多处违建。"}
    assert client.post("/hard-whistles/new/", body)["Location"] == "/hard-whistles/GJ202302001/"
    assert world.client("town").get("/hard-whistles/new/").status_code == 403


def test_the_pages_ask_a_fixed_number_of_queries(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for house in range(50):
        reported(world, place=f"{house}栋")
    client = world.client("dispatcher")
    client.get("/whistles/")  # notes the session
    with django_assert_max_num_queries(10):
        client.get("/whistles/?tab=all&size=50")
    case = closed(world)
    take(world, case, "rate", "gridofficer", **SATISFIED)
    with django_assert_max_num_queries(15):
        client.get(f"/whistles/{case.number}/")
    number = hard(world).number
    with django_assert_max_num_queries(15):
        client.get(f"/hard-whistles/{number}/")


def test_lists_are_exported_without_personal_data(world: World) -> None:
    reported(world, content="联系电话13812345678。", title="请致电13812345678")
    answer = world.client("dispatcher").post("/whistles/?tab=all", {"export": "csv"})
    sheet = b"".join(answer.streaming_content).decode()
    assert "138****5678" in sheet
    assert "13812345678" not in sheet
