"""Addresses of a page with other parameters."""

from django.http import HttpRequest


def with_query(request: HttpRequest, **changes: object) -> str:
    """`request`'s address with some parameters changed; None takes one away."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def without(request: HttpRequest, *names: str) -> str:
    """`request`'s address without the parameters `names`, back on the first page."""
    query = request.GET.copy()
    for name in (*names, "page", "after", "before"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
