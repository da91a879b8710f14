"""Lists to choose from whose options are found by more words than they show; the page's script reads them (app.js)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def words_of(instance: Any) -> str:
    """By what else a unit or an area is known: the whole name, beside the short one and the code that the option has."""
    return " ".join(
        dict.fromkeys(filter(None, (getattr(instance, name, "") for name in ("name", "short_name", "code"))))
    )


class _Named:
    """Puts `data-words` onto every option that stands for a row."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        if instance := getattr(value, "instance", None):
            option["attrs"]["data-words"] = words_of(instance)
        return option


class NamedSelect(_Named, forms.Select):
    """One row."""


class NamedSelectMultiple(_Named, forms.SelectMultiple):
    """Any number of rows."""


class PersonInput(forms.TextInput):
    """A person by name or user name; people whose name begins like what is typed are offered (views/people.py)."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        offered = f"id_{name}_people"
        loads = {
            "hx-get": reverse("user_suggestions"),
            "hx-target": f"#{offered}",
            "hx-trigger": "input changed delay:300ms",
        }
        field = super().render(
            name, value, {**(attrs or {}), **loads, "list": offered, "autocomplete": "off"}, renderer
        )
        return format_html('{}<datalist id="{}"></datalist>', field, offered)
