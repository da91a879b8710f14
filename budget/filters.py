"""What lists of payments and rewards can be narrowed by; pages and REST use the same."""

from __future__ import annotations

import django_filters

from budget.models import Fund, Payment, Reward
from wangcheng.common.models import Area
from wangcheng.common.ways.lists import DateSpan


class PaymentFilter(django_filters.FilterSet):
    fund = django_filters.ModelChoiceFilter(label="资金项目", queryset=Fund.objects.all(), to_field_name="code")
    budget_year = django_filters.NumberFilter(label="归属年度", min_value=2000, max_value=2099)
    state = django_filters.ChoiceFilter(label="状态", choices=Payment.State.choices)
    kind = django_filters.ChoiceFilter(label="用途", choices=Payment.Kind.choices)
    three_public = django_filters.BooleanFilter(label="三公经费")
    paid = DateSpan(label="支付日期", field_name="paid_at")
    quarter = django_filters.CharFilter(label="奖励季度", field_name="reward__quarter", max_length=6)
    beneficiary = django_filters.CharFilter(label="受奖单位代码", field_name="reward__area__code", max_length=24)

    class Meta:
        model = Payment
        fields = ()


class RewardFilter(django_filters.FilterSet):
    quarter = django_filters.CharFilter(label="季度", field_name="quarter", max_length=6)
    kind = django_filters.ChoiceFilter(label="类别", choices=Reward.Kind.choices)
    town = django_filters.ModelChoiceFilter(
        label="街镇", queryset=Area.objects.filter(level=Area.Level.TOWN, valid_to=None), to_field_name="code"
    )
    appropriated = django_filters.BooleanFilter(
        label="已拨付", field_name="appropriation", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Reward
        fields = ()
