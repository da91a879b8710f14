"""Every change of a quarterly assessment, one function each: pages, REST, the job and the command come through here.

Each locks the assessment's row, calculates or looks up what the plan needs, moves it and writes, in one transaction.  All
raise NotAllowed with a sentence for the person; `version` is the assessment's as the person saw it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction

from grid import workflow
from grid.actions.entries import enter, withdraw_entry
from grid.assessing import Calculation, basis_for, begins, calculate, frozen_basis, store
from grid.models import Assessment, ManualIndicator
from grid.rules import Calendar
from wangcheng.common import clock
from wangcheng.common.jobs.actions import start
from wangcheng.common.models import Area
from wangcheng.common.policy.registry import in_force
from wangcheng.common.territory.querysets import in_branch
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.common.workflow import Code, Facts, NotAllowed, Step, actor_of, move, refusal

if TYPE_CHECKING:
    from wangcheng.common.casework.models import Case
    from wangcheng.common.models import Job, User

State = Assessment.State
JOB = "grid.assess"


def _take(assessment: Assessment, step: Step, by: User | None, note: str = "", **inputs: Any) -> Assessment:
    facts = Facts(clock.now(), actor_of(by), current_calendar(), inputs=inputs, note=note)
    move(cast("Case", assessment), step, facts)
    return assessment


def _check(assessment: Assessment, step: Step, by: User | None) -> None:
    """Refuse before the long calculation what would be refused after it."""
    if problem := refusal(step, assessment, actor_of(by)):
        raise problem


def _latest(quarter: str, kind: str) -> Assessment | None:
    return Assessment.objects.latest_edition(quarter).filter(kind=kind).first()


def _refuse_unbegun(quarter: str) -> None:
    """A running quarter may be tried; of one to come there is nothing to count, and no step would take it away again."""
    try:
        first = begins(quarter)
    except LookupError as unruled:
        raise NotAllowed(str(unruled), Code.RULE, "quarter") from unruled
    if first > clock.today():
        raise NotAllowed(
            f"{quarter}的统计期自{first:%Y年%-m月%-d日}开始，尚未开始的季度不能测算。", Code.RULE, "quarter"
        )


def _new(quarter: str, kind: str, edition: int) -> Assessment:
    basis = basis_for(quarter, kind)
    number = f"{quarter}-{kind}-{edition}"
    return Assessment(quarter=quarter, kind=kind, edition=edition, number=number, first=basis.first, last=basis.last)


# --- 测算 --------------------------------------------------------------------------------------------------------------


def request(quarter: str, *, by: User | None, kinds: list[str] | None = None) -> Job:
    """发起测算: queue the calculation of a quarter that has begun; a worker does it (see grid.tasks)."""
    _refuse_unbegun(quarter)
    return start(JOB, {"quarter": quarter, "kinds": kinds or list(Assessment.Kind.values)}, by=by)


@transaction.atomic
def request_again(case_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Assessment:
    """重新测算: queue the calculation of one that is not published yet, with what was entered or decided meanwhile."""
    assessment = Assessment.objects.locked(case_id, version)
    _check(assessment, workflow.COMPUTE, by)
    request(assessment.quarter, by=by, kinds=[assessment.kind])
    return assessment


@transaction.atomic
def compute(quarter: str, kind: str, *, by: User | None, note: str = "") -> Assessment:
    """测算: bring the draft of a quarter up to date.  Twice at once gives one result: the second waits and finds it done."""
    _refuse_unbegun(quarter)
    if _latest(quarter, kind) is None:
        Assessment.objects.bulk_create([_new(quarter, kind, 1)], ignore_conflicts=True)  # another hand may be faster
    assessment = Assessment.objects.locked(Assessment.objects.get(quarter=quarter, kind=kind, corrected_by=None).pk)
    _check(assessment, workflow.COMPUTE, by)
    return _recalculate(assessment, by, note)


def _recalculate(assessment: Assessment, by: User | None, note: str = "") -> Assessment:
    sent_on = assessment.state not in {"", State.DRAFT}  # checked by the rules it was sent down with
    basis = frozen_basis(assessment) if sent_on else basis_for(assessment.quarter, assessment.kind)
    calculation = calculate(basis, clock.now())
    settled = assessment.inputs_at is not None and assessment.inputs_at > basis.cutoff
    same = assessment.fingerprint == calculation.fingerprint and assessment.figures == calculation.figures
    if same and settled:
        return assessment
    store(assessment, calculation)
    return _take(assessment, workflow.COMPUTE, by, note, calculation=calculation)


def recompute(assessment: Assessment) -> Calculation:
    """复算: the same again with the frozen versions and the entries known then.  Writes nothing."""
    return calculate(frozen_basis(assessment), assessment.inputs_at or clock.now())


# --- 核对、调整 --------------------------------------------------------------------------------------------------------


@transaction.atomic
def review(case_id: int, *, by: User, version: int | None = None, note: str = "") -> Assessment:
    """核对: a village or town confirms its part; the centre sends the result on to the next stage."""
    assessment = Assessment.objects.locked(case_id, version)
    unit = by.organisation
    reviewed = assessment.reviews.filter(organisation=unit, stage=assessment.state).exists()
    return _take(assessment, workflow.REVIEW, by, note, unit_kind=unit.kind if unit else "", reviewed=reviewed)


@transaction.atomic
def adjust(
    case_id: int,
    area: Area,
    indicator: str,
    value: Decimal | None,
    reason: str,
    *,
    by: User,
    version: int | None = None,
    note: str = "",
) -> Assessment:
    """调整: enter or (with no value) withdraw a manual indicator of one grid or village; the ranking is made anew."""
    assessment = Assessment.objects.locked(case_id, version)
    _check(assessment, workflow.ADJUST, by)
    words = _enter(assessment, area, indicator, value, reason, by)
    calculation = calculate(frozen_basis(assessment), clock.now())
    store(assessment, calculation)
    return _take(assessment, workflow.ADJUST, by, note, calculation=calculation, words=words)


def _enter(assessment: Assessment, area: Area, indicator: str, value: Decimal | None, reason: str, by: User) -> str:
    label = ManualIndicator.LABELS.get(indicator, indicator)
    if value is None:
        withdraw_entry(area, assessment.quarter, indicator)
        return f"{area}：撤销{label}，{reason}"
    enter(area, assessment.quarter, indicator, value, reason=reason, by=by)
    return f"{area}：{label}{value}，{reason}"


# --- 公示、申诉、定稿 ----------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(case_id: int, *, by: User, version: int | None = None, note: str = "") -> Assessment:
    """公示: calculated a last time with what was decided while it was checked; for so many working days, from the day after."""
    assessment = Assessment.objects.locked(case_id, version)
    _check(assessment, workflow.PUBLISH, by)
    calculation, until = calculate(frozen_basis(assessment), clock.now()), publicity_end(clock.now())
    if calculation.fingerprint != assessment.fingerprint:
        store(assessment, calculation)
    return _take(assessment, workflow.PUBLISH, by, note, publicity_until=until, calculation=calculation)


def publicity_end(published: datetime) -> datetime:
    """The end of the last of the working days after the day of publication."""
    days = in_force(Calendar, published.date()).publicity_days
    calendar = current_calendar()
    last = calendar.add(clock.at(published.date() + timedelta(days=1)), calendar.days(days)).at
    return datetime.combine(clock.local(last).date(), time(23, 59, 59), clock.CHINA)


@transaction.atomic
def appeal(
    case_id: int, area: Area, reason: str, *, by: User, version: int | None = None, note: str = ""
) -> Assessment:
    """申诉: a town or village objects to the result of a grid or village of its own."""
    assessment = Assessment.objects.locked(case_id, version)
    own = in_branch(area, by.organisation.area if by.organisation else None)
    waiting = assessment.appeals.filter(area=area, state="open").exists()
    inputs = {"area_id": area.pk, "area": area.name, "reason": reason, "own": own, "open": waiting}
    return _take(assessment, workflow.APPEAL, by, note, **inputs)


@transaction.atomic
def rule_appeal(
    case_id: int,
    appeal: int,
    upheld: bool,
    ruling: str,
    indicator: str = "",
    value: Decimal | None = None,
    *,
    by: User,
    version: int | None = None,
    note: str = "",
) -> Assessment:
    """裁定申诉: an upheld one may change a manual indicator of the area; then the ranking is made anew."""
    assessment = Assessment.objects.locked(case_id, version)
    _check(assessment, workflow.RULE_APPEAL, by)
    found = assessment.appeals.filter(pk=appeal, state="open").select_related("area").first()
    if found is None:
        raise NotAllowed("该申诉不存在或已经裁定。", Code.STATE, "appeal")
    calculation = None
    if upheld:
        if indicator:
            _enter(assessment, found.area, indicator, value, ruling, by)
        calculation = calculate(frozen_basis(assessment), clock.now())
        store(assessment, calculation)
    inputs = {"appeal_id": appeal, "upheld": upheld, "ruling": ruling, "calculation": calculation}
    return _take(assessment, workflow.RULE_APPEAL, by, note, **inputs)


@transaction.atomic
def finalise(case_id: int, *, by: User, version: int | None = None, note: str = "") -> Assessment:
    """定稿: from now on the database refuses any change of the result."""
    assessment = Assessment.objects.locked(case_id, version)
    return _take(assessment, workflow.FINALISE, by, note, open_appeals=assessment.appeals.filter(state="open").count())


@transaction.atomic
def correct(case_id: int, reason: str, *, by: User, version: int | None = None, note: str = "") -> Assessment:
    """更正: a new edition is opened as a draft; the final one stays as it is.  Returns the new edition."""
    old = Assessment.objects.locked(case_id, version)
    _check(old, workflow.CORRECT, by)
    edition = _new(old.quarter, old.kind, old.edition + 1)
    calculation = calculate(basis_for(old.quarter, old.kind), clock.now())
    _take(edition, workflow.COMPUTE, by, f"更正：{reason}", calculation=calculation)
    store(edition, calculation)
    _take(old, workflow.CORRECT, by, note, edition_id=edition.pk, reason=reason)
    return edition
