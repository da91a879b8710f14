"""接口令牌: granted by the admin, collected once by its holder, revoked by either; the admin never sees one."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.budget.test_pay_at_once import at_once
from tests.world import MORNING, World, build
from wangcheng.common import clock
from wangcheng.common.api.actions import collect_token, issue_token, revoke_token
from wangcheng.common.models import ApiToken, AuditEntry, User
from wangcheng.common.workflow import NotAllowed

NEW = "/manage/tokens/new/"
SECRET = re.compile(r'value="(wc_[^"]+)"')


def issue(world: World, **changes: object) -> str:
    entered = {"user": "apiclient", "name": "市级平台对接", "scope": "read", "days": 30, **changes}
    return world.client("admin").post(NEW, entered).content.decode()


def test_a_token_is_collected_once_by_its_holder_and_opens_the_api(world: World) -> None:
    assert not SECRET.search(issue(world))
    token = ApiToken.objects.get()
    assert (token.post.user, token.scope, token.digest) == (world.apiclient, "read", None)
    assert "待领取" in world.client("admin").get(f"/manage/tokens/{token.pk}/").content.decode()
    holder = world.client("apiclient")
    assert "领取" in holder.get("/account/").content.decode()
    secret = SECRET.search(holder.post(f"/account/tokens/{token.pk}/collect/").content.decode())
    assert secret
    headers = {"Authorization": f"Bearer {secret[1]}"}
    assert Client().get("/api/v1/figures/definitions/", headers=headers).status_code == 200
    token.refresh_from_db()
    shown = world.client("admin").get(f"/manage/tokens/{token.pk}/").content.decode()
    assert secret[1] not in shown
    assert token.hint in shown
    assert holder.post(f"/account/tokens/{token.pk}/collect/")["Location"] == "/account/"
    assert "已被领取" in holder.get("/account/").content.decode()
    assert AuditEntry.objects.filter(kind="token", object=f"token {token.pk}").count() == 2


def test_the_admin_collects_nobodys_token(world: World) -> None:
    issue(world)
    token = ApiToken.objects.get()
    assert world.client("admin").post(f"/account/tokens/{token.pk}/collect/").status_code == 404
    with pytest.raises(NotAllowed, match="只能由本人领取"):
        collect_token(token.pk, by=world.admin)
    assert ApiToken.objects.get().digest is None


@pytest.mark.parametrize("who", ["dispatcher", "town", "admin"])
def test_only_the_account_of_a_program_is_granted_a_token(world: World, who: str) -> None:
    assert "只能为“接口”岗位的账号签发令牌" in issue(world, user=who)
    assert not ApiToken.objects.exists()


def test_a_token_revoked_or_expired_is_not_collected_any_more(world: World) -> None:
    issue(world)
    token = ApiToken.objects.get()
    revoke_token(token.pk, by=world.admin)
    with pytest.raises(NotAllowed, match="已吊销或已到期"):
        collect_token(token.pk, by=world.apiclient)


def test_too_long_a_life_is_refused_at_the_field(world: World) -> None:
    assert '<a href="#id_days">有效天数：令牌有效期最长365天。</a>' in issue(world, days=366)
    assert "有效天数" in issue(world, days=999_999_999_999)
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


@pytest.mark.django_db(transaction=True)
def test_a_token_is_collected_once_however_many_press() -> None:
    with clock.frozen(MORNING):
        world = build()
        issue(world)
    token = ApiToken.objects.get()
    said = at_once(lambda: collect_token(token.pk, by=world.apiclient))
    assert said.count("done") == 1
