"""Who may open a page: one decorator for every view behind the log-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

if TYPE_CHECKING:
    from wangcheng.common.models import User

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def needs(*permissions: str) -> Callable[[View], View]:
    """Open to a logged-in person whose acting post grants any of `permissions`; with none, to everybody logged in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_login(request)
            if permissions and not any(request.user.has_perm(permission) for permission in permissions):
                raise PermissionDenied("您的岗位没有打开本页面的权限。")
            return view(request, *args, **kwargs)

        return cast("View", wrapped)

    return decorate


def to_login(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the log-in page and afterwards back; a partial sends the whole page there."""
    if request.htmx:  # type: ignore[attr-defined]
        came_from = request.htmx.current_url_abs_path or reverse("desk")  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(f"{reverse('login')}?reason=idle&next={quote(came_from)}")
    return redirect_to_login(request.get_full_path())


def signed_in(request: HttpRequest) -> User:
    """The person behind a page that `needs` a log-in."""
    return cast("User", request.user)
