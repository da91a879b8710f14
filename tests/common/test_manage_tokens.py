"""接口令牌: issued by the admin and shown once, revoked by the admin or by whose it is."""

import re
from datetime import timedelta

from django.test import Client

from tests.world import World
from wangcheng.common.api.actions import issue_token
from wangcheng.common.models import ApiToken, User

NEW = "/manage/tokens/new/"


def issue(world: World, **changes: object) -> str:
    entered = {"user": "apiclient", "name": "市级平台对接", "scope": "read", "days": 30, **changes}
    return world.client("admin").post(NEW, entered).content.decode()


def test_a_token_is_shown_once_and_opens_the_api(world: World) -> None:
    page = issue(world)
    secret = re.search(r'value="(wc_[^"]+)"', page)
    assert secret
    token = ApiToken.objects.get()
    assert (token.post.user, token.scope) == (world.apiclient, "read")
    assert (
        Client().get("/api/v1/figures/definitions/", headers={"Authorization": f"Bearer {secret[1]}"}).status_code
        == 200
    )
    shown = world.client("admin").get(f"/manage/tokens/{token.pk}/").content.decode()
    assert secret[1] not in shown
    assert token.hint in shown


def test_too_long_a_life_is_refused_at_the_field(world: World) -> None:
    assert '<a href="#id_days">有效天数：令牌有效期最长365天。</a>' in issue(world, days=366)
    assert not ApiToken.objects.exists()


def test_nobody_without_a_post_gets_one(world: World) -> None:
    User.objects.create_user("idle", "无岗", "Wangcheng@2022")
    assert "该用户目前没有任职" in issue(world, user="idle")


def test_a_revoked_token_leaves_the_list_of_the_valid_ones(world: World) -> None:
    issue(world)
    token = ApiToken.objects.get()
    client = world.client("admin")
    assert "市级平台对接" in client.get("/manage/tokens/").content.decode()
    client.post(f"/account/tokens/{token.pk}/revoke/")
    assert "市级平台对接" not in client.get("/manage/tokens/").content.decode()
    assert "已吊销" in client.get("/manage/tokens/?tab=all").content.decode()


def test_one_revokes_ones_own_and_no_others(world: World) -> None:
    mine, _ = issue_token(world.town.posts.get(), name="手机", lifetime=timedelta(days=1), by=world.town)
    client = world.client("town")
    assert "手机" in client.get("/account/").content.decode()
    assert world.client("other_town").post(f"/account/tokens/{mine.pk}/revoke/").status_code == 404
    client = world.client("town")
    assert client.post(f"/account/tokens/{mine.pk}/revoke/")["Location"] == "/account/"
    mine.refresh_from_db()
    assert mine.revoked_at


def test_tokens_of_all_are_for_the_admin(world: World) -> None:
    client = world.client("dispatcher")
    assert {client.get(page).status_code for page in (NEW, "/manage/tokens/")} == {403}
