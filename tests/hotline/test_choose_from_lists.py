"""Choosing a unit, a place, an article of the knowledge base: what is typed finds, and never chooses by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from hotline.models import Knowledge, Ticket
from tests.browser import Person, person
from tests.hotline import desk
from tests.world import FIRST_DAY, World
from wangcheng.common import clock
from wangcheng.common.models import Organisation

browser = pytest.mark.xdist_group("browser")


def many_departments(world: World) -> None:
    """So many that the list gets a field that narrows it."""
    centre = world.units["centre"]
    for number in range(20):
        Organisation.objects.create(
            code=f"X{number:02}", name=f"望城区第{number}管理局", short_name=f"{number}局", kind="department",
            parent=centre, path=f"{centre.path}9{number}/", valid_from=FIRST_DAY,
        )  # fmt: skip


def knowledge(world: World, question: str, category: str = "") -> Knowledge:
    return Knowledge.objects.create(
        question=question, answer=f"{question}：到窗口办理。", legal_basis="某条例", unit=world.units["城管局"],
        category=world.categories[category] if category else None, state="reviewed", valid_from=FIRST_DAY,
        updated_at=clock.now(),
    )  # fmt: skip


def open_dispatch(reader: Person, ticket: Ticket) -> None:
    reader.log_in("dispatcher")
    reader.page.goto(f"{reader.address}/tickets/{ticket.number}/")
    reader.page.click(".stepbar >> text='派单'")
    reader.page.wait_for_selector("dialog[open] form")


@browser
def test_typing_never_chooses_and_what_matches_nothing_is_not_sent(live_server: LiveServer, world: World) -> None:
    many_departments(world)
    ticket = desk.received(world, category=world.categories["占道经营"])  # 城管局 stands there
    with person(live_server.url) as reader:
        open_dispatch(reader, ticket)
        unit, field = reader.page.locator("dialog [name=unit]"), reader.page.locator("dialog input.narrow").first
        said = reader.page.locator("dialog [role=status]").first
        send = reader.page.locator("dialog button[type=submit]")
        field.fill("第7管理")
        expect(unit).to_have_value("D01")
        expect(unit.locator("option:not([hidden])")).to_have_text(["7局"])
        send.click()
        expect(said).to_contain_text("尚未选定")
        field.fill("没有的单位")
        expect(said).to_have_text("没有符合的选项")
        expect(unit).to_have_value("")
        send.click()
        field.fill("")
        expect(unit).to_have_value("D01")
        field.fill("x12")
        field.press("Enter")
        expect(unit).to_have_value("X12")
        field.fill("局")
        unit.locator("option", has_text="住建局").click()
        expect(unit).to_have_value("D02")
        expect(field).to_have_value("")
        assert not ticket.events.filter(step="dispatch").exists()
        send.click()
        reader.page.wait_for_selector(".notice-success")
        assert reader.complaints == []
    ticket.refresh_from_db()
    assert ticket.unit == world.units["住建局"]


@browser
def test_a_village_brings_its_grids_and_an_article_its_answer(live_server: LiveServer, world: World) -> None:
    new, consult = desk.received(world), desk.received(world, type="consult", title="咨询")
    article = knowledge(world, "如何办证")
    with person(live_server.url) as reader:
        open_dispatch(reader, new)
        page = reader.page
        page.select_option("dialog [name=area]", world.villages["斑马湖社区"].code)
        page.select_option("dialog [name=area_grid]", label="斑马湖社区第1网格")
        page.select_option("dialog [name=unit]", world.units["高塘岭街道"].code)
        page.click("dialog button[type=submit]")
        page.wait_for_selector(".notice-success")
        page.goto(f"{live_server.url}/tickets/{consult.number}/")
        page.click(".stepbar >> text='当场答复'")
        page.select_option("dialog [name=knowledge]", str(article.pk))
        expect(page.locator("dialog [name=reply]")).to_have_value(article.answer)
        page.fill("dialog [name=reply]", "自己写的")
        page.select_option("dialog [name=knowledge]", "")
        page.select_option("dialog [name=knowledge]", str(article.pk))
        page.click("dialog [data-refill]")
        expect(page.locator("dialog [name=reply]")).to_have_value(article.answer)
        assert reader.complaints == []
    new.refresh_from_db()
    assert (new.grid, new.pushed_at is not None) == (world.grids["斑马湖社区1"], True)


def test_an_option_is_known_by_its_whole_name_too(world: World) -> None:
    unit = world.units["城管局"]
    unit.name = "望城区城市管理和综合执法局"
    unit.save()
    for who, address in (
        ("dispatcher", f"/tickets/{desk.received(world).number}/dispatch/"),
        ("dispatcher", "/tickets/"),
    ):
        page = world.client(who).get(address).content.decode()
        assert re.search(r'<option value="D01"[^>]* data-words="望城区城市管理和综合执法局 城管局 D01"', page), address


def test_the_grids_of_a_village_are_offered_with_it_alone(world: World) -> None:
    dispatcher, village = world.client("dispatcher"), world.villages["静慎村"].code
    offered = dispatcher.get(f"/tickets/grids/?village={village}").content.decode()
    assert f'value="{village}:{world.grids["静慎村1"].code}"' in offered
    assert "斑马湖" not in offered
    assert dispatcher.get("/tickets/grids/").content.decode().count("<option") == 1
    assert world.client("gridofficer").get(f"/tickets/grids/?village={village}").status_code == 403


def test_a_grid_of_another_village_than_the_chosen_one_does_not_count(world: World) -> None:
    village, other = world.villages["静慎村"].code, world.villages["斑马湖社区"].code
    form = {
        "title": "路灯不亮", "content": "坏了", "type": "help", "source": "district", "received_at": "2023-01-03T09:00",
        "village_grid": f"{village}:{world.grids['静慎村1'].code}",
    }  # fmt: skip
    dispatcher = world.client("dispatcher")
    for chosen, grid in ((village, world.grids["静慎村1"]), (other, None)):
        answer = dispatcher.post("/tickets/new/", {**form, "village": chosen, "title": f"路灯不亮{chosen}"})
        ticket = Ticket.objects.get(number=answer.url.split("/")[2])
        assert (ticket.village.code, ticket.grid) == (chosen, grid)


def test_the_dispatch_form_stands_on_the_tickets_own_grid(world: World) -> None:
    ticket = desk.received(world, area=world.grids["静慎村2"])
    page = world.client("dispatcher").get(f"/tickets/{ticket.number}/dispatch/").content.decode()
    village, grid = world.villages["静慎村"].code, world.grids["静慎村2"].code
    assert f'<option value="{village}" selected>' in page
    assert f'<option value="{village}:{grid}" selected>' in page


def test_knowledge_of_the_tickets_category_is_offered_first(world: World) -> None:
    for question, category in (("别的", "物业服务"), ("无分类", ""), ("本类", "占道经营")):
        knowledge(world, question, category)
    ticket = desk.received(world, type="consult", category=world.categories["占道经营"])
    page = world.client("dispatcher").get(f"/tickets/{ticket.number}/answer/").content.decode()
    assert re.findall(r'label="(..分类|其他)"|>(本类|别的|无分类)<', page) == [
        ("同一分类", ""), ("", "本类"), ("相近分类", ""), ("", "别的"), ("其他", ""), ("", "无分类"),
    ]  # fmt: skip


def test_an_article_out_of_force_tells_nothing(world: World) -> None:
    article = knowledge(world, "如何办证")
    dispatcher = world.client("dispatcher")
    assert article.answer in dispatcher.get(f"/knowledge/answer/?knowledge={article.pk}").content.decode()
    Knowledge.objects.update(state="withdrawn")
    assert article.answer not in dispatcher.get(f"/knowledge/answer/?knowledge={article.pk}").content.decode()
    assert world.client("caller").get("/knowledge/answer/").status_code == 403
