"""合同: paid by nodes, each by the score of the work; what is taken out of scope lowers the amount."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from budget.models.ledger import Fund


class Contract(models.Model):
    """合同: with a supplier, from a day to a day."""

    number = models.CharField("合同编号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="contracts", verbose_name="资金项目")
    supplier = models.CharField("供应商", max_length=80)
    amount = models.DecimalField("合同金额（元）", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    starts_on = models.DateField("服务起日")
    ends_on = models.DateField("服务止日")
    invented = models.BooleanField("演示假定", default=False)
    version = models.PositiveIntegerField("版本", default=1)  # counts changes of it and its nodes: a stale form is told

    class Meta:
        verbose_name = "合同"
        ordering: ClassVar = ["-starts_on", "pk"]

    def __str__(self) -> str:
        return self.name


class ContractNode(models.Model):
    """付款节点: so much of the contract, paid by the score of the work (得分比例)."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="nodes", verbose_name="合同")
    place = models.PositiveSmallIntegerField("序号")
    name = models.CharField("节点", max_length=60)
    share = models.DecimalField("付款比例（%）", max_digits=5, decimal_places=2)
    due_on = models.DateField("付款日期")
    score = models.DecimalField(
        "考核得分",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    scored_by = models.ForeignKey(
        "common.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="评分人"
    )
    scored_at = models.DateTimeField("评分时间", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "付款节点"
        ordering: ClassVar = ["contract", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["contract", "place"], name="contract_node_once")]

    def __str__(self) -> str:
        return self.name


class ScopeReduction(models.Model):
    """核减: equipment taken out of use or services not needed any more; lowers the nodes from a day on."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="reductions", verbose_name="合同")
    node = models.ForeignKey(ContractNode, models.PROTECT, related_name="reductions", verbose_name="节点")
    amount = models.DecimalField("核减金额（元）", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    reason = models.CharField("原因", max_length=200)
    decided_on = models.DateField("日期")

    class Meta:
        verbose_name = "核减"
        ordering: ClassVar = ["decided_on", "pk"]
