"""How places, ledgers and assessments are asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from wangcheng.common.people.querysets import in_force
from wangcheng.common.territory.querysets import branch
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from grid.models import Assessment
    from wangcheng.common.people.models import User


class DatedQuerySet(models.QuerySet[Any]):
    def in_force(self, day: date) -> DatedQuerySet:
        """Rows that hold on `day`."""
        return self.filter(in_force(day))

    def as_recorded(self, day: date) -> DatedQuerySet:
        """Rows that hold on `day` as was known then: nothing that was entered or ended later with an earlier date."""
        known = Q(recorded_on=None) | Q(recorded_on__lte=day)
        going_on = Q(valid_to=None) | Q(valid_to__gt=day) | Q(end_recorded_on__gt=day)
        return self.filter(known, going_on, valid_from__lte=day)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> AssessmentQuerySet:
        """The centre sees every stage; towns and villages what was sent down to them."""
        post = user.acting
        if post is None or not user.has_perm("grid.view_assessment"):
            return self.none()
        return self if post.organisation.kind == post.organisation.Kind.CENTRE else self.exclude(state="draft")

    def final(self, moment: datetime) -> AssessmentQuerySet:
        """The results that were final and not yet corrected at `moment`."""
        corrected = Q(corrected_by__finalised_at__lte=moment)
        return self.filter(finalised_at__lte=moment).exclude(corrected)

    def standing(self) -> AssessmentQuerySet:
        """Of each quarter and kind the edition that holds: the first, until a correction of it is final (原版保留)."""
        superseded = Q(corrected_by__state="final")
        return self.filter(Q(corrected_by=None) | ~superseded).filter(Q(edition=1) | Q(state="final"))

    def latest_edition(self, quarter: str) -> AssessmentQuerySet:
        """The newest edition of each kind of a quarter."""
        return self.filter(quarter=quarter, corrected_by=None)

    def locked(self, pk: int, version: int | None = None) -> Assessment:
        """The assessment with its row locked; NotAllowed if it has moved on since the caller's `version`."""
        found = self.select_for_update(of=("self",)).get(pk=pk)
        if version is not None and version != found.version:
            raise NotAllowed("该考核已被其他人员处理，请刷新后查看最新情况。", Code.VERSION)
        return found


class ScoreQuerySet(models.QuerySet[Any]):
    """Results per grid or per village."""

    def visible_to(self, user: User) -> ScoreQuerySet:
        """The centre sees all results; a town or village those of its own branch."""
        post = user.acting
        if post is None or not user.has_perm("grid.view_assessment"):
            return self.none()
        unit = post.organisation
        if unit.kind == unit.Kind.CENTRE:
            return self
        sent = self.exclude(assessment__state="draft")
        return sent.filter(branch(unit.area, "area__path")) if unit.area else self.none()


class ExclusionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> ExclusionQuerySet:
        """The centre sees all applications; a town or village those of its own branch."""
        post = user.acting
        if post is None or not user.has_perm("grid.view_assessment"):
            return self.none()
        unit = post.organisation
        if unit.kind == unit.Kind.CENTRE:
            return self
        return self.filter(branch(unit.area, "village__path")) if unit.area else self.none()


class RecordedQuerySet(models.QuerySet[Any]):
    """Inputs that are never overwritten: an entry holds from `entered_at` until it is withdrawn."""

    def known_at(self, moment: datetime) -> RecordedQuerySet:
        withdrawn_later = Q(withdrawn_at=None) | Q(withdrawn_at__gt=moment)
        return self.filter(withdrawn_later, entered_at__lte=moment)
