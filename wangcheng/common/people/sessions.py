"""Sessions: the newer log-in ends the older one, and every log-in, failure and log-out is in the audit.

The receivers are connected by CommonConfig.ready(); people.middleware asks `is_superseded`.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry, User

REASONS = {
    "elsewhere": "您的账号已在另一处登录，本次登录已结束。如非本人操作，请立即修改密码。",
    "idle": "您已超过30分钟没有操作，为保证安全请重新登录。",
    "password": "首次登录须先修改密码。",
    "left": "已安全退出。",
}


def is_superseded(request: HttpRequest, user: User) -> bool:
    """Whether a newer log-in has taken this one's place."""
    return user.session_key != request.session.session_key


def keep(user: User, session_key: str) -> None:
    """Make this session the one that counts: after log-in, and after the key was changed with the password."""
    user.session_key = session_key
    user.save(update_fields=["session_key"])


@receiver(user_logged_in)
def _logged_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    user.last_login = clock.now()  # the office's time, over the machine's that Django wrote
    user.save(update_fields=["last_login"])
    keep(user, request.session.session_key or "")
    words = "登录系统（用管理员设置的密码，尚未改密）。" if user.must_change_password else "登录系统。"
    record(AuditEntry.Kind.LOGIN, words, by=user, object=f"user {user.username}", request=request)


@receiver(user_logged_out)
def _logged_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(AuditEntry.Kind.LOGOUT, "退出系统。", by=user, object=f"user {user.username}", request=request)


@receiver(user_login_failed)
def _login_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    username = str(credentials.get("username") or "")[:40]
    record(AuditEntry.Kind.LOGIN_FAILED, "登录失败。", object=f"user {username}", request=request)
