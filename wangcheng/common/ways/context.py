"""What every page needs: the menu, the demonstration clock, the posts to switch between, the nonce."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from wangcheng.common import clock
from wangcheng.common.ways import counts, menu

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from wangcheng.common.models import User


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor, named in settings."""
    context: dict[str, Any] = {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "demo": settings.DEMO,
        "office_time": clock.now(),
    }
    user = cast("User | AnonymousUser | None", getattr(request, "user", None))
    if user is not None and user.is_authenticated:
        person = user
        counted: dict[str, int] = cast("dict[str, int]", SimpleLazyObject(lambda: counts.waiting(person)))
        context["menu"] = SimpleLazyObject(lambda: menu.entries(person, request.path, counted))
        context["waiting"] = SimpleLazyObject(lambda: sum(counted.values()))
    return context
