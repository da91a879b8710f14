"""Forms of the pages of 诉求分类."""

from __future__ import annotations

from typing import Any

from django import forms

from wangcheng.common import clock
from wangcheng.common.casework.directory import MOST_DAYS, Entry, seen_of
from wangcheng.common.casework.models import Case
from wangcheng.common.models import Category, Organisation

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CategoryForm(forms.Form):
    """What a version says."""

    name = forms.CharField(label="名称", max_length=40)
    unit = forms.ModelChoiceField(
        label="默认承办单位", queryset=Organisation.objects.none(), required=False, empty_label="按事发地派街镇"
    )
    urgency = forms.ChoiceField(label="紧急程度", choices=Case.Urgency.choices, initial=Case.Urgency.NORMAL)
    handling_days = forms.IntegerField(
        label="办理时限（工作日）", min_value=1, max_value=MOST_DAYS, required=False,
        help_text="不填的按诉求类型的时限；紧急、特急的不受其影响。",
    )  # fmt: skip
    village_duty = forms.BooleanField(label="村（社区）职责", required=False, help_text="勾选的计入零投诉评比。")
    day = forms.DateField(label="施行日期", widget=_DAY, help_text="今天或以后；此前的工单按原目录计算。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Organisation.objects.in_force(clock.today()).exclude(kind=Organisation.Kind.CENTRE).in_tree()
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["day"].initial = clock.today()


class NewCategoryForm(CategoryForm):
    """新增分类."""

    scheme = forms.ChoiceField(label="体系", choices=Category.Scheme.choices)
    code = forms.RegexField(
        r"^[0-9]{6}$", label="代码", help_text="6位：一级、二级、三级各2位，不足的补0；上级须已有。",
        error_messages={"invalid": "代码应为6位数字。"},
    )  # fmt: skip
    field_order = ("scheme", "code", "name", "unit", "urgency", "handling_days", "village_duty", "day")

    def entry(self) -> Entry:
        said = self.cleaned_data
        unit = said["unit"].pk if said["unit"] else None
        return Entry(
            said["scheme"],
            said["code"],
            said["name"],
            unit,
            said["urgency"],
            said["handling_days"],
            said["village_duty"],
        )


class EditCategoryForm(CategoryForm):
    """新版本 of a leaf."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, row: Category) -> None:
        values = {name: getattr(row, name) for name in ("name", "urgency", "handling_days", "village_duty")}
        super().__init__(data, initial={**values, "unit": row.unit_id, "seen": seen_of(row)})
        self.fields["day"].initial = max(clock.today(), row.valid_from)


class EndCategoryForm(forms.Form):
    """停用."""

    day = forms.DateField(label="停用日期", widget=_DAY, help_text="今天或以后；已归入该分类的工单不变。")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, row: Category) -> None:
        super().__init__(data, initial={"day": max(clock.today(), row.valid_from), "seen": seen_of(row)})
