"""Tokens of the REST API: granted by the admin, collected once by their holder, revoked at any time by either."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wangcheng.common import clock
from wangcheng.common.api.actions import collect_token, grant_token, revoke_token
from wangcheng.common.models import ApiToken
from wangcheng.common.people.forms import UserNameField
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import act, form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab
from wangcheng.common.ways.words import Toned
from wangcheng.common.workflow import NotAllowed

LONGEST = 36500  # days a form can name at all; the policy is stricter and asked by the action


class NewToken(forms.Form):
    user = UserNameField(
        label="用户（姓名或用户名）",
        help_text="须为“接口”岗位的账号；签发后由该账号登录“我的账号”领取，只显示一次。",
    )
    name = forms.CharField(label="用途", max_length=80)
    scope = forms.ChoiceField(label="范围", choices=[("read", "只读"), ("write", "读写")], widget=forms.RadioSelect)
    days = forms.IntegerField(label="有效天数", min_value=1, max_value=LONGEST, initial=90)

    def clean_user(self) -> object:
        user = self.cleaned_data["user"]
        if user is not None and user.acting is None:
            raise forms.ValidationError("该用户目前没有任职。")
        return user


def standing(token: ApiToken) -> Toned:
    """Whether a token still opens anything; times of tokens are the machine's."""
    if token.revoked_at:
        return Toned("已吊销", "muted")
    left = token.expires_at - clock.system_now()
    if left <= timedelta():
        return Toned("已到期", "muted")
    return Toned(f"有效，剩 {left.days} 天", "good") if token.digest else Toned("待领取", "wait")


TOKENS = ListPage(
    "tokens",
    "接口令牌",
    columns=(
        Column("name", "用途", link=True),
        Column("post.user.name", "用户"),
        Column("post", "岗位"),
        Column("hint", "尾号", Kind.CODE),
        Column("get_scope_display", "范围", value=lambda token: token.get_scope_display()),
        Column("state", "状态", Kind.STATE, value=standing),
    ),
    row_url=lambda token: reverse("token_detail", args=[token.pk]),
    tabs=(
        Tab("open", "有效", lambda rows, user: rows.filter(revoked_at=None, expires_at__gt=clock.system_now())),
        Tab("all", "全部"),
    ),
    buttons=(Button("签发令牌", "token_new", primary=True),),
    empty="没有有效的接口令牌。对接其他系统时在此签发。",
)


@needs("common.manage_token")
def token_list(request: HttpRequest) -> HttpResponseBase:
    """接口令牌."""
    return TOKENS.respond(request, ApiToken.objects.select_related("post__user", "post__organisation"))


@needs("common.manage_token")
def token_new(request: HttpRequest) -> HttpResponse:
    """核发: the admin says for whom and how long; the secret is the holder's."""

    def grant(entered: dict[str, Any]) -> str:
        token = grant_token(
            entered["user"].acting,
            name=entered["name"],
            lifetime=timedelta(days=entered["days"]),
            scope=entered["scope"],
            by=signed_in(request),
            request=request,
        )
        return reverse("token_detail", args=[token.pk])

    return form_page(
        request,
        NewToken(request.POST or None),
        grant,
        title="签发接口令牌",
        submit="签发",
        done="令牌已签发，请通知该账号登录“我的账号”领取。",
        back=reverse("token_list"),
    )


@needs()
@require_POST
@never_cache
def token_collect(request: HttpRequest, pk: int) -> HttpResponse:
    """领取: the answer shows the token, the only time it is seen."""
    user = signed_in(request)
    get_object_or_404(ApiToken, pk=pk, post__user=user)
    try:
        secret = collect_token(pk, by=user, request=request)
    except NotAllowed as refused:
        messages.error(request, refused.message)
        return redirect("account")
    return render(request, "common/token_issued.html", {"secret": secret})


@needs("common.manage_token")
def token_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One token and the button that revokes it."""
    token = get_object_or_404(ApiToken.objects.select_related("post__user", "post__organisation"), pk=pk)
    return render(request, "common/token.html", {"token": token, "standing": standing(token)})


@needs()
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """吊销: one's own, or with the right anybody's; those of others are not there without it."""
    user = signed_in(request)
    tokens = (
        ApiToken.objects.all() if user.has_perm("common.manage_token") else ApiToken.objects.filter(post__user=user)
    )
    get_object_or_404(tokens, pk=pk)
    back = "token_list" if user.has_perm("common.manage_token") else "account"
    return act(request, lambda: revoke_token(pk, by=user), done="令牌已吊销。", back=reverse(back))
