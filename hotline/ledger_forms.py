"""The forms of 业务培训 and 知识库, for pages and REST."""

from __future__ import annotations

from django import forms

from hotline.choosers import CategoryField, UnitField, UnitsField, YesNoField
from hotline.forms import words
from hotline.models import Training

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TrainingForm(forms.Form):
    """登记培训."""

    day = forms.DateField(label="日期", widget=_DAY)
    kind = forms.ChoiceField(label="方式", choices=Training.Kind.choices)
    topic = forms.CharField(label="主题", max_length=120)
    place = forms.CharField(label="地点", max_length=80, required=False)
    sessions = forms.IntegerField(label="场次", min_value=1, max_value=100, initial=1)
    people = forms.IntegerField(label="人数", min_value=1, max_value=100_000)
    units = UnitsField(label="参训单位", required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)


class WithdrawForm(forms.Form):
    """作废培训登记."""

    reason = forms.CharField(label="作废原因", max_length=200, help_text="登记有误的，作废后重新登记；已印发的数字不变")


class KnowledgeForm(forms.Form):
    """录入知识."""

    question = forms.CharField(label="问题", max_length=200)
    answer = words("答复", rows=6, most=5000)
    legal_basis = forms.CharField(label="政策法规依据", max_length=500, required=False)
    category = CategoryField(label="分类", required=False)
    unit = UnitField(label="责任单位")
    valid_from = forms.DateField(label="启用日期", widget=_DAY)
    valid_to = forms.DateField(label="停用日期", widget=_DAY, required=False)


class ReviewForm(forms.Form):
    """审核知识."""

    passed = YesNoField(label="审核结果", yes="通过，可以引用", no="不通过，停用")
