"""城市社区认定: proposed by class and kind, confirmed by a person on a document, dated; the quarter counts what held then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from grid.actions import assessments
from grid.actions.areas import confirm_urban
from tests.grid.quarter import draft, final
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Area, AuditEntry, UrbanStatus
from wangcheng.common.workflow import NotAllowed

VILLAGE, DAY, DOCUMENT = "斑马湖社区", date(2022, 12, 1), "望民发〔2022〕8号"


@pytest.fixture
def admin(world: World) -> Client:
    Area.objects.filter(level=2).update(urban_rural_code="220")
    Area.objects.filter(name="斑马湖社区").update(urban_rural_code="111")
    Area.objects.filter(name="狮子岭村").update(urban_rural_code="")
    return world.client("admin")


def form_of(client: Client, *villages: Area, **values: str) -> dict[str, Any]:
    """The page for picked villages, filled in."""
    page = client.post("/grid/urban/confirm/", {"pick": [village.pk for village in villages]})
    form = page.context["form"]
    said = {"keys": page.context["keys"], "seen": form["seen"].value(), "verdict": "proposed"}
    return {**said, "day": str(DAY), "document": DOCUMENT, **values}


def confirm(client: Client, *villages: Area, **values: str) -> Any:
    return client.post("/grid/urban/confirm/", form_of(client, *villages, **values))


def held(village: Area) -> list[tuple[bool, date, date | None, str]]:
    rows = UrbanStatus.objects.filter(area=village).order_by("pk")
    return list(rows.values_list("is_urban", "valid_from", "valid_to", "source"))


def test_the_list_says_what_is_proposed_and_why_and_what_nobody_confirmed(world: World, admin: Client) -> None:
    page = admin.get("/grid/urban/").content.decode()
    assert "城市社区（社区，城乡分类111）" in page
    assert "其他村（社区）（社区，城乡分类220）" in page
    assert "无城乡分类，须人工认定" in page
    assert "城市社区（待确认）" in page
    assert world.client("assessor").get("/grid/urban/").status_code == 403


def test_many_villages_are_confirmed_at_once_as_proposed(world: World, admin: Client) -> None:
    villages = [world.villages[name] for name in ("斑马湖社区", "西塘街社区", "静慎村")]
    assert confirm(admin, *villages)["Location"] == "/grid/urban/"
    now = {status.area.name: status for status in UrbanStatus.objects.filter(valid_to=None).select_related("area")}
    assert [now[village.name].is_urban for village in villages] == [True, False, False]
    assert {now[village.name].confirmed_by for village in villages} == {world.admin}
    told = AuditEntry.objects.get(object="urban status")
    assert told.summary == f"城市社区认定：西塘街社区、斑马湖社区、静慎村3个村（社区），依据{DOCUMENT}。"
    assert told.data["urban"] == [world.villages["斑马湖社区"].code]
    left = admin.get("/grid/urban/?tab=open").content.decode()
    assert "狮子岭村" in left
    assert "斑马湖社区" not in left


def test_a_change_ends_the_old_row_and_begins_another(world: World, admin: Client) -> None:
    village = world.villages[VILLAGE]
    first = date(2020, 1, 1)
    confirm(admin, village, verdict="other")
    assert held(village) == [(True, first, DAY, "测试"), (False, DAY, None, DOCUMENT)]
    page = admin.get(f"/grid/{village.pk}/").content.decode()
    assert DOCUMENT in page
    assert "2022年12月1日" in page
    assert VILLAGE in admin.get("/grid/urban/?tab=differs").content.decode()


def test_a_proposal_confirmed_from_its_first_day_becomes_the_confirmation(world: World, admin: Client) -> None:
    village = world.villages[VILLAGE]
    page = admin.get(f"/grid/urban/confirm/?area={village.pk}")
    assert page.context["form"]["day"].value() == date(2020, 1, 1)
    assert "认定：斑马湖社区" in page.content.decode()
    confirm(admin, village, day="2020-01-01")
    assert held(village) == [(True, date(2020, 1, 1), None, DOCUMENT)]


@pytest.mark.parametrize(
    ("village", "values", "reason"),
    [
        ("狮子岭村", {}, "“狮子岭村”没有城乡分类代码，无法提出建议"),
        (VILLAGE, {"day": "2019-12-31"}, "现行认定自2020年1月1日起"),
        (VILLAGE, {"day": "2023-01-04"}, "日期不能晚于今天"),
        (VILLAGE, {"document": ""}, "请填写"),
    ],
)
def test_a_confirmation_is_refused_with_the_reason(
    world: World, admin: Client, village: str, values: dict[str, str], reason: str
) -> None:
    answer = confirm(admin, world.villages[village], **values)
    assert answer.status_code == 400
    assert reason in answer.content.decode()
    assert not UrbanStatus.objects.filter(confirmed_by__isnull=False).exists()


def test_who_chose_none_is_asked_to(admin: Client) -> None:
    assert admin.post("/grid/urban/confirm/", {}, follow=True).redirect_chain == [("/grid/urban/", 302)]


def test_a_form_drawn_before_somebody_elses_decision_is_refused(world: World, admin: Client) -> None:
    village = world.villages[VILLAGE]
    stale = form_of(admin, village)
    confirm(admin, village, verdict="other")
    assert admin.post("/grid/urban/confirm/", {**stale, "day": "2023-01-03"}).status_code == 409


def test_only_who_keeps_the_territory_confirms(world: World) -> None:
    with pytest.raises(NotAllowed, match="没有维护网格的权限"):
        confirm_urban([world.villages[VILLAGE].pk], True, day=DAY, document=DOCUMENT, by=world.assessor)


def test_a_final_quarter_keeps_the_status_of_its_time(world: World, admin: Client) -> None:
    found = final(world, "zero")
    with clock.frozen(clock.at(date(2023, 1, 12), 9)):
        client = world.client("admin")
        assert "2022年第四季度零投诉" in confirm(client, world.villages[VILLAGE], verdict="other").content.decode()
        assert confirm(client, world.villages[VILLAGE], verdict="other", day="2022-12-16").status_code == 302
    assert assessments.recompute(found).fingerprint == found.fingerprint


def test_before_the_calculation_the_unconfirmed_villages_are_named(world: World, admin: Client) -> None:
    new = world.client("assessor").get("/assessments/new/").content.decode()
    assert "西塘街社区、斑马湖社区、静慎村、狮子岭村4个村（社区）是否城市社区尚未经人确认" in new
    found = draft(world, "zero")
    assert "尚未经人确认" in world.client("assessor").get(f"/assessments/{found.number}/").content.decode()
    confirm(admin, *world.villages.values(), verdict="urban")
    assert "尚未经人确认" not in world.client("assessor").get("/assessments/new/").content.decode()
    assert "尚未经人确认" not in world.client("assessor").get(f"/assessments/{found.number}/").content.decode()


def test_the_lists_cost_a_fixed_number_of_queries(
    world: World, admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    admin.get("/grid/urban/")
    with django_assert_max_num_queries(12):
        admin.get("/grid/urban/?tab=all")
    with django_assert_max_num_queries(10):
        admin.get("/manage/categories/")
