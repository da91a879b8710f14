"""Every change of a hard whistle (攻坚哨), on the same engine as whistles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from wangcheng.common import clock
from wangcheng.common.casework.attachments import attach
from wangcheng.common.models import Area, Category, Organisation
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.common.workflow import Code, Facts, NotAllowed, Step, actor_of, move
from whistle import hard_workflow as workflow
from whistle import notify
from whistle.models import HardBatch, HardWhistle, HardWhistleAttachment, Whistle
from whistle.places import sight_ids

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from wangcheng.common.casework.contents import Content
    from wangcheng.common.people.models import User

_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Problem:
    """A problem put on the list: what it is, where, and which whistles and tickets it was drawn from."""

    title: str
    content: str
    year: int
    batch: int  # number of the batch in its year; made when it is the first problem
    category: Category | None = None
    area: Area | None = None  # town or village
    place: str = ""
    whistles: Sequence[Whistle] = field(default=())
    tickets: Sequence[str] = field(default=())  # numbers


@transaction.atomic
def open_batch(year: int, sequence: int, *, document_number: str = "") -> HardBatch:
    """The batch of the year with this number, made if it is new; locked, so that places in it are given out once."""
    word = _NUMERALS[sequence - 1] if sequence <= len(_NUMERALS) else str(sequence)
    values = {"name": f"{year}年第{word}批", "document_number": document_number}
    HardBatch.objects.get_or_create(year=year, sequence=sequence, defaults=values)
    return HardBatch.objects.select_for_update().get(year=year, sequence=sequence)


@transaction.atomic
def draft(problem: Problem, *, by: User | None) -> HardWhistle:
    """梳理: a new hard whistle at the end of its batch."""
    batch = open_batch(problem.year, problem.batch)
    place = (batch.whistles.aggregate(last=Max("place_in_batch"))["last"] or 0) + 1
    case = HardWhistle(number=f"GJ{batch.year}{batch.sequence:02}{place:03}")
    sources: list[dict[str, Any]] = [{"whistle_id": whistle.pk} for whistle in problem.whistles]
    sources += [{"ticket_number": number} for number in problem.tickets]
    inputs = {name: getattr(problem, name) for name in ("title", "content", "place")} | _location(problem.area)
    inputs |= {
        "batch_id": batch.pk,
        "place_in_batch": place,
        "category_id": problem.category.pk if problem.category else None,
        "category_top_id": problem.category.top_id if problem.category else None,
        "sources": sources,
    }
    return _go(case, workflow.DRAFT, by, "", **inputs)


def _location(area: Area | None) -> dict[str, int | None]:
    if area is None:
        return {"town_id": None, "village_id": None}
    if area.level == Area.Level.TOWN:
        return {"town_id": area.pk, "village_id": None}
    if area.level != Area.Level.VILLAGE:
        raise NotAllowed("请选择街镇或村（社区）。", Code.RULE, "area")
    return {"town_id": area.parent_id, "village_id": area.pk}


@transaction.atomic
def instruct(
    case_id: int, *, by: User | None, instructed_by: str, instructed_on: date, instruction: str,
    version: int | None = None, note: str = "",
) -> HardWhistle:  # fmt: skip
    """批示: who instructed, when, what."""
    said = {"instructed_by": instructed_by, "instructed_on": instructed_on, "instruction": instruction}
    return _go(_locked(case_id, version), workflow.INSTRUCT, by, note, **said)


@transaction.atomic
def assign(
    case_id: int, *, by: User | None, leader: str, unit: Organisation, goal: str, deadline: date,
    partners: Sequence[Organisation] = (), version: int | None = None, note: str = "",
) -> HardWhistle:  # fmt: skip
    """交办 to a district leader and the lead unit, with goal and deadline."""
    concerned = sorted({pk for organisation in (unit, *partners) for pk in sight_ids(organisation)})
    case = _go(
        _locked(case_id, version), workflow.ASSIGN, by, note, leader=leader, unit_id=unit.pk, goal=goal,
        deadline=deadline, partner_ids=[partner.pk for partner in partners], sight_ids=concerned,
    )  # fmt: skip
    notify.tell_lead_unit(case, unit)
    return case


@transaction.atomic
def progress(
    case_id: int,
    *,
    by: User | None,
    version: int | None = None,
    note: str = "",
    evidence: Sequence[UploadedFile | Content] = (),
) -> HardWhistle:
    """推进: an entry of the progress log with its evidence, by the lead unit, a partner or the centre."""
    return _with_evidence(_go(_locked(case_id, version), workflow.PROGRESS, by, note), evidence, "progress", by)


@transaction.atomic
def solve(
    case_id: int,
    *,
    by: User | None,
    version: int | None = None,
    note: str = "",
    evidence: Sequence[UploadedFile | Content] = (),
) -> HardWhistle:
    """基本解决."""
    return _with_evidence(_go(_locked(case_id, version), workflow.SOLVE, by, note), evidence, "solve", by)


@transaction.atomic
def strike(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> HardWhistle:
    """销号."""
    return _go(_locked(case_id, version), workflow.STRIKE, by, note)


@transaction.atomic
def carry(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> HardWhistle:
    """挂账: cannot be solved for now; progress takes it up again."""
    return _go(_locked(case_id, version), workflow.CARRY, by, note)


def _with_evidence(
    case: HardWhistle, evidence: Sequence[UploadedFile | Content], purpose: str, by: User | None
) -> HardWhistle:
    for upload in evidence:
        attach(HardWhistleAttachment, case, upload, by=by, purpose=purpose)
    return case


def _locked(case_id: int, version: int | None) -> HardWhistle:
    case: HardWhistle = HardWhistle.objects.locked(case_id, version)
    return case


def _go(case: HardWhistle, step: Step, by: User | None, note: str, **inputs: Any) -> HardWhistle:
    move(case, step, Facts(clock.now(), actor_of(by), current_calendar(), None, inputs, note))
    return case
