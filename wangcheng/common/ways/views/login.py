"""Coming and going: log-in with lock-out, log-out, and the change of one's password."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse

from wangcheng.common.people import actions, sessions
from wangcheng.common.people.notices import changes_of
from wangcheng.common.people.sessions import REASONS
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page

CHANGES_SAID = 3


class LoginForm(AuthenticationForm):
    """用户名和密码; whichever was wrong, the answer is the same."""

    error_messages = {  # noqa: RUF012
        "invalid_login": "用户名或密码不正确。连续输错5次，账号将锁定30分钟。",
        "inactive": "该账号已停用，请联系系统管理员。",
    }


class Login(LoginView):
    """登录."""

    template_name = "common/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reason = REASONS.get(self.request.GET.get("reason", ""), "")
        return super().get_context_data(reason=reason, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Say at once what others did to the account since its holder was here."""
        person = form.get_user()
        for entry in reversed(changes_of(person, person.last_login)[:CHANGES_SAID]):
            messages.warning(
                self.request, f"您上次登录后，本账号有变更：{entry.summary}（{entry.actor_name or '系统'}）"
            )
        return super().form_valid(form)


class Logout(LogoutView):
    """退出."""

    next_page = "/login/?reason=left"


class NewPassword(PasswordChangeForm):
    """Old password, then the new one twice."""

    error_messages = {  # noqa: RUF012
        **PasswordChangeForm.error_messages,
        "password_mismatch": "两次输入的新密码不一致。",
        "password_incorrect": "原密码不正确。",
    }
    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "原密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = "不少于8位，且须包含大写字母、小写字母、数字、特殊字符中的至少三类。"
        self.fields["new_password2"].label = "再次输入新密码"
        self.fields["new_password2"].help_text = ""

    def clean_new_password1(self) -> str:
        new = cast("str", self.cleaned_data["new_password1"])
        if new == self.cleaned_data.get("old_password"):
            raise forms.ValidationError("新密码不能与原密码相同。")
        return new


@needs()
def password_change(request: HttpRequest) -> HttpResponse:
    """修改密码; everybody's first page after an account was made or reset."""
    user = signed_in(request)
    form = NewPassword(user, request.POST or None)
    if user.must_change_password and request.method == "GET":
        messages.warning(request, REASONS["password"])

    def change(entered: dict[str, Any]) -> str:
        changed = actions.set_password(user.pk, entered["new_password1"], by=user, must_change=False)
        update_session_auth_hash(request, changed)
        sessions.keep(changed, request.session.session_key or "")
        return "/account/"

    return form_page(
        request,
        form,
        change,
        title="修改密码",
        submit="修改",
        done="密码已修改。",
        back="" if user.must_change_password else "/account/",
    )
