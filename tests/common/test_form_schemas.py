"""A form as JSON schema: what the API promises is what the form asks for."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.validators import RegexValidator

from wangcheng.common.api.formschemas import field_schema, form_data, form_schema, has_files, mistakes
from wangcheng.common.casework.attachments import CheckedFile
from wangcheng.common.casework.doors import NoteForm, ReasonForm
from wangcheng.common.models import Area, Organisation

UNITS = Organisation.objects.none()


class Everything(forms.Form):
    text = forms.CharField(label="说明", max_length=500, help_text="写清事由")
    count = forms.IntegerField(min_value=1, max_value=9, required=False)
    money = forms.DecimalField(required=False)
    yes = forms.BooleanField(required=False)
    when = forms.DateTimeField(required=False)
    many = forms.MultipleChoiceField(choices=[("a", "甲"), ("b", "乙")], required=False)


@pytest.mark.parametrize(
    ("field", "schema"),
    [
        (forms.CharField(), {"type": "string", "minLength": 1}),
        (forms.CharField(required=False, max_length=9), {"type": "string", "maxLength": 9, "nullable": True}),
        (
            forms.CharField(required=False, validators=[RegexValidator(r"^1\d{10}$")]),
            {
                "nullable": True,
                "anyOf": [{"type": "string", "pattern": r"^1\d{10}$"}, {"type": "string", "maxLength": 0}],
            },
        ),
        (forms.IntegerField(min_value=0, max_value=5), {"type": "integer", "minimum": 0, "maximum": 5}),
        (forms.FloatField(), {"type": "number"}),
        (forms.BooleanField(), {"type": "boolean"}),
        (forms.NullBooleanField(), {"type": "boolean"}),
        (forms.DateField(), {"type": "string", "format": "date"}),
        (forms.DateTimeField(), {"type": "string", "format": "date-time"}),
        (CheckedFile(), {"type": "string", "format": "binary"}),
        (forms.ModelChoiceField(Area.objects.none()), {"type": "integer"}),
        (forms.ModelChoiceField(UNITS, to_field_name="code"), {"type": "string"}),
        (
            forms.ModelMultipleChoiceField(UNITS, to_field_name="code"),
            {"type": "array", "items": {"type": "string"}},
        ),
        (
            forms.ChoiceField(choices=[("", "请选择"), ("a", "甲"), ("组", [("b", "乙")])]),
            {"type": "string", "enum": ["a", "b"], "x-enum-labels": ["甲", "乙"]},
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, forms.Field) else "",
)
def test_each_field_says_what_it_takes(field: forms.Field, schema: dict[str, Any]) -> None:
    assert field_schema(field) == schema


def test_a_form_names_titles_what_is_required_and_nothing_beyond() -> None:
    schema = form_schema(Everything())
    assert schema["required"] == ["text"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["text"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 500,
        "title": "说明",
        "description": "写清事由",
    }
    assert form_schema(NoteForm())["properties"].keys() == {"version", "note"}
    assert "required" not in form_schema(NoteForm())
    assert form_schema(ReasonForm())["required"] == ["note"]
    assert not has_files(Everything())


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"text": "x"}, []),
        ({"text": "x", "count": 1, "money": 1.5, "yes": False, "when": "2023-01-03T10:00:00+08:00", "many": ["a"]}, []),
        ({"text": "x", "money": "112.81"}, []),
        ({"text": "x", "count": None}, []),
        ({}, []),  # what is missing is for the form to say
        ({"text": 1}, ["text"]),
        ({"text": ["x"]}, ["text"]),
        ({"text": {"x": 1}}, ["text"]),
        ({"text": True}, ["text"]),
        ({"count": "1"}, ["count"]),
        ({"count": True}, ["count"]),
        ({"count": 1.5}, ["count"]),
        ({"money": True}, ["money"]),
        ({"money": [1]}, ["money"]),
        ({"yes": 1}, ["yes"]),
        ({"yes": "true"}, ["yes"]),
        ({"many": "a"}, ["many"]),
        ({"many": [1]}, ["many"]),
        ({"other": 1, "text": 2}, ["other", "text"]),
        ([], [""]),
        ("x", [""]),
        (None, [""]),
    ],
    ids=str,
)
def test_wrong_json_types_are_told_by_field(body: Any, wrong: list[str]) -> None:
    assert sorted(mistakes(Everything(), body)) == wrong


def test_null_is_as_if_it_were_left_out() -> None:
    form = Everything(form_data({"text": "x", "count": None, "yes": False, "many": ["b"], "money": 1.25}))
    assert form.is_valid(), form.errors
    found = form.cleaned_data
    assert (found["count"], found["yes"], found["many"], str(found["money"])) == (None, False, ["b"], "1.25")
