"""Every change of a whistle (雷锋哨): each action locks, gathers the facts, moves, and queues what must be told.

Called by pages, API, clock and imports alike; the rules themselves stand in `plans`, the order of steps in `workflow`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.casework.attachments import record_kept
from wangcheng.common.casework.handing import settle
from wangcheng.common.models import Area, Category, NumberSequence, Organisation
from wangcheng.common.policy.registry import version_in_force
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.common.workflow import Code, Facts, NotAllowed, Party, Step, actor_of, move, open_steps
from whistle import notify, pictures, workflow
from whistle.models import Whistle, WhistleAttachment
from whistle.places import sight_ids, where
from whistle.rules import Limits

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from wangcheng.common.casework.contents import Content
    from wangcheng.common.people.models import User

Purpose = WhistleAttachment.Purpose


@dataclass(frozen=True)
class Report:
    """What a reporter says: checked by the form, in the words of the whistle's columns."""

    title: str
    content: str
    category: Category
    area: Area  # village, or level 3 or 4 grid
    place: str = ""
    urgency: str = Whistle.Urgency.NORMAL
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    photos: Sequence[UploadedFile | Content] = field(default=())
    handled: str = ""  # what the reporter has done about it on the spot


@transaction.atomic
def report(said: Report, *, by: User) -> Whistle:
    """上报: a new whistle, put before the village, or filed and closed at once if the reporter has seen to it.

    RULE when the area has nobody to filter it.
    """
    at = clock.now()
    day = at.date()
    case = Whistle(number=f"LF{day:%Y%m%d}{NumberSequence.next(f'whistle-{day:%Y%m%d}'):04}")
    location = where(said.area, day)
    inputs = {name: getattr(said, name) for name in ("title", "content", "place", "urgency", "longitude", "latitude")}
    inputs |= location | {"category_id": said.category.pk, "category_top_id": said.category.top_id}
    inputs |= {"same_photo": pictures.used_before(said.photos), "same_place": _same_place(inputs, at)}
    move(case, workflow.REPORT, _facts(by, at=at, **inputs))
    _keep(case, said.photos, Purpose.REPORT, by)
    return _go(case, workflow.SELF_HANDLE, by, said.handled) if said.handled else case


def _same_place(inputs: dict[str, Any], at: datetime) -> tuple[int, datetime] | None:
    """The last whistle of the same place and category; how old is too old the plan knows."""
    if not inputs["place"]:
        return None
    before = Whistle.objects.before_this(inputs["village_id"], inputs["place"], inputs["category_id"])
    return before.values_list("pk", "received_at").first()


@transaction.atomic
def self_handle(
    case_id: int,
    *,
    by: User | None,
    version: int | None = None,
    note: str = "",
    photos: Sequence[UploadedFile | Content] = (),
) -> Whistle:
    """自行处置: seen to on the spot; filed and closed at once."""
    case = _take(case_id, workflow.SELF_HANDLE, by, version, note)
    _keep(case, photos, Purpose.SELF, by)
    return case


@transaction.atomic
def filter_(case_id: int, *, by: User | None, passed: bool, version: int | None = None, note: str = "") -> Whistle:
    """初核: the village passes the whistle on to the town, or declines it with a reason."""
    case = _take(case_id, workflow.FILTER, by, version, note, passed=passed)
    if not passed:
        notify.tell_reporter_declined(case)
    return case


@transaction.atomic
def handle(
    case_id: int, *, by: User | None, unit: Organisation | None = None, version: int | None = None, note: str = ""
) -> Whistle:
    """街镇处置: the town takes it on, or gives it to one of its villages (`unit`)."""
    case = _locked(case_id, version)
    taker = unit or case.town_unit
    if taker is None:
        raise NotAllowed("该哨单没有对应的街镇，请指定处置单位。", Code.RULE, "unit")
    return _go(case, workflow.HANDLE, by, note, unit_id=taker.pk, unit_kind=taker.kind, sight_ids=sight_ids(taker))


@transaction.atomic
def blow(
    case_id: int, *, by: User | None, asked_unit: Organisation | None = None, version: int | None = None, note: str = ""
) -> Whistle:
    """吹哨: the town calls for a department."""
    return _take(case_id, workflow.BLOW, by, version, note, asked_unit_id=asked_unit.pk if asked_unit else None)


@transaction.atomic
def file(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Whistle:
    """立案."""
    return _take(case_id, workflow.FILE, by, version, note)


@transaction.atomic
def decline(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Whistle:
    """不予立案: the reporter is told why and may submit it again."""
    case = _take(case_id, workflow.DECLINE, by, version, note)
    notify.tell_reporter_declined(case)
    return case


@transaction.atomic
def resubmit(
    case_id: int, *, by: User | None, content: str = "", version: int | None = None, note: str = "",
    photos: Sequence[UploadedFile | Content] = (),
) -> Whistle:  # fmt: skip
    """重新提交 to whoever declined it."""
    case = _take(case_id, workflow.RESUBMIT, by, version, note, content=content)
    _keep(case, photos, Purpose.REPORT, by)
    return case


@transaction.atomic
def dispatch(
    case_id: int, *, by: User | None, unit: Organisation, version: int | None = None, note: str = ""
) -> Whistle:
    """派单 to the unit; its clocks start."""
    case = _locked(case_id, version)
    kind = case.category_top.name if case.category_top else ""
    _go(
        case, workflow.DISPATCH, by, note, unit_id=unit.pk, unit_kind=unit.kind, kind=kind, sight_ids=sight_ids(unit)
    )  # fmt: skip
    notify.tell_unit(case, unit)
    return case


@transaction.atomic
def sign(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Whistle:
    """签收."""
    return _take(case_id, workflow.SIGN, by, version, note)


@transaction.atomic
def ask_return(
    case_id: int, *, by: User | None, return_unit: Organisation, version: int | None = None, note: str = ""
) -> Whistle:
    """申请退单: names the unit it should go to and why."""
    return _take(case_id, workflow.RETURN, by, version, note, return_unit_id=return_unit.pk)


@transaction.atomic
def rule_return(case_id: int, *, by: User | None, granted: bool, version: int | None = None, note: str = "") -> Whistle:
    """裁定退单: granted, it waits for a new dispatch; refused, the unit goes on."""
    return _take(case_id, workflow.RULE_RETURN, by, version, note, granted=granted)


@transaction.atomic
def arrive(
    case_id: int, *, by: User | None, longitude: Decimal, latitude: Decimal, version: int | None = None, note: str = "",
    photos: Sequence[UploadedFile | Content] = (),
) -> Whistle:  # fmt: skip
    """到场: where the unit stands and a picture of it."""
    case = _locked(case_id, version)
    shown = len(photos) + pictures.fresh(case, Purpose.ARRIVE, by)
    _go(case, workflow.ARRIVE, by, note, longitude=longitude, latitude=latitude, photos=shown)
    _keep(case, photos, Purpose.ARRIVE, by)
    return case


@transaction.atomic
def dispose(
    case_id: int,
    *,
    by: User | None,
    version: int | None = None,
    note: str = "",
    photos: Sequence[UploadedFile | Content] = (),
) -> Whistle:
    """处置: what was done; the reporter verifies it."""
    case = _take(case_id, workflow.DISPOSE, by, version, note)
    _keep(case, photos, Purpose.DISPOSE, by)
    notify.tell_reporter_verify(case)
    return case


@transaction.atomic
def verify(
    case_id: int, *, by: User | None, passed: bool, version: int | None = None, note: str = "",
    photos: Sequence[UploadedFile | Content] = (),
) -> Whistle:  # fmt: skip
    """核查 with a new picture: closes the whistle, or gives it back."""
    case = _locked(case_id, version)
    shown = pictures.unseen(case, photos) + pictures.fresh_unseen(case, Purpose.VERIFY, by)
    _go(case, workflow.VERIFY, by, note, passed=passed, photos=shown)
    _keep(case, photos, Purpose.VERIFY, by)
    return case


@transaction.atomic
def rework(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Whistle:
    """退回返工: the centre opens a closed whistle again."""
    case = _take(case_id, workflow.REWORK, by, version, note)
    settle(case)
    return case


@transaction.atomic
def rate(
    case_id: int, *, by: User | None, arrival: str, quality: str, attitude: str, overall: str, text: str = "",
    version: int | None = None,
) -> Whistle:  # fmt: skip
    """一哨一评; 不满意 leads to a rework at once.  The words go to the rating, not to the timeline."""
    grades = {"arrival": arrival, "quality": quality, "attitude": attitude, "overall": overall}
    case = _take(case_id, workflow.RATE, by, version, "", text=text, **grades)
    settle(case)
    return case


@transaction.atomic
def appeal(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Whistle:
    """评价申诉 by the rated unit."""
    return _take(case_id, workflow.APPEAL, by, version, note)


@transaction.atomic
def rule_appeal(case_id: int, *, by: User | None, upheld: bool, version: int | None = None, note: str = "") -> Whistle:
    """裁定申诉: upheld, the rating no longer counts."""
    case = _locked(case_id, version)
    return _go(case, workflow.RULE_APPEAL, by, note, upheld=upheld, **_closed_with(case))


def _closed_with(case: Whistle) -> dict[str, Any]:
    """The limit and the verification the whistle had when it was rated: its as-of row ends with the rating."""
    rated = case.standings.filter(until=case.rated_at, closed_at__isnull=False).order_by("-pk")
    due_at, closed_at = rated.values_list("due_at", "closed_at").first() or (case.due_at, case.verified_at)
    return {"due_at": due_at, "verified_at": closed_at}


@transaction.atomic
def suspend(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Whistle:
    """挂账."""
    return _take(case_id, workflow.SUSPEND, by, version, note)


@transaction.atomic
def resume(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Whistle:
    """恢复办理."""
    return _take(case_id, workflow.RESUME, by, version, note)


@transaction.atomic
def attach(
    case_id: int, uploads: Sequence[UploadedFile | Content], purpose: str, *, by: User
) -> list[WhistleAttachment]:
    """上传附件 beside the steps, told to the audit; a picture that was used for another whistle marks this one."""
    case = _locked(case_id, None)
    if not by.has_perm("whistle.attach_whistle"):
        raise NotAllowed("您的岗位不能上传哨单附件。", Code.RIGHT)
    if case.state == Whistle.State.CLOSED:
        raise NotAllowed("哨单已办结，不能再上传附件。", Code.STATE)
    if case.parties(actor_of(by)) == {Party.ANYONE}:
        raise NotAllowed("该哨单现不由您的单位办理，不能上传附件。", Code.RIGHT)
    if purpose not in purposes(case, by):
        raise NotAllowed(f"您现在不能上传“{Purpose(purpose).label}”环节的照片。", Code.RULE, "purpose")
    kept = _keep(case, uploads, purpose, by)
    record_kept(case, kept, by=by)
    return kept


def purposes(case: Whistle, by: User) -> list[Purpose]:
    """What a file may be for: a step that is open to `by` now, the own report, or nothing in particular."""
    steps = (workflow.SELF_HANDLE, workflow.ARRIVE, workflow.DISPOSE, workflow.VERIFY)
    found = [Purpose(step.name) for step in open_steps(steps, case, actor_of(by))]
    return [Purpose.OTHER, *([Purpose.REPORT] if case.reporter_id == by.pk else []), *found]


@transaction.atomic
def remind(case_id: int) -> Whistle | None:
    """提醒评价, by the clock.  None when it was rated, reopened or reminded in the meantime."""
    case = _locked(case_id, None)
    due = clock.now() - timedelta(days=_limits()[0].remind_days)
    if not Whistle.objects.to_be_reminded(due, due, _limits()[0].remind_most).filter(pk=case.pk).exists():
        return None
    _go(case, workflow.REMIND, None, "")
    notify.remind_reporter(case)
    return case


def _keep(
    case: Whistle, uploads: Sequence[UploadedFile | Content], purpose: str, by: User | None
) -> list[WhistleAttachment]:
    """Attach files; a picture that came in with another whistle marks this one."""
    same = pictures.used_before(uploads, case.pk)
    kept = pictures.keep(case, uploads, purpose, by=by)
    if same is not None and case.repeat_of_id is None:
        _go(case, workflow.FLAG, None, "", same_photo=same)
    return kept


def _limits() -> tuple[Limits, int]:
    return version_in_force(Limits, clock.today())


def _facts(by: User | None, note: str = "", at: datetime | None = None, **inputs: Any) -> Facts:
    rules, version = _limits()
    return Facts(at or clock.now(), actor_of(by), current_calendar(), rules, {**inputs, "limits_id": version}, note)


def _locked(case_id: int, version: int | None) -> Whistle:
    case: Whistle = Whistle.objects.locked(case_id, version)
    return case


def _go(case: Whistle, step: Step, by: User | None, note: str, **inputs: Any) -> Whistle:
    move(case, step, _facts(by, note, **inputs))
    return case


def _take(case_id: int, step: Step, by: User | None, version: int | None, note: str, **inputs: Any) -> Whistle:
    """The common case: lock, gather, move."""
    return _go(_locked(case_id, version), step, by, note, **inputs)
