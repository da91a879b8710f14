"""What each step of an assessment asks for, and the forms of places, ledgers and exclusions.  Pages and REST share them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from grid.models import Appeal, Assessment, ComplaintExclusion, ManualIndicator
from wangcheng.common.casework.doors import StepForm
from wangcheng.common.models import Area
from wangcheng.common.ways.numbers import NumberField

_TEXT = forms.Textarea(attrs={"rows": 3})
LEVELS = {"level3": Area.Level.ESTATE, "level4": Area.Level.BUILDING, "zero": Area.Level.VILLAGE}
OF_GRIDS = (ManualIndicator.BONUS, ManualIndicator.DEDUCTION, ManualIndicator.VETO)
OF_VILLAGES = (ManualIndicator.DISQUALIFY,)


class AreaField(forms.CharField):
    """An area by its code, as of a day; the cleaned value is the Area."""

    def __init__(self, **kwargs: Any) -> None:
        self.day: date | None = None
        self.level: int | None = None
        super().__init__(**{"max_length": 24, "widget": forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs})

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        found = Area.objects.filter(code=code)
        found = found.in_force(self.day) if self.day else found.filter(valid_to=None)
        area = (found.filter(level=self.level) if self.level is not None else found).first()
        if area is None:
            raise ValidationError("没有这个代码的辖区。", code="unknown")
        return area


class Ruling(forms.NullBooleanField):
    """A decision with two names, never taken beforehand; true and false in JSON."""

    def __init__(self, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect(choices=[("true", yes), ("false", no)]), **kwargs)

    def validate(self, value: bool | None) -> None:
        if value is None:
            raise ValidationError(self.error_messages["required"], code="required")


class OfAssessment(StepForm):
    """A step about one grid or village of the assessment."""

    area = AreaField(label="网格或村（社区）代码")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("area")
        if isinstance(field, AreaField) and self.case is not None:
            field.day, field.level = self.case.last, LEVELS[self.case.kind]


class AdjustForm(OfAssessment):
    indicator = forms.ChoiceField(label="指标")
    value = NumberField(
        label="数值",
        required=False,
        max_digits=8,
        decimal_places=2,
        min_value=Decimal(0),
        help_text="一票否决、取消资格不需填写",
    )
    withdraw = forms.BooleanField(label="撤销已录入的数值", required=False)
    reason = forms.CharField(label="依据", max_length=200, widget=_TEXT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = indicators(self.case)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.pop("withdraw", False):
            data["value"] = None
        elif data.get("value") is None:
            data["value"] = _default(data.get("indicator", ""))
        return data


def _default(indicator: str) -> Decimal:
    if indicator in (ManualIndicator.VETO, ManualIndicator.DISQUALIFY):
        return Decimal(1)
    raise ValidationError({"value": "请填写数值，或勾选撤销。"})


def indicators(assessment: Assessment | None) -> list[tuple[str, str]]:
    """What may be entered by hand: bonus, deduction, veto, and the manual indicators the scheme names."""
    kind = assessment.kind if assessment else Assessment.Kind.LEVEL3
    fixed = OF_VILLAGES if kind == Assessment.Kind.ZERO else OF_GRIDS
    named = [] if assessment is None else [name for name in _figures(assessment) if name.startswith("manual:")]
    plain = [name.removeprefix("manual:") for name in named]
    return [(name, ManualIndicator.LABELS[name]) for name in fixed] + [(name, name) for name in plain]


def _figures(assessment: Assessment) -> list[str]:
    lines = [line for kept in assessment.rules.values() for line in kept["values"].get("items", [])]
    return [line.split("|")[2].strip() for line in lines]


class AppealForm(OfAssessment):
    reason = forms.CharField(label="申诉理由", max_length=1000, widget=_TEXT)


class AppealChoice(forms.ModelChoiceField):
    def label_from_instance(self, appeal: Appeal) -> str:
        return f"{appeal.area}：{appeal.reason[:40]}"


class RuleAppealForm(StepForm):
    appeal = AppealChoice(Appeal.objects.none(), label="申诉", empty_label="请选择")
    upheld = Ruling("成立", "不成立", label="裁定")
    ruling = forms.CharField(label="裁定意见", max_length=500, widget=_TEXT)
    indicator = forms.ChoiceField(label="更正指标", required=False, help_text="申诉成立且需更正人工录入时填写")
    value = NumberField(label="更正为", required=False, max_digits=8, decimal_places=2, min_value=Decimal(0))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = self.case.appeals.filter(state=Appeal.State.OPEN) if self.case else Appeal.objects.none()
        self.fields["appeal"].queryset = waiting.select_related("area")  # type: ignore[attr-defined]
        self.fields["indicator"].choices = [("", "不更正"), *indicators(self.case)]  # type: ignore[attr-defined]

    def clean_appeal(self) -> int:
        """The action takes the key: it reads the row anew under the lock."""
        appeal: Appeal = self.cleaned_data["appeal"]
        return appeal.pk


class CorrectForm(StepForm):
    reason = forms.CharField(label="更正原因", max_length=500, widget=_TEXT)


QUARTER = r"^20\d\dQ[1-4]$"


class ExclusionForm(forms.Form):
    """申请不计入: what REST asks for; the page offers the own villages."""

    quarter = forms.RegexField(
        QUARTER, label="季度", help_text="如2022Q4", error_messages={"invalid": "季度应为2022Q4的形式。"}
    )
    village = forms.CharField(label="村（社区）代码", max_length=24)
    ticket = forms.RegexField(
        r"^[A-Z0-9-]{1,24}$", label="工单编号", error_messages={"invalid": "工单编号应为WC20221205-00012的形式。"}
    )
    reason = forms.ChoiceField(label="理由", choices=ComplaintExclusion.Reason.choices)
    evidence = forms.CharField(
        label="佐证", max_length=2000, widget=_TEXT, help_text="如通话录音、现场核查记录、文书编号"
    )

    def clean_village(self) -> Area:
        found = Area.objects.filter(code=self.cleaned_data["village"], level=Area.Level.VILLAGE).order_by("-pk").first()
        if found is None:
            raise ValidationError("没有这个代码的村（社区）。", code="unknown")
        return found


class DecideForm(forms.Form):
    """审批不计入."""

    approve = Ruling("同意", "不同意", label="审批")
    decision = forms.CharField(label="审批意见", max_length=200, widget=_TEXT)


class StartForm(forms.Form):
    """Start the calculation of a quarter."""

    quarter = forms.RegexField(
        QUARTER, label="季度", help_text="如2022Q4", error_messages={"invalid": "季度应为2022Q4的形式。"}
    )
    kinds = forms.MultipleChoiceField(
        label="类别", choices=Assessment.Kind.choices, required=False, help_text="不选则全部测算"
    )
