"""What each step of a hard whistle asks for, and the form that puts a problem on the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from wangcheng.common import clock
from wangcheng.common.casework.attachments import CheckedFiles
from wangcheng.common.casework.doors import ReasonForm, StepForm
from wangcheng.common.models import Area
from whistle.forms import CategoryField, UnitField, UnitForm
from whistle.hard_actions import Problem
from whistle.models import Whistle

if TYPE_CHECKING:
    from wangcheng.common.people.models import User

_TEXT = forms.Textarea(attrs={"rows": 4})


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class InstructForm(StepForm):
    instructed_by = forms.CharField(label="批示领导", max_length=40)
    instructed_on = forms.DateField(label="批示日期", widget=_day())
    instruction = forms.CharField(label="批示内容", max_length=500, widget=_TEXT)


class PartnersField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, unit: Any) -> str:
        return str(unit.short_name)


class AssignForm(UnitForm):
    leader = forms.CharField(label="领办区领导", max_length=40)
    unit = UnitField("department", "town", label="牵头单位")
    partners = PartnersField(None, label="配合单位", required=False, to_field_name="code")
    goal = forms.CharField(label="攻坚目标", max_length=500, widget=_TEXT)
    deadline = forms.DateField(label="完成时限", widget=_day())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.user is None:
            return
        partners, unit = self.fields["partners"], self.fields["unit"]
        partners.queryset = unit.queryset  # type: ignore[attr-defined]


class ProgressForm(ReasonForm):
    note = forms.CharField(label="推进情况", max_length=1000, widget=_TEXT)
    evidence = CheckedFiles(label="佐证材料")
    field_order = ("note", "evidence", "version")


class SolveForm(ProgressForm):
    note = forms.CharField(label="解决情况", max_length=500, widget=_TEXT)


class DraftForm(forms.Form):
    """梳理: a problem for a batch; the batch is made when it is the first."""

    year = forms.IntegerField(label="年度", min_value=2020, max_value=2099)
    batch = forms.IntegerField(label="批次", min_value=1, max_value=99)
    title = forms.CharField(label="问题", max_length=200)
    content = forms.CharField(label="具体情况", max_length=4000, widget=_TEXT)
    category = CategoryField(label="类别", required=False)
    area = forms.ModelChoiceField(
        Area.objects.none(), label="所在街镇或村（社区）", required=False, to_field_name="code", empty_label="不明确"
    )
    place = forms.CharField(label="地点", required=False, max_length=200)
    whistles = forms.CharField(label="来源哨单编号", required=False, help_text="多个编号用空格分开")
    tickets = forms.CharField(label="来源工单编号", required=False, help_text="多个编号用空格分开")

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user is not None:  # without one only the fields are asked for, before there is a database
            self._choose()

    def _choose(self) -> None:
        self.fields["year"].initial = clock.today().year
        self.fields["category"].narrow()  # type: ignore[attr-defined]
        towns = Area.objects.in_force(clock.today()).filter(level__in=(Area.Level.TOWN, Area.Level.VILLAGE))
        self.fields["area"].queryset = towns  # type: ignore[attr-defined]

    def clean_whistles(self) -> list[Whistle]:
        numbers = set(self.cleaned_data["whistles"].replace("、", " ").replace("，", " ").split())
        found = list(Whistle.objects.filter(number__in=numbers))
        if missing := numbers - {whistle.number for whistle in found}:
            raise forms.ValidationError(f"没有编号为{'、'.join(sorted(missing))}的哨单。")
        return found

    def problem(self) -> Problem:
        """The valid input in the words of the action."""
        data = self.cleaned_data
        return Problem(
            title=data["title"],
            content=data["content"],
            year=data["year"],
            batch=data["batch"],
            category=data["category"],
            area=data["area"],
            place=data["place"],
            whistles=data["whistles"],
            tickets=data["tickets"].replace("、", " ").replace("，", " ").split(),
        )
