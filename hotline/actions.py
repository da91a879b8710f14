"""Every change of a ticket, one function each: pages, REST, import and clock come through here.

Each locks the ticket, looks up what the plan needs, moves it and queues what follows, in one transaction.  All raise
NotAllowed with a sentence for the person; `version` is the ticket's as the person saw it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from hotline import lookups, notify, workflow
from hotline.intake import Intake, Outcome
from hotline.models import Ticket, TicketAttachment
from hotline.placing import Placer
from hotline.rules import rules_on
from wangcheng.common import clock
from wangcheng.common.casework import attachments
from wangcheng.common.casework.models import NumberSequence
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.common.workflow import Code, Facts, NotAllowed, Step, actor_of, move

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.core.files.uploadedfile import UploadedFile

    from hotline.models import Knowledge
    from wangcheng.common.models import Area, Category, Organisation, User


def facts_for(ticket: Ticket, by: User | None, note: str = "", **inputs: Any) -> Facts:
    """The facts of a step taken now on an existing ticket."""
    return Facts(clock.now(), actor_of(by), current_calendar(), lookups.rules_for(ticket), inputs, note)


def _take(ticket: Ticket, step: Step, by: User | None, note: str = "", **inputs: Any) -> Ticket:
    move(ticket, step, facts_for(ticket, by, note, **inputs))
    return ticket


def _locked(ticket_id: int, version: int | None) -> Ticket:
    ticket: Ticket = Ticket.objects.locked(ticket_id, version)
    return ticket


# --- 受理 ---------------------------------------------------------------------------------------------------------------


def number_of(day: date, serial: int) -> str:
    """区级编号: WC20230103-00012, by the day of recording."""
    return f"WC{day:%Y%m%d}-{serial:05}"


def take_numbers(count: int) -> list[str]:
    """The next numbers of today; inside the transaction that uses them."""
    today = clock.today()
    return [number_of(today, serial) for serial in NumberSequence.take(f"ticket-{today:%Y%m%d}", count)]


@transaction.atomic
def receive(intake: Intake, *, by: User | None, note: str = "") -> Ticket:
    """受理: a new ticket with a number of its own.  IntegrityError where the city number is there already."""
    intake, placed = Placer().place(intake) if intake.area is None else (intake, "")
    ticket = intake.ticket()
    rules = rules_on(clock.today())
    ticket.repeat_of_id = lookups.repeat_of(
        ticket.caller_phone, ticket.title, ticket.received_at, rules.limits.repeat_days
    )
    (ticket.number,) = take_numbers(1)
    inputs = {"city": bool(intake.city_number), "city_due_at": intake.city_due_at, "placed": placed}
    move(ticket, workflow.RECEIVE, Facts(clock.now(), actor_of(by), current_calendar(), rules, inputs, note))
    return ticket


def take_in(intake: Intake, *, by: User | None) -> tuple[Ticket, Outcome]:
    """受理 or 市级更新: idempotent on the city number, also when two deliveries come at the same moment."""
    if not intake.city_number:
        return receive(intake, by=by), Outcome.CREATED
    existing = Ticket.objects.filter(city_number=intake.city_number).values_list("pk", flat=True).first()
    if existing is None:
        try:
            return receive(intake, by=by), Outcome.CREATED
        except IntegrityError:  # another delivery of the same number was faster
            existing = Ticket.objects.values_list("pk", flat=True).get(city_number=intake.city_number)
    return update_from_city(existing, intake, by=by)


@transaction.atomic
def update_from_city(ticket_id: int, intake: Intake, *, by: User | None) -> tuple[Ticket, Outcome]:
    """市级更新: what the city changed since, and its callback where it has come by now."""
    ticket = _locked(ticket_id, None)
    version = ticket.version
    if ticket.state in workflow.AMEND.sources and (changes := intake.changes(ticket)):
        _take(ticket, workflow.AMEND, by, changes=changes)
    if intake.resolved and intake.satisfaction:
        _city_result(ticket, intake, by)
    return ticket, Outcome.UNCHANGED if ticket.version == version else Outcome.UPDATED


def _city_result(ticket: Ticket, intake: Intake, by: User | None) -> None:
    """The city's callback: closes a ticket that waits for it, corrects one that is closed, else waits its turn.

    It is the city that called back, so the step is the system's; the note says who brought the answer.
    """
    answers = {"resolved": intake.resolved, "satisfaction": intake.satisfaction}
    note = f"市级回访结果（{by.name}导入）。" if by else "市级回访结果。"
    if ticket.state == Ticket.State.CALLBACK:
        _take(ticket, workflow.CALLBACK, None, note, at_fault=False, from_city=True, **answers)
        _close_merged(ticket)
    elif ticket.state in workflow.CORRECT.sources and answers != {name: getattr(ticket, name) for name in answers}:
        _take(ticket, workflow.CORRECT, None, note, **answers)


# --- 派单, 退单 ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def dispatch(
    ticket_id: int,
    *,
    by: User | None,
    unit: Organisation,
    version: int | None = None,
    note: str = "",
    co_units: Iterable[Organisation] = (),
    category: Category | None = None,
    area: Area | None = None,
    suggested: Organisation | None = None,
) -> Ticket:
    """派单: one 主办, any number of 协办; at the same moment the double push.

    `category` and `area` (a village or a level-3 grid) correct what intake left open; None leaves them.
    """
    ticket = _locked(ticket_id, version)
    co_units = list(co_units)
    placed = {
        **(lookups.place_columns(area) if area else {}),
        **(lookups.category_columns(category) if category else {}),
    }
    targets = lookups.grid_people(placed.get("grid_id", ticket.grid_id), clock.today())
    _take(
        ticket, workflow.DISPATCH, by, note,
        unit_id=lookups.unit_to_send_to(unit).pk,
        unit_kind=unit.kind,
        co_unit_ids=[lookups.unit_to_send_to(other).pk for other in co_units],
        sight_ids=lookups.sight_ids([unit, *co_units]),
        suggested_unit_id=suggested.pk if suggested else None,
        push=[(target.user.pk, target.kind, target.area_id) for target in targets],
        **placed,
    )  # fmt: skip
    ticket.unit = unit  # known: what follows need not ask for it
    notify.dispatched(ticket, [target.user for target in targets])
    return ticket


@transaction.atomic
def ask_return(
    ticket_id: int,
    *,
    by: User | None,
    return_unit: Organisation,
    return_basis: str,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """申请退单: to the right unit, on a legal ground."""
    ticket = _locked(ticket_id, version)
    return _take(ticket, workflow.RETURN, by, note, return_unit_id=return_unit.pk, return_basis=return_basis)


@transaction.atomic
def rule_return(
    ticket_id: int, *, by: User | None, granted: bool, version: int | None = None, note: str = ""
) -> Ticket:
    """退单裁定: back to 待派单, or it stays with the unit."""
    return _take(_locked(ticket_id, version), workflow.RULE_RETURN, by, note, granted=granted)


@transaction.atomic
def reject(
    ticket_id: int, *, by: User | None, reason: str, right_channel: str, version: int | None = None, note: str = ""
) -> Ticket:
    """不予受理: one of nine reasons, and where the caller should go."""
    return _take(_locked(ticket_id, version), workflow.REJECT, by, note, reason=reason, right_channel=right_channel)


@transaction.atomic
def answer(
    ticket_id: int,
    *,
    by: User | None,
    reply: str,
    knowledge: Knowledge | None = None,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """当场答复: closed on the spot, from the knowledge base."""
    ticket = _locked(ticket_id, version)
    return _take(ticket, workflow.ANSWER, by, note, reply=reply, knowledge_id=knowledge.pk if knowledge else None)


# --- 承办单位 ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def sign(ticket_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Ticket:
    """签收."""
    return _take(_locked(ticket_id, version), workflow.SIGN, by, note)


@transaction.atomic
def contact(
    ticket_id: int, *, by: User | None, way: str, outcome: str, version: int | None = None, note: str = ""
) -> Ticket:
    """联系: an attempt to reach the caller, now."""
    return _take(_locked(ticket_id, version), workflow.CONTACT, by, note, way=way, outcome=outcome)


@transaction.atomic
def confirm_push(ticket_id: int, *, by: User) -> None:
    """双推送回执: a grid leader or officer has seen the ticket; the first time counts."""
    ticket = _locked(ticket_id, None)
    ticket.pushes.filter(user=by, read_at=None).update(read_at=clock.now())


@transaction.atomic
def progress(
    ticket_id: int, *, by: User | None, note: str, photos: Sequence[UploadedFile] = (), version: int | None = None
) -> Ticket:
    """阶段反馈: words and photos."""
    ticket = _take(_locked(ticket_id, version), workflow.PROGRESS, by, note)
    _keep(ticket, photos, "progress", by)
    return ticket


@transaction.atomic
def ask_extension(ticket_id: int, *, by: User | None, days: int, note: str, version: int | None = None) -> Ticket:
    """申请延期: so many working days."""
    return _take(_locked(ticket_id, version), workflow.EXTEND, by, note, days=days)


@transaction.atomic
def rule_extension(
    ticket_id: int, *, by: User | None, granted: bool, version: int | None = None, note: str = ""
) -> Ticket:
    """延期裁定."""
    return _take(_locked(ticket_id, version), workflow.RULE_EXTEND, by, note, granted=granted)


@transaction.atomic
def assist(ticket_id: int, *, by: User | None, answer: str, version: int | None = None, note: str = "") -> Ticket:
    """会办: the co-unit's answer."""
    return _take(_locked(ticket_id, version), workflow.ASSIST, by, note, answer=answer)


@transaction.atomic
def finish(
    ticket_id: int,
    *,
    by: User | None,
    confirmed: str,
    facts: str,
    measures: str,
    resolved: str,
    reply: str,
    legal_basis: str = "",
    photos: Sequence[UploadedFile] = (),
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """办结申请: what was found and done, and what the caller was told."""
    ticket = _take(
        _locked(ticket_id, version), workflow.FINISH, by, note,
        confirmed=confirmed, facts=facts, measures=measures, legal_basis=legal_basis, resolved=resolved, reply=reply,
    )  # fmt: skip
    _keep(ticket, photos, "finish", by)
    return ticket


@transaction.atomic
def attach(ticket_id: int, files: Sequence[UploadedFile], *, by: User, purpose: str = "") -> list[TicketAttachment]:
    """上传附件.  ValidationError where a file may not be kept."""
    if not by.has_perm("hotline.attach_ticket"):
        raise NotAllowed("您的岗位不能上传工单附件。", Code.RIGHT)
    ticket = _locked(ticket_id, None)
    if ticket.state == Ticket.State.ARCHIVED:
        raise NotAllowed("工单已归档，不能再上传附件。", Code.STATE)
    return _keep(ticket, files, purpose, by)


def _keep(ticket: Ticket, files: Sequence[UploadedFile], purpose: str, by: User | None) -> list[TicketAttachment]:
    return [attachments.attach(TicketAttachment, ticket, file, by=by, purpose=purpose) for file in files]


# --- 审核, 回访, 重办 -----------------------------------------------------------------------------------------------------


@transaction.atomic
def review(ticket_id: int, *, by: User | None, passed: bool, version: int | None = None, note: str = "") -> Ticket:
    """审核: on to the callback, or back to the unit."""
    return _take(_locked(ticket_id, version), workflow.REVIEW, by, note, passed=passed)


@transaction.atomic
def callback(
    ticket_id: int,
    *,
    by: User | None,
    resolved: str,
    satisfaction: str,
    at_fault: bool = False,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """回访: closes the ticket, or at the unit's fault begins a new round."""
    ticket = _locked(ticket_id, version)
    _take(ticket, workflow.CALLBACK, by, note, resolved=resolved, satisfaction=satisfaction, at_fault=at_fault)
    _close_merged(ticket)
    return ticket


def _close_merged(parent: Ticket) -> None:
    """What was merged into a ticket is closed with it: each caller is answered."""
    if parent.state != Ticket.State.CLOSED:
        return
    for child in Ticket.objects.select_for_update(of=("self",)).filter(merged_into=parent, state=Ticket.State.MERGED):
        _take(child, workflow.FOLLOW, None, parent_number=parent.number)


@transaction.atomic
def redo(ticket_id: int, *, by: User | None, note: str, version: int | None = None) -> Ticket:
    """重办: a new round for the same unit."""
    ticket = _take(_locked(ticket_id, version), workflow.REDO, by, note)
    notify.sent_back(ticket)
    return ticket


# --- 区中心 --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def suspend(ticket_id: int, *, by: User | None, note: str, version: int | None = None) -> Ticket:
    """挂起."""
    return _take(_locked(ticket_id, version), workflow.SUSPEND, by, note)


@transaction.atomic
def resume(ticket_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Ticket:
    """恢复."""
    return _take(_locked(ticket_id, version), workflow.RESUME, by, note)


@transaction.atomic
def merge(ticket_id: int, *, by: User | None, parent: Ticket, version: int | None = None, note: str = "") -> Ticket:
    """合并: into an open ticket, which is locked first so that it cannot close meanwhile."""
    parent = _locked(parent.pk, None)
    ticket = _locked(ticket_id, version)
    return _take(
        ticket, workflow.MERGE, by, note,
        parent_id=parent.pk, parent_number=parent.number, parent_open=parent.state in Ticket.OPEN,
        has_children=ticket.merged.exists(),
    )  # fmt: skip


@transaction.atomic
def unmerge(ticket_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Ticket:
    """撤销合并."""
    return _take(_locked(ticket_id, version), workflow.UNMERGE, by, note)


@transaction.atomic
def ask_exclusion(ticket_id: int, *, by: User | None, note: str, version: int | None = None) -> Ticket:
    """申请剔除."""
    return _take(_locked(ticket_id, version), workflow.EXCLUDE, by, note)


@transaction.atomic
def rule_exclusion(
    ticket_id: int, *, by: User | None, granted: bool, version: int | None = None, note: str = ""
) -> Ticket:
    """剔除裁定."""
    return _take(_locked(ticket_id, version), workflow.RULE_EXCLUDE, by, note, granted=granted)


@transaction.atomic
def archive(ticket_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Ticket:
    """归档."""
    return _take(_locked(ticket_id, version), workflow.ARCHIVE, by, note)


@transaction.atomic
def correct(
    ticket_id: int,
    *,
    by: User | None,
    note: str,
    resolved: str = "",
    satisfaction: str = "",
    confirmed: str = "",
    category: Category | None = None,
    area: Area | None = None,
    version: int | None = None,
) -> Ticket:
    """更正: appended to the record; what was printed before stays as it was."""
    given: dict[str, Any] = {
        name: value
        for name, value in (("resolved", resolved), ("satisfaction", satisfaction), ("confirmed", confirmed))
        if value
    }
    if category:
        given |= lookups.category_columns(category)
    if area:
        given |= lookups.place_columns(area)
    return _take(_locked(ticket_id, version), workflow.CORRECT, by, note, **given)
