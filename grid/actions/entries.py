"""What people enter for an assessment: manual indicators, exclusions of complaints, the grids' own work.

An entry is never overwritten: a new one takes its place, so that a final result can be calculated again from what was
known then.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from grid.assessing import basis_for
from grid.assessing.zero_complaint import counts
from grid.models import Assessment, ComplaintExclusion, ManualIndicator
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.figures.registry import get
from wangcheng.common.models import AuditEntry
from wangcheng.common.territory.querysets import in_branch
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import Area, User


@transaction.atomic
def enter(
    area: Area, quarter: str, indicator: str, value: Decimal, *, reason: str = "", by: User | None
) -> ManualIndicator:
    """录入: the value of a manual indicator, a bonus, deduction, veto or disqualification."""
    if indicator in ManualIndicator.LABELS and not reason:
        raise NotAllowed(f"{ManualIndicator.LABELS[indicator]}必须写明依据。", Code.RULE, "reason")
    withdraw_entry(area, quarter, indicator)
    with refused_twice("该项指标刚被其他人员录入，请刷新后重试。", Code.VERSION):
        return ManualIndicator.objects.create(
            area=area,
            quarter=quarter,
            indicator=indicator,
            value=value,
            reason=reason,
            entered_by=by,
            entered_at=clock.now(),
        )


@transaction.atomic
def withdraw_entry(area: Area, quarter: str, indicator: str) -> int:
    """撤回: the entry no longer counts from now on.  How many were withdrawn (0 or 1)."""
    held = ManualIndicator.objects.filter(area=area, quarter=quarter, indicator=indicator, withdrawn_at=None)
    return held.update(withdrawn_at=clock.now())


@transaction.atomic
def apply_exclusion(
    village: Area, quarter: str, ticket: str, reason: str, evidence: str, *, by: User
) -> ComplaintExclusion:
    """申请不计入: a village asks, or its town for it, that a ticket counted against it shall not be."""
    if not by.has_perm("grid.appeal_assessment"):
        raise NotAllowed("您的岗位没有申请不计入的权限。", Code.RIGHT)
    if not in_branch(village, by.organisation.area if by.organisation else None):
        raise NotAllowed("只能为本单位辖区的村（社区）申请。", Code.RIGHT)
    _refuse_settled(quarter)
    _refuse_uncounted(ticket, village, quarter)
    with refused_twice(f"工单{ticket}本季度已经申请过不计入。", field="ticket"):
        made = ComplaintExclusion.objects.create(
            village=village,
            quarter=quarter,
            ticket=ticket,
            reason=reason,
            evidence=evidence,
            applicant=by,
            applied_at=clock.now(),
        )
    _tell(made, "申请不计入零投诉", by)
    return made


@transaction.atomic
def decide_exclusion(exclusion_id: int, approve: bool, decision: str, *, by: User) -> ComplaintExclusion:
    """审批不计入: the centre decides; the applicant cannot decide on the own application."""
    found = ComplaintExclusion.objects.select_for_update(of=("self",)).get(pk=exclusion_id)
    if not by.has_perm("grid.adjust_assessment"):
        raise NotAllowed("您的岗位没有审批不计入申请的权限。", Code.RIGHT)
    if found.applicant_id == by.pk:
        raise NotAllowed("不能审批本人提出的申请。", Code.RIGHT)
    if found.state != ComplaintExclusion.State.OPEN:
        raise NotAllowed("该申请已经审批。", Code.STATE)
    _refuse_settled(found.quarter)
    found.state = ComplaintExclusion.State.APPROVED if approve else ComplaintExclusion.State.REFUSED
    found.decided_by, found.decided_at, found.decision = by, clock.now(), decision
    found.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    _tell(found, f"审批不计入零投诉：{found.get_state_display()}", by)
    return found


def _tell(found: ComplaintExclusion, words: str, by: User) -> None:
    summary = f"{words}，工单{found.ticket}，{found.village}。"
    record(AuditEntry.Kind.DATA, summary, by=by, object=f"complaint exclusion {found.pk}")


def _refuse_settled(quarter: str) -> None:
    """Once the quarter is published the road is an appeal, once final a correction."""
    settled = Assessment.objects.latest_edition(quarter).filter(kind="zero", state__in=["published", "final"])
    if settled.exists():
        raise NotAllowed("该季度零投诉评比已经公示，请通过申诉提出。", Code.STATE)


def _refuse_uncounted(ticket: str, village: Area, quarter: str) -> None:
    """Only what counts against the village can be taken off its count."""
    try:
        basis = basis_for(quarter, Assessment.Kind.ZERO)
    except LookupError as unruled:
        raise NotAllowed(str(unruled), Code.RULE, "quarter") from unruled
    counted, figure = counts(ticket, village, basis), get(basis.rules.figure).on(basis.period)
    if counted is None:
        days = f"{basis.first:%Y年%-m月%-d日}至{basis.last:%Y年%-m月%-d日}"
        problem = f"{village.short_name}在{quarter}（{days}）没有编号为{ticket}的工单，请核对工单编号和季度。"
        raise NotAllowed(problem, Code.RULE, "ticket")
    if not counted:
        problem = f"工单{ticket}没有计入{village.short_name}{quarter}的投诉，不需申请。计入的是{figure.definition}"
        raise NotAllowed(f"{problem}{figure.exclusions and f'{figure.exclusions}。'}", Code.RULE, "ticket")
