"""Changing the knowledge base and the book of trainings.  Called by pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from hotline.models import Knowledge, Training
from wangcheng.common import clock
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
    return training


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
    return Knowledge.objects.create(
        question=question, answer=answer, unit=unit, legal_basis=legal_basis, category=category, valid_from=valid_from,
        valid_to=valid_to, written_by=by, updated_at=clock.now(),
    )  # fmt: skip


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
    return found
