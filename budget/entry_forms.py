"""Forms by which money is entered, on pages and over REST: funds, budgets, adjustments, contracts, nodes, reductions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from budget.forms import SPAN, NodePaymentForm, ScoreForm, fund_field
from budget.models import Contract, ContractNode, Fund
from wangcheng.common import clock
from wangcheng.common.ways.numbers import NumberField


def _day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


def _yuan(label: str, least: str = "0.00", **kwargs: Any) -> NumberField:
    return NumberField(label=label, min_value=Decimal(least), max_digits=14, decimal_places=2, **kwargs)


class VersionForm(forms.Form):
    """A form that tells when somebody else was faster."""

    version = forms.IntegerField(
        label="版本", required=False, widget=forms.HiddenInput, help_text="与当前版本不符时返回409"
    )


class FundForm(forms.Form):
    """A fund of its own."""

    code = forms.SlugField(label="代码", max_length=30, help_text="英文小写字母、数字和下划线，登记后不再修改")
    name = forms.CharField(label="名称", max_length=60)
    kind = forms.ChoiceField(label="类别", choices=Fund.Kind.choices)
    is_public = forms.BooleanField(label="公共专项（用于街镇、村社区）", required=False)
    note = forms.CharField(label="说明", required=False, max_length=200)


class BudgetForm(forms.Form):
    """年初预算 of a fund."""

    fund = fund_field()
    year = forms.IntegerField(label="年度", min_value=SPAN[0], max_value=SPAN[-1])
    amount = _yuan("年初预算数（元）")
    document_number = forms.CharField(label="批复文号", max_length=80)
    decided_on = _day("批复日期")


class AdjustForm(VersionForm):
    """预算调整 by a document."""

    amount = NumberField(label="调整数（元）", max_digits=14, decimal_places=2, help_text="调增填正数，调减填负数")
    document_number = forms.CharField(label="文号", max_length=80)
    decided_on = _day("批复日期")
    reason = forms.CharField(label="原因", max_length=200)


class CorrectForm(VersionForm):
    """年初预算 was entered wrongly."""

    amount = _yuan("年初预算数（元）")
    document_number = forms.CharField(label="批复文号", max_length=80)
    decided_on = _day("批复日期")
    reason = forms.CharField(label="更正原因", max_length=200)


class ContractForm(forms.Form):
    """A contract."""

    number = forms.CharField(label="合同编号", max_length=40)
    name = forms.CharField(label="名称", max_length=120)
    fund = fund_field()
    supplier = forms.CharField(label="供应商", max_length=80)
    amount = _yuan("合同金额（元）", "0.01")
    starts_on = _day("服务起日")
    ends_on = _day("服务止日")


class ChangedContractForm(ContractForm, VersionForm):
    """A contract that is there."""


class NodeForm(VersionForm):
    """A payment node."""

    name = forms.CharField(label="节点", max_length=60)
    share = NumberField(label="付款比例（%）", min_value=Decimal("0.01"), max_value=100, max_digits=5, decimal_places=2)
    due_on = _day("付款日期")


class OfNode(forms.Form):
    """A form about one node of a contract, named by its place."""

    node = forms.ModelChoiceField(
        ContractNode.objects.none(), label="付款节点", to_field_name="place", empty_label="请选择"
    )

    def __init__(self, *args: Any, contract: Contract | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if contract is not None:
            self.fields["node"].queryset = contract.nodes.all()  # type: ignore[attr-defined]


class ChangedNodeForm(NodeForm, OfNode):
    """A payment node that is there."""


class NodeScoreForm(ScoreForm, OfNode):
    """考核评分 of a node of the contract."""


class NodeRequestForm(NodePaymentForm, OfNode):
    """按得分申请支付 of a node of the contract."""


class ReductionForm(OfNode, VersionForm):
    """核减 of a node."""

    amount = _yuan("核减金额（元）", "0.01")
    reason = forms.CharField(label="原因", max_length=200)
    decided_on = _day("日期", initial=clock.today)
