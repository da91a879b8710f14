"""Controls of the ticket forms that load what depends on the choice: the grids of a village, the answer of a knowledge.

htmx GETs the partial (views/choosing.py); without scripts the page holds what was known when it was drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wangcheng.common import clock
from wangcheng.common.models import Area

if TYPE_CHECKING:
    from collections.abc import Mapping

Choices = list[tuple[str, Any]]


def villages() -> Choices:
    """Every village in force, under its town."""
    rows = Area.objects.in_force(clock.today()).filter(level=Area.Level.VILLAGE).select_related("parent")
    groups: dict[str, list[tuple[str, str]]] = {}
    for area in rows.order_by("code"):
        groups.setdefault(str(area.parent or ""), []).append((area.code, str(area)))
    return list(groups.items())


def grids(village: str) -> Choices:
    """The level-3 grids of a village, each with the village it belongs to: chosen for another one it does not count."""
    rows = Area.objects.in_force(clock.today()).filter(level=Area.Level.ESTATE, parent__code=village) if village else ()
    return [("", "不明确" if rows else "先选村（社区）"), *((f"{village}:{area.code}", str(area)) for area in rows)]


class PlaceSelect(forms.Select):
    """A village and, beside it, one of its level-3 grids; the value is the code of the smaller one that was chosen."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        village, grid = _split(str(value or ""))
        below = f"id_{name}_grid"
        loads = {"hx-get": reverse("grid_options"), "hx-target": f"#{below}", "hx-trigger": "change"}
        first = super().render(name, village, {**(attrs or {}), **loads}, renderer)
        kind = {"id": below, "class": (attrs or {}).get("class", ""), "aria-label": "三级网格"}
        second = forms.Select(kind, choices=grids(village)).render(f"{name}_grid", grid)
        return format_html(
            '{}<div class="beside"><label class="help" for="{}">三级网格</label>{}</div>', first, below, second
        )

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        village, _, grid = str(data.get(f"{name}_grid") or "").partition(":")
        return grid if grid and village == chosen else chosen


def _split(code: str) -> tuple[str, str]:
    """Village and grid of the code of either."""
    rows = (
        Area.objects.in_force(clock.today()).filter(code=code, level=Area.Level.ESTATE) if code else Area.objects.none()
    )
    village = rows.values_list("parent__code", flat=True).first()
    return (village, f"{village}:{code}") if village else (code, "")


class KnowledgeSelect(forms.Select):
    """A piece of knowledge; its answer is shown below and filled into `fills`, another field of the form."""

    def __init__(self, fills: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fills = fills

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        preview = f"id_{name}_preview"
        loads = {"hx-get": reverse("knowledge_answer"), "hx-target": f"#{preview}", "hx-trigger": "change"}
        select = super().render(name, value, {**(attrs or {}), **loads}, renderer)
        return format_html('{}<div id="{}" data-fills="#id_{}" aria-live="polite"></div>', select, preview, self.fills)
