"""Log-in: who is let in, which passwords will do, and what a locked-out person reads."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wangcheng.common import clock
from wangcheng.common.models import Post, User

_CLASSES = [re.compile(pattern) for pattern in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")]


class PostBackend(ModelBackend):
    """User name and password; rights come from the acting post (User.has_perm), not from Django's groups."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, together with the post; who holds none is asked for alone."""
        post = Post.objects.filter(user_id=user_id).acting(clock.today()).select_related("user").first()
        if post is None:
            return super().get_user(user_id)
        post.user.acting = post
        return post.user if self.user_can_authenticate(post.user) else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return isinstance(user_obj, User) and user_obj.has_perm(perm)


class FourClassesValidator:
    """密码规则: at least 8 characters of at least 3 of 4 classes (lower, upper, digit, other)."""

    LEAST_LENGTH, LEAST_CLASSES = 8, 3

    def validate(self, password: str, user: Any = None) -> None:
        classes = sum(bool(pattern.search(password)) for pattern in _CLASSES)
        if len(password) < self.LEAST_LENGTH or classes < self.LEAST_CLASSES:
            raise ValidationError(self.get_help_text(), code="password_too_weak")

    def get_help_text(self) -> str:
        return "密码不少于8位，且须包含大写字母、小写字母、数字、特殊字符中的至少三类。"


def locked_out(request: HttpRequest, credentials: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """What axes answers after five wrong passwords."""
    return render(request, "common/locked.html", status=429)
