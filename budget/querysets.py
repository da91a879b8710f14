"""How budgets, payments and rewards are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from wangcheng.common.models import User

MONEY: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)
NOTHING = Value(0, output_field=MONEY)


class BudgetQuerySet(models.QuerySet[Any]):
    def as_of(self, moment: datetime) -> Self:
        """With `whole`: 全年预算数, the beginning and every adjustment decided by then."""
        from budget.models import BudgetAdjustment

        decided = BudgetAdjustment.objects.filter(budget=OuterRef("pk"), decided_on__lte=moment.date())
        more = decided.order_by().values("budget").annotate(sum=Sum("amount")).values("sum")
        return self.annotate(whole=F("amount") + Coalesce(Subquery(more, output_field=MONEY), NOTHING))


class PaymentQuerySet(models.QuerySet[Any]):
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
        column = "town" if post.organisation.kind == "town" else "village"
        return self.filter(**{column: post.organisation.area_id}) if post.organisation.area_id else self.none()
