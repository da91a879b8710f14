"""The kernel's own entries of the menu.  Imported by CommonConfig.ready()."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wangcheng.common import clock
from wangcheng.common.audit import things
from wangcheng.common.models import Job, Message, Policy
from wangcheng.common.ways import desk
from wangcheng.common.ways.menu import FIGURES, HELP, SYSTEM, WORK, MenuItem, register
from wangcheng.common.ways.views.calendar import missing_years

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from wangcheng.common.people.models import User


def open_jobs(user: User) -> QuerySet[Job]:
    return Job.objects.visible_to(user).filter(state__in=Job.OPEN)


def stuck_messages(user: User) -> QuerySet[Message]:
    """Messages that wait for a person: failed, or in doubt."""
    return Message.objects.filter(state__in=[Message.State.FAILED, Message.State.UNSURE])


def drafts_to_approve(user: User) -> QuerySet[Policy]:
    """Drafts of policies that somebody else wrote."""
    return Policy.objects.filter(state=Policy.State.DRAFT).exclude(drafted_by=user)


def calendar_gaps(user: User) -> list[desk.Line]:
    """Years whose notice of holidays should have been entered by now."""
    text = "{}年的放假安排尚未录入，涉及该年的时限只是推算"
    return [desk.Line(text.format(year), "/manage/calendar/load/") for year in missing_years(clock.today())]


things.name({
    "user": "用户", "token": "令牌", "policy": "政策规则", "message": "短信", "job": "任务", "organisation": "机构",
})  # fmt: skip
desk.register(
    desk.DeskCard("工作日历", 60, "common.manage_calendar", lines=calendar_gaps, empty="各年放假安排均已录入。")
)
register(
    MenuItem("工作台", "desk", "", WORK, 0),
    MenuItem("任务进度", "job_list", "", HELP, 5, count=open_jobs),
    MenuItem("指标查询", "figures", "common.view_figure", FIGURES, 10),
    MenuItem("用户与任职", "user_list", "common.manage_user", SYSTEM, 10),
    MenuItem("机构", "organisation_list", "common.manage_organisation", SYSTEM, 20),
    MenuItem("角色权限", "role_list", "common.view_roles", SYSTEM, 30),
    MenuItem("政策规则", "policy_list", "common.view_policy", SYSTEM, 40),
    MenuItem("待批准的政策", "policy_drafts", "common.approve_policy", SYSTEM, 41, count=drafts_to_approve),
    MenuItem("诉求分类", "category_list", "common.view_policy", SYSTEM, 45),
    MenuItem("工作日历", "calendar", "common.view_calendar", SYSTEM, 50),
    MenuItem("接口令牌", "token_list", "common.manage_token", SYSTEM, 55),
    MenuItem("短信", "message_list", "common.view_message", SYSTEM, 60, count=stuck_messages),
    MenuItem("审计日志", "audit_list", "common.view_audit", SYSTEM, 70),
    MenuItem("业务流程", "help_process", "", HELP, 10),
    MenuItem("键盘操作", "help_keys", "", HELP, 90),
)
