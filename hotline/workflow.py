"""The process of a ticket on one screen.  Draws the buttons, the API's allowed_actions, the manual and the rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline import plans
from hotline.models.choices import OPEN, WITH_UNIT, State
from wangcheng.common.casework.handing import LABEL
from wangcheng.common.workflow import Actor, Clock, Holder, Party, Step, always

if TYPE_CHECKING:
    from hotline.models import Ticket

S = State
_NEW = frozenset({""})
_CONTACT = (OPEN - {S.RECEIVED}) | {S.MERGED}  # who called about a merged ticket is answered as well
_BASIS = "《长沙市望城区“热线+网格、吹哨+报到”工作考核办法（试行）》"


def _in(*states: str) -> frozenset[str]:
    return frozenset(states)


def _not_suspended(case: Ticket) -> str:
    return "工单已挂起，请先恢复。" if case.suspended_at else ""


def _can_return(case: Ticket) -> str:
    if case.return_final:
        return f"已申请退单{case.return_requests}次，区中心的裁定为最终裁定，不能再退单。"
    return "退单申请正在等待裁定。" if case.return_asked_at else _not_suspended(case)


def _return_asked(case: Ticket) -> str:
    return "" if case.return_asked_at else "承办单位没有申请退单。"


def _can_extend(case: Ticket) -> str:
    if case.extension == "asked":
        return "延期申请正在等待裁定。"
    if case.extension == "refused":
        return "本轮延期申请未获同意，不能再申请延期。"
    if case.extension_final:
        return f"本轮办理已延期{case.extensions}次，不能再申请延期。"
    return _not_suspended(case)


def _extension_asked(case: Ticket) -> str:
    return "" if case.extension == "asked" else "承办单位没有申请延期。"


def _can_finish(case: Ticket) -> str:
    if case.co_waiting_ids:
        return "还有协办单位没有答复，不能申请办结。"
    if case.return_asked_at:
        return "退单申请正在等待裁定，不能申请办结。"
    if not case.anonymous and case.first_contact_at is None and case.unreachable_at is None:
        return "尚未与来电人联系成功，也未在不同的半天内多次联系不上，不能申请办结。"
    return _not_suspended(case)


def _is_waiting_for_co_units(case: Ticket) -> str:
    return "" if case.co_waiting_ids else "没有待答复的会办事项。"


def _was_handled(case: Ticket) -> str:
    return "" if case.unit_id else "该工单没有承办单位，不能重办。"


def _city_is_unhappy(case: Ticket) -> str:
    return "" if case.city_unhappy_at else "没有待裁定的市级回访结果。"


def _is_suspended(case: Ticket) -> str:
    return "" if case.suspended_at else "该工单没有挂起。"


def _can_exclude(case: Ticket) -> str:
    return "已申请过剔除。" if case.exclusion else ""


def _exclusion_asked(case: Ticket) -> str:
    return "" if case.exclusion == "asked" else "承办单位没有申请剔除。"


def _exclusion_ruled(case: Ticket) -> str:
    return "剔除申请正在等待裁定，不能归档。" if case.exclusion == "asked" else ""


def _is_to_contact(case: Ticket, actor: Actor) -> bool:
    """The lead unit until the caller was reached; a grid that was pushed until it has reached the caller itself."""
    sides = case.parties(actor)
    by_grid = Party.GRID in sides and case.pushed_at is not None and case.push_contacted_at is None
    return by_grid or (Party.UNIT in sides and not case.anonymous and case.first_contact_at is None)


def _right(verb: str) -> str:
    return f"hotline.{verb}_ticket"


U, CO, C = Party.UNIT, Party.CO_UNIT, Party.CENTRE

RECEIVE = Step(
    "receive", "受理", _NEW, S.RECEIVED, _right("receive"), plans.receive,
    holder=Holder.CENTRE, clock=Clock.START, basis=_BASIS, by_clock=True,
)  # fmt: skip
AMEND = Step("amend", "市级更新", OPEN | {S.CLOSED}, None, _right("receive"), plans.amend, by_clock=True)
DISPATCH = Step(
    "dispatch", "派单", _in(S.RECEIVED), S.DISPATCHED, _right("dispatch"), plans.dispatch, C,
    guard=_not_suspended, holder=Holder.UNIT, clock=Clock.START, basis=_BASIS,
)  # fmt: skip
ANSWER = Step(
    "answer", "当场答复", _in(S.RECEIVED), S.CLOSED, _right("answer"), plans.answer, C,
    guard=lambda case: "" if case.type == "consult" else "只有咨询类工单可以当场答复。",
    holder=Holder.NOBODY, clock=Clock.STOP,
)  # fmt: skip
REJECT = Step(
    "reject", "不予受理", _in(S.RECEIVED), S.REJECTED, _right("reject"), plans.reject, C,
    holder=Holder.NOBODY, clock=Clock.STOP, danger=True,
)  # fmt: skip
SIGN = Step("sign", "签收", _in(S.DISPATCHED), S.HANDLING, _right("sign"), plans.sign, U, guard=_not_suspended)
RETURN = Step(
    "return", "申请退单", WITH_UNIT, None, _right("return"), plans.return_, U,
    guard=_can_return, holder=Holder.CENTRE, danger=True,
)  # fmt: skip
RULE_RETURN = Step(
    "rule_return", "退单裁定", WITH_UNIT, None, _right("rule_return"), plans.rule_return, C,
    targets=WITH_UNIT | {S.RECEIVED}, guard=_return_asked, holder=Holder.CENTRE, wanted=always,
    lands=dict.fromkeys(WITH_UNIT, (Holder.UNIT, Clock.KEEP)),
)  # fmt: skip
CONTACT = Step(
    "contact", "联系", _CONTACT, None, _right("contact"), plans.contact, Party.CONCERNED, wanted=_is_to_contact
)
PROGRESS = Step("progress", "阶段反馈", _in(S.HANDLING), None, _right("progress"), plans.progress, U)
EXTEND = Step(
    "extend", "申请延期", _in(S.HANDLING), None, _right("extend"), plans.extend, U, guard=_can_extend
)  # fmt: skip
RULE_EXTEND = Step(
    "rule_extend", "延期裁定", _in(S.HANDLING), None, _right("rule_extend"), plans.rule_extend, C, guard=_extension_asked,
    wanted=always,
)  # fmt: skip
ASSIST = Step(
    "assist", "会办", WITH_UNIT, None, _right("assist"), plans.assist, CO,
    guard=_is_waiting_for_co_units, wanted=always,
)  # fmt: skip
FINISH = Step(
    "finish", "办结申请", _in(S.HANDLING), S.REVIEW, _right("finish"), plans.finish, U,
    guard=_can_finish, holder=Holder.CENTRE, clock=Clock.STOP,
)  # fmt: skip
REVIEW = Step(
    "review", "审核", _in(S.REVIEW), None, _right("review"), plans.review, C,
    targets=_in(S.CALLBACK, S.HANDLING), holder=Holder.CENTRE, lands={S.HANDLING: (Holder.UNIT, Clock.RESUME)},
)  # fmt: skip
CALLBACK = Step(
    "callback", "回访", _in(S.CALLBACK), None, _right("callback"), plans.callback, C,
    targets=_in(S.CLOSED, S.HANDLING), holder=Holder.NOBODY, clock=Clock.STOP, by_clock=True,
    lands={S.HANDLING: (Holder.UNIT, Clock.RESTART)},
)  # fmt: skip
CITY_RESULT = Step(
    "city_result", "市级回访结果", frozenset(S.values) - {S.CALLBACK}, None, _right("callback"), plans.city_result, C,
    by_clock=True, aside=True,
)  # fmt: skip
REDO = Step(
    "redo", "重办", _in(S.CALLBACK, S.CLOSED, S.ARCHIVED), S.HANDLING, _right("redo"), plans.redo, C,
    guard=_was_handled, holder=Holder.UNIT, clock=Clock.RESTART, danger=True,
)  # fmt: skip
ACKNOWLEDGE = Step(
    "acknowledge", "知悉", _in(S.CLOSED, S.ARCHIVED), None, _right("redo"), plans.acknowledge, C,
    guard=_city_is_unhappy, wanted=always,
)  # fmt: skip
SUSPEND = Step(
    "suspend", "挂起", _in(S.RECEIVED, *WITH_UNIT), None, _right("suspend"), plans.suspend, C,
    guard=_not_suspended, clock=Clock.PAUSE, aside=True,
)  # fmt: skip
RESUME = Step(
    "resume", "恢复", _in(S.RECEIVED, *WITH_UNIT), None, _right("resume"), plans.resume, C,
    guard=_is_suspended, clock=Clock.RESUME, wanted=always,
)  # fmt: skip
MERGE = Step("merge", "合并", OPEN, S.MERGED, _right("merge"), plans.merge, C, clock=Clock.STOP, aside=True)
# Taken by the system on the ticket that another one is merged into, so that its own record says so.
ABSORB = Step("absorb", "并入登记", OPEN, None, _right("merge"), plans.absorb, C, by_clock=True)
UNMERGE = Step(
    "unmerge", "撤销合并", _in(S.MERGED), None, _right("unmerge"), plans.unmerge, C, targets=OPEN, aside=True
)  # fmt: skip
FOLLOW = Step(
    "follow", "随主单办结", _in(S.MERGED), S.CLOSED, _right("callback"), plans.follow, C,
    holder=Holder.NOBODY, clock=Clock.STOP, by_clock=True,
)  # fmt: skip
EXCLUDE = Step(
    "exclude", "申请剔除", _in(S.HANDLING, S.REVIEW, S.CALLBACK, S.CLOSED), None, _right("exclude"), plans.exclude, U,
    guard=_can_exclude, aside=True,
)  # fmt: skip
RULE_EXCLUDE = Step(
    "rule_exclude", "剔除裁定", _in(S.HANDLING, S.REVIEW, S.CALLBACK, S.CLOSED), None, _right("rule_exclude"),
    plans.rule_exclude, C, guard=_exclusion_asked, wanted=always,
)  # fmt: skip
ARCHIVE = Step(
    "archive", "归档", _in(S.CLOSED), S.ARCHIVED, _right("archive"), plans.archive, C,
    guard=_exclusion_ruled, holder=Holder.NOBODY, by_clock=True, aside=True,
)  # fmt: skip
CORRECT = Step(
    "correct", "更正", _in(S.CLOSED, S.ARCHIVED), None, _right("correct"), plans.correct, C, aside=True
)  # fmt: skip
# Taken by the system alone, when a town or village ends; the right is the one of whoever sends tickets to units.
HAND_OVER = Step(
    "hand_over", LABEL, OPEN | {S.MERGED}, None, _right("dispatch"), plans.hand_over, C, by_clock=True
)  # fmt: skip

TABLE = (
    RECEIVE, AMEND, DISPATCH, ANSWER, REJECT, SIGN, ASSIST, CONTACT, PROGRESS, FINISH, REVIEW, CALLBACK, CITY_RESULT,
    REDO, ACKNOWLEDGE, RETURN, RULE_RETURN, EXTEND, RULE_EXTEND, SUSPEND, RESUME, MERGE, ABSORB, UNMERGE, FOLLOW,
    EXCLUDE, RULE_EXCLUDE, ARCHIVE, CORRECT, HAND_OVER,
)  # fmt: skip
