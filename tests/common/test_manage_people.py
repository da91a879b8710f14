"""用户与任职: accounts, posts, deputies, hand-over and leaving, through the pages of the admin."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.common.api import bearer
from tests.world import PASSWORD, World
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry, HandOver, Organisation, User
from wangcheng.common.people import actions
from wangcheng.common.people.rights import words
from wangcheng.common.people.roles import GRANTS
from wangcheng.common.workflow import NotAllowed


@pytest.fixture
def admin(world: World) -> Client:
    return world.client("admin")


def new_post(world: World, unit: str, role: str, **changes: str) -> dict[str, object]:
    return {"organisation": world.units[unit].pk, "role": role, "valid_from": "2023-01-03", **changes}


def test_a_new_user_gets_a_post_and_works_in_it(world: World, admin: Client) -> None:
    entered = {"username": "lisi", "name": "李四", "phone": "13900000001", "password": "Kaishi@2023"}
    where = admin.post("/manage/users/new/", entered)["Location"]
    user = User.objects.get(username="lisi")
    assert where == f"/manage/users/{user.pk}/"
    assert user.must_change_password
    admin.post(f"{where}posts/new/", new_post(world, "茶亭镇", "town", title="专干"))
    post = user.posts.get()
    assert (post.organisation, post.role, post.is_primary) == (world.units["茶亭镇"], "town", True)
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.RIGHTS, object="user lisi").count() == 2


def test_a_taken_user_name_is_said_at_its_field(world: World, admin: Client) -> None:
    entered = {"username": "town", "name": "李四", "password": "Kaishi@2023"}
    page = admin.post("/manage/users/new/", entered).content.decode()
    assert '<a href="#id_username">用户名：该用户名已被使用。</a>' in page


def test_a_wrong_phone_number_is_refused(world: World, admin: Client) -> None:
    entered = {"username": "lisi", "name": "李四", "phone": "12345", "password": "Kaishi@2023"}
    assert "手机号码应为11位数字" in admin.post("/manage/users/new/", entered).content.decode()


@pytest.mark.parametrize(
    ("unit", "role", "field"),
    [
        ("茶亭镇", "dispatcher", "岗位不能设在"),
        ("centre", "town", "岗位不能设在"),
        ("静慎村", "gridofficer", "须指定网格"),
    ],
)
def test_a_role_that_does_not_fit_the_place_is_refused(
    world: World, admin: Client, unit: str, role: str, field: str
) -> None:
    answer = admin.post(f"/manage/users/{world.leader.pk}/posts/new/", new_post(world, unit, role))
    assert answer.status_code == 400
    assert field in answer.content.decode()
    assert world.leader.posts.count() == 1


def test_a_grid_of_another_village_is_refused(world: World, admin: Client) -> None:
    entered = new_post(world, "静慎村", "gridofficer", area=world.grids["斑马湖社区1"].code)
    assert "不在该单位辖区内" in admin.post(f"/manage/users/{world.leader.pk}/posts/new/", entered).content.decode()


def test_a_post_held_already_is_not_given_twice(world: World, admin: Client) -> None:
    answer = admin.post(f"/manage/users/{world.town.pk}/posts/new/", new_post(world, "高塘岭街道", "town"))
    assert answer.status_code == 409
    assert world.town.posts.count() == 1


def test_an_ended_post_no_longer_opens_anything_but_stays_on_record(world: World, admin: Client) -> None:
    post = world.town.posts.get()
    assert world.client("town").get("/figures/").status_code == 200
    admin.post(f"/manage/posts/{post.pk}/end/")
    post.refresh_from_db()
    assert post.valid_to == clock.today()
    assert world.client("town").get("/figures/").status_code == 403


def test_when_the_main_post_ends_another_becomes_the_main_one(world: World) -> None:
    second = actions.give_post(world.town.pk, world.units["茶亭镇"], "town", by=world.admin)
    assert not second.is_primary
    actions.end_post(world.town.posts.get(is_primary=True).pk, by=world.admin)
    second.refresh_from_db()
    assert second.is_primary


def grids_of(username: str) -> list[int]:
    """As the next request asks, which reads the person anew."""
    return User.objects.get(username=username).grid_ids()


def test_a_deputy_stands_in_while_the_holder_is_on_leave(world: World, admin: Client) -> None:
    post = world.gridofficer.posts.get()
    grid = world.grids["斑马湖社区1"].pk
    assert grid not in grids_of("other_gridofficer")
    entered = {"deputy": "other_gridofficer", "on_leave_until": "2023-01-10"}
    admin.post(f"/manage/posts/{post.pk}/deputy/", entered)
    assert grid in grids_of("other_gridofficer")
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert grid not in grids_of("other_gridofficer")


def test_leave_without_a_deputy_is_refused(world: World, admin: Client) -> None:
    post = world.gridofficer.posts.get()
    answer = admin.post(f"/manage/posts/{post.pk}/deputy/", {"on_leave_until": "2023-01-10"})
    assert "休假期间须指定AB岗人员" in answer.content.decode()


def test_who_leaves_hands_the_posts_over_and_the_name_stays(world: World, admin: Client) -> None:
    held = world.town.posts.get()
    admin.post(f"/manage/users/{world.town.pk}/leave/", {"taker": "other_town", "note": "调离"})
    town = User.objects.get(pk=world.town.pk)
    held.refresh_from_db()
    assert (town.is_active, town.left_on, held.valid_to) == (False, clock.today(), clock.today())
    assert world.other_town.posts.filter(organisation=held.organisation, role="town", valid_to=None).exists()
    record = HandOver.objects.get()
    assert (record.giver, record.taker, record.note, list(record.posts.all())) == (
        town,
        world.other_town,
        "调离",
        [held],
    )
    assert town.name in admin.get(f"/manage/users/{town.pk}/").content.decode()
    assert Client().post("/login/", {"username": "town", "password": PASSWORD}).status_code == 200


def test_leaving_ends_an_open_session_at_once(world: World) -> None:
    client = world.client("town")
    actions.leave(world.town.pk, by=world.admin)
    assert client.get("/desk/")["Location"].startswith("/login/")


def test_nobody_lets_oneself_leave_or_switches_oneself_off(world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.leave(world.admin.pk, by=world.admin)
    with pytest.raises(NotAllowed):
        actions.set_active(world.admin.pk, False, by=world.admin)


def test_who_comes_back_gets_a_post_and_can_log_in_again(world: World) -> None:
    actions.leave(world.town.pk, by=world.admin)
    with pytest.raises(NotAllowed):
        actions.set_active(world.town.pk, True, by=world.admin)
    actions.give_post(world.town.pk, world.units["高塘岭街道"], "town", by=world.admin)
    town = User.objects.get(pk=world.town.pk)
    assert (town.is_active, town.left_on) == (True, None)


def test_some_posts_can_be_passed_on_and_the_others_kept(world: World, admin: Client) -> None:
    kept = world.town.posts.get()
    passed = actions.give_post(world.town.pk, world.units["茶亭镇"], "town", by=world.admin)
    admin.post(f"/manage/users/{world.town.pk}/hand-over/", {"posts": [passed.pk], "taker": "department"})
    assert list(world.town.posts.filter(valid_to=None)) == [kept]
    assert world.department.posts.filter(organisation=world.units["茶亭镇"], valid_to=None).exists()


def test_a_successor_is_found_by_name_and_of_namesakes_by_user_name(world: World, admin: Client) -> None:
    post, address = world.town.posts.get(), f"/manage/users/{world.town.pk}/hand-over/"
    for username in ("zhang1", "zhang2"):
        actions.create_user(username=username, name="张重名", phone="", password=PASSWORD, by=world.admin)
    refused = admin.post(address, {"posts": [post.pk], "taker": "张重名"})
    assert (refused.status_code, "有多人同名，请填写用户名：zhang1" in refused.content.decode()) == (400, True)
    offered = admin.get(f"/manage/users/suggestions/?taker={world.other_town.name}").content.decode()
    assert '<option value="other_town">' in offered
    assert admin.post(address, {"posts": [post.pk], "taker": world.other_town.name}).status_code == 302
    assert world.other_town.posts.filter(organisation=post.organisation, valid_to=None).exists()
    assert world.client("town").get("/manage/users/suggestions/?taker=z").status_code == 403


def test_posts_of_others_are_not_passed_on(world: World, admin: Client) -> None:
    foreign = world.department.posts.get()
    answer = admin.post(f"/manage/users/{world.town.pk}/hand-over/", {"posts": [foreign.pk], "taker": "other_town"})
    assert answer.status_code == 400
    foreign.refresh_from_db()
    assert foreign.valid_to is None


def test_the_list_finds_by_name_role_and_unit(world: World, admin: Client) -> None:
    assert world.finance.name in admin.get("/manage/users/?q=finance").content.decode()
    officers = admin.get("/manage/users/?role=gridofficer").content.decode()
    assert world.gridofficer.name in officers
    assert world.finance.name not in officers
    branch = admin.get(f"/manage/users/?unit={world.units['茶亭镇'].pk}").content.decode()
    assert world.other_village.name in branch
    assert world.village.name not in branch


@pytest.mark.parametrize("name", ["dispatcher", "town", "auditor", "leader"])
def test_accounts_are_for_the_admin_alone(world: World, name: str) -> None:
    client = world.client(name)
    pk = world.town.pk
    pages = [
        "",
        "new/",
        f"{pk}/",
        f"{pk}/edit/",
        f"{pk}/password/",
        f"{pk}/leave/",
        f"{pk}/hand-over/",
        f"{pk}/posts/new/",
    ]
    assert {client.get(f"/manage/users/{page}").status_code for page in pages} == {403}
    assert client.post(f"/manage/users/{pk}/active/", {"active": "no"}).status_code == 403
    assert User.objects.get(pk=pk).is_active


def test_a_department_can_be_founded_and_a_town_is_not_renamed_by_hand(world: World, admin: Client) -> None:
    entered = {"code": "D09", "name": "区文旅局", "short_name": "文旅局", "phone": "0731-88000000"}
    admin.post("/manage/organisations/new/", entered)
    unit = Organisation.objects.get(code="D09")
    assert (unit.kind, unit.parent, unit.phone) == ("department", world.units["centre"], "0731-88000000")
    town = world.units["茶亭镇"]
    answer = admin.post(f"/manage/organisations/{town.pk}/edit/", {"name": "新名镇", "short_name": "新名"})
    assert answer.status_code == 400
    assert "随行政区划代码更新" in answer.content.decode()


def test_the_tree_of_organisations_counts_the_people_of_each(world: World, admin: Client) -> None:
    page = admin.get("/manage/organisations/").content.decode().partition("<tbody")[2]
    shown = re.findall(r'data-label="简称"[^>]*>([^<]*)<', page)
    assert [shown.index(name) for name in ("高塘岭街道", "西塘街社区", "斑马湖社区", "茶亭镇", "城管局")] == sorted(
        shown.index(name) for name in ("高塘岭街道", "西塘街社区", "斑马湖社区", "茶亭镇", "城管局")
    )
    assert "数据截至：2023年1月3日" in page
    narrowed = admin.get("/manage/organisations/?q=斑马&kind=village").content.decode()
    assert '<b id="total">1</b>' in narrowed


def test_units_are_offered_in_the_order_of_the_division_codes_with_departments_after(
    world: World, admin: Client
) -> None:
    """Whatever the order in which they were founded."""
    Organisation.objects.filter(pk=world.units["高塘岭街道"].pk).update(path="/9/9/")
    page = admin.get("/manage/users/").content.decode()
    offered = re.findall(r"<option[^>]*>([^<]*)</option>", page.partition('name="unit"')[2].partition("</select>")[0])
    places = [offered.index(world.units[name].short_name) for name in ("高塘岭街道", "斑马湖社区", "茶亭镇", "城管局")]
    assert places == sorted(places)


def test_every_right_has_words_and_the_auditor_reads_them(world: World) -> None:
    for rights in GRANTS.values():
        for right in rights:
            assert all(words(right)), right
    page = world.client("auditor").get("/manage/roles/").content.decode()
    assert "派单员" in page
    assert "退单裁定" in page
    assert world.client("dispatcher").get("/manage/roles/").status_code == 403


def test_nobody_gives_a_post_to_himself(world: World, admin: Client) -> None:
    page = f"/manage/users/{world.admin.pk}/posts/new/"
    answer = admin.post(page, {"organisation": world.units["centre"].pk, "role": "admin", "valid_from": "2023-01-03"})
    assert answer.status_code == 403
    assert "不能为本人任职" in answer.content.decode()
    with pytest.raises(NotAllowed, match="不能为本人任职"):
        actions.hand_over(world.dispatcher.pk, world.admin.pk, [world.dispatcher.acting.pk], by=world.admin)
    assert world.admin.posts.count() == 1


@pytest.mark.parametrize(
    ("who", "role"), [("other_admin", "dispatcher"), ("auditor", "admin"), ("dispatcher", "auditor")]
)
def test_admin_auditor_and_business_are_three_persons(world: World, who: str, role: str) -> None:
    with pytest.raises(NotAllowed, match="三员分立"):
        actions.give_post(world.people[who].pk, world.units["centre"], role, by=world.admin)
    assert world.people[who].posts.count() == 1


def test_a_new_password_ends_the_tokens_got_with_the_old_one(world: World, admin: Client) -> None:
    body = {"username": "town", "password": PASSWORD}
    by_password = Client().post("/api/v1/auth/token/", body, "application/json").json()["token"]
    issued = bearer(world, "town")
    admin.post(f"/manage/users/{world.town.pk}/password/", {"password": "Another@2023"})
    stolen = Client(headers={"Authorization": f"Bearer {by_password}"})
    assert stolen.get("/api/v1/tickets/").status_code == 401
    assert issued.get("/api/v1/tickets/").status_code == 200
