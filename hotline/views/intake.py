"""新建工单: the form of the dispatcher at the telephone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from hotline import actions
from hotline.intake_form import IntakeForm
from hotline.models import choices
from hotline.widgets import PlaceSelect, villages
from wangcheng.common import clock
from wangcheng.common.models import Category
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page

_LEFT_OUT = ("longitude", "latitude", "resolved", "satisfaction", "city_due_at")


class IntakePage(IntakeForm):
    """The intake form with lists to choose from; codes as REST sends them lie behind."""

    marks = forms.MultipleChoiceField(
        label="标记", choices=choices.Mark.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    received_at = forms.DateTimeField(
        label="接收时间", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    field_order = (
        "title", "content", "type", "source", "received_at", "urgency", "category", "village", "place", "caller_name",
        "caller_phone", "anonymous", "confidential", "marks", "city_number",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _LEFT_OUT:
            del self.fields[name]
        unsure = ("", "不明确，由派单员核定")
        self.fields["village"].label = "村（社区）"
        self.fields["village"].widget = PlaceSelect(choices=[unsure, *villages()])
        self.fields["category"].widget = forms.Select(choices=[unsure, *_categories()])
        self.fields["type"].choices = [("", "请选择"), *self.fields["type"].choices]  # type: ignore[attr-defined]
        self.fields["urgency"].choices = [("", "按分类"), *self.fields["urgency"].choices]  # type: ignore[attr-defined]


def _categories() -> list[tuple[str, list[tuple[str, str]]]]:
    """Leaves in force, under their first level."""
    rows = Category.objects.in_force(clock.today()).filter(scheme=Category.Scheme.TICKET, level=3)
    groups: dict[str, list[tuple[str, str]]] = {}
    for leaf in rows.select_related("top").order_by("code"):
        groups.setdefault(str(leaf.top), []).append((leaf.code, leaf.name))
    return list(groups.items())


@needs("hotline.receive_ticket")
def ticket_new(request: HttpRequest) -> HttpResponse:
    """受理: opens the new ticket, where it can be dispatched at once."""
    form = IntakePage(request.POST or None, initial={"received_at": clock.now(), "source": "district"})

    def do(said: dict[str, Any]) -> str:
        ticket, _ = actions.take_in(form.intake(), by=signed_in(request))
        return reverse("ticket_detail", args=[ticket.number])

    return form_page(
        request, form, do, title="新建工单", submit="受理", done="已受理。", back=reverse("ticket_list"),
        template="hotline/ticket_new.html",
    )  # fmt: skip
