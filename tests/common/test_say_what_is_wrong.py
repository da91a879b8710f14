"""What a form says of a value that is out of bounds: official words, a Chinese full stop, nothing of Django's."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms

from wangcheng.common.models import Message


class Form(forms.Form):
    days = forms.IntegerField(min_value=1, max_value=60)
    amount = forms.DecimalField(max_digits=6, decimal_places=2)
    text = forms.CharField(min_length=2, max_length=4)
    day = forms.DateField()
    kind = forms.ChoiceField(choices=[("a", "甲")])
    row = forms.ModelChoiceField(Message.objects.none())


GOOD = {"days": "1", "amount": "1.20", "text": "正好", "day": "2023-01-03", "kind": "a"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "entered", "words"),
    [
        ("days", "99", "不得大于60。"),
        ("days", "0", "不得小于1。"),
        ("days", "一", "请填写整数。"),
        ("amount", "1.234", "最多保留2位小数。"),
        ("amount", "12345678.1", "最多6位数字。"),
        ("amount", "一", "请填写数字。"),
        ("text", "长长长长长", "最多4个字，现有5个字。"),
        ("text", "短", "至少2个字，现有1个字。"),
        ("day", "昨天", "请填写正确的日期，如2022-12-31。"),
        ("kind", "b", "没有“b”这一选项，请重新选择。"),
        ("row", "1", "没有这一选项，请重新选择。"),
    ],
)
def test_a_value_out_of_bounds_is_told_in_official_words(field: str, entered: Any, words: str) -> None:
    assert Form({**GOOD, field: entered}).errors[field] == [words]
