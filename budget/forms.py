"""Forms of the money pages and of REST: payments, contract scores, rewards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from budget.models import Fund, Payment
from wangcheng.common import clock
from wangcheng.common.ways.numbers import NumberField

SPAN = range(2015, 2100)
UNTIED = [  # contract and reward money is asked for from the contract and by the appropriation
    pair for pair in Payment.Kind.choices if pair[0] not in {Payment.Kind.CONTRACT, Payment.Kind.REWARD}
]


def fund_field(**kind: Any) -> forms.ModelChoiceField:
    """资金项目, by its code."""
    return forms.ModelChoiceField(
        Fund.objects.filter(**kind), label="资金项目", to_field_name="code", empty_label="请选择"
    )


class YearField(forms.IntegerField):
    """归属年度."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", lambda: clock.today().year)
        super().__init__(label="归属年度", min_value=SPAN[0], max_value=SPAN[-1], **kwargs)


class PaymentForm(forms.Form):
    """A request for a payment that hangs on no contract and no reward."""

    fund = fund_field()
    budget_year = YearField(help_text="支出使用哪一年度的预算，可与支付日期不在同一年")
    kind = forms.ChoiceField(label="用途", choices=UNTIED)
    amount = NumberField(label="金额（元）", min_value=Decimal("0.01"), max_digits=14, decimal_places=2)
    payee = forms.CharField(label="收款单位", max_length=80)
    purpose = forms.CharField(label="事由", max_length=200)
    three_public = forms.BooleanField(label="计入三公经费（备查，不重复相加）", required=False)


class ApproveForm(forms.Form):
    note = forms.CharField(label="审批意见", required=False, max_length=200)


class RefuseForm(forms.Form):
    note = forms.CharField(label="不予支付的理由", max_length=200)


class PayForm(forms.Form):
    voucher = forms.CharField(label="凭证号", max_length=40)


class ReverseForm(forms.Form):
    reason = forms.CharField(label="冲销原因", max_length=160)
    voucher = forms.CharField(label="冲销凭证号", max_length=40)


class ScoreForm(forms.Form):
    """The score of a payment node."""

    score = NumberField(label="考核得分", min_value=0, max_value=100, max_digits=5, decimal_places=2)
    note = forms.CharField(label="说明", required=False, max_length=200)


class NodePaymentForm(forms.Form):
    """A contract node asked for: the amount follows from its score."""

    budget_year = YearField()


class QuarterForm(forms.Form):
    """A quarter as 2022Q4."""

    quarter = forms.RegexField(
        r"^20\d{2}Q[1-4]$",
        label="季度",
        help_text="如2022Q4，该季度的考核须已定稿",
        error_messages={"invalid": "季度应为2022Q4的形式。"},
    )


class AppropriationForm(forms.Form):
    """拨付 of a town's waiting rewards."""

    fund = fund_field(kind=Fund.Kind.SPECIAL)
    document_number = forms.CharField(label="拨付文号", max_length=80)
    day = forms.DateField(label="拨付日期", widget=forms.DateInput(attrs={"type": "date"}))
