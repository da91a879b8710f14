"""Issuing, granting and revoking tokens.  Called by the back office, the account page and `POST auth/token/`.

三员分立: who keeps the accounts never holds a key to the cases.  The admin grants a token to the account of a program;
its secret is made when the holder collects it, and is seen by nobody else.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.api.rules import TokenRules
from wangcheng.common.api.tokens import hashed
from wangcheng.common.audit.actions import record
from wangcheng.common.models import ApiToken, AuditEntry
from wangcheng.common.people.roles import Role
from wangcheng.common.policy.registry import in_force
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from django.http import HttpRequest

    from wangcheng.common.people.models import Post, User


@transaction.atomic
def issue_token(
    post: Post,
    *,
    name: str,
    lifetime: timedelta,
    by: User,
    scope: str = "write",
    request: HttpRequest | None = None,
) -> tuple[ApiToken, str]:
    """签发令牌 for the own post.  The row, and the token itself: it is never shown again."""
    if post.user_id != by.pk:
        raise NotAllowed("令牌只能由本人领取。", Code.RIGHT)
    token = _new(post, name, lifetime, scope)
    secret = _set_secret(token)
    _tell(token, "签发", by, request)
    return token, secret


@transaction.atomic
def grant_token(
    post: Post, *, name: str, lifetime: timedelta, by: User, scope: str = "write", request: HttpRequest | None = None
) -> ApiToken:
    """核发令牌 to the account of a program: it opens nothing until its holder has collected the secret."""
    if not by.has_perm("common.manage_token"):
        raise NotAllowed("您的岗位没有为他人签发令牌的权限。", Code.RIGHT)
    if post.role != Role.API_CLIENT:
        raise NotAllowed("只能为“接口”岗位的账号签发令牌；其他人员以本人用户名和密码换取。", Code.RULE, "user")
    token = _new(post, name, lifetime, scope)
    _tell(token, "核发（待本人领取）", by, request)
    return token


def _new(post: Post, name: str, lifetime: timedelta, scope: str) -> ApiToken:
    longest = timedelta(days=in_force(TokenRules, clock.today()).days)
    if not timedelta() < lifetime <= longest:
        raise NotAllowed(f"令牌有效期最长{longest.days}天。", Code.RULE, "days")
    now = clock.system_now()
    return ApiToken.objects.create(name=name, post=post, scope=scope, created_at=now, expires_at=now + lifetime)


@transaction.atomic
def collect_token(token_id: int, *, by: User, request: HttpRequest | None = None) -> str:
    """领取令牌: the secret of a token that was granted to `by`; once, and never shown again."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("post__organisation").get(pk=token_id)
    if token.post.user_id != by.pk:
        raise NotAllowed("令牌只能由本人领取。", Code.RIGHT)
    if token.digest is not None or token.revoked_at is not None or token.expires_at <= clock.system_now():
        raise NotAllowed("该令牌已被领取、已吊销或已到期，请联系系统管理员重新核发。", Code.STATE)
    secret = _set_secret(token)
    _tell(token, "领取", by, request)
    return secret


def _set_secret(token: ApiToken) -> str:
    secret = f"wc_{secrets.token_urlsafe(32)}"
    token.digest, token.hint = hashed(secret), secret[-6:]
    token.save(update_fields=["digest", "hint"])
    return secret


@transaction.atomic
def revoke_token(token_id: int, *, by: User) -> ApiToken:
    """吊销令牌: one's own, or with the right anybody's; at once and for good."""
    token = (ApiToken.objects.select_for_update(of=("self",)).select_related("post__user", "post__organisation")).get(
        pk=token_id
    )
    if token.post.user_id != by.pk and not by.has_perm("common.manage_token"):
        raise NotAllowed("您的岗位没有吊销他人令牌的权限。", Code.RIGHT)
    if token.revoked_at is not None:
        raise NotAllowed("该令牌已被吊销。", Code.STATE)
    token.revoked_at = clock.system_now()
    token.save(update_fields=["revoked_at"])
    _tell(token, "吊销", by)
    return token


def _tell(token: ApiToken, done: str, by: User, request: HttpRequest | None = None) -> None:
    tail = f"尾号{token.hint}，" if token.hint else ""
    words = f"{done}接口令牌“{token.name}”（{tail}{token.get_scope_display()}），岗位：{token.post}。"
    record(AuditEntry.Kind.TOKEN, words, by=by, object=f"token {token.pk}", request=request)
