"""What a ruling, a review or a callback is about: the application or the result, shown above the step's form.  Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline import workflow
from wangcheng.common.people.masking import mask_text
from wangcheng.common.ways.details import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline.models import Ticket

_ASKED = {
    workflow.RULE_EXTEND.name: workflow.EXTEND.name,
    workflow.RULE_RETURN.name: workflow.RETURN.name,
    workflow.RULE_EXCLUDE.name: workflow.EXCLUDE.name,
}
_TEXTS = (("facts", "查明事实"), ("measures", "处理措施"), ("legal_basis", "法律政策依据"), ("reply", "答复来电人"))


def terms(ticket: Ticket, step: str) -> list[Term]:
    """What the person who takes `step` decides on; nothing for any other step."""
    if step in _ASKED:
        return list(_application(ticket, _ASKED[step]))
    if step in {workflow.REVIEW.name, workflow.CALLBACK.name}:
        return list(_result(ticket))
    return []


def _application(ticket: Ticket, step: str) -> Iterator[Term]:
    asked = ticket.events.filter(step=step).order_by("-seq").first()
    yield Term("申请单位", ticket.unit.full_name if ticket.unit else "")
    yield Term("申请时间", asked.at if asked else None)
    if step == workflow.EXTEND.name and ticket.extension_days:
        yield Term("申请延期", f"{ticket.extension_days}个工作日")
        yield Term("现办理时限", ticket.due_at)
    if step == workflow.RETURN.name and ticket.return_unit:
        yield Term("建议改派单位", ticket.return_unit.full_name)
        yield Term("退单依据", mask_text(ticket.return_basis), wide=True)
    yield Term("申请理由", mask_text(asked.note) if asked else "", wide=True)


def _result(ticket: Ticket) -> Iterator[Term]:
    """The unit's last answer of this round."""
    answer = ticket.answers.filter(round=ticket.round).select_related("organisation").order_by("-at", "-pk").first()
    if answer is None:
        return
    yield Term("办理单位", answer.organisation.full_name if answer.organisation else "")
    yield Term("办结申请时间", answer.at)
    yield Term("属实情况", answer.get_confirmed_display())
    yield Term("承办单位认定", answer.get_resolved_display())
    for name, label in _TEXTS:
        if text := getattr(answer, name):
            yield Term(label, mask_text(text), wide=True)
