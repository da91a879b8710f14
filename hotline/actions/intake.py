"""受理: new tickets, and what the city brings of those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from hotline import lookups, workflow
from hotline.actions.closing import close_merged
from hotline.actions.taking import locked, take
from hotline.intake import Intake, Outcome
from hotline.models import Ticket
from hotline.placing import Placer
from hotline.rules import Limits, rules_on
from wangcheng.common import clock
from wangcheng.common.casework.models import NumberSequence
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.common.workflow import Code, Facts, NotAllowed, actor_of, move

if TYPE_CHECKING:
    from datetime import date

    from wangcheng.common.models import User


def number_of(day: date, serial: int) -> str:
    """区级编号: WC20230103-00012, by the day of recording."""
    return f"WC{day:%Y%m%d}-{serial:05}"


def take_numbers(count: int) -> list[str]:
    """The next numbers of today; inside the transaction that uses them."""
    today = clock.today()
    return [number_of(today, serial) for serial in NumberSequence.take(f"ticket-{today:%Y%m%d}", count)]


@transaction.atomic
def receive(intake: Intake, *, by: User | None, note: str = "", job: int | None = None) -> Ticket:
    """受理: a new ticket with a number of its own.  IntegrityError where the city number is there already."""
    delivered = intake.delivered()
    intake, placed = Placer().place(intake) if intake.area is None else (intake, "")
    ticket = intake.ticket()
    ticket.import_job_id = job
    rules = rules_on(clock.today())
    ticket.repeat_of_id = _repeated(ticket, rules.limits)
    (ticket.number,) = take_numbers(1)
    inputs = {
        "city": bool(intake.city_number), "city_due_at": intake.city_due_at, "placed": placed, "delivered": delivered,
    }  # fmt: skip
    move(ticket, workflow.RECEIVE, Facts(clock.now(), actor_of(by), current_calendar(), rules, inputs, note))
    if intake.result:
        _city_result(ticket, intake, by)
    return ticket


def _repeated(ticket: Ticket, limits: Limits) -> int | None:
    if not ticket.caller_phone:
        return None
    at, phone = ticket.received_at, ticket.caller_phone
    earlier = lookups.earlier_tickets([phone], at, at, limits).get(phone, [])
    return lookups.repeated(ticket.title, at, earlier, limits)


def take_in(
    intake: Intake, *, by: User | None, imported: bool = False, job: int | None = None
) -> tuple[Ticket, Outcome]:
    """受理 or 市级更新: idempotent on the city number, also when two deliveries come at the same moment.

    The city's callback is taken from who may call back (as the city's platform may), or from an imported sheet, whose
    `job` a new ticket keeps.
    """
    if intake.resolved and by is not None and not (imported or by.has_perm(workflow.CALLBACK.permission)):
        raise NotAllowed("您的岗位不能填写市级回访结果。", Code.RIGHT, "resolved")
    if not intake.city_number:
        return receive(intake, by=by, job=job), Outcome.CREATED
    existing = Ticket.objects.filter(city_number=intake.city_number).values_list("pk", flat=True).first()
    if existing is None:
        try:
            return receive(intake, by=by, job=job), Outcome.CREATED
        except IntegrityError:  # another delivery of the same number was faster, or something else is wrong
            existing = Ticket.objects.filter(city_number=intake.city_number).values_list("pk", flat=True).first()
            if existing is None:
                raise
    return update_from_city(existing, intake, by=by)


@transaction.atomic
def update_from_city(ticket_id: int, intake: Intake, *, by: User | None) -> tuple[Ticket, Outcome]:
    """市级更新: what the city changed since, and its callback where it has come by now."""
    ticket = locked(ticket_id, None)
    version = ticket.version
    if ticket.state in workflow.AMEND.sources and (changes := intake.changes(ticket)):
        take(ticket, workflow.AMEND, by, changes=changes, delivered=intake.delivered())
    if intake.result and intake.result != lookups.city_results([ticket.pk]).get(ticket.pk):
        _city_result(ticket, intake, by)
    return ticket, Outcome.UNCHANGED if ticket.version == version else Outcome.UPDATED


def _city_result(ticket: Ticket, intake: Intake, by: User | None) -> None:
    """The city's callback: closes a ticket that waits for it, else it is appended and changes what is closed.

    It is the city that called back, so the step is the system's; the note says who brought the answer.
    """
    answers = {"resolved": intake.resolved, "satisfaction": intake.satisfaction, "from_city": True}
    if ticket.state == Ticket.State.CALLBACK:
        take(ticket, workflow.CALLBACK, None, f"市级回访结果{brought_by(by)}。", at_fault=False, **answers)
        close_merged(ticket)
    else:
        take(ticket, workflow.CITY_RESULT, None, brought_by(by), **answers)


def brought_by(by: User | None) -> str:
    """Who imported the city's answer."""
    return f"（{by.name}导入）" if by else ""
