"""What each step of a hard whistle asks for, and the form that puts a problem on the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q

from hotline.models import Ticket
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
_SAID, _NAMED = 24, 5  # of a number that is not there no more is said than a number is long, and of so many


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
    whistles = forms.CharField(label="来源哨单编号", required=False, max_length=2000, help_text="多个编号用空格分开")
    tickets = forms.CharField(label="来源工单编号", required=False, max_length=2000, help_text="多个编号用空格分开")

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
        numbers = _numbers(self.cleaned_data["whistles"])
        found = list(Whistle.objects.filter(number__in=numbers))
        _check_all(numbers, {whistle.number for whistle in found}, "哨单")
        return found

    def clean_tickets(self) -> list[str]:
        """Numbers of the district, of whichever number was written."""
        numbers = _numbers(self.cleaned_data["tickets"])
        found = Ticket.objects.filter(Q(number__in=numbers) | Q(city_number__in=numbers)).order_by("pk")
        pairs = list(found.values_list("number", "city_number"))
        _check_all(numbers, {number for pair in pairs for number in pair}, "工单")
        return [number for number, _ in pairs]

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
            tickets=data["tickets"],
        )


def _numbers(text: str) -> set[str]:
    return set(text.replace("、", " ").replace("，", " ").split())


def _check_all(numbers: set[str], known: set[str], thing: str) -> None:
    if missing := sorted(number[:_SAID] for number in numbers - known):
        raise forms.ValidationError(f"没有编号为{'、'.join(missing[:_NAMED])}的{thing}。")
