"""Forms of the pages of users, posts and organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from wangcheng.common import clock
from wangcheng.common.models import Area, Organisation, Post, User
from wangcheng.common.people.roles import Role
from wangcheng.common.sms.actions import MOBILE
from wangcheng.common.ways.choosing import PersonInput

NAMESAKES = 10  # named in a message


class UserNameField(forms.CharField):
    """A person, entered by user name or by name; with ten thousand officers no list would do, what is typed is looked up."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=PersonInput, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        active = User.objects.filter(is_active=True)
        user = active.filter(username=typed).first()
        return user or _named(active.filter(name=typed).order_by("username"))


def _named(people: QuerySet[User]) -> User:
    """The one person of a name; of several the user has to say which."""
    found = list(people[:NAMESAKES])
    if not found:
        raise forms.ValidationError("没有这个用户名或姓名，或该账号已停用。")
    if len(found) > 1:
        known = "；".join(f"{user.username}（{user.acting or '没有任职'}）" for user in found)
        raise forms.ValidationError(f"有多人同名，请填写用户名：{known}")
    return found[0]


class GridField(forms.CharField):
    """A grid in force, entered by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=24, **kwargs)

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        area = Area.objects.in_force(clock.today()).filter(code=code, level__gte=Area.Level.ESTATE).first()
        if area is None:
            raise forms.ValidationError("没有这个网格代码。")
        return area


class PhoneField(forms.CharField):
    """手机: eleven digits, or empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=11, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}), **kwargs)

    def clean(self, value: Any) -> str:
        phone = super().clean(value)
        if phone and not MOBILE.fullmatch(phone):
            raise forms.ValidationError("手机号码应为11位数字。")
        return str(phone)


def password_field(label: str = "初始密码") -> forms.CharField:
    return forms.CharField(
        label=label,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="不少于8位，且须包含大写字母、小写字母、数字、特殊字符中的至少三类；本人首次登录时须修改。",
    )


class NewUser(forms.Form):
    username = forms.SlugField(label="用户名", max_length=40, help_text="字母、数字、下划线或连字符。")
    name = forms.CharField(label="姓名", max_length=40)
    phone = PhoneField(label="手机")
    password = password_field()


class EditUser(forms.Form):
    name = forms.CharField(label="姓名", max_length=40)
    phone = PhoneField(label="手机")


class ResetPassword(forms.Form):
    password = password_field("新密码")


class NewPost(forms.Form):
    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), empty_label="请选择")
    role = forms.ChoiceField(label="角色", choices=Role.choices)
    area = GridField(label="网格代码", required=False, help_text="只有网格员须填写。")
    title = forms.CharField(label="职务", max_length=30, required=False, help_text="如网格长、网格员、专干。")
    valid_from = forms.DateField(label="任职日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = self.fields["organisation"]
        assert isinstance(units, forms.ModelChoiceField)
        units.queryset = Organisation.objects.in_force(clock.today()).in_tree()
        self.fields["valid_from"].initial = clock.today()


class Deputy(forms.Form):
    deputy = UserNameField(label="AB岗人员（姓名或用户名）", required=False)
    on_leave_until = forms.DateField(
        label="休假至", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


class Leave(forms.Form):
    taker = UserNameField(label="接收人（姓名或用户名）", required=False, help_text="接替全部岗位；不填则岗位空缺。")
    note = forms.CharField(label="说明", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class PassOn(forms.Form):
    """移交部分岗位."""

    posts = forms.ModelMultipleChoiceField(
        label="移交的岗位", queryset=Post.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    taker = UserNameField(label="接收人（姓名或用户名）")
    note = forms.CharField(label="说明", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, giver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = self.fields["posts"]
        assert isinstance(posts, forms.ModelMultipleChoiceField)
        posts.queryset = giver.posts.in_force(clock.today()).select_related("organisation")


class EditOrganisation(forms.Form):
    name = forms.CharField(label="名称", max_length=60)
    short_name = forms.CharField(label="简称", max_length=30)
    phone = forms.CharField(label="联系电话", max_length=20, required=False)


class NewDepartment(EditOrganisation):
    code = forms.CharField(label="代码", max_length=20)
    field_order = ("code", "name", "short_name", "phone")
