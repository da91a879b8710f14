"""告知: what the admin does to an account is told to the person whose it is, and of the centre's accounts to the auditors.

三员分立: who keeps the accounts could give himself another's.  He cannot do so unseen: beside the audit, which he does
not read, a text message goes to the number on file before the change.  Called by people.actions, in its transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wangcheng.common import clock
from wangcheng.common.models import AuditEntry, Message, Organisation, Post, User
from wangcheng.common.people.roles import Role
from wangcheng.common.sms.actions import queue

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

_ASK = "如非本人要求，请立即联系审计员。"


def password_reset(person: User, by: User) -> None:
    """重置密码: whoever knows the new one can log in as the person."""
    words = f"账号{person.username}的密码已由系统管理员{by.name}重置"
    _send(f"您的{words}，原密码失效。{_ASK}", [person])
    if _reads_all(person.posts.in_force(clock.today())):
        _send(f"{person.name}的{words}，请核实是否本人要求。", _auditors(person))


def password_taken(person: User) -> None:
    """首次改密: from now on the account opens what the person may see."""
    _send(f"您的账号{person.username}已用管理员设置的密码登录并改密，即日启用。{_ASK}", [person])


def phone_changed(person: User, old: str, by: User) -> None:
    """修改手机: told to the old number, where the person still is."""
    _send(f"您的账号{person.username}登记的手机号已由系统管理员{by.name}修改。{_ASK}", [old])


def appointed(post: Post, by: User) -> None:
    """任职 at the centre, which sees all cases whole."""
    if _reads_all(Post.objects.filter(pk=post.pk)):
        words = f"系统管理员{by.name}为账号{post.user.username}（{post.user.name}）任职：{post}"
        _send(f"{words}，请核实任职依据。", _auditors(post.user))


def changes_of(person: User, since: datetime | None = None) -> QuerySet[AuditEntry]:
    """账号变更: what others did to the account, newest first; shown to the person, who cannot remove it."""
    done = AuditEntry.objects.filter(object=f"user {person.username}", kind=AuditEntry.Kind.RIGHTS)
    done = done.exclude(actor=person)
    return done.filter(at__gt=since) if since else done


def _reads_all(posts: QuerySet[Post]) -> bool:
    centre = posts.filter(organisation__kind=Organisation.Kind.CENTRE)
    return centre.exclude(role__in=[Role.ADMIN, Role.AUDITOR]).exists()


def _auditors(person: User) -> list[User]:
    held = Post.objects.in_force(clock.today()).filter(role=Role.AUDITOR, user__is_active=True)
    return list(User.objects.filter(pk__in=held.values("user")).exclude(pk=person.pk))


def _send(text: str, to: Iterable[User | str]) -> None:
    """To those who have a number on file; the others read it on 我的账号."""
    if known := [one for one in to if (one.phone if isinstance(one, User) else one)]:
        queue(text, known, purpose=Message.Purpose.NOTICE, urgent=True)
