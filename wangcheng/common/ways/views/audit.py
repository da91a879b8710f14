"""The audit log as the auditor searches it.  Read only."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wangcheng.common.audit import things
from wangcheng.common.models import AuditEntry, AuditSeal
from wangcheng.common.ways.access import needs
from wangcheng.common.ways.details import Term
from wangcheng.common.ways.lists import Column, DateSpan, Kind, ListPage


class AuditFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="类别", choices=AuditEntry.Kind.choices)
    at = DateSpan(label="日期")
    actor_name = django_filters.CharFilter(label="姓名")
    object = django_filters.CharFilter(label="对象", method="by_object")
    address = django_filters.CharFilter(label="地址")

    class Meta:
        model = AuditEntry
        fields = ()

    def by_object(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return rows.filter(_about(value))


def find(rows: QuerySet[AuditEntry], text: str) -> QuerySet[AuditEntry]:
    return rows.filter(Q(summary__icontains=text) | _about(text) | Q(actor_name=text))


def _about(text: str) -> Q:
    """By the object, as it was written down or as it is read."""
    return Q(object__icontains=text) | Q(object__icontains=things.written(text))


ENTRIES = ListPage(
    "audit",
    "审计日志",
    columns=(
        Column("at", "时间", Kind.MOMENT),
        Column("kind", "类别", value=lambda entry: entry.get_kind_display()),
        Column("actor_name", "人员"),
        Column("organisation", "单位"),
        Column("summary", "摘要", Kind.LONG, link=True),
        Column("object", "对象", value=lambda entry: things.words(entry.object)),
        Column("address", "地址", Kind.CODE),
    ),
    row_url=lambda entry: reverse("audit_detail", args=[entry.pk]),
    filters=AuditFilter,
    search=find,
    search_hint="摘要、对象、姓名",
    empty="没有符合条件的审计记录，可放宽日期范围后重试。",
    note="审计记录只能追加，每分钟封存一次并逐级相连；保存不少于6个月。",
)


@needs("common.view_audit")
def audit_list(request: HttpRequest) -> HttpResponseBase:
    """审计日志."""
    return ENTRIES.respond(request, AuditEntry.objects.all())


@needs("common.view_audit")
@require_GET
def audit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry with its details and the seal over it."""
    entry = get_object_or_404(AuditEntry, pk=pk)
    seal = AuditSeal.objects.filter(first__lte=pk, last__gte=pk).first()
    terms = [
        Term("时间", entry.at),
        Term("类别", entry.get_kind_display()),
        Term("人员", entry.actor_name),
        Term("单位", entry.organisation),
        Term("地址", entry.address),
        Term("对象", things.words(entry.object)),
        Term("封存", f"第{seal.pk}次封存，{seal.count}条" if seal else "尚未封存"),
        Term("摘要", entry.summary, wide=True),
        *(Term(name, value, wide=True) for name, value in entry.data.items()),
    ]
    return render(request, "common/audit_entry.html", {"entry": entry, "terms": terms})
