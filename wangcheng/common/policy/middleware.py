"""One reading of the rules for one request.  Named in settings.MIDDLEWARE."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from wangcheng.common.policy.registry import asked_once


class RulesAskedOnce:
    """Whatever a request needs of the policies, the versions in force are read in one query, and not before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asked_once():
            return self.get_response(request)
