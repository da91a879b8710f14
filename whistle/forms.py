"""What each step of a whistle asks for, and the report form.  Pages and REST share these forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from wangcheng.common import clock
from wangcheng.common.casework.attachments import CheckedFiles
from wangcheng.common.casework.doors import NoteForm, ReasonForm, StepForm
from wangcheng.common.models import Area, Category, Organisation
from wangcheng.common.policy.registry import in_force
from wangcheng.common.ways.choosing import NamedSelect
from wangcheng.common.ways.numbers import NumberField
from wangcheng.common.workflow import actor_of
from whistle.actions import Report
from whistle.models import Grade, Whistle, WhistleAttachment
from whistle.rules import Limits

if TYPE_CHECKING:
    from wangcheng.common.people.models import User

_CAMERA = {"accept": "image/*", "capture": "environment"}  # a phone opens the camera at once
_LEVELS = (Area.Level.VILLAGE, Area.Level.ESTATE, Area.Level.BUILDING)
_TEXT = forms.Textarea(attrs={"rows": 4})


class YesNo(forms.NullBooleanField):
    """A decision with two names, never taken beforehand; true and false in JSON."""

    def __init__(self, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect(choices=[("true", yes), ("false", no)]), **kwargs)

    def validate(self, value: bool | None) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")


class UnitField(forms.ModelChoiceField):
    """A unit in force, by its code; `kinds` says which."""

    def __init__(self, *kinds: str, **kwargs: Any) -> None:
        self.kinds = kinds
        usual: dict[str, Any] = {"to_field_name": "code", "widget": NamedSelect, "empty_label": "请选择"}
        super().__init__(Organisation.objects.none(), **usual, **kwargs)

    def narrow(self, **more: Any) -> None:
        """To be called when the form is made: what is in force changes with the day."""
        self.queryset = Organisation.objects.in_force(clock.today()).filter(kind__in=self.kinds, **more).in_tree()

    def label_from_instance(self, unit: Organisation) -> str:
        return unit.short_name


def grades(label: str) -> forms.ChoiceField:
    """A grade that has to be chosen; nothing is chosen beforehand."""
    return forms.ChoiceField(label=label, choices=Grade.choices, widget=forms.RadioSelect)


class PhotoForm(NoteForm):
    """A step with a remark and pictures."""

    NEEDED: ClassVar[str] = ""  # the rule that asks for a picture, sent along or uploaded before the step
    photos = CheckedFiles(label="照片", widget=CheckedFiles.widget(attrs=_CAMERA))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.NEEDED and self.case is not None:
            needed = getattr(in_force(Limits, clock.today()), self.NEEDED)
            self.fields["photos"].needed = needed  # type: ignore[attr-defined]  # read by parts/field.html


class UnitForm(StepForm):
    """A step that names a unit.  Sub-classes add the field.

    Without a user only the fields are asked for (OpenAPI), at a time when there may be no database.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values() if self.user is not None else ():
            if isinstance(field, UnitField):
                field.narrow()


class FilterForm(NoteForm):
    passed = YesNo("通过，转街镇", "不通过", label="初核结论")
    field_order = ("passed", "note", "version")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("passed") is False and not data.get("note"):
            self.add_error("note", "不通过须说明理由，上报人将看到该理由。")
        return data


class HandleForm(UnitForm, NoteForm):
    unit = UnitField("town", "village", label="处置单位", required=False, help_text="不选则由本街镇处置")
    field_order = ("unit", "note", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.user is not None and self.case is not None and self.case.town_unit is not None:
            self.fields["unit"].narrow(path__startswith=self.case.town_unit.path)  # type: ignore[attr-defined]


class BlowForm(UnitForm, NoteForm):
    asked_unit = UnitField("department", label="建议承办部门", required=False)
    field_order = ("asked_unit", "note", "version")


class ResubmitForm(PhotoForm):
    content = forms.CharField(label="补充后的内容", required=False, max_length=2000, widget=_TEXT)
    field_order = ("content", "photos", "note", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is not None:
            self.fields["content"].initial = self.case.content


class DispatchForm(UnitForm, NoteForm):
    unit = UnitField("department", "town", label="承办单位")
    field_order = ("unit", "note", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is not None and not self.is_bound:
            self.fields["unit"].initial = _suggested(self.case)


def _suggested(case: Whistle) -> str | None:
    """The unit the town asked for, else the one the category names."""
    unit = case.asked_unit or (case.category.unit if case.category else None)
    return unit.code if unit else None


class ReturnForm(UnitForm, ReasonForm):
    return_unit = UnitField("department", "town", label="建议改派单位")
    field_order = ("return_unit", "note", "version")


class RuleReturnForm(ReasonForm):
    granted = YesNo("同意退单", "不同意，继续办理", label="裁定")
    field_order = ("granted", "note", "version")


class ArriveForm(PhotoForm):
    NEEDED = "arrive_photo"
    longitude = NumberField(
        label="经度", min_value=-180, max_value=180, max_digits=9, decimal_places=6,
        help_text="手机允许定位的，经纬度自动填写；没有定位的，按现场位置填写，如112.819600、28.347200",
    )  # fmt: skip
    latitude = NumberField(label="纬度", min_value=-90, max_value=90, max_digits=8, decimal_places=6)
    field_order = ("longitude", "latitude", "photos", "note", "version")


class DisposeForm(PhotoForm):
    note = forms.CharField(label="处置情况", max_length=1000, widget=_TEXT)
    field_order = ("note", "photos", "version")


class VerifyForm(PhotoForm):
    NEEDED = "verify_photo"
    photos = CheckedFiles(
        label="照片",
        widget=CheckedFiles.widget(attrs=_CAMERA),
        help_text="须上传核查时新拍的照片，不能使用上报或处置时的照片",
    )
    passed = YesNo("问题已解决", "未解决，退回处置", label="核查结论")
    field_order = ("passed", "photos", "note", "version")


class RateForm(StepForm):
    arrival = grades("到场")
    quality = grades("质量")
    attitude = grades("态度")
    overall = grades("总体评价")
    text = forms.CharField(label="意见", required=False, max_length=500, widget=_TEXT)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("overall") == Grade.DISSATISFIED and not data.get("text"):
            self.add_error("text", "总体评价为不满意的，请写明意见，处置单位将按此整改。")
        return data


class RuleAppealForm(ReasonForm):
    upheld = YesNo("申诉成立，撤销评价", "申诉不成立", label="裁定")
    field_order = ("upheld", "note", "version")


class CategoryField(forms.ModelChoiceField):
    """A leaf of the whistles' categories, by its code, grouped under its top category."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Category.objects.none(), to_field_name="code", empty_label="请选择", **kwargs)

    def narrow(self) -> None:
        leaves = Category.objects.in_force(clock.today()).filter(scheme=Category.Scheme.WHISTLE, level=3)
        self.queryset = leaves.select_related("top").order_by("code")

    def label_from_instance(self, category: Category) -> str:
        return f"{category.top.name} / {category.name}" if category.top else category.name


class AreaField(forms.ModelChoiceField):
    """A grid or village, by its code."""

    def __init__(self, label: str) -> None:
        super().__init__(Area.objects.none(), label=label, required=False, to_field_name="code", empty_label="请选择")


class ReportForm(forms.Form):
    """上报: made for a phone held in one hand.  A whistle lies in a grid, or at least in a village."""

    photos = CheckedFiles(label="现场照片", widget=CheckedFiles.widget(attrs={"accept": "image/*"}))
    category = CategoryField(label="类别")
    content = forms.CharField(label="情况说明", max_length=2000, widget=_TEXT)
    title = forms.CharField(label="标题", required=False, max_length=60, help_text="不填则取情况说明的开头")
    grid = AreaField(label="网格")
    village = AreaField(label="村（社区）")
    place = forms.CharField(label="地点", required=False, max_length=200)
    urgency = forms.ChoiceField(label="紧急程度", choices=Whistle.Urgency.choices, initial="normal", required=False)
    longitude = NumberField(required=False, max_digits=9, decimal_places=6, widget=forms.HiddenInput, label="经度")
    latitude = NumberField(required=False, max_digits=8, decimal_places=6, widget=forms.HiddenInput, label="纬度")
    handled = forms.CharField(
        label="已自行处置的，写明处置情况", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user is not None:
            self._choose(user)

    def _choose(self, user: User) -> None:
        self.fields["category"].narrow()  # type: ignore[attr-defined]
        areas = list(reachable(user).filter(level__in=_LEVELS).order_by("code").values_list("level", "code"))
        self.offers = {level for level, _ in areas}  # so that a page draws no empty choice
        for name, levels in (("grid", _LEVELS[1:]), ("village", _LEVELS[:1])):
            field = self.fields[name]
            field.queryset = reachable(user).filter(level__in=levels).order_by("code")  # type: ignore[attr-defined]
        grids = [code for level, code in areas if level == Area.Level.ESTATE]
        if len(grids) == 1:
            self.fields["grid"].initial = grids[0]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("grid") or data.get("village")) and not {"grid", "village"} & self.errors.keys():
            raise ValidationError("请选择网格或村（社区）。")
        if data.get("handled") and not (self.user and self.user.has_perm("whistle.self_handle_whistle")):
            self.add_error("handled", "您的岗位不能自行处置。")
        return data

    def said(self) -> Report:
        """The valid input in the words of the action."""
        data = self.cleaned_data
        return Report(
            title=data["title"] or data["content"].strip().splitlines()[0][:30],
            content=data["content"],
            category=data["category"],
            area=data["grid"] or data["village"],
            place=data["place"],
            urgency=data["urgency"] or Whistle.Urgency.NORMAL,
            longitude=data["longitude"],
            latitude=data["latitude"],
            photos=data["photos"],
            handled=data["handled"],
        )


def reachable(user: User) -> QuerySet[Area]:
    """Where a person may report from: a grid officer the own grids and what lies below, others what they see."""
    areas = Area.objects.in_force(clock.today())
    post = user.acting
    if post is None or post.role != post.Role.GRID_OFFICER:
        return areas.visible_to(user)
    grids = actor_of(user).areas
    return areas.filter(pk__in=grids) | areas.filter(parent_id__in=grids)


class AttachmentForm(forms.Form):
    """附件 of the API: files and the step they belong to."""

    file = CheckedFiles(label="文件", required=True)
    purpose = forms.ChoiceField(
        label="用途", required=False, choices=WhistleAttachment.Purpose.choices, initial="other"
    )

    def offer(self, purposes: Sequence[str]) -> None:
        """Only what the person may hand in now."""
        labels = dict(WhistleAttachment.Purpose.choices)
        self.fields["purpose"].choices = [(one, labels[one]) for one in purposes]  # type: ignore[attr-defined]
