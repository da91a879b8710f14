"""Issuing and revoking tokens.  Called by the back office, the account page and `POST auth/token/`."""

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
    """签发令牌 for the own post, or with the right for anybody's.  The row, and the token itself: it is never shown again."""
    if post.user_id != by.pk and not by.has_perm("common.manage_token"):
        raise NotAllowed("您的岗位没有为他人签发令牌的权限。", Code.RIGHT)
    longest = timedelta(days=in_force(TokenRules, clock.today()).days)
    if not timedelta() < lifetime <= longest:
        raise NotAllowed(f"令牌有效期最长{longest.days}天。", Code.RULE, "days")
    secret = f"wc_{secrets.token_urlsafe(32)}"
    now = clock.system_now()
    token = ApiToken.objects.create(
        name=name,
        post=post,
        digest=hashed(secret),
        hint=secret[-6:],
        scope=scope,
        created_at=now,
        expires_at=now + lifetime,
    )
    record(
        AuditEntry.Kind.TOKEN,
        f"签发接口令牌“{name}”（尾号{token.hint}，{token.get_scope_display()}），岗位：{post}。",
        by=by,
        object=f"token {token.pk}",
        request=request,
    )
    return token, secret


@transaction.atomic
def revoke_token(token_id: int, *, by: User) -> ApiToken:
    """吊销令牌: one's own, or with the right anybody's; at once and for good."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("post").get(pk=token_id)
    if token.post.user_id != by.pk and not by.has_perm("common.manage_token"):
        raise NotAllowed("您的岗位没有吊销他人令牌的权限。", Code.RIGHT)
    if token.revoked_at is not None:
        raise NotAllowed("该令牌已被吊销。", Code.STATE)
    token.revoked_at = clock.system_now()
    token.save(update_fields=["revoked_at"])
    record(
        AuditEntry.Kind.TOKEN, f"吊销接口令牌“{token.name}”（尾号{token.hint}）。", by=by, object=f"token {token.pk}"
    )
    return token
