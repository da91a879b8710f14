"""Bearer tokens: `Authorization: Bearer …`, kept as a hash, bound to a post, with scope and expiry.

`BearerAuthentication` is named in settings.REST_FRAMEWORK; the idempotency middleware asks it as well.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS

from wangcheng.common import clock
from wangcheng.common.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.request import Request

    from wangcheng.common.people.models import User

log = logging.getLogger(__name__)

SEEN = timedelta(minutes=1)  # how often "last used" is written


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(header: str) -> ApiToken | None:
    """The live token an Authorization header names; None if the header names none.  AuthenticationFailed if it is no good."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        return None
    found = (
        ApiToken.objects.filter(digest=hashed(secret.strip()))
        .select_related("post__user", "post__organisation", "post__area")
        .first()
    )
    if found is None:
        raise AuthenticationFailed("令牌无效。")
    if fault := _fault(found):
        raise AuthenticationFailed(fault)
    return found


def _fault(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return "令牌已被吊销。"
    if token.expires_at <= clock.system_now():
        return "令牌已过期，请重新申请。"
    if not token.post.user.is_active:
        return "该账号已停用。"
    return "" if token.post.in_force(clock.today()) else "令牌所属岗位已离任。"


class BearerAuthentication(BaseAuthentication):
    """The user of the token, acting in the token's post; a read-only token may not change anything."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        token = token_of(request.headers.get("Authorization", ""))
        if token is None:
            return None
        if token.scope == "read" and request.method not in SAFE_METHODS:
            raise PermissionDenied("该令牌只能读取，不能修改。")
        _note_use(token)
        user = token.post.user
        user.acting = token.post
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class NotYet(BaseAuthentication):
    """For the log-in itself: whoever comes is a stranger, and is told to log in (401) when that fails."""

    def authenticate(self, request: Request) -> None:
        return None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _note_use(token: ApiToken) -> None:
    """Written when the database has a moment for it: what was asked for is not refused because it has none."""
    now = clock.system_now()
    if token.last_used_at is not None and now - token.last_used_at <= SEEN:
        return
    try:
        with transaction.atomic():
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    except OperationalError:
        log.warning("token %s: last use not noted, the database is busy", token.pk)
