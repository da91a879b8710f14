"""My account: posts and the one acted in, log-ins and tokens, and what others did to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from wangcheng.common import clock
from wangcheng.common.models import ApiToken, AuditEntry
from wangcheng.common.people.notices import changes_of
from wangcheng.common.ways.access import needs, signed_in

SIGN_INS_SHOWN = CHANGES_SHOWN = 10


@needs()
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """我的账号."""
    user = signed_in(request)
    posts = list(user.posts.in_force(clock.today()).select_related("organisation", "area"))
    tokens = ApiToken.objects.filter(post__user=user, revoked_at=None, expires_at__gt=clock.system_now())
    sign_ins = AuditEntry.objects.filter(actor=user, kind=AuditEntry.Kind.LOGIN)[:SIGN_INS_SHOWN]
    page = {
        "posts": posts,
        "tokens": tokens.select_related("post__organisation"),
        "sign_ins": sign_ins,
        "changes": changes_of(user)[:CHANGES_SHOWN],
    }
    return render(request, "common/account.html", page)


@needs()
@require_POST
def switch_post(request: HttpRequest) -> HttpResponse:
    """切换岗位: what one sees and may do from now on in this session."""
    held = signed_in(request).posts.in_force(clock.today())
    number = request.POST.get("post", "")
    post = get_object_or_404(held, pk=int(number) if number.isdecimal() and len(number) < 19 else 0)
    request.session["post"] = post.pk
    messages.success(request, f"已切换到岗位：{post}。")
    return redirect("desk")
