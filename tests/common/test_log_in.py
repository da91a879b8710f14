"""登录: the door with its lock, one session per person, the first new password, and what the audit keeps of it."""

import pytest
from django.conf import settings as deployment
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from pytest_django.fixtures import Settings

from tests.world import PASSWORD, World
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry, Post, User


def log_in(client: Client, username: str, password: str = PASSWORD) -> int:
    return client.post("/login/", {"username": username, "password": password}).status_code


def test_name_and_password_open_the_desk(world: World, client: Client) -> None:
    answer = client.post("/login/", {"username": "town", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert AuditEntry.objects.get(kind=AuditEntry.Kind.LOGIN).actor == world.town


def test_a_wrong_password_and_an_unknown_name_read_the_same(world: World, client: Client) -> None:
    wrong = client.post("/login/", {"username": "town", "password": "Wrong-12345"}).content.decode()
    unknown = client.post("/login/", {"username": "nobody", "password": "Wrong-12345"}).content.decode()
    assert "用户名或密码不正确" in wrong
    assert "用户名或密码不正确" in unknown
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.LOGIN_FAILED).count() == 2


def test_five_wrong_passwords_lock_even_the_right_one_out(world: World, client: Client) -> None:
    for _ in range(5):
        last = log_in(client, "town", "Wrong-12345")
    assert last == 429
    answer = client.post("/login/", {"username": "town", "password": PASSWORD})
    assert answer.status_code == 429
    assert "30分钟后再试" in answer.content.decode()
    assert log_in(Client(), "other_town") == 302


def test_a_reset_by_the_admin_lifts_the_lock_and_asks_for_a_new_password(world: World, client: Client) -> None:
    for _ in range(5):
        log_in(client, "town", "Wrong-12345")
    world.client("admin").post(f"/manage/users/{world.town.pk}/password/", {"password": "Wangcheng@2023"})
    assert log_in(client, "town", "Wangcheng@2023") == 302
    assert client.get("/desk/")["Location"] == "/account/password/"
    told = AuditEntry.objects.get(summary="解除用户town的登录锁定。")
    assert (told.kind, told.object, told.actor) == ("rights", "user town", world.admin)


def test_who_was_not_locked_out_is_not_unlocked_in_the_audit(world: World) -> None:
    world.client("admin").post(f"/manage/users/{world.town.pk}/password/", {"password": "Wangcheng@2023"})
    assert not AuditEntry.objects.filter(summary__contains="锁定").exists()


def test_before_the_first_new_password_nothing_else_opens(world: World, client: Client) -> None:
    User.objects.filter(pk=world.town.pk).update(must_change_password=True)
    log_in(client, "town")
    assert client.get("/tickets/")["Location"] == "/account/password/"
    assert client.get("/api/v1/tickets/").status_code == 403
    weak = {"old_password": PASSWORD, "new_password1": "wangcheng", "new_password2": "wangcheng"}
    refused = client.post("/account/password/", weak)
    assert refused.status_code == 400
    assert "至少三类" in refused.content.decode()
    strong = {"old_password": PASSWORD, "new_password1": "Leifeng@1963", "new_password2": "Leifeng@1963"}
    assert client.post("/account/password/", strong).status_code == 302
    assert client.get("/desk/").status_code == 200
    assert log_in(Client(), "town", "Leifeng@1963") == 302


def test_the_old_password_will_not_do_as_the_new_one(world: World) -> None:
    client = world.client("town")
    same = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert "新密码不能与原密码相同" in client.post("/account/password/", same).content.decode()


def test_the_newer_log_in_ends_the_older_one_and_says_so(world: World) -> None:
    older, newer = Client(), Client()
    log_in(older, "town")
    log_in(newer, "town")
    answer = older.get("/desk/", follow=True)
    assert "您的账号已在另一处登录" in answer.content.decode()
    assert newer.get("/desk/").status_code == 200


def test_a_call_of_the_api_in_an_ended_session_is_told_in_json(world: World) -> None:
    older = Client()
    log_in(older, "town")
    log_in(Client(), "town")
    answer = older.get("/api/v1/tickets/")
    assert answer.status_code == 401
    assert "另一处登录" in answer.json()["detail"]


def test_use_renews_the_session_but_what_the_page_asks_by_itself_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("town")
    client.get("/desk/")
    later = clock.system_now().replace(year=clock.system_now().year + 1)
    monkeypatch.setattr(clock, "system_now", lambda: later)
    client.get("/desk/counts/", headers={"X-Poll": "1"})
    assert client.session["seen"] < later.timestamp()
    client.get("/desk/")
    assert client.session["seen"] == int(later.timestamp())


def test_thirty_idle_minutes_end_a_session(world: World) -> None:
    assert deployment.SESSION_COOKIE_AGE == 30 * 60
    client = world.client("town")
    client.get("/desk/")
    assert client.cookies["sessionid"]["max-age"] == 30 * 60


def test_a_partial_of_a_stranger_sends_the_whole_page_to_the_log_in(db: None, client: Client) -> None:
    answer = client.get("/desk/counts/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs/"})
    assert answer["HX-Redirect"] == "/login/?reason=idle&next=/jobs/"


def test_who_has_left_or_is_switched_off_cannot_log_in(world: World, client: Client) -> None:
    User.objects.filter(pk=world.town.pk).update(is_active=False)
    assert log_in(client, "town") == 200


def test_logging_out_is_a_post_and_ends_on_the_log_in(world: World) -> None:
    client = world.client("town")
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/?reason=left"
    assert client.get("/desk/")["Location"].startswith("/login/")
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.LOGOUT, actor=world.town).exists()


def test_one_acts_in_the_post_one_switches_to_for_the_session(world: World) -> None:
    second = Post.objects.create(
        user=world.town, organisation=world.units["centre"], role="admin", is_primary=False, valid_from=clock.today()
    )
    client = world.client("town")
    assert client.get("/manage/users/").status_code == 403
    client.post("/account/post/", {"post": second.pk})
    assert client.get("/manage/users/").status_code == 200
    assert "当前岗位：区社会治理服务中心·系统管理员" in client.get("/desk/").content.decode()
    assert world.client("town").get("/manage/users/").status_code == 403


def test_nobody_switches_to_the_post_of_another(world: World) -> None:
    post = world.admin.posts.get()
    assert world.client("town").post("/account/post/", {"post": post.pk}).status_code == 404


@pytest.mark.parametrize("password", ["short1A", "onlysmallletters", "small1234567", "12345678901"])
def test_weak_passwords_are_refused_for_new_users(world: World, password: str) -> None:
    entered = {"username": "wangwu", "name": "新人", "password": password}
    answer = world.client("admin").post("/manage/users/new/", entered)
    assert answer.status_code == 400
    assert not User.objects.filter(username="wangwu").exists()


@pytest.mark.parametrize("address", ["/login/", "/api/v1/auth/token/"])
def test_five_wrong_passwords_lock_wherever_they_come_from(world: World, settings: Settings, address: str) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    entered = {"username": "town", "password": "wrong"}
    kind = "application/json" if "api" in address else MULTIPART_CONTENT
    for number in range(settings.AXES_FAILURE_LIMIT + 1):
        forged = {"X-Forwarded-For": f"10.0.0.7, 1.1.1.1, 10.0.0.{number}"}
        refused = Client().post(address, entered, kind, headers=forged)
    assert refused.status_code == 429
    assert log_in(Client(headers={"X-Forwarded-For": "9.9.9.9, 10.0.0.7"}), "town") == 429
    assert log_in(Client(headers={"X-Forwarded-For": "9.9.9.9, 10.0.0.66"}), "other_town") == 302


def test_a_forged_address_is_believed_neither_without_a_proxy_nor_if_it_is_none(
    world: World, settings: Settings
) -> None:
    for number in range(settings.AXES_FAILURE_LIMIT + 1):
        client = Client(headers={"X-Forwarded-For": f"10.0.0.{number}"})
        refused = client.post("/login/", {"username": "town", "password": "wrong"})
    assert refused.status_code == 429
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert log_in(Client(headers={"X-Forwarded-For": "'; DROP TABLE"}), "village") == 302
    assert AuditEntry.objects.filter(kind="login").latest("pk").address == "127.0.0.1"
