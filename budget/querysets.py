"""How budgets, payments and rewards are asked for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from wangcheng.common import clock
from wangcheng.common.territory.querysets import same

if TYPE_CHECKING:
    from wangcheng.common.models import User

MONEY: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)
NOTHING = Value(0, output_field=MONEY)


class BudgetQuerySet(models.QuerySet[Any]):
    def as_of(self, moment: datetime) -> Self:
        """As it stood in the books then: `beginning` (年初预算数) and, with every adjustment, `whole` (全年预算数)."""
        from budget.models import BudgetAdjustment, BudgetCorrection

        of_budget = {"budget": OuterRef("pk")}
        later = BudgetCorrection.objects.filter(**of_budget, recorded_at__gt=moment).order_by("recorded_at", "pk")
        known = BudgetAdjustment.objects.filter(
            **of_budget, recorded_at__lte=moment, decided_on__lte=clock.local(moment).date()
        )
        more = known.order_by().values("budget").annotate(sum=Sum("amount")).values("sum")
        beginning = Coalesce(Subquery(later.values("before")[:1], output_field=MONEY), F("amount"))
        return self.annotate(beginning=beginning).annotate(
            whole=F("beginning") + Coalesce(Subquery(more, output_field=MONEY), NOTHING)
        )


class PaymentQuerySet(models.QuerySet[Any]):
    def taken(self, fund_id: int, year: int) -> Decimal:
        """What of a year's budget is paid or on its way, yuan; reversals give it back."""
        under_way = self.filter(fund=fund_id, budget_year=year).exclude(state="refused")
        return under_way.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)

    def paid_by(self, moment: datetime) -> Self:
        """Payments and reversals that had left the account by then."""
        return self.filter(state="paid", paid_at__lte=moment)

    def visible_to(self, user: User) -> Self:
        """Finance, assessors and leaders at the centre see all; others none."""
        return self.all() if user.has_perm("budget.view_payment") else self.none()


class RewardQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Not taken away by a correction."""
        return self.filter(withdrawn_at=None)

    def locked(self, quarter: str) -> Self:
        """The standing rewards of a quarter under their locks: who settles waits for who appropriates, and the other way."""
        return self.standing().select_for_update(of=("self",)).filter(quarter=quarter)

    def visible_to(self, user: User) -> Self:
        """The centre all, a town its own, a village its own."""
        post = user.acting
        if post is None:
            return self.none()
        if post.organisation.kind == "centre":
            return (
                self.all()
                if user.has_perm("budget.view_payment") or user.has_perm("budget.view_budget")
                else self.none()
            )
        if not user.has_perm("budget.confirm_receipt"):
            return self.none()
        area, column = post.organisation.area_id, "town" if post.organisation.kind == "town" else "village"
        return self.filter(same(area, column)) if area else self.none()
