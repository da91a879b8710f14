"""Content-Security-Policy with a nonce per request, under the setting names of Django 6 (SECURE_CSP).

When the project moves to Django 6 this module is replaced by django.middleware.csp and django.utils.csp.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NONCE = "<CSP_NONCE_SENTINEL>"  # stands in a policy for this request's nonce
Policy = Mapping[str, Sequence[str]]
Get = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicy:
    """Sends settings.SECURE_CSP, or what a view set with `csp_override`; `request.csp_nonce` goes into script tags."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        policy: Policy = getattr(response, "_csp_config", settings.SECURE_CSP)
        if policy and "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = build_policy(policy, request.csp_nonce)  # type: ignore[attr-defined]
        return response


def build_policy(policy: Policy, nonce: str) -> str:
    """The header's value; directives in the order given."""
    parts = (f"{name} {' '.join(sources)}".strip() for name, sources in policy.items())
    return "; ".join(parts).replace(NONCE, f"'nonce-{nonce}'")


def csp_override(policy: Policy) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A policy of its own for one view; an empty one sends no header."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response._csp_config = policy  # type: ignore[attr-defined]
            return response

        return wrapped

    return decorate
