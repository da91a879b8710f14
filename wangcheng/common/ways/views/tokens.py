"""Tokens of the REST API: issued for a person's main post, shown once, revoked at any time."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wangcheng.common import clock
from wangcheng.common.api.actions import issue_token, revoke_token
from wangcheng.common.models import ApiToken
from wangcheng.common.people.forms import UserNameField
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import act, attempt
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab
from wangcheng.common.ways.words import Toned


class NewToken(forms.Form):
    user = UserNameField(label="用户（姓名或用户名）", help_text="以该用户的主岗签发，调用者只能做该岗位能做的事。")
    name = forms.CharField(label="用途", max_length=80)
    scope = forms.ChoiceField(label="范围", choices=[("read", "只读"), ("write", "读写")], widget=forms.RadioSelect)
    days = forms.IntegerField(label="有效天数", min_value=1, initial=90)

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
    return Toned(f"有效，剩 {left.days} 天", "good") if left > timedelta() else Toned("已到期", "muted")


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
@never_cache
def token_new(request: HttpRequest) -> HttpResponse:
    """签发: the answer to the form shows the token, the only time it is seen."""
    form = NewToken(request.POST or None)
    secret = ""

    def issue(entered: dict[str, object]) -> str:
        nonlocal secret
        person, days = form.cleaned_data["user"], form.cleaned_data["days"]
        token, secret = issue_token(
            person.acting,
            name=form.cleaned_data["name"],
            lifetime=timedelta(days=days),
            scope=form.cleaned_data["scope"],
            by=signed_in(request),
            request=request,
        )
        return reverse("token_detail", args=[token.pk])

    status = attempt(form, issue) if request.method == "POST" else 200
    if secret:
        return render(request, "common/token_issued.html", {"secret": secret})
    page = {"form": form, "title": "签发接口令牌", "submit": "签发", "back": reverse("token_list")}
    return render(request, "parts/form_page.html", page, status=int(status))


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
