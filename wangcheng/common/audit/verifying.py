"""Proving that nobody has touched the record of a case: its events against each other, and its row against them.

Called by the command verify_audit.  Rows are read in blocks of cases, so that a year of half a million events takes seconds
and little memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime

from wangcheng.common.casework.models import Event, replay
from wangcheng.common.workflow import digest, plain

BLOCK = 2000  # cases at a time
_EVENT = (
    "case_id", "seq", "step", "before", "after", "at", "actor_id", "actor_name", "organisation_id", "note", "data", "digest",
)  # fmt: skip


def case_model(events: type[Event]) -> type[models.Model]:
    """The kind of case that these events belong to."""
    model: type[models.Model] = events._meta.get_field("case").related_model
    return model


def faults_of(events: type[Event]) -> Iterator[str]:
    """What does not agree in the cases of one kind, each as a Chinese sentence."""
    cases = case_model(events)
    keys = cases._default_manager.aggregate(first=models.Min("pk"), last=models.Max("pk"))
    for start in range(keys["first"] or 0, (keys["last"] or -1) + 1, BLOCK):
        chains = _chains(events, start)
        for row in cases._default_manager.filter(pk__range=(start, start + BLOCK - 1)).values().iterator():
            yield from faults_of_case(cases, row, chains.pop(row["id"], []))
        for key in chains:
            yield f"{cases._meta.verbose_name}（内部编号{key}）已不存在，但仍有流转记录。"


def _chains(events: type[Event], start: int) -> dict[int, list[dict[str, Any]]]:
    chains: dict[int, list[dict[str, Any]]] = defaultdict(list)
    found: models.QuerySet[Any] = events._default_manager.all()
    rows = found.filter(case_id__gte=start, case_id__lt=start + BLOCK).order_by("case_id", "seq")
    for event in rows.values(*_EVENT).iterator(chunk_size=5000):
        chains[event["case_id"]].append(event)
    return chains


def faults_of_case(cases: type[models.Model], row: Mapping[str, Any], chain: list[dict[str, Any]]) -> Iterator[str]:
    """The faults of one case: gaps, altered events, a row that is not what its events left behind."""
    name = f"{cases._meta.verbose_name}{row['number']}"
    if [event["seq"] for event in chain] != list(range(1, row["version"] + 1)):
        yield f"{name}的流转记录不连续，应有{row['version']}条，现有{len(chain)}条。"
        return
    previous = ""
    for event in chain:
        if digest(row["number"], previous, event) != event["digest"]:
            yield f"{name}的第{event['seq']}条流转记录被改动。"
            return
        previous = event["digest"]
    if previous != row["digest"]:
        yield f"{name}的最后一条流转记录与事项不符。"
    for column, value in replay(chain).items():
        if not _same(row[column], value):
            yield f"{name}的“{_label(cases, column)}”与流转记录不符，曾被绕过流程修改。"


def _same(stored: Any, recorded: Any) -> bool:
    """Whether a column holds what the events say, whatever form JSON gave it."""
    if isinstance(stored, Decimal):
        return recorded is not None and stored == Decimal(recorded)
    if isinstance(stored, datetime):
        return recorded is not None and stored == parse_datetime(recorded)
    return bool(plain(stored) == recorded)


def _label(cases: type[models.Model], column: str) -> str:
    field = next(field for field in cases._meta.concrete_fields if field.attname == column)
    return str(field.verbose_name)
