"""资金台账: funds, their yearly budgets with adjustments, and payments.  Changed only by budget.actions.

All amounts are Decimal yuan; pages and reports show 万元, summed before rounding.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from budget.querysets import BudgetQuerySet, PaymentQuerySet
from wangcheng.common import clock


class Fund(models.Model):
    """资金项目: a special fund, or a kind of basic expenditure."""

    class Kind(models.TextChoices):
        SPECIAL = "special", "专项资金"
        BASIC = "basic", "基本支出"

    code = models.SlugField("代码", max_length=30, unique=True)  # hotline_grid, daily, maintenance, personnel …
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=8, choices=Kind)
    is_public = models.BooleanField(
        "公共专项", default=False
    )  # meant for towns and villages, not for the centre itself
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "资金项目"
        ordering: ClassVar = ["kind", "pk"]

    def __str__(self) -> str:
        return self.name


class Budget(models.Model):
    """预算: what a fund was given for a year at its beginning (年初预算数); adjustments make it the 全年预算数."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="budgets", verbose_name="资金项目")
    year = models.PositiveSmallIntegerField("年度")
    amount = models.DecimalField("年初预算数（元）", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    document_number = models.CharField("批复文号", max_length=80, blank=True)
    decided_on = models.DateField("批复日期")
    recorded_at = models.DateTimeField("登记时间", default=clock.now)
    invented = models.BooleanField("演示假定", default=False)  # no public source: shown as such
    version = models.PositiveIntegerField("版本", default=1)  # counts changes: a stale form is told

    objects = BudgetQuerySet.as_manager()

    class Meta:
        verbose_name = "预算"
        ordering: ClassVar = ["-year", "fund"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["fund", "year"], name="budget_once")]

    def __str__(self) -> str:
        return f"{self.year}年{self.fund.name}"

    @property
    def late(self) -> bool:
        """Entered when its year was over: the figures of the year do not count it."""
        return clock.local(self.recorded_at).year > self.year


class BudgetAdjustment(models.Model):
    """预算调整: more or less than at the beginning, by a document."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="adjustments", verbose_name="预算")
    amount = models.DecimalField("调整数（元）", max_digits=14, decimal_places=2)
    decided_on = models.DateField("批复日期")
    document_number = models.CharField("文号", max_length=80)
    reason = models.CharField("原因", max_length=200)
    recorded_at = models.DateTimeField("登记时间", default=clock.now)

    class Meta:
        verbose_name = "预算调整"
        ordering: ClassVar = ["decided_on", "pk"]

    @property
    def late(self) -> bool:
        """As of a budget."""
        return clock.local(self.recorded_at).year > self.budget.year


class BudgetCorrection(models.Model):
    """更正: until `recorded_at` the beginning of the year stood at `before`; what was counted then stays counted so."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="corrections", verbose_name="预算")
    before = models.DecimalField("更正前年初预算数（元）", max_digits=14, decimal_places=2)
    amount = models.DecimalField("更正后年初预算数（元）", max_digits=14, decimal_places=2)
    reason = models.CharField("原因", max_length=200)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "预算更正"
        ordering: ClassVar = ["recorded_at", "pk"]

    @property
    def late(self) -> bool:
        """As of a budget."""
        return clock.local(self.recorded_at).year > self.budget.year


class Payment(models.Model):
    """支付: one payment or its reversal.  `budget_year` (归属年度) decides which year's budget it uses, not `paid_at`."""

    class Kind(models.TextChoices):
        SALARY = "salary", "人员经费"
        OFFICE = "office", "日常公用"
        VEHICLE = "vehicle", "公务用车运行维护"
        AFFAIRS = "affairs", "日常事务"
        CONTRACT = "contract", "合同款"
        REWARD = "reward", "奖励资金"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        REQUESTED = "requested", "待审批"
        APPROVED = "approved", "待支付"
        PAID = "paid", "已支付"
        REFUSED = "refused", "不予支付"

    number = models.CharField("编号", max_length=24, unique=True)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="payments", verbose_name="资金项目")
    budget_year = models.PositiveSmallIntegerField("归属年度")
    kind = models.CharField("用途", max_length=10, choices=Kind)
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)  # negative for a reversal
    payee = models.CharField("收款单位", max_length=80)
    purpose = models.CharField("事由", max_length=200)
    three_public = models.BooleanField("计入三公经费", default=False)  # a memo inside other items, never added to them
    state = models.CharField("状态", max_length=10, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey("common.User", models.PROTECT, null=True, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
    approved_by = models.ForeignKey(
        "common.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    approved_at = models.DateTimeField("审批时间", null=True, blank=True)
    paid_at = models.DateTimeField("支付时间", null=True, blank=True)  # when it was booked here: figures count by it
    made_on = models.DateField("实际支付日期", null=True, blank=True)  # of a payment that was made elsewhere before
    voucher = models.CharField("凭证号", max_length=40, blank=True)
    node = models.ForeignKey(
        "budget.ContractNode", models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="合同节点"
    )
    appropriation = models.ForeignKey(
        "budget.Appropriation", models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="拨付"
    )
    reward = models.ForeignKey(
        "budget.Reward", models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="奖励"
    )
    reward_key = models.CharField("奖励标识", max_length=60, blank=True, editable=False)  # Reward.key: paid once
    reversal_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="冲销"
    )
    live = models.BooleanField("有效", default=True, editable=False)  # not reversed and no reversal itself

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "支付"
        ordering: ClassVar = ["-requested_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reward_key"],
                condition=Q(live=True) & ~Q(reward_key=""),
                name="payment_one_live_per_reward_key",
            ),
            models.CheckConstraint(
                condition=Q(reward__isnull=True) | ~Q(reward_key=""), name="payment_of_reward_has_key"
            ),
            models.CheckConstraint(condition=~Q(amount=Decimal(0)), name="payment_not_nothing"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["fund", "budget_year", "paid_at"], name="payment_use"),
            models.Index(fields=["-requested_at", "-id"], name="payment_list"),
        ]

    def __str__(self) -> str:
        return self.number
