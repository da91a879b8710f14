"""What can be done with an edition of the report, by whom and in which state: one table for the buttons and REST.

The page's own form of the text has a field for each section; REST changes one section at a time.  Both call the same action.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from budget import report_actions as actions
from budget.models import SelfEvaluation
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

S = SelfEvaluation.State


class EditForm(forms.Form):
    """One section's text, and the date the report carries."""

    section = forms.IntegerField(label="段落序号", min_value=0, help_text="sections 中的 place，从0开始")
    text = forms.CharField(
        label="正文", required=False, max_length=5000, help_text="{{ 指标 }} 处由数据填写，代码、名称均可"
    )
    dated_on = forms.DateField(label="成文日期", required=False)
    version = forms.IntegerField(label="版本", required=False, help_text="与当前版本不符时返回409")


class FreezeForm(forms.Form):
    """定稿; problems that are left need a reason."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, label="版本")
    acknowledgement = forms.CharField(
        label="保留问题的原因",
        required=False,
        max_length=500,
        help_text="仍有问题而需定稿时必填，随定稿一并留存",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(forms.Form):
    """Why a frozen report is corrected."""

    reason = forms.CharField(label="更正原因", max_length=200)


@dataclass(frozen=True, slots=True)
class ReportStep:
    """One line of the table."""

    name: str
    label: str
    source: str
    target: str
    permission: str
    form: type[forms.Form]
    action: Callable[..., SelfEvaluation]
    primary: bool = False

    def refusal(self, report: SelfEvaluation, user: User) -> NotAllowed | None:
        """Why the person cannot do it now, or None."""
        if not user.has_perm(self.permission):
            return NotAllowed(f"您的岗位没有“{self.label}”的权限。", Code.RIGHT)
        if report.state != self.source:
            return NotAllowed(f"报告{report.get_state_display()}，不能{self.label}。", Code.STATE)
        return None

    def take(self, report: SelfEvaluation, user: User, cleaned: dict[str, Any]) -> SelfEvaluation:
        """Check and do it; the edition to look at next."""
        if problem := self.refusal(report, user):
            raise problem
        return self.action(report.pk, by=user, **cleaned)


def _edit(report_id: int, *, by: User, section: int, text: str, dated_on: Any, version: int | None) -> SelfEvaluation:
    return actions.edit(report_id, {section: text}, dated_on, by=by, version=version)


STEPS = {
    step.name: step
    for step in (
        ReportStep("edit", "修改正文", S.DRAFT, S.DRAFT, "budget.edit_selfevaluation", EditForm, _edit),
        ReportStep("freeze", "定稿", S.DRAFT, S.FROZEN, "budget.freeze_selfevaluation", FreezeForm, actions.freeze, primary=True),
        ReportStep("correct", "更正", S.FROZEN, S.DRAFT, "budget.draft_selfevaluation", ReasonForm, actions.correct),
    )
}  # fmt: skip


def open_steps(report: SelfEvaluation, user: User) -> list[ReportStep]:
    """The steps open to the person on this edition now."""
    return [step for step in STEPS.values() if step.refusal(report, user) is None]
