"""三员分立: what the admin does to an account, its holder and the auditor learn; until the holder's turn nothing is read."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.world import PASSWORD, World
from wangcheng.common.models import AuditEntry, Message, User

GIVEN, OWN = "Linshi@2023", "Benren@2023"


def reset(world: World, username: str) -> None:
    world.client("admin").post(f"/manage/users/{world.people[username].pk}/password/", {"password": GIVEN})


def log_in(client: Client, username: str, password: str) -> Any:
    return client.post("/login/", {"username": username, "password": password})


def told(person: User) -> list[str]:
    return list(Message.objects.filter(phone=person.phone).order_by("pk").values_list("text", flat=True))


def test_a_reset_is_told_to_the_person_and_of_the_centre_to_the_auditor(world: World) -> None:
    reset(world, "dispatcher")
    assert "账号dispatcher的密码已由系统管理员" in told(world.dispatcher)[0]
    assert "请核实是否本人要求" in told(world.auditor)[0]
    reset(world, "gridofficer")
    assert len(told(world.gridofficer)) == 1
    assert len(told(world.auditor)) == 1


def test_whoever_comes_with_the_admins_password_reads_nothing_and_leaves_a_trace(world: World) -> None:
    reset(world, "dispatcher")
    guest = Client()
    log_in(guest, "dispatcher", GIVEN)
    for address in ("/tickets/", "/desk/", "/account/"):
        assert guest.get(address)["Location"] == "/account/password/"
    assert guest.get("/api/v1/tickets/").status_code == 403
    entered = AuditEntry.objects.filter(kind="login", actor=world.dispatcher).latest("pk")
    assert entered.summary == "登录系统（用管理员设置的密码，尚未改密）。"
    guest.post("/account/password/", {"old_password": GIVEN, "new_password1": OWN, "new_password2": OWN})
    assert guest.get("/tickets/").status_code == 200
    assert "已用管理员设置的密码登录并改密" in told(world.dispatcher)[-1]
    changed = AuditEntry.objects.filter(kind="rights", object="user dispatcher").latest("pk")
    assert changed.summary == "首次登录，修改由管理员设置的密码：修改用户dispatcher的密码。"


def test_a_number_is_changed_by_the_admin_only_with_word_to_the_old_one(world: World) -> None:
    old = world.town.phone
    entered = {"name": world.town.name, "phone": "13999990000"}
    world.client("admin").post(f"/manage/users/{world.town.pk}/edit/", entered)
    (text,) = Message.objects.filter(phone=old).values_list("text", flat=True)
    assert "登记的手机号已由系统管理员" in text
    reset(world, "town")
    assert Message.objects.filter(phone="13999990000").count() == 1


def test_a_new_post_at_the_centre_is_told_to_the_auditor(world: World) -> None:
    ghost = User.objects.create_user("ghost", "李鬼", PASSWORD)
    for unit, role in (("茶亭镇", "town"), ("centre", "dispatcher")):
        entered = {"organisation": world.units[unit].pk, "role": role, "valid_from": "2023-01-03"}
        world.client("admin").post(f"/manage/users/{ghost.pk}/posts/new/", entered)
    (text,) = told(world.auditor)
    assert "账号ghost（李鬼）任职：区社会治理服务中心·派单员" in text


def test_ones_account_page_and_next_log_in_say_what_others_did(world: World) -> None:
    User.objects.filter(pk=world.dispatcher.pk).update(phone="")
    reset(world, "dispatcher")
    client = Client()
    log_in(client, "dispatcher", GIVEN)
    change = {"old_password": GIVEN, "new_password1": OWN, "new_password2": OWN}
    page = client.post("/account/password/", change, follow=True).content.decode()
    assert "您上次登录后，本账号有变更：重置用户dispatcher的密码。" in page
    assert page.count("重置用户dispatcher的密码。") == 2
    client.post("/logout/")
    assert "您上次登录后" not in log_in(client, "dispatcher", OWN).content.decode()
    page = client.get("/account/").content.decode()
    assert page.count("重置用户dispatcher的密码。") == 1


def test_who_is_closed_out_is_out_at_once_and_does_not_come_back_by_the_old_session(world: World) -> None:
    client, admin = world.client("town"), world.client("admin")
    for active in ("no", "yes"):
        admin.post(f"/manage/users/{world.town.pk}/active/", {"active": active})
    assert client.get("/desk/").status_code == 302
