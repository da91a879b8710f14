"""What is written down when a ticket is taken in; REST and page share it, the page adds choosers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from hotline.forms import words
from hotline.intake import EARLIEST, LATEST, Intake
from hotline.models import choices
from hotline.models.ticket import Ticket
from wangcheng.common import clock
from wangcheng.common.models import Area, Category
from wangcheng.common.ways.numbers import NumberField

_PHONE = RegexValidator(r"^[0-9+\-－ ()（）]{5,30}$", "电话应为5至30位的数字。")
_CITY_NUMBER = RegexValidator(r"^[0-9A-Za-z_\-]{1,40}$", "市级编号只能含字母、数字和连字符。")


class IntakeForm(forms.Form):
    """受理: codes as REST sends them.  Places and categories are read as of the day of receipt."""

    title = forms.CharField(label="标题", max_length=200)
    content = words("诉求内容", rows=6, most=20_000)
    type = forms.ChoiceField(label="诉求类型", choices=choices.Type.choices)
    source = forms.ChoiceField(label="信息来源", choices=choices.Source.choices)
    received_at = forms.DateTimeField(label="接收时间")
    city_number = forms.CharField(label="市级编号", max_length=40, required=False, validators=[_CITY_NUMBER])
    city_due_at = forms.DateTimeField(label="市级时限", required=False)
    category = forms.CharField(label="分类", max_length=6, required=False)
    village = forms.CharField(label="村（社区）或三级网格", max_length=24, required=False)
    place = forms.CharField(label="地点", max_length=200, required=False)
    caller_name = forms.CharField(label="来电人", max_length=40, required=False)
    caller_phone = forms.CharField(label="来电人电话", max_length=30, required=False, validators=[_PHONE])
    anonymous = forms.BooleanField(label="匿名", required=False)
    urgency = forms.ChoiceField(
        label="紧急程度", choices=Ticket.Urgency.choices, required=False, help_text="不填写的按分类的紧急程度"
    )
    confidential = forms.BooleanField(label="保密", required=False)
    marks = forms.MultipleChoiceField(label="标记", choices=choices.Mark.choices, required=False)
    longitude = NumberField(label="经度", max_digits=9, decimal_places=6, min_value=-180, max_value=180, required=False)
    latitude = NumberField(label="纬度", max_digits=8, decimal_places=6, min_value=-90, max_value=90, required=False)
    resolved = forms.ChoiceField(label="市级回访是否解决", choices=choices.Resolved.choices, required=False)
    satisfaction = forms.ChoiceField(label="市级回访是否满意", choices=choices.Satisfaction.choices, required=False)

    def clean_received_at(self) -> Any:
        received_at = self.cleaned_data["received_at"]
        if received_at > clock.now() + timedelta(minutes=10):
            raise forms.ValidationError("接收时间不能晚于现在。")
        if received_at < EARLIEST:
            raise forms.ValidationError(f"接收时间不能早于{EARLIEST:%Y}年。")
        return received_at

    def clean_city_due_at(self) -> Any:
        due = self.cleaned_data["city_due_at"]
        if due is not None and not EARLIEST <= due <= LATEST:
            raise forms.ValidationError(f"市级时限应在{EARLIEST:%Y}年至{LATEST:%Y}年之间。")
        return due

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "received_at" in cleaned:
            day = clock.local(cleaned["received_at"]).date()
            cleaned["category"] = self._named("category", Category.objects.filter(scheme="ticket"), day)
            levels = (Area.Level.VILLAGE, Area.Level.ESTATE)
            cleaned["area"] = self._named("village", Area.objects.filter(level__in=levels), day)
        if (cleaned.get("longitude") is None) != (cleaned.get("latitude") is None):
            self.add_error("longitude", "经度和纬度应同时填写。")
        if bool(cleaned.get("resolved")) != bool(cleaned.get("satisfaction")):
            self.add_error("resolved", "是否解决和是否满意应同时填写。")
        return cleaned

    def _named(self, name: str, rows: Any, day: Any) -> Any:
        code = self.cleaned_data.get(name)
        if not code:
            return None
        found = rows.in_force(max(day, clock.today()) if name == "category" else day).filter(code=code).first()
        if found is None:
            self.add_error(name, f"没有代码为“{code}”的{self.fields[name].label}。")
        return found

    def intake(self) -> Intake:
        """What was said; only after is_valid()."""
        said = dict(self.cleaned_data)
        said.pop("village")
        said["marks"] = tuple(said["marks"])
        said["anonymous"] = said["anonymous"] or not said["caller_phone"]
        return Intake(**said)
