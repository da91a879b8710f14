"""The form of a new version of a rule set, made from the fields the set declares; and its values in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_type_hints

from django import forms

from wangcheng.common.policy.registry import RuleSet
from wangcheng.common.ways import words


class LinesField(forms.CharField):
    """Several values, one a line."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(line) for line in value) if isinstance(value, (list, tuple)) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        """An empty list is a value; what it means is for the rule set to say."""

    def run_validators(self, value: Any) -> None:
        """The rule set checks the lines."""


class VersionForm(forms.Form):
    """What every new version says of itself; the rules themselves are added by `version_form`."""

    starts_on = forms.DateField(label="施行日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    document_number = forms.CharField(label="文号", max_length=80, required=False, help_text="如：望社治〔2023〕1号")
    basis = forms.CharField(label="依据", max_length=120, help_text="文件名称；没有文件的写明来由。")
    revision = forms.CharField(label="修订说明", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def rules(self, kind: RuleSet) -> dict[str, Any]:
        """The entered rules, as policy.actions.draft takes them."""
        return {field.name: self.cleaned_data[field.name] for field in dataclasses.fields(kind.type)}


def version_form(kind: RuleSet) -> type[VersionForm]:
    """A VersionForm with one field per rule of `kind`, in the order declared."""
    hints = get_type_hints(kind.type)
    fields = {field.name: _field(field, hints[field.name]) for field in dataclasses.fields(kind.type)}
    return type("RuleSetForm", (VersionForm,), fields)


def _field(rule: dataclasses.Field[Any], kind: Any) -> forms.Field:
    about = rule.metadata
    unit = f"单位：{about['unit']}。" if about["unit"] else ""
    how = about["how"]() if about["how"] else ""
    common: dict[str, Any] = {"label": about["label"], "help_text": unit + about["help"] + how}
    bounds = {"min_value": about["least"], "max_value": about["most"]}
    if about["choices"]:
        return _choice(kind, {**common, "choices": list(about["choices"].items())})
    if kind is bool:
        return forms.BooleanField(required=False, **common)
    if kind is int:
        return forms.IntegerField(**bounds, **common)
    if kind is Decimal:
        return forms.DecimalField(**bounds, **common)
    if kind is date:
        return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **common)
    if kind is str:
        return forms.CharField(required=False, **common)
    return LinesField(required=False, **common)


def _choice(kind: Any, common: dict[str, Any]) -> forms.Field:
    """One of the choices, or any number of them; whether none is allowed is for the rule set to say."""
    if kind is str:
        return forms.ChoiceField(**common)
    return forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, **common)


@dataclasses.dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of a version beside the same rule of the version before."""

    label: str
    unit: str
    help: str
    value: str
    before: str
    source: str = ""  # of the shipped value
    heads: tuple[str, ...] = ()  # of a rule that is a table
    rows: tuple[tuple[str, ...], ...] = ()
    rows_before: tuple[tuple[str, ...], ...] = ()

    @property
    def changed(self) -> bool:
        return self.value != self.before


def lines(kind: RuleSet, values: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> list[RuleLine]:
    """A version in words; without `before` nothing counts as changed."""
    defaults = kind.defaults()
    return [
        _line(
            field,
            values.get(field.name, defaults[field.name]),
            (before or values).get(field.name, defaults[field.name]),
        )
        for field in dataclasses.fields(kind.type)
    ]


def _line(rule: dataclasses.Field[Any], value: Any, before: Any) -> RuleLine:
    about = rule.metadata
    now, then = (_words(_said(part, about)) for part in (value, before))
    found = RuleLine(about["label"], about["unit"], about["help"], now, then, about["source"], about["heads"])
    if not found.heads:
        return found
    said = about["said"]
    return dataclasses.replace(found, rows=tuple(map(said, value)), rows_before=tuple(map(said, before)))


def _said(value: Any, about: Mapping[str, Any]) -> Any:
    """What was chosen, or what its rule says of it, in words; as it is where there are none."""
    choices, said = about["choices"], about["said"]
    if said and not about["heads"]:
        return said(value)
    if not choices:
        return value
    return [choices.get(one, one) for one in value] if isinstance(value, (list, tuple)) else choices.get(value, value)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return words.yes_no(value)
    if isinstance(value, (list, tuple)):
        return "\n".join(str(line) for line in value) or "（无）"
    return str(value) if value != "" else "（空）"
