"""A Django form as JSON schema, and a JSON body as the form's input.  Pure; used by the step endpoints and OpenAPI.

The form stays the only judge of values; here only the JSON types are judged, because a form would take the number 1 for
the text "1".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField

from wangcheng.common.casework.attachments import CheckedFiles

Schema = dict[str, Any]
_DECIMAL = r"^-?\d+(\.\d+)?$"
_EMPTY: Schema = {"type": "string", "maxLength": 0}
_KINDS: tuple[tuple[type[forms.Field], Schema], ...] = (  # the first that fits: subclasses before their parents
    (forms.DecimalField, {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _DECIMAL}]}),
    (forms.FloatField, {"type": "number"}),
    (forms.IntegerField, {"type": "integer"}),
    (forms.NullBooleanField, {"type": "boolean"}),
    (forms.BooleanField, {"type": "boolean"}),
    (forms.DateTimeField, {"type": "string", "format": "date-time"}),
    (forms.DateField, {"type": "string", "format": "date"}),
    (forms.TimeField, {"type": "string", "format": "time"}),
    (forms.FileField, {"type": "string", "format": "binary"}),
    (forms.URLField, {"type": "string", "format": "uri"}),
    (forms.EmailField, {"type": "string", "format": "email"}),
)
UNKNOWN = "没有这一项。"
_WORDS = {"string": "文本", "integer": "整数", "number": "数", "boolean": "true 或 false", "array": "列表"}


def form_schema(form: forms.Form) -> Schema:
    """The JSON schema of the body that `form` takes, its files included."""
    return _object(form.fields)


def request_schemas(form: forms.Form) -> dict[str, Schema]:
    """The same by content type: with files only in parts, without them as JSON too."""
    texts = {name: field for name, field in form.fields.items() if not isinstance(field, forms.FileField)}
    parts = {} if len(texts) == len(form.fields) else {"multipart/form-data": form_schema(form)}
    needs_file = any(field.required for name, field in form.fields.items() if name not in texts)
    return parts if needs_file else {"application/json": _object(texts), **parts}


def _object(fields: Mapping[str, forms.Field]) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {name: field_schema(field) for name, field in fields.items()},
        "additionalProperties": False,
    }
    required = [name for name, field in fields.items() if field.required]
    return {**schema, "required": required} if required else schema


def has_files(form: forms.Form) -> bool:
    return any(isinstance(field, forms.FileField) for field in form.fields.values())


def field_schema(field: forms.Field) -> Schema:
    schema = _types(field)
    if not field.required and not isinstance(field, forms.FileField):
        schema = optional(schema)
    if field.label:
        schema["title"] = str(field.label)
    if field.help_text:
        schema["description"] = str(field.help_text)
    return schema


def optional(schema: Schema) -> Schema:
    """How OpenAPI 3.0 says that null, or an empty text, is as if the field were left out."""
    if "enum" in schema:
        labels = [*schema["x-enum-labels"], ""]
        return {**schema, "nullable": True, "enum": [*schema["enum"], None], "x-enum-labels": labels}
    if "anyOf" in schema:
        return {"nullable": True, "anyOf": [*schema["anyOf"], _EMPTY]}
    if {"format", "pattern"} & schema.keys():
        return {"nullable": True, "anyOf": [schema, _EMPTY]}
    return {**schema, "nullable": True}


def _types(field: forms.Field) -> Schema:
    """What a value is judged by; the words beside it may cost a look into the database."""
    return {**_kind(field), **_limits(field)}


def _kind(field: forms.Field) -> Schema:
    if isinstance(field, CheckedFiles):
        return {"type": "array", "items": {"type": "string", "format": "binary"}}
    if isinstance(field, ModelMultipleChoiceField):
        return {"type": "array", "items": _key(field)}
    if isinstance(field, ModelChoiceField):
        return _key(field)
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": _choices(field)}
    if isinstance(field, forms.ChoiceField):
        return _choices(field)
    return dict(next((schema for kind, schema in _KINDS if isinstance(field, kind)), {"type": "string"}))


def _key(field: ModelChoiceField[Any]) -> Schema:
    """What names a row: its key, or the column the field says."""
    if field.queryset is None or field.to_field_name in {None, "pk", "id"}:
        return {"type": "integer"}
    column = field.queryset.model._meta.get_field(str(field.to_field_name))
    return {"type": "integer" if isinstance(column, models.IntegerField) else "string"}


def _choices(field: forms.ChoiceField) -> Schema:
    pairs = [(str(value), str(label)) for value, label in _leaves(field.choices) if value not in {"", None}]
    if not pairs:
        return {"type": "string"}
    return {"type": "string", "enum": [value for value, _ in pairs], "x-enum-labels": [label for _, label in pairs]}


def _leaves(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found.extend(label) if isinstance(label, list | tuple) else found.append((value, label))
    return found


def _limits(field: forms.Field) -> Schema:
    limits: Schema = {}
    if isinstance(field, forms.CharField) and not isinstance(field, forms.URLField | forms.EmailField):
        least = field.min_length or (1 if field.required else None)
        patterns = [re.compile(each.regex).pattern for each in field.validators if type(each) is RegexValidator]
        limits = {"minLength": least, "maxLength": field.max_length, "pattern": patterns[0] if patterns else None}
    if type(field) in {forms.IntegerField, forms.FloatField}:
        limits = {"minimum": getattr(field, "min_value", None), "maximum": getattr(field, "max_value", None)}
    return {name: value for name, value in limits.items() if value is not None}


def mistakes(form: forms.Form, body: Any) -> dict[str, list[str]]:
    """Where the JSON types of `body` are not those of the form, as sentences by field."""
    if not isinstance(body, Mapping):
        return {"": ["请求正文应为 JSON 对象。"]}
    found: dict[str, list[str]] = {}
    for name, value in body.items():
        if name not in form.fields:
            found[str(name)] = [UNKNOWN]
        elif isinstance(form.fields[name], forms.FileField):
            found[name] = ["文件须以 multipart/form-data 上传。"]
        elif problem := _mistake(_types(form.fields[name]), value):
            found[name] = [problem]
    return found


def _mistake(schema: Schema, value: Any) -> str:
    if value is None:
        return ""  # as if it were left out; the form says whether it may be
    if "anyOf" in schema:
        return "" if any(not _mistake(each, value) for each in schema["anyOf"]) else "应为数。"
    if not _fits(schema["type"], value):
        return f"应为{_WORDS[schema['type']]}。"
    if schema["type"] == "string" and len(value) > schema.get("maxLength", len(value)):  # the form strips it first
        return f"最多{schema['maxLength']}个字，目前{len(value)}个。"
    if schema["type"] == "array":
        return next((problem for each in value if (problem := _mistake(schema["items"], each))), "")
    return ""


def _fits(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer":
        return isinstance(value, int)
    if kind == "number":
        return isinstance(value, int | float)
    return isinstance(value, {"string": str, "array": list, "boolean": bool}[kind])


def form_data(body: Any) -> dict[str, Any]:
    """A JSON body whose types are right, as the form reads it."""
    return {name: value for name, value in body.items() if value is not None}
