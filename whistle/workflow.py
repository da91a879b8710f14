"""The whole process of a whistle on one screen: it draws the buttons, the rights, the API's actions and the manual.

Basis: 长沙市望城区“热线+网格、吹哨+报到”工作考核办法（试行）; limits are the policy `whistle.limits`.
"""

from __future__ import annotations

from wangcheng.common.casework.handing import LABEL
from wangcheng.common.workflow import Clock, Holder, Party, Step
from whistle import plans
from whistle.whistle_models import Grade, Whistle

S = Whistle.State
BASIS = "“热线+网格、吹哨+报到”工作考核办法（试行）"


def _may(verb: str) -> str:
    return f"whistle.{verb}_whistle"


def _states(*states: S) -> frozenset[str]:
    return frozenset(state.value for state in states)


# Guards: why a step is not open though state and right are there.


def _not_carried(case: Whistle) -> str:
    return "该哨单已挂账，请先恢复办理。" if case.suspended_at else ""


def _unit_goes_on(case: Whistle) -> str:
    return "退单申请正在等待区中心裁定，暂不能继续办理。" if case.return_asked_at else _not_carried(case)


def _not_filed(case: Whistle) -> str:
    return "该哨单已立案。" if case.filed_at else ""


def _filed(case: Whistle) -> str:
    return "" if case.filed_at else "请先立案，再派单。"


def _return_pending(case: Whistle) -> str:
    return "" if case.return_asked_at else "没有待裁定的退单申请。"


def _unrated(case: Whistle) -> str:
    if case.disposer_kind == Whistle.Disposer.SELF:
        return "自行处置的哨单无需评价。"
    return "本轮处置已经评价，一哨一评。" if case.rated_round == case.round else ""


def _others_disposed(case: Whistle) -> str:
    return "自行处置的哨单没有返工环节。" if case.disposer_kind == Whistle.Disposer.SELF else ""


def _appealable(case: Whistle) -> str:
    if case.rating != Grade.DISSATISFIED:
        return "只能对“不满意”评价提出申诉。"
    return "该评价已经申诉过。" if case.appealed_at else ""


def _appeal_pending(case: Whistle) -> str:
    return "" if case.appealed_at and not case.appeal_ruled_at else "没有待裁定的评价申诉。"


def _carried(case: Whistle) -> str:
    return "" if case.suspended_at else "该哨单没有挂账。"


REPORT = Step(
    "report", "上报", frozenset({""}), S.REPORTED, _may("report"), plans.report, holder=Holder.VILLAGE, basis=BASIS
)  # fmt: skip
SELF_HANDLE = Step(
    "self_handle", "自行处置", _states(S.REPORTED), S.CLOSED, _may("self_handle"), plans.self_handle,
    Party.REPORTER, holder=Holder.NOBODY, basis=BASIS,
)  # fmt: skip
FILTER = Step(
    "filter", "初核", _states(S.REPORTED), None, _may("filter"), plans.filter_, Party.VILLAGE,
    targets=_states(S.TOWN, S.DECLINED), holder=Holder.TOWN, basis=BASIS,
    lands={S.DECLINED: (Holder.REPORTER, Clock.KEEP)},
)  # fmt: skip
HANDLE = Step(
    "handle", "街镇处置", _states(S.TOWN), S.HANDLING, _may("handle"), plans.handle, Party.TOWN,
    holder=Holder.UNIT, clock=Clock.START, basis=BASIS,
)  # fmt: skip
BLOW = Step(
    "blow", "吹哨", _states(S.TOWN), S.FILING, _may("blow"), plans.blow, Party.TOWN, holder=Holder.CENTRE, basis=BASIS
)  # fmt: skip
FILE = Step(
    "file", "立案", _states(S.FILING), S.FILING, _may("file"), plans.file, Party.CENTRE, guard=_not_filed,
    holder=Holder.CENTRE, basis=BASIS,
)  # fmt: skip
DECLINE = Step(
    "decline", "不予立案", _states(S.FILING), S.DECLINED, _may("decline"), plans.decline, Party.CENTRE,
    guard=_not_filed, holder=Holder.REPORTER, basis=BASIS, danger=True,
)  # fmt: skip
RESUBMIT = Step(
    "resubmit", "重新提交", _states(S.DECLINED), None, _may("resubmit"), plans.resubmit, Party.REPORTER,
    targets=_states(S.REPORTED, S.FILING), holder=Holder.VILLAGE, basis=BASIS,
    lands={S.FILING: (Holder.CENTRE, Clock.KEEP)},
)  # fmt: skip
DISPATCH = Step(
    "dispatch", "派单", _states(S.FILING), S.DISPATCHED, _may("dispatch"), plans.dispatch, Party.CENTRE, guard=_filed,
    holder=Holder.UNIT, clock=Clock.START, basis=BASIS,
)  # fmt: skip
SIGN = Step(
    "sign", "签收", _states(S.DISPATCHED), S.SIGNED, _may("sign"), plans.sign, Party.UNIT, guard=_unit_goes_on, basis=BASIS
)  # fmt: skip
RETURN = Step(
    "return", "申请退单", _states(S.DISPATCHED, S.SIGNED), None, _may("return"), plans.ask_return, Party.UNIT,
    guard=_unit_goes_on, holder=Holder.CENTRE, basis=BASIS, danger=True,
)  # fmt: skip
RULE_RETURN = Step(
    "rule_return", "裁定退单", _states(S.DISPATCHED, S.SIGNED), None, _may("rule_return"), plans.rule_return, Party.CENTRE,
    targets=_states(S.FILING, S.DISPATCHED, S.SIGNED), guard=_return_pending, holder=Holder.UNIT, basis=BASIS,
    lands={S.FILING: (Holder.CENTRE, Clock.STOP)},
)  # fmt: skip
ARRIVE = Step(
    "arrive", "到场", _states(S.SIGNED), S.HANDLING, _may("arrive"), plans.arrive, Party.UNIT, guard=_unit_goes_on, basis=BASIS
)  # fmt: skip
DISPOSE = Step(
    "dispose", "处置", _states(S.HANDLING), S.VERIFYING, _may("dispose"), plans.dispose, Party.UNIT, guard=_not_carried,
    holder=Holder.REPORTER, clock=Clock.STOP, basis=BASIS,
)  # fmt: skip
VERIFY = Step(
    "verify", "核查", _states(S.VERIFYING), None, _may("verify"), plans.verify, Party.REPORTER,
    targets=_states(S.CLOSED, S.HANDLING), guard=_not_carried, holder=Holder.NOBODY, basis=BASIS,
    lands={S.HANDLING: (Holder.UNIT, Clock.RESTART)},
)  # fmt: skip
REWORK = Step(
    "rework", "退回返工", _states(S.CLOSED), S.HANDLING, _may("rework"), plans.rework, Party.CENTRE, guard=_others_disposed,
    holder=Holder.UNIT, clock=Clock.RESTART, basis=BASIS, danger=True,
)  # fmt: skip
RATE = Step(
    "rate", "评价", _states(S.CLOSED), None, _may("rate"), plans.rate, Party.REPORTER,
    targets=_states(S.CLOSED, S.HANDLING), guard=_unrated, holder=Holder.NOBODY, basis=BASIS + "“一哨一评”",
    lands={S.HANDLING: (Holder.UNIT, Clock.RESTART)},
)  # fmt: skip
APPEAL = Step(
    "appeal", "评价申诉", _states(S.CLOSED, S.HANDLING, S.VERIFYING), None, _may("appeal"), plans.appeal, Party.UNIT,
    guard=_appealable, holder=Holder.CENTRE, basis=BASIS,
)  # fmt: skip
RULE_APPEAL = Step(
    "rule_appeal", "裁定申诉", _states(S.CLOSED, S.HANDLING, S.VERIFYING), None, _may("rule_appeal"), plans.rule_appeal,
    Party.CENTRE, guard=_appeal_pending, basis=BASIS,
    lands={S.CLOSED: (Holder.NOBODY, Clock.STOP), S.HANDLING: (Holder.UNIT, Clock.KEEP)},
)  # fmt: skip
SUSPEND = Step(
    "suspend", "挂账", _states(S.DISPATCHED, S.SIGNED, S.HANDLING, S.VERIFYING), None, _may("suspend"), plans.suspend,
    Party.CENTRE, guard=_not_carried, clock=Clock.PAUSE, basis=BASIS, aside=True,
)  # fmt: skip
RESUME = Step(
    "resume", "恢复办理", _states(S.DISPATCHED, S.SIGNED, S.HANDLING, S.VERIFYING), None, _may("resume"), plans.resume,
    Party.CENTRE, guard=_carried, clock=Clock.RESUME, basis=BASIS,
)  # fmt: skip
# Taken by the system alone; nobody holds these rights as a post, the rights named are those of whom they concern.
REMIND = Step(
    "remind", "提醒评价", _states(S.CLOSED), None, _may("rework"), plans.remind, Party.CENTRE, guard=_unrated, by_clock=True
)  # fmt: skip
FLAG = Step(
    "flag", "标记疑似重复", frozenset(state.value for state in S), None, _may("file"), plans.flag, by_clock=True
)
HAND_OVER = Step(
    "hand_over", LABEL, frozenset(Whistle.OPEN | {S.DECLINED}), None, _may("dispatch"), plans.hand_over, Party.CENTRE,
    by_clock=True,
)  # fmt: skip

TABLE = (
    REPORT, SELF_HANDLE, FILTER, HANDLE, BLOW, FILE, DECLINE, RESUBMIT, DISPATCH, SIGN, RETURN, RULE_RETURN, ARRIVE, DISPOSE,
    VERIFY, REWORK, RATE, APPEAL, RULE_APPEAL, SUSPEND, RESUME, REMIND, FLAG,
    HAND_OVER,
)  # fmt: skip
