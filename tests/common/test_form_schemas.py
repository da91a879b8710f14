"""A form as JSON schema: what the API promises is what the form asks for."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import RegexValidator
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from wangcheng.common.api.bodies import wrong_in
from wangcheng.common.api.formschemas import (
    field_schema,
    form_data,
    form_schema,
    has_files,
    mistakes,
    request_schemas,
)
from wangcheng.common.casework.attachments import CheckedFile, CheckedFiles
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
        (CheckedFiles(), {"type": "array", "items": {"type": "string", "format": "binary"}}),
        (
            forms.DateField(required=False),
            {"nullable": True, "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "maxLength": 0}]},
        ),
        (
            forms.ChoiceField(required=False, choices=[("a", "甲")]),
            {"type": "string", "enum": ["a", None], "x-enum-labels": ["甲", ""], "nullable": True},
        ),
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


class WithFiles(forms.Form):
    note = forms.CharField(required=False, max_length=3)
    file = CheckedFile(required=False)


def test_files_come_in_parts_only() -> None:
    schemas = request_schemas(WithFiles())
    assert schemas["application/json"]["properties"].keys() == {"note"}
    assert schemas["multipart/form-data"]["properties"].keys() == {"note", "file"}
    assert request_schemas(NoteForm()).keys() == {"application/json"}
    assert mistakes(WithFiles(), {"file": "x", "note": "好"}) == {"file": ["文件须以 multipart/form-data 上传。"]}


def in_parts(**parts: Any) -> Request:
    return Request(APIRequestFactory().post("/", parts), parsers=[MultiPartParser()])


def test_in_parts_a_name_that_is_not_there_and_a_text_for_a_file_are_told() -> None:
    file = SimpleUploadedFile("a.txt", b"x")
    assert wrong_in(in_parts(note="好", file=file), WithFiles()) == {}
    assert wrong_in(in_parts(note=file, file="x", other="1"), WithFiles()) == {
        "note": ["应为文本，不能是文件。"],
        "file": ["应为文件。"],
        "other": ["没有这一项。"],
    }


def test_a_text_is_measured_as_it_was_sent() -> None:
    """The form takes blanks off first, and would take what the schema calls too long."""
    assert mistakes(WithFiles(), {"note": " 一二三"}) == {"note": ["最多3个字，目前4个。"]}
    assert mistakes(WithFiles(), {"note": "一二三"}) == {}
