"""Users and posts: accounts, who holds which post since when, deputies, hand-over and leaving."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wangcheng.common import clock
from wangcheng.common.models import HandOver, Organisation, Post, User
from wangcheng.common.people import actions, forms
from wangcheng.common.people.masking import mask_phone
from wangcheng.common.people.roles import Role
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.choosing import NamedSelect
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.forms import act, form_page
from wangcheng.common.ways.lists import Button, Column, Kind, ListPage, Tab
from wangcheng.common.ways.words import Toned

SUGGESTED = 10


def _units(request: HttpRequest) -> QuerySet[Organisation]:
    return Organisation.objects.in_force(clock.today()).in_tree()


class UserFilter(django_filters.FilterSet):
    role = django_filters.ChoiceFilter(label="角色", choices=Role.choices, method="with_role")
    unit = django_filters.ModelChoiceFilter(label="单位", queryset=_units, method="in_unit", widget=NamedSelect)

    class Meta:
        model = User
        fields = ()

    def with_role(self, rows: QuerySet[User], name: str, role: str) -> QuerySet[User]:
        return rows.filter(pk__in=Post.objects.in_force(clock.today()).filter(role=role).values("user"))

    def in_unit(self, rows: QuerySet[User], name: str, unit: Organisation) -> QuerySet[User]:
        held = Post.objects.in_force(clock.today()).filter(organisation__path__startswith=unit.path)
        return rows.filter(pk__in=held.values("user"))


def find(rows: QuerySet[User], text: str) -> QuerySet[User]:
    return rows.filter(Q(username__icontains=text) | Q(name__contains=text) | Q(phone=text))


def standing(user: User) -> Toned:
    """Whether a person can log in, in a word."""
    if user.left_on:
        return Toned(f"{words.day(user.left_on)}离岗", "muted")
    return Toned("启用", "good") if user.is_active else Toned("停用", "near")


def _url(user: User) -> str:
    return reverse("user_detail", args=[user.pk])


USERS = ListPage(
    "users",
    "用户与任职",
    columns=(
        Column("username", "用户名", Kind.CODE, link=True, sort="username"),
        Column("name", "姓名", sort="name"),
        Column(
            "posts",
            "岗位",
            value=lambda user: "、".join(str(post) for post in user.held[:3]) + "等" * (len(user.held) > 3),
        ),
        Column("phone", "手机", Kind.CODE, value=lambda user: mask_phone(user.phone)),
        Column("state", "状态", Kind.STATE, value=standing),
        Column("last_login", "最近登录", Kind.MOMENT),
    ),
    row_url=_url,
    order="username",
    filters=UserFilter,
    search=find,
    search_hint="用户名、姓名、手机",
    tabs=(
        Tab("active", "在岗", lambda rows, user: rows.filter(left_on=None)),
        Tab("left", "已离岗", lambda rows, user: rows.exclude(left_on=None)),
        Tab("all", "全部"),
    ),
    buttons=(
        Button("新建用户", "user_new", primary=True),
        Button("导入用户", "sheet_import", arguments=("users",)),
        Button("导入网格员", "sheet_import", arguments=("grid-officers",)),
    ),
    empty="没有符合条件的用户，可放宽条件或新建用户。",
)


@needs("common.manage_user")
def user_list(request: HttpRequest) -> HttpResponseBase:
    """用户与任职."""
    held = Post.objects.in_force(clock.today()).select_related("organisation")
    return USERS.respond(request, User.objects.prefetch_related(Prefetch("posts", held, to_attr="held")))


@needs("common.manage_user", "common.manage_token")
@require_GET
def user_suggestions(request: HttpRequest) -> HttpResponse:
    """Partial: who is meant by the beginning of a name or user name, whatever the field is called."""
    text = str(next(iter(request.GET.dict().values()), "")).strip()[:40]
    people = User.objects.filter(Q(name__startswith=text) | Q(username__startswith=text), is_active=True)
    held = Prefetch("posts", Post.objects.in_force(clock.today()).select_related("organisation"), to_attr="held")
    found = people.order_by("name", "username").prefetch_related(held)[:SUGGESTED] if text else []
    return render(request, "common/user_suggestions.html", {"found": found})


@needs("common.manage_user")
def user_new(request: HttpRequest) -> HttpResponse:
    """新建用户."""

    def create(entered: dict[str, Any]) -> str:
        return _url(actions.create_user(**entered, by=signed_in(request)))

    form = forms.NewUser(request.POST or None)
    return form_page(
        request, form, create, title="新建用户", done="用户已建立，请为其任职。", back=reverse("user_list")
    )


@needs("common.manage_user")
@require_GET
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: account, posts past and present, hand-overs."""
    person = get_object_or_404(User, pk=pk)
    terms = [
        Term("用户名", person.username),
        Term("姓名", person.name),
        Term("手机", person.phone),
        Term("状态", standing(person)),
        Term("最近登录", person.last_login),
        Term("须改密码", words.yes_no(person.must_change_password)),
    ]
    posts = person.posts.select_related("organisation", "area", "deputy").order_by("valid_to", "-is_primary", "pk")
    given = HandOver.objects.filter(Q(giver=person) | Q(taker=person)).select_related("giver", "taker", "by")
    page = {"person": person, "terms": terms, "posts": posts, "given": given, "today": clock.today()}
    return render(request, "common/user.html", page)


@needs("common.manage_user")
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改资料."""
    person = get_object_or_404(User, pk=pk)

    def edit(entered: dict[str, Any]) -> str:
        return _url(actions.edit_user(pk, **entered, by=signed_in(request)))

    form = forms.EditUser(request.POST or None, initial={"name": person.name, "phone": person.phone})
    return form_page(request, form, edit, title=f"修改资料：{person.username}", done="资料已修改。", back=_url(person))


@needs("common.manage_user")
def user_password(request: HttpRequest, pk: int) -> HttpResponse:
    """重置密码: the person must choose a new one at the next log-in; a lock after wrong passwords is lifted."""
    person = get_object_or_404(User, pk=pk)

    def reset(entered: dict[str, Any]) -> str:
        actions.set_password(pk, entered["password"], by=signed_in(request))
        actions.unlock(pk, by=signed_in(request))
        return _url(person)

    form = forms.ResetPassword(request.POST or None)
    return form_page(request, form, reset, title=f"重置密码：{person.username}", done="密码已重置。", back=_url(person))


@needs("common.manage_user")
@require_POST
def user_active(request: HttpRequest, pk: int) -> HttpResponse:
    """停用、启用."""
    person = get_object_or_404(User, pk=pk)
    active = request.POST.get("active") == "yes"

    def switch() -> None:
        actions.set_active(pk, active, by=signed_in(request))

    return act(request, switch, done="账号已启用。" if active else "账号已停用。", back=_url(person))


@needs("common.manage_user")
def user_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """离岗: with or without a successor."""
    person = get_object_or_404(User, pk=pk)

    def leave(entered: dict[str, Any]) -> str:
        return _url(actions.leave(pk, **entered, by=signed_in(request)))

    title = f"办理离岗：{person.name}（{person.username}）"
    form = forms.Leave(request.POST or None)
    return form_page(request, form, leave, title=title, submit="办理离岗", done="已办理离岗。", back=_url(person))


@needs("common.manage_user")
def user_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """移交岗位."""
    person = get_object_or_404(User, pk=pk)

    def pass_on(entered: dict[str, Any]) -> str:
        posts = [post.pk for post in entered["posts"]]
        actions.hand_over(pk, entered["taker"].pk, posts, by=signed_in(request), note=entered["note"])
        return _url(person)

    form = forms.PassOn(request.POST or None, giver=person)
    title = f"移交岗位：{person.name}（{person.username}）"
    return form_page(request, form, pass_on, title=title, submit="移交", done="岗位已移交。", back=_url(person))


@needs("common.manage_user")
def post_new(request: HttpRequest, pk: int) -> HttpResponse:
    """任职."""
    person = get_object_or_404(User, pk=pk)

    def give(entered: dict[str, Any]) -> str:
        organisation, role = entered.pop("organisation"), entered.pop("role")
        actions.give_post(pk, organisation, role, **entered, by=signed_in(request))
        return _url(person)

    form = forms.NewPost(request.POST or None)
    return form_page(
        request, form, give, title=f"任职：{person.name}", submit="任职", done="任职已登记。", back=_url(person)
    )


@needs("common.manage_user")
@require_POST
def post_end(request: HttpRequest, pk: int) -> HttpResponse:
    """免职."""
    post = get_object_or_404(Post.objects.select_related("user"), pk=pk)
    return act(request, lambda: actions.end_post(pk, by=signed_in(request)), done="已免职。", back=_url(post.user))


@needs("common.manage_user")
def post_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """AB岗与休假."""
    post = get_object_or_404(Post.objects.select_related("user", "organisation", "deputy"), pk=pk)

    def arrange(entered: dict[str, Any]) -> str:
        actions.set_leave(pk, entered["deputy"], entered["on_leave_until"], by=signed_in(request))
        return _url(post.user)

    initial = {"deputy": post.deputy.username if post.deputy else "", "on_leave_until": post.on_leave_until}
    form = forms.Deputy(request.POST or None, initial=initial)
    title = f"AB岗与休假：{post.user.name} {post}"
    return form_page(request, form, arrange, title=title, done="已保存。", back=_url(post.user))
