"""Reading the parameters of a request; what cannot be read is refused by name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, cast

from django.utils.dateparse import parse_date
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from wangcheng.common import clock
from wangcheng.common.api.problems import Invalid
from wangcheng.common.figures.periods import Period
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.people.models import User


def user_of(request: Request) -> User:
    return cast("User", request.user)


def require(request: Request, permission: str) -> User:
    """The user, who has the right; NotAllowed otherwise."""
    user = user_of(request)
    if not user.has_perm(permission):
        raise NotAllowed("您的岗位没有进行此操作的权限。", Code.RIGHT)
    return user


def only(request: Request, *known: Iterable[OpenApiParameter]) -> None:
    """Invalid, by name, if the address says anything but what is documented: a misspelt filter must not list everything."""
    names = {parameter.name for some in known for parameter in some}
    unknown = sorted(set(request.query_params) - names)
    if unknown:
        usable = f"可用：{'、'.join(sorted(names))}。" if names else ""
        raise Invalid({name[:40]: [f"没有名为“{name[:40]}”的参数。{usable}"] for name in unknown[:20]})


def day_of(request: Request, name: str = "as_of") -> date:
    """A day in ISO form; today if it is not named."""
    text = request.query_params.get(name)
    if not text:
        return clock.today()
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise Invalid({name: [f"{name} 应为 2022-12-31 形式的日期。"]})
    return found


def period_of(request: Request, name: str = "period") -> Period:
    """A period of counting; named, or Invalid."""
    try:
        return Period.parse(request.query_params.get(name, ""))
    except ValueError as problem:
        raise Invalid({name: [str(problem)]}) from problem


def words_of(request: Request, name: str) -> list[str]:
    """A parameter that may be given several times or with commas."""
    parts = [part.strip() for text in request.query_params.getlist(name) for part in text.split(",")]
    return [part for part in parts if part]
