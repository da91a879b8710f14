"""Every change of people: accounts, passwords, posts, leaving and hand-over.  Each is in the audit (权限变更).

Called by the pages of 用户与任职, by the account page, by imports and by the demonstration year.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import ApiToken, AuditEntry, HandOver, Organisation, Post, User
from wangcheng.common.people import notices
from wangcheng.common.people.roles import Role
from wangcheng.common.territory.querysets import in_branch
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from django.db.models import QuerySet

    from wangcheng.common.models import Area

GRID_ROLES = frozenset({Role.GRID_OFFICER})
PLACES = {  # which kinds of organisation a role belongs to
    Role.TOWN: {Organisation.Kind.TOWN},
    Role.DEPARTMENT: {Organisation.Kind.DEPARTMENT},
    Role.VILLAGE: {Organisation.Kind.VILLAGE},
    Role.GRID_OFFICER: {Organisation.Kind.VILLAGE, Organisation.Kind.TOWN},
}


@transaction.atomic
def create_user(username: str, name: str, password: str, *, phone: str = "", by: User | None) -> User:
    """开户: the person must change the password at the first log-in.  ValidationError names the field."""
    if User.objects.filter(username=username).exists():
        raise ValidationError({"username": "该用户名已被使用。"})
    user = User(username=username, name=name, phone=phone)
    _check_password(password, user)
    user.set_password(password)
    user.save()
    _tell(f"新建用户{username}", user, by)
    return user


@transaction.atomic
def edit_user(user_id: int, name: str, phone: str, *, by: User) -> User:
    """修改姓名、手机; a number that is changed is told so."""
    user = _locked(user_id)
    if user.phone and user.phone != phone and user.pk != by.pk:
        notices.phone_changed(user, user.phone, by)
    user.name, user.phone = name, phone
    user.save(update_fields=["name", "phone"])
    _tell(f"修改用户{user.username}的资料", user, by)
    return user


@transaction.atomic
def set_password(user_id: int, password: str, *, by: User, must_change: bool = True) -> User:
    """设置密码: by the person, or by the admin, and then to be changed at the next log-in.

    Ends open sessions and the tokens that were got with the old one; those granted to a program live on.  The person is
    told of what the admin did, and once more when the admin's password has been changed: only then cases can be read.
    """
    user = _locked(user_id)
    _check_password(password, user)
    given, done = user.must_change_password, "重置" if must_change else "修改"
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
    end_tokens(user)
    if user.pk != by.pk:
        notices.password_reset(user, by)
    elif given and not must_change:
        notices.password_taken(user)
        done = "首次登录，修改由管理员设置的密码：修改"
    _tell(f"{done}用户{user.username}的密码", user, by)
    return user


def end_tokens(user: User) -> None:
    """The tokens that were got with the password end."""
    got = ApiToken.objects.filter(post__user=user, name=ApiToken.GOT_BY_PASSWORD, revoked_at=None)
    got.update(revoked_at=clock.system_now())


@transaction.atomic
def unlock(user_id: int, *, by: User) -> bool:
    """解除锁定 after five wrong passwords.  Whether there was a lock, or failures on the way to one, to lift."""
    user = _locked(user_id)
    lifted = bool(reset(username=user.username))
    if lifted:
        _tell(f"解除用户{user.username}的登录锁定", user, by)
    return lifted


@transaction.atomic
def set_active(user_id: int, active: bool, *, by: User) -> User:
    """停用、启用: a person who is not active cannot log in; the posts stay, sessions and tokens got by password do not."""
    user = _locked(user_id)
    if user.pk == by.pk:
        raise NotAllowed("不能停用或启用本人的账号。", Code.RIGHT)
    if active and user.left_on:
        raise NotAllowed("该人员已离岗，不能直接启用；请先重新任职。", Code.STATE)
    user.is_active, user.session_key = active, ""
    user.save(update_fields=["is_active", "session_key"])
    end_tokens(user)
    _tell(f"{'启用' if active else '停用'}用户{user.username}", user, by)
    return user


@transaction.atomic
def give_post(
    user_id: int,
    organisation: Organisation,
    role: str,
    *,
    by: User | None,
    area: Area | None = None,
    title: str = "",
    valid_from: date | None = None,
    deputy: User | None = None,
) -> Post:
    """任职: from `valid_from` (today) on.  NotAllowed for a post held already or a role that does not fit the place."""
    user = _locked(user_id)
    _check_apart(user, Role(role), by)
    _check_place(organisation, Role(role), area)
    if user.posts.filter(organisation=organisation, role=role, area=area, valid_to=None).exists():
        raise NotAllowed("该人员已担任这一岗位。", Code.STATE)
    post = Post.objects.create(
        user=user,
        organisation=organisation,
        role=role,
        area=area,
        title=title,
        deputy=deputy,
        is_primary=not user.posts.filter(valid_to=None, is_primary=True).exists(),
        valid_from=valid_from or clock.today(),
    )
    if user.left_on:
        user.left_on, user.is_active = None, True
        user.save(update_fields=["left_on", "is_active"])
    _tell(f"用户{user.username}任职：{post}", user, by, post=post.pk)
    if by is not None:
        notices.appointed(post, by)
    return post


def _check_apart(user: User, role: Role, by: User | None) -> None:
    """三员分立: who keeps the accounts takes no post for himself, and admin, auditor and business are three persons."""
    if by is not None and by.pk == user.pk:
        raise NotAllowed("不能为本人任职，请由另一名管理员办理。", Code.RIGHT)
    held = {_duty(Role(other)) for other in user.posts.filter(valid_to=None).values_list("role", flat=True)}
    if held - {_duty(role)}:
        raise NotAllowed("系统管理员、审计员和业务岗位不能由同一人担任（三员分立）。", Code.RULE, "role")


def _duty(role: Role) -> str:
    return role if role in {Role.ADMIN, Role.AUDITOR} else ""


def _check_place(organisation: Organisation, role: Role, area: Area | None) -> None:
    if organisation.kind not in PLACES.get(role, {Organisation.Kind.CENTRE}):
        raise NotAllowed(f"“{role.label}”岗位不能设在“{organisation.short_name}”。", Code.RULE, "organisation")
    if (role in GRID_ROLES) != (area is not None):
        raise NotAllowed("网格员岗位须指定网格，其他岗位不填网格。", Code.RULE, "area")
    if area is not None and organisation.area is not None and not in_branch(area, organisation.area):
        raise NotAllowed("所选网格不在该单位辖区内。", Code.RULE, "area")


@transaction.atomic
def end_post(post_id: int, *, by: User) -> Post:
    """免职: from today on; records keep the name."""
    post = Post.objects.select_for_update(of=("self",)).select_related("user", "organisation").get(pk=post_id)
    _end(post)
    if post.is_primary:
        _choose_primary(post.user)
    _tell(f"用户{post.user.username}免职：{post}", post.user, by, post=post.pk)
    return post


@transaction.atomic
def end_posts_of(areas: Iterable[int], day: date, *, by: User | None, why: str) -> int:
    """随网格撤销免职: who answers for these grids does so until `day`; one entry tells of all.  How many posts ended."""
    held = Post.objects.filter(area__in=list(areas), valid_to=None)
    told = _posts_of(held)
    held.update(valid_to=day)
    _tell_posts(f"{why}，{len(told)}个网格岗位免职", told, by)
    return len(told)


@transaction.atomic
def move_posts(after: Mapping[int, int], day: date, *, by: User | None, why: str) -> int:
    """随网格任职: officers go with their grid to the key that follows it; the old post ends, a like one begins."""
    posts = list(Post.objects.filter(area__in=list(after), valid_to=None))
    told = _posts_of(Post.objects.filter(pk__in=[post.pk for post in posts]))
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(valid_to=day)
    for post in posts:
        post.pk, post.area_id = None, after[post.area_id or 0]
        post.valid_from = max(day, post.valid_from)
        post._state.adding = True
    Post.objects.bulk_create(posts, batch_size=500)
    _tell_posts(f"{why}，{len(told)}个网格岗位随之任职", told, by)
    return len(told)


@transaction.atomic
def transfer_grid_posts(old: Organisation, heir: Organisation) -> int:
    """随机构调整: the officers of a unit that ended serve its heir, on the same grids.  How many."""
    held = Post.objects.filter(organisation=old, valid_to=None, area__isnull=False)
    told = _posts_of(held)
    held.update(organisation=heir)
    _tell_posts(f"“{old.name}”停用，{len(told)}个网格岗位转到“{heir.name}”", told, None)
    return len(told)


def _posts_of(posts: QuerySet[Post]) -> list[tuple[int, str]]:
    return list(posts.order_by("pk").values_list("pk", "user__username"))


def _tell_posts(summary: str, told: list[tuple[int, str]], by: User | None) -> None:
    """One entry for many posts, with the list of whose they were; none for none."""
    if told:
        data = {"posts": [{"post": post, "user": user} for post, user in told]}
        record(AuditEntry.Kind.RIGHTS, f"{summary}。", by=by, object="grid posts", data=data)


def _end(post: Post) -> None:
    if post.valid_to is not None:
        raise NotAllowed("该任职已经结束。", Code.STATE)
    post.valid_to = max(clock.today(), post.valid_from)
    post.save(update_fields=["valid_to"])


def _choose_primary(user: User) -> None:
    following = user.posts.filter(valid_to=None).order_by("pk").first()
    if following and not following.is_primary:
        following.is_primary = True
        following.save(update_fields=["is_primary"])


@transaction.atomic
def set_leave(post_id: int, deputy: User | None, until: date | None, *, by: User) -> Post:
    """AB岗: who stands in, and until when the holder is on leave."""
    post = Post.objects.select_for_update(of=("self",)).select_related("user", "organisation").get(pk=post_id)
    if deputy is not None and deputy.pk == post.user_id:
        raise NotAllowed("AB岗不能是本人。", Code.RULE, "deputy")
    if until is not None and deputy is None:
        raise NotAllowed("休假期间须指定AB岗人员。", Code.RULE, "deputy")
    post.deputy, post.on_leave_until = deputy, until
    post.save(update_fields=["deputy", "on_leave_until"])
    _tell(f"用户{post.user.username}设置AB岗：{post}", post.user, by, post=post.pk)
    return post


@transaction.atomic
def hand_over(giver_id: int, taker_id: int, posts: Collection[int], *, by: User, note: str = "") -> HandOver:
    """工作移交: the posts pass to the taker today, and with them the open work that hangs on them."""
    giver, taker = _locked(giver_id), _locked(taker_id)
    if giver.pk == taker.pk:
        raise NotAllowed("不能移交给本人。", Code.RULE, "taker")
    if not taker.is_active:
        raise NotAllowed("接收人账号已停用。", Code.RULE, "taker")
    passed = list(
        giver.posts.select_for_update(of=("self",)).select_related("organisation", "area").filter(pk__in=posts)
    )
    for post in passed:
        _end(post)
        if not taker.posts.filter(
            organisation=post.organisation, role=post.role, area=post.area, valid_to=None
        ).exists():
            give_post(taker.pk, post.organisation, post.role, by=by, area=post.area, title=post.title)
    _choose_primary(giver)
    record_of = HandOver.objects.create(giver=giver, taker=taker, at=clock.now(), by=by, note=note)
    record_of.posts.set(passed)
    _tell(f"用户{giver.username}向{taker.username}移交{len(passed)}个岗位", giver, by, taker=taker.pk)
    return record_of


@transaction.atomic
def leave(user_id: int, *, by: User, taker: User | None = None, note: str = "") -> User:
    """离岗: hands the open posts over to `taker` or ends them, and closes the account; old records keep the name."""
    user = _locked(user_id)
    if user.pk == by.pk:
        raise NotAllowed("不能为本人办理离岗，请由另一名管理员办理。", Code.RIGHT)
    if user.left_on:
        raise NotAllowed("该人员已办理离岗。", Code.STATE)
    held = list(user.posts.filter(valid_to=None).values_list("pk", flat=True))
    if taker is not None and held:
        hand_over(user.pk, taker.pk, held, by=by, note=note)
    for post in user.posts.filter(valid_to=None):
        _end(post)
    user.left_on, user.is_active, user.session_key = clock.today(), False, ""
    user.save(update_fields=["left_on", "is_active", "session_key"])
    end_tokens(user)
    _tell(f"用户{user.username}离岗", user, by)
    return user


def _locked(user_id: int) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user_id)


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise ValidationError({"password": weak.messages}) from weak


def _tell(summary: str, user: User, by: User | None, **data: int) -> None:
    record(AuditEntry.Kind.RIGHTS, f"{summary}。", by=by, object=f"user {user.username}", data=data)
