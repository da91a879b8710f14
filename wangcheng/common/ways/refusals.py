"""A refused action that no form caught becomes a page that says why, with the status that fits."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from wangcheng.common.ways.forms import STATUS
from wangcheng.common.workflow import NotAllowed


class RefusalPage:
    """Named in settings.MIDDLEWARE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, Http404 | PermissionDenied | NotAllowed):
            request.refused = str(problem)  # type: ignore[attr-defined]  # for the log
        if not isinstance(problem, NotAllowed):
            return None
        return render(request, "409.html", {"message": problem.message}, status=STATUS[problem.code])
