"""A village checks what counts against it row by row: tickets it was not sent too, without their callers and contents."""

from __future__ import annotations

import re
from typing import Any

import pytest

from grid.models import ComplaintExclusion
from tests.hotline import desk
from tests.world import World

ADDRESS = "/figures/village_complaints/rows/?period=2023Q1&by=village&by_id={}"
TITLE = f"楼下垃圾无人清运，请联系{desk.PHONE}"


def complained(world: World, village: str = "斑马湖社区", **values: Any) -> Any:
    """A ticket that counts against the village and was handled by the town alone."""
    usual = {"category": world.categories["垃圾清运"], "area": world.villages[village], "title": TITLE}
    return desk.closed(world, **{**usual, **values})


def page_for(world: World, name: str, village: str = "斑马湖社区") -> str:
    return world.client(name).get(ADDRESS.format(world.villages[village].pk)).content.decode()


def cells(page: str) -> dict[str, str]:
    """The first row by heading, links and all."""
    row = page[page.index("<tbody>") : page.index("</tr>", page.index("<tbody>"))]
    return dict(re.findall(r'<td[^>]* data-label="([^"]+)"[^>]*>(.*?)</td>', row))


def test_a_village_sees_which_tickets_count_against_it_and_no_way_into_them(world: World) -> None:
    ticket = complained(world)
    page = page_for(world, "village")
    assert '<b id="total">1</b>' in page
    row = cells(page)
    assert (row["编号"], row["分类"], row["承办单位"]) == (ticket.number, "垃圾清运", "高塘岭街道")
    assert (row["标题"], row["接收时间"]) == ("楼下垃圾无人清运，请联系138****5678", "01-03 09:30")
    assert f"/tickets/{ticket.number}/" not in page
    assert "不能打开" in page
    assert "张三丰" not in page
    assert world.client("village").get(f"/tickets/{ticket.number}/").status_code == 404


@pytest.mark.parametrize("values", [{"confidential": True}, {"type": "report"}])
def test_of_a_secret_ticket_a_village_is_told_number_category_and_time_only(
    world: World, values: dict[str, object]
) -> None:
    ticket = complained(world, **values)
    row = cells(page_for(world, "village"))
    assert (row["编号"], row["分类"], row["接收时间"]) == (ticket.number, "垃圾清运", "01-03 09:30")
    assert {heading for heading, said in row.items() if said == "—"} == {
        "标题", "诉求类型", "街镇", "村（社区）", "承办单位", "办理时限", "申请办结时间", "结案时间",
    }  # fmt: skip
    client = world.client("village")
    sheet = client.post(ADDRESS.format(world.villages["斑马湖社区"].pk), {"export": "csv"})
    text = b"".join(sheet.streaming_content).decode()  # type: ignore[attr-defined]
    assert (ticket.number in text, "垃圾无人清运" in text, "高塘岭街道" in text) == (True, False, False)


def test_each_row_leads_to_the_application_filled_in_so_far(world: World) -> None:
    ticket = complained(world)
    asked = re.search(r'href="(/exclusions/new/[^"]+)">申请不计入</a>', page_for(world, "village"))
    assert asked
    client = world.client("village")
    form = client.get(asked[1].replace("&amp;", "&")).context["form"]
    filled = {name: form[name].value() for name in ("ticket", "quarter", "village")}
    assert filled == {"ticket": ticket.number, "quarter": "2023Q1", "village": "430112001010"}
    client.post("/exclusions/new/", {**filled, "reason": "malicious", "evidence": "通话录音"})
    assert ComplaintExclusion.objects.get().ticket == ticket.number


def test_a_town_applies_for_its_villages_from_tickets_that_it_opens(world: World) -> None:
    ticket = complained(world)
    row = cells(page_for(world, "town"))
    assert f'href="/tickets/{ticket.number}/"' in row["编号"]
    assert "village=430112001010" in row["操作"]


def test_of_another_village_only_the_number_of_rows_is_told(world: World) -> None:
    ticket = complained(world)
    for name in ("other_village", "other_town", "department"):
        page = page_for(world, name)
        assert "共1条，您的岗位可查看其中0条。" in page, name
        assert ticket.number not in page


def test_only_what_counts_is_opened_not_every_ticket_of_the_village(world: World) -> None:
    complained(world)
    page = world.client("village").get(ADDRESS.replace("village_complaints", "tickets_received").format(
        world.villages["斑马湖社区"].pk
    )).content.decode()  # fmt: skip
    assert "共1条，您的岗位可查看其中0条。" in page


def test_who_only_checks_numbers_reads_no_titles_still(world: World) -> None:
    ticket = complained(world)
    page = page_for(world, "finance")
    assert ticket.number in page
    assert "垃圾无人清运" not in page
    assert "申请不计入</a>" not in page


def test_the_list_costs_a_fixed_number_of_queries(world: World, django_assert_num_queries: Any) -> None:
    client, address = world.client("village"), ADDRESS.format(world.villages["斑马湖社区"].pk)
    complained(world)
    client.get(address)
    for phone in ("13812340001", "13812340002"):
        complained(world, caller_phone=phone, confidential=phone.endswith("1"))
    with django_assert_num_queries(11):  # one of them the rules that say what counts
        assert '<b id="total">3</b>' in client.get(address).content.decode()
