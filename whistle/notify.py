"""Messages about whistles: queued in the transaction of the action, sent after it.  Never a name, phone or address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wangcheng.common import clock
from wangcheng.common.models import Message, Organisation, User
from wangcheng.common.people.querysets import in_force
from wangcheng.common.people.roles import Role
from wangcheng.common.sms.actions import queue

if TYPE_CHECKING:
    from whistle.models import HardWhistle, Whistle

_LIAISON = (Role.DEPARTMENT, Role.TOWN, Role.VILLAGE)


def tell_unit(case: Whistle, unit: Organisation) -> None:
    """派单: the unit's liaison officers learn by when they have to be on site."""
    due = f"{clock.local(case.arrive_due_at):%-m月%-d日%H:%M}" if case.arrive_due_at else "规定时限"
    text = f"哨单{case.number}已派至贵单位，请及时签收，并于{due}前到场。"
    _queue(text, _liaison(unit), case.number, unit, urgent=case.urgency != "normal")


def tell_reporter_declined(case: Whistle) -> None:
    _tell_reporter(case, f"您上报的哨单{case.number}不予立案，理由请在平台查看，可补充后重新提交。")


def tell_reporter_verify(case: Whistle) -> None:
    _tell_reporter(case, f"您上报的哨单{case.number}已处置，请到现场核查并拍照确认。")


def remind_reporter(case: Whistle) -> None:
    _tell_reporter(case, f"您上报的哨单{case.number}已办结，请及时评价。")


def tell_lead_unit(case: HardWhistle, unit: Organisation) -> None:
    due = f"{case.deadline:%-m月%-d日}" if case.deadline else "规定时限"
    _queue(f"攻坚哨{case.number}已交办贵单位牵头办理，请于{due}前解决。", _liaison(unit), case.number, unit)


def _tell_reporter(case: Whistle, text: str) -> None:
    if case.reporter is not None and case.reporter.phone and case.reporter.is_active:
        _queue(text, [case.reporter], case.number, case.village_unit)


def _queue(text: str, to: list[User], about: str, unit: Organisation | None, *, urgent: bool = False) -> None:
    queue(text, to, purpose=Message.Purpose.NOTICE, about=about, urgent=urgent, organisation=unit)


def _liaison(unit: Organisation) -> list[User]:
    """People of the unit who receive its whistles, on the phone."""
    posts = unit.posts.filter(in_force(clock.today()), role__in=_LIAISON, user__is_active=True).exclude(user__phone="")
    return list(User.objects.filter(pk__in=posts.values("user_id")))
