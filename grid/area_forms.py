"""Forms of the pages that keep the territory: a new grid, a change, a closing, and 城市社区认定."""

from __future__ import annotations

from typing import Any

from django import forms

from grid.actions.areas import KINDS, seen_of, usual_kind
from wangcheng.common import clock
from wangcheng.common.models import Area

VERDICTS = {"proposed": None, "urban": True, "other": False}


def _day(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text)


def _kinds(level: int) -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in KINDS[Area.Level(level)]]


class GridForm(forms.Form):
    """What a new grid and a changed one are asked for."""

    name = forms.CharField(label="网格名称", max_length=60)
    kind = forms.ChoiceField(label="类型")
    households = forms.IntegerField(label="户数", required=False, min_value=0, max_value=100_000)


class NewGridForm(GridForm):
    """增设网格: the code is the next below the parent."""

    valid_from = _day("启用日期")

    def __init__(self, data: Any, *, parent: Area, village: Area) -> None:
        level = parent.level + 1
        super().__init__(data, initial={"valid_from": clock.today(), "kind": usual_kind(level, village)})
        self.fields["kind"].choices = _kinds(level)  # type: ignore[attr-defined]


class EditGridForm(GridForm):
    """修改网格."""

    day = _day("更名日期", "名称变更自这一天起生效，原名称保留在沿革中；只改类型、户数的不需理会。")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, grid: Area) -> None:
        initial = {name: getattr(grid, name) for name in ("name", "kind", "households")}
        super().__init__(data, initial={**initial, "day": clock.today(), "seen": seen_of(grid)})
        self.fields["kind"].choices = _kinds(grid.level)  # type: ignore[attr-defined]


class CloseGridForm(forms.Form):
    """撤销或并入."""

    day = _day("撤销日期")
    into = forms.ModelChoiceField(
        label="由哪个网格接办",
        queryset=Area.objects.none(),
        required=False,
        empty_label="不并入其他网格",
        help_text="未办结的工单、哨单和下级网格转到该网格；还有未办结事项的必须选择。",
    )
    reason = forms.CharField(label="依据", max_length=80, required=False, help_text="如会议纪要、文号")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, grid: Area) -> None:
        super().__init__(data, initial={"day": clock.today(), "seen": seen_of(grid)})
        others = Area.objects.filter(parent=grid.parent_id, valid_to=None).exclude(pk=grid.pk).order_by("code")
        self.fields["into"].queryset = others  # type: ignore[attr-defined]


class UrbanForm(forms.Form):
    """城市社区认定 of one village or many."""

    verdict = forms.ChoiceField(
        label="认定",
        widget=forms.RadioSelect,
        choices=[("proposed", "逐个按建议认定"), ("urban", "城市社区"), ("other", "其他村（社区）")],
    )
    day = _day("生效日期", "自这一天起按此认定；此前各季度仍按当时的认定。从建议的起始日确认的，即为对该建议的确认。")
    document = forms.CharField(label="文号或依据", max_length=120)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_verdict(self) -> bool | None:
        return VERDICTS[self.cleaned_data["verdict"]]
