"""The kernel's own addresses of the API: token, jobs, figures, audit; and the answer to an address that does not exist."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes, throttle_classes
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.throttling import AnonRateThrottle

from wangcheng.common import clock
from wangcheng.common.api.actions import issue_token
from wangcheng.common.api.bodies import checked_body
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.api.pagination import PAGE_PARAMETERS, page_of, page_schema
from wangcheng.common.api.problems import Invalid, NotThere
from wangcheng.common.api.queries import only, period_of, require, user_of, words_of
from wangcheng.common.api.rules import TokenRules
from wangcheng.common.api.shapes import AUDIT, DEFINITION, FIGURE, JOB, TOKEN, rows_of
from wangcheng.common.api.tokens import NotYet
from wangcheng.common.audit.querysets import search_entries
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import all_figures
from wangcheng.common.figures.shown import breakdowns, shown_definition, shown_figures
from wangcheng.common.jobs import actions as jobs
from wangcheng.common.jobs.keeping import given
from wangcheng.common.models import ApiToken, AuditEntry, Job
from wangcheng.common.policy.registry import in_force
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.people.models import Post, User


# Token


class TokenForm(forms.Form):
    username = forms.CharField(label="用户名", max_length=40)
    password = forms.CharField(label="密码", max_length=128, strip=False)
    post = forms.IntegerField(label="岗位", required=False, help_text="有多个岗位时选用哪一个，默认主岗")


class LoginThrottle(AnonRateThrottle):
    scope = "login"


@extend_schema(
    summary="以用户名和密码换取令牌",
    tags=["auth"],
    auth=[],
    request={"application/json": form_schema(TokenForm())},
    responses={200: TOKEN},
    examples=[OpenApiExample("示例", value={"username": "dispatcher", "password": "……"}, request_only=True)],
)
@api_view(["POST"])
@authentication_classes([NotYet])
@permission_classes([AllowAny])
@throttle_classes([LoginThrottle])
def token(request: Request) -> Response:
    """换取令牌: five wrong passwords lock the account, as on the log-in page."""
    body = checked_body(request, TokenForm)
    user = _known(request._request, body["username"], body["password"])
    if user.must_change_password:
        raise NotAllowed("首次登录须先在网页上修改密码。", Code.RIGHT)
    post = _post(user, body["post"])
    lifetime = timedelta(hours=in_force(TokenRules, clock.today()).login_hours)
    row, secret = issue_token(post, name=ApiToken.GOT_BY_PASSWORD, lifetime=lifetime, by=user, request=request._request)
    return Response(
        {
            "token": secret,
            "token_type": "Bearer",
            "scope": row.scope,
            "expires_at": row.expires_at,
            "user": user.name,
            "organisation": post.organisation.short_name,
            "role": post.role,
        },
        headers={"Cache-Control": "no-store"},
    )


def _known(request: HttpRequest, username: str, password: str) -> User:
    """The person, or 401; after too many wrong passwords 429.  On a copy: axes would answer the original with a page."""
    attempt = copy(request)
    user = authenticate(attempt, username=username, password=password)
    if user is not None:
        return user
    if getattr(attempt, "axes_locked_out", False):
        raise Throttled(detail="密码错误次数过多，账号已暂时锁定，请稍后再试或联系系统管理员。")
    raise AuthenticationFailed("用户名或密码错误。")


def _post(user: User, wanted: int | None) -> Post:
    post = user.posts.in_force(clock.today()).filter(pk=wanted).first() if wanted else user.acting
    if post is None:
        raise NotAllowed("您目前没有这个岗位。" if wanted else "您目前没有在任岗位。", Code.RIGHT)
    return post


# Jobs


@extend_schema(summary="任务进度", tags=["jobs"], responses={200: JOB})
@api_view(["GET"])
def job(request: Request, pk: int) -> Response:
    """任务进度: state, counts, result and the links to its files."""
    return Response(_shown_job(_job(request, pk), request))


@extend_schema(summary="取消任务", tags=["jobs"], request=None, responses={200: JOB})
@api_view(["POST"])
def cancel_job(request: Request, pk: int) -> Response:
    found = _job(request, pk)
    return Response(_shown_job(jobs.cancel(found.pk, by=user_of(request)), request))


@extend_schema(
    operation_id="jobs_file",
    summary="下载任务的结果文件或错误行文件",
    tags=["jobs"],
    responses={(200, "*/*"): OpenApiTypes.BINARY},
)
@api_view(["GET"])
def job_file(request: Request, pk: int, which: str) -> HttpResponseBase:
    found = Job.objects.begun_by(user_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return given(found, which, request)


def _job(request: Request, pk: int) -> Job:
    found = Job.objects.visible_to(user_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _shown_job(found: Job, request: Request) -> dict[str, Any]:
    own = found.requested_by_id == user_of(request).pk
    files = {
        which: reverse("api_job_file", args=[found.pk, which], request=request)
        if own and getattr(found, which)
        else None
        for which in ("output", "rejects")
    }
    return {
        "id": found.pk,
        "kind": found.kind,
        "label": found.label,
        "state": found.state,
        "state_display": found.get_state_display(),
        "done": found.done,
        "total": found.total,
        "percent": found.percent,
        "result": found.result,
        "error": found.error,
        **files,
        "created_at": found.created_at,
        "finished_at": found.finished_at,
    }


# Figures

PERIOD = {
    "anyOf": [
        {"type": "string", "pattern": r"^20\d\d(Q[1-4])?$"},
        {"type": "string", "pattern": r"^20\d\d-(0[1-9]|1[0-2])$"},
        {"type": "string", "pattern": r"^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(\.\.20\d\d-\d\d-\d\d)?$"},
    ],
    "example": "2022Q4",
}

ASKED = (
    OpenApiParameter("period", PERIOD, required=True, description="2022、2022Q4、2022-12、2022-12-31 或起止日期"),
    OpenApiParameter("by", str, enum=breakdowns(), description="分组；按网格（grid）分组时须用name指定指标"),
    OpenApiParameter(
        "name", str, description="指标名，可重复或以逗号分隔，默认全部；by=grid时必填，网格多，全部指标的结果过大"
    ),
)


NAMED_ONLY = frozenset({"grid"})  # a district has thousands: all figures of all of them would be tens of megabytes


@extend_schema(
    summary="指标",
    tags=["figures"],
    parameters=[*ASKED],
    responses={200: rows_of(FIGURE)},
)
@api_view(["GET"])
def figures(request: Request) -> Response:
    """指标: value, numerator, denominator, definition and cut-off, whole or broken down."""
    require(request, "common.view_figure")
    only(request, ASKED)
    by, names = request.query_params.get("by", ""), words_of(request, "name")
    if by and by not in breakdowns():
        raise Invalid({"by": [f"没有名为“{by[:20]}”的分组，可用：{'、'.join(breakdowns())}。"]})
    if by in NAMED_ONLY and not names:
        raise Invalid({"name": ["按网格分组时请用name指定指标（可指定几个），全部指标的结果过大。"]})
    try:
        return Response(shown_figures(names or None, period_of(request), by))
    except LookupError as problem:
        raise NotThere(str(problem).strip("'")) from problem


@extend_schema(summary="指标定义", tags=["figures"], responses={200: rows_of(DEFINITION)})
@api_view(["GET"])
def definitions(request: Request) -> Response:
    """指标定义, in the words of the rules in force today."""
    require(request, "common.view_figure")
    today = Period.parse(f"{clock.today()}")
    return Response([shown_definition(figure.on(today)) for figure in all_figures()])


# Audit


AUDIT_FILTERS = (
    OpenApiParameter("kind", enum=[*AuditEntry.Kind.values], description="类别"),
    OpenApiParameter("actor", str, description="人员姓名或用户名"),
    OpenApiParameter("object", str, description="对象"),
    OpenApiParameter("search", str, description="摘要中的文字"),
    OpenApiParameter("since", {"type": "string", "format": "date"}, description="自（含）"),
    OpenApiParameter("until", {"type": "string", "format": "date"}, description="至（含）"),
)


@extend_schema(
    summary="审计记录",
    tags=["audit"],
    parameters=[*AUDIT_FILTERS, *PAGE_PARAMETERS],
    responses={200: page_schema(AUDIT)},
)
@api_view(["GET"])
def audit(request: Request) -> Response:
    """审计记录: for the auditor alone."""
    require(request, "common.view_audit")
    return page_of(request, search_entries(request.query_params), _shown_entry, order="-pk", filters=AUDIT_FILTERS)


def _shown_entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "kind_display": entry.get_kind_display(),
        "at": entry.at,
        "actor": entry.actor_name,
        "organisation": entry.organisation,
        "address": entry.address,
        "object": entry.object,
        "summary": entry.summary,
        "data": entry.data,
    }


@extend_schema(exclude=True)
@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
def nowhere(request: Request, **anything: Any) -> Response:
    """Any other address below /api/v1/."""
    raise Http404
