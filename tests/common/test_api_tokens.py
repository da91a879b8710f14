"""Who gets into the API: by token, by password, by the session of a page; and who does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from rest_framework.throttling import UserRateThrottle

from tests.common.api import bearer, get, post
from tests.world import MORNING, PASSWORD, World
from wangcheng.common import clock
from wangcheng.common.api.actions import grant_token, issue_token, revoke_token
from wangcheng.common.api.views import LoginThrottle
from wangcheng.common.models import ApiToken, AuditEntry, Post
from wangcheng.common.people.actions import set_active
from wangcheng.common.people.roles import Role
from wangcheng.common.workflow import NotAllowed

OPEN = "organisations/"


def log_in(username: str = "town", password: str = PASSWORD, **more: Any) -> Any:
    return post(Client(), "auth/token/", {"username": username, "password": password, **more})


def with_token(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def refusal(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["detail"]


# Password for token


def test_a_password_buys_a_token_that_acts_in_the_own_post(world: World) -> None:
    said = log_in().json()
    assert (said["token_type"], said["role"], said["organisation"]) == ("Bearer", "town", "高塘岭街道")
    assert get(with_token(said["token"]), OPEN).status_code == 200
    assert ApiToken.objects.get().expires_at - ApiToken.objects.get().created_at == timedelta(hours=12)
    assert AuditEntry.objects.filter(kind="token", actor=world.town).count() == 1


def test_the_token_itself_is_nowhere_in_the_database(world: World) -> None:
    secret = log_in().json()["token"]
    row = ApiToken.objects.get()
    kept = {field.attname: str(getattr(row, field.attname)) for field in row._meta.concrete_fields}
    assert not [name for name, value in kept.items() if secret in value]
    assert row.hint == secret[-6:]
    assert secret not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(("username", "password"), [("town", "wrong"), ("nobody", PASSWORD), ("town", PASSWORD + " ")])
def test_a_wrong_password_or_name_is_told_alike(world: World, username: str, password: str) -> None:
    assert refusal(log_in(username, password)) == (401, "用户名或密码错误。")
    assert not ApiToken.objects.exists()


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(world: World) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        log_in(password="wrong")
    status, sentence = refusal(log_in())
    assert status == 429
    assert sentence.startswith("密码错误次数过多，账号已暂时锁定")


def test_who_must_change_the_password_gets_no_token(world: World) -> None:
    world.town.must_change_password = True
    world.town.save()
    assert refusal(log_in()) == (403, "首次登录须先在网页上修改密码。")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "town"}, "password"),
        ({"username": 1, "password": "x"}, "username"),
        ({"username": "town", "password": "x", "extra": 1}, "extra"),
        ([], ""),
    ],
)
def test_a_body_that_is_wrong_is_told_by_field(world: World, body: Any, field: str) -> None:
    response = post(Client(), "auth/token/", body)
    assert response.status_code == 400
    assert field in response.json()["errors"]


def test_a_person_with_two_posts_chooses_one(world: World) -> None:
    second = Post.objects.create(
        user=world.town,
        organisation=world.units["茶亭镇"],
        role=Role.TOWN,
        is_primary=False,
        valid_from=MORNING.date(),
    )
    assert log_in(post=second.pk).json()["organisation"] == "茶亭镇"
    assert refusal(log_in(post=world.village.acting.pk)) == (403, "您目前没有这个岗位。")


# Tokens


def test_without_a_token_nothing_is_told(world: World) -> None:
    response = get(Client(), OPEN)
    assert refusal(response) == (401, "请先登录，或在 Authorization 头中提供令牌。")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Bearer ", "bearer x y"])
def test_a_false_token_is_refused(world: World, header: str) -> None:
    response = Client(headers={"Authorization": header}).get(f"/api/v1/{OPEN}")
    assert refusal(response) == (401, "令牌无效。")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"revoked_at": MORNING}, "令牌已被吊销。"),
        ({"expires_at": MORNING}, "令牌已过期，请重新申请。"),
    ],
)
def test_a_token_that_is_over_is_refused(world: World, change: dict[str, Any], sentence: str) -> None:
    client = bearer(world, "town")
    ApiToken.objects.update(**change)
    assert refusal(get(client, OPEN)) == (401, sentence)


def test_a_token_ends_with_the_post_and_with_the_account(world: World) -> None:
    client = bearer(world, "town")
    world.town.is_active = False
    world.town.save()
    assert refusal(get(client, OPEN)) == (401, "该账号已停用。")
    world.town.is_active = True
    world.town.save()
    world.town.posts.update(valid_to=MORNING.date())
    assert refusal(get(client, OPEN)) == (401, "令牌所属岗位已离任。")


def test_a_read_only_token_changes_nothing(world: World) -> None:
    client = bearer(world, "admin", scope="read")
    assert get(client, OPEN).status_code == 200
    assert refusal(post(client, "jobs/1/cancel/")) == (403, "该令牌只能读取，不能修改。")


def test_the_last_use_is_written_once_a_minute(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client, start = bearer(world, "town"), clock.system_now()
    seen = []
    for seconds in (0, 30, 61):
        monkeypatch.setattr(clock, "system_now", lambda now=start + timedelta(seconds=seconds): now)
        get(client, OPEN)
        seen.append(ApiToken.objects.get().last_used_at)
    assert seen == [start, start, start + timedelta(seconds=61)]


def test_a_database_that_is_busy_refuses_no_reading(world: World, caplog: pytest.LogCaptureFixture) -> None:
    client = bearer(world, "town")

    def busy(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if sql.startswith("UPDATE"):
            raise OperationalError("database is locked")
        return execute(sql, *more)

    with connection.execute_wrapper(busy):
        assert get(client, OPEN).status_code == 200
    assert "last use not noted" in caplog.text
    assert ApiToken.objects.get().last_used_at is None


def test_a_token_for_somebody_else_needs_the_right(world: World) -> None:
    words = {"name": "城市平台", "lifetime": timedelta(days=30)}
    grant_token(world.apiclient.acting, **words, by=world.admin)
    with pytest.raises(NotAllowed, match="没有为他人签发令牌的权限"):
        grant_token(world.apiclient.acting, **words, by=world.town)
    with pytest.raises(NotAllowed, match="只能由本人领取"):
        issue_token(world.dispatcher.acting, **words, by=world.admin)
    with pytest.raises(NotAllowed, match="有效期最长365天"):
        grant_token(world.apiclient.acting, name="x", lifetime=timedelta(days=366), by=world.admin)
    assert ApiToken.objects.count() == 1


def test_a_token_got_by_password_does_not_come_back_with_the_account(world: World) -> None:
    client = with_token(log_in().json()["token"])
    assert get(client, OPEN).status_code == 200
    set_active(world.town.pk, False, by=world.admin)
    set_active(world.town.pk, True, by=world.admin)
    assert refusal(get(client, OPEN)) == (401, "令牌已被吊销。")


def test_a_revoked_token_is_dead_at_once(world: World) -> None:
    client = bearer(world, "town")
    token = ApiToken.objects.get()
    with pytest.raises(NotAllowed, match="没有吊销他人令牌的权限"):
        revoke_token(token.pk, by=world.other_town)
    assert get(client, OPEN).status_code == 200
    revoke_token(token.pk, by=world.town)
    assert get(client, OPEN).status_code == 401
    with pytest.raises(NotAllowed, match="已被吊销"):
        revoke_token(token.pk, by=world.town)


# Session


def test_the_session_of_a_page_reads_but_writes_only_with_the_pages_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.admin, backend="wangcheng.common.people.auth.PostBackend")
    assert get(client, OPEN).status_code == 200
    status, sentence = refusal(post(client, "jobs/1/cancel/"))
    assert status == 403
    assert "CSRF" in sentence
    client.cookies["csrftoken"] = "a" * 32
    assert post(client, "jobs/1/cancel/", x_csrftoken="a" * 32).status_code == 404


def test_rights_are_those_of_the_tokens_post(world: World) -> None:
    assert refusal(get(bearer(world, "town"), "audit/"))[0] == 403
    assert get(bearer(world, "auditor"), "audit/").status_code == 200


def test_an_address_that_does_not_exist_is_a_problem_as_well(world: World) -> None:
    client = bearer(world, "town")
    for address in ("nothing/", "tickets", "jobs/1/nothing/", "jobs/9999999999999999999999/"):
        assert refusal(get(client, address)) == (404, "没有找到，或不在您的可见范围内。")
    assert refusal(client.delete("/api/v1/organisations/"))[0] == 405
    assert refusal(client.post("/api/v1/auth/token/", "<x/>", "text/xml"))[0] == 415
    assert refusal(client.post("/api/v1/auth/token/", "{", "application/json")) == (
        400,
        "请求正文无法解析，应为 UTF-8 编码的 JSON。",
    )


def test_a_problem_has_all_its_members(world: World) -> None:
    said = get(Client(), OPEN).json()
    assert said == {
        "type": "urn:wangcheng:problem:401",
        "title": "未登录或令牌无效",
        "status": 401,
        "detail": "请先登录，或在 Authorization 头中提供令牌。",
        "errors": {},
    }


def test_too_many_requests_are_slowed_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserRateThrottle, "rate", "1/min", raising=False)
    monkeypatch.setattr(LoginThrottle, "rate", "1/min", raising=False)
    cache.clear()
    client = bearer(world, "town")
    assert get(client, OPEN).status_code == 200
    response = get(client, OPEN)
    assert refusal(response)[0] == 429
    assert int(response["Retry-After"]) > 0
    assert [log_in(password="wrong").status_code for _ in range(2)] == [401, 429]
    cache.clear()
