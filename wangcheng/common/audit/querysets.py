"""How the audit is searched: the same way by the page and by the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q

from wangcheng.common import clock
from wangcheng.common.models import AuditEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet


_KNOWN_DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 1, 1))]


class AuditSearch(forms.Form):
    """What the audit is searched by."""

    kind = forms.ChoiceField(label="类别", choices=[("", "全部"), *AuditEntry.Kind.choices], required=False)
    actor = forms.CharField(label="人员", required=False, max_length=40)
    object = forms.CharField(label="对象", required=False, max_length=120)
    search = forms.CharField(label="摘要", required=False, max_length=60)
    since = forms.DateField(label="自", required=False, validators=_KNOWN_DAYS)
    until = forms.DateField(label="至", required=False, validators=_KNOWN_DAYS)


def search_entries(wanted: Mapping[str, str]) -> QuerySet[AuditEntry]:
    """The entries that fit; ValidationError by field for what cannot be read."""
    form = AuditSearch(wanted)
    if not form.is_valid():
        raise ValidationError({name: list(texts) for name, texts in form.errors.items()})
    found = form.cleaned_data
    test = Q()
    if found["kind"]:
        test &= Q(kind=found["kind"])
    if found["actor"]:
        test &= Q(actor_name=found["actor"]) | Q(actor__username=found["actor"])
    if found["object"]:
        test &= Q(object__contains=found["object"])
    if found["search"]:
        test &= Q(summary__contains=found["search"])
    return AuditEntry.objects.filter(test & _between(found["since"], found["until"])).order_by("-pk")


def _between(since: date | None, until: date | None) -> Q:
    test = Q(at__gte=clock.at(since)) if since else Q()
    return test & Q(at__lt=clock.at(until + timedelta(days=1))) if until else test
