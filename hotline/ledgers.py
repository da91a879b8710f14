"""Changing the knowledge base and the book of trainings.  Called by pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from hotline.models import Knowledge, Training
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry
from wangcheng.common.seen import digest_of
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import Category, Organisation, User


def _require(by: User, permission: str) -> None:
    if not by.has_perm(permission):
        raise NotAllowed("您的岗位没有进行此操作的权限。", Code.RIGHT)


@transaction.atomic
def record_training(
    *, by: User, day: date, kind: str, topic: str, people: int, sessions: int = 1, place: str = "",
    units: Iterable[Organisation] = (), note: str = "",
) -> Training:  # fmt: skip
    """登记培训: counted from the day it is recorded on, so that a printed figure never changes."""
    _require(by, "hotline.manage_training")
    if day > clock.today():
        raise NotAllowed("培训日期不能晚于今天。", Code.RULE, "day")
    training = Training.objects.create(
        day=day, kind=kind, topic=topic, people=people, sessions=sessions, place=place, note=note, recorded_by=by,
        recorded_at=clock.now(),
    )  # fmt: skip
    training.units.set(units)
    record(AuditEntry.Kind.DATA, f"登记培训“{topic[:60]}”{people}人。", by=by, object=f"training {training.pk}")
    return training


@transaction.atomic
def withdraw_training(training_id: int, *, by: User, reason: str) -> Training:
    """作废培训登记: what was printed before keeps it; a training that was written down wrongly is recorded anew."""
    _require(by, "hotline.manage_training")
    found = Training.objects.select_for_update(of=("self",)).get(pk=training_id)
    if found.withdrawn_at is not None:
        raise NotAllowed("该培训登记已经作废。", Code.STATE)
    found.withdrawn_at, found.withdrawn_by, found.withdrawal = clock.now(), by, reason
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal"])
    record(
        AuditEntry.Kind.DATA,
        f"作废培训登记“{found.topic[:60]}”：{reason[:100]}。",
        by=by,
        object=f"training {found.pk}",
    )
    return found


@transaction.atomic
def write_knowledge(
    *, by: User, question: str, answer: str, unit: Organisation, legal_basis: str = "", category: Category | None = None,
    valid_from: date | None = None, valid_to: date | None = None,
) -> Knowledge:  # fmt: skip
    """录入知识: a draft until somebody else has reviewed it."""
    _require(by, "hotline.manage_knowledge")
    valid_from = valid_from or clock.today()
    if valid_to is not None and valid_to <= valid_from:
        raise NotAllowed("停用日期应晚于启用日期。", Code.RULE, "valid_to")
    made = Knowledge.objects.create(
        question=question, answer=answer, unit=unit, legal_basis=legal_basis, category=category, valid_from=valid_from,
        valid_to=valid_to, written_by=by, updated_at=clock.now(),
    )  # fmt: skip
    _tell("录入", made, by)
    return made


@transaction.atomic
def rewrite_knowledge(
    knowledge_id: int, *, by: User, question: str, answer: str, unit: Organisation, seen: str, legal_basis: str = "",
    category: Category | None = None, valid_from: date | None = None, valid_to: date | None = None,
) -> Knowledge:  # fmt: skip
    """修改知识: a draft again, not told to callers until somebody else has reviewed it.  `seen`: version_of the one read."""
    _require(by, "hotline.manage_knowledge")
    found = Knowledge.objects.select_for_update().get(pk=knowledge_id)
    if seen != version_of(found):
        raise NotAllowed("该条知识已被其他人员修改，请刷新后重试。", Code.VERSION)
    valid_from = valid_from or found.valid_from
    if valid_to is not None and valid_to <= valid_from:
        raise NotAllowed("停用日期应晚于启用日期。", Code.RULE, "valid_to")
    found.question, found.answer, found.unit, found.legal_basis = question, answer, unit, legal_basis
    found.category, found.valid_from, found.valid_to = category, valid_from, valid_to
    found.state, found.written_by, found.reviewed_by, found.reviewed_at = Knowledge.State.DRAFT, by, None, None
    found.updated_at = clock.now()
    found.save()
    _tell("修改", found, by)
    return found


@transaction.atomic
def retire_knowledge(knowledge_id: int, *, by: User) -> Knowledge:
    """停用知识: from today on; what was told from it keeps it."""
    _require(by, "hotline.manage_knowledge")
    found = Knowledge.objects.select_for_update().get(pk=knowledge_id)
    if found.state == Knowledge.State.WITHDRAWN:
        raise NotAllowed("该条知识已经停用。", Code.STATE)
    found.state, found.valid_to, found.updated_at = Knowledge.State.WITHDRAWN, clock.today(), clock.now()
    found.save(update_fields=["state", "valid_to", "updated_at"])
    _tell("停用", found, by)
    return found


def version_of(knowledge: Knowledge) -> str:
    """What tells a stale form: a digest of what it was drawn from."""
    names = ("state", "question", "answer", "legal_basis", "unit_id", "category_id", "valid_from", "valid_to")
    return digest_of(getattr(knowledge, name) for name in names)


def _tell(verb: str, knowledge: Knowledge, by: User) -> None:
    record(
        AuditEntry.Kind.DATA, f"知识库：{verb}“{knowledge.question[:60]}”。", by=by, object=f"knowledge {knowledge.pk}"
    )


@transaction.atomic
def review_knowledge(knowledge_id: int, *, by: User, passed: bool) -> Knowledge:
    """审核知识: by somebody who did not write it; passed it may be told to callers, else it is withdrawn."""
    _require(by, "hotline.review_knowledge")
    found = Knowledge.objects.select_for_update().get(pk=knowledge_id)
    if found.state != Knowledge.State.DRAFT:
        raise NotAllowed("该条知识已经审核过。", Code.STATE)
    if found.written_by_id == by.pk:
        raise NotAllowed("不能审核自己录入的知识。", Code.RIGHT)
    found.state = Knowledge.State.REVIEWED if passed else Knowledge.State.WITHDRAWN
    found.reviewed_by, found.reviewed_at, found.updated_at = by, clock.now(), clock.now()
    found.save(update_fields=["state", "reviewed_by", "reviewed_at", "updated_at"])
    _tell("审核通过" if passed else "审核不通过", found, by)
    return found
