"""The post a person acts in, and the rules of a session: one per user, renewed by real use, none before a new password.

Named in settings.MIDDLEWARE after Django's own AuthenticationMiddleware.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from wangcheng.common import clock
from wangcheng.common.api.problems import problem_response
from wangcheng.common.models import User
from wangcheng.common.people import sessions

OPEN_BEFORE_CHANGE = ("password_change", "logout")


class ActingPost:
    """Ends superseded sessions, asks for the first password change, and puts on the post chosen for the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        user = request.user
        if sessions.is_superseded(request, user):
            logout(request)
            return _turned_away(request, "elsewhere")
        _renew(request)
        _put_on_post(request, user)
        if user.must_change_password and request.path not in map(reverse, OPEN_BEFORE_CHANGE):
            return _must_change(request)
        return self.get_response(request)


def _renew(request: HttpRequest) -> None:
    """Push the idle time-out on, at most once a minute; what the page asks for by itself is no use of it."""
    seen, now = request.session.get("seen", 0), int(clock.system_now().timestamp())
    if now - seen >= 60 and "X-Poll" not in request.headers:
        request.session["seen"] = now


def _put_on_post(request: HttpRequest, user: User) -> None:
    chosen = request.session.get("post")
    if chosen and (user.acting is None or user.acting.pk != chosen):
        held = user.posts.in_force(clock.today()).filter(pk=chosen).select_related("organisation", "area").first()
        if held:
            user.acting = held


def _turned_away(request: HttpRequest, reason: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(401, sessions.REASONS[reason])
    return redirect(f"{reverse('login')}?reason={reason}")


def _must_change(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(403, sessions.REASONS["password"])
    return redirect("password_change")
