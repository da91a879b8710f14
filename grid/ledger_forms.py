"""Forms of the dated ledgers: one from the columns of each, asked for by new rows and by changed ones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import fields_for_model

from grid.actions.ledgers import COMMUNITIES, ESTATES, VIDEO, Ledger, fingerprint
from grid.models import Estate
from wangcheng.common import clock
from wangcheng.common.models import Area

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SINCE = "可补登以往的日期；自启用和登记的日期起计入统计，以前各期的数字不变"
_LEVELS = {
    (ESTATES.name, "area"): (Area.Level.TOWN, Area.Level.VILLAGE),
    (VIDEO.name, "area"): (Area.Level.TOWN,),
    (COMMUNITIES.name, "village"): (Area.Level.VILLAGE,),
}


class AreaChoice(forms.ModelChoiceField):
    def label_from_instance(self, area: Area) -> str:
        return (
            f"{area.parent.short_name} {area.short_name}" if area.level > Area.Level.TOWN and area.parent else area.name
        )


def row_form(ledger: Ledger, data: Any = None, *, row: Any = None) -> forms.Form:
    """The form of a row that is there, or of a new one."""
    form = forms.Form(data, initial=_initial(ledger, row))
    form.fields |= fields_for_model(ledger.model, ledger.columns)
    for name, field in form.fields.items():
        if levels := _LEVELS.get((ledger.name, name)):
            form.fields[name] = _areas(field, levels)
        elif isinstance(field, forms.DateField):
            field.widget = _DATE
    if ledger is VIDEO:
        form.fields["estate"].queryset = Estate.objects.in_force(clock.today())  # type: ignore[attr-defined]
    if row is None:
        form.fields["valid_from"] = forms.DateField(label="启用日期", widget=_DATE, help_text=SINCE)
    else:
        form.fields["since"] = forms.DateField(label="变更生效日期", widget=_DATE, help_text=_change_words(ledger))
        form.fields["seen"] = forms.CharField(widget=forms.HiddenInput)
    return form


def _initial(ledger: Ledger, row: Any) -> dict[str, Any]:
    if row is None:
        return {"valid_from": clock.today()}
    values = {name: row.serializable_value(name) for name in ledger.columns}
    return {**values, "since": clock.today(), "seen": fingerprint(row, ledger)}


def _areas(field: Any, levels: tuple[int, ...]) -> AreaChoice:
    rows = Area.objects.in_force(clock.today()).filter(level__in=levels).select_related("parent").order_by("code")
    return AreaChoice(rows, label=field.label, required=field.required, empty_label="请选择")


def _change_words(ledger: Ledger) -> str:
    labels = "、".join(str(ledger.model._meta.get_field(name).verbose_name) for name in sorted(ledger.dated))
    return f"{labels}有变更时，自这一天起按新内容统计，以前各期仍按原内容；其他内容直接更正"


class EndForm(forms.Form):
    """停用."""

    day = forms.DateField(
        label="停用日期", widget=_DATE, help_text="从这一天起不再计入统计；补登以往的日期，自登记之日起"
    )
