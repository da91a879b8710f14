"""零投诉村（社区）: counted complaints per village, who is eligible, what each is awarded; rows of ZeroComplaint out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from grid.assessing.basis import Basis
from grid.assessing.lineage import Spot, founded, spots
from grid.models import ComplaintExclusion, ManualIndicator
from wangcheng.common.figures.compute import compute, rows
from wangcheng.common.figures.registry import get
from wangcheng.common.models import Area, UrbanStatus
from wangcheng.common.people.querysets import in_force
from wangcheng.common.policy.registry import asked_once
from wangcheng.common.territory.heirs import heirs_within
from wangcheng.common.territory.querysets import branch


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the awards of a quarter depend on, by village."""

    complaints: Mapping[int, int]  # before exclusions
    excluded: Mapping[int, int]
    urban: Mapping[int, bool]
    founded: Mapping[int, str]  # newly set up, merged or split in the quarter
    disqualified: Mapping[int, str]


def judge(basis: Basis, inputs_at: datetime) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Rows for ZeroComplaint, in the order of the village codes, and the totals."""
    villages = spots(Area.Level.VILLAGE, basis.last)
    picture = _picture(basis, inputs_at, villages)
    found = [_row(village, picture, basis.rules) for village in villages]
    won = [row for row in found if row["awarded"]]
    return found, {
        "villages": len(found),
        "urban": sum(row["is_urban"] for row in won),
        "other": sum(not row["is_urban"] for row in won),
        "amount_yuan": sum(row["amount_yuan"] for row in won),
        "suspicious": suspicion(len(won), sum(row["eligible"] for row in found)),
    }


def suspicion(winners: int, eligible: int) -> str:
    """A quarter without winners, or with winners only, is shown as suspicious."""
    if not winners:
        return "本季度没有零投诉村（社区），请核对计入口径。"
    return "本季度具备资格的村（社区）全部为零投诉，请核对数据是否完整。" if winners == eligible else ""


def _picture(basis: Basis, inputs_at: datetime, villages: list[Spot]) -> Picture:
    after = heirs_within(basis.first, basis.last)
    statuses = UrbanStatus.objects.filter(in_force(basis.last)).values_list("area_id", "is_urban")
    out = ManualIndicator.objects.known_at(inputs_at).filter(
        quarter=basis.quarter, indicator=ManualIndicator.DISQUALIFY
    )
    return Picture(
        complaints=_complaints(basis, after),
        excluded=_excluded(basis, inputs_at, after),
        urban=dict(statuses),
        founded=founded(basis.first, basis.last, [village.key for village in villages], basis.rules.changes_left_out),
        disqualified=dict(out.values_list("area_id", "reason")),
    )


def _complaints(basis: Basis, after: Mapping[int, int]) -> Counter[int]:
    counted: Counter[int] = Counter()
    for value in compute([basis.rules.figure], basis.period, "village"):
        counted[after.get(value.by_id or 0, value.by_id or 0)] += int(value.numerator)
    return counted


def _excluded(basis: Basis, inputs_at: datetime, after: Mapping[int, int]) -> Counter[int]:
    """How many of the counted tickets were approved as not counting; one that is not counted anyway is not taken off."""
    approved = ComplaintExclusion.objects.filter(
        quarter=basis.quarter, state=ComplaintExclusion.State.APPROVED, decided_at__lte=inputs_at
    )
    numbers = list(approved.values_list("ticket", flat=True))
    figure = get(basis.rules.figure)
    if not numbers or figure.source.link is None:
        return Counter()
    village, number = figure.source.dimensions["village"].path, figure.source.link[1]
    tickets = rows(figure, basis.period).filter(**{f"{number}__in": numbers}).order_by()
    excluded: Counter[int] = Counter()
    for key, count in tickets.values_list(village).annotate(Count("pk")):
        excluded[after.get(key, key)] += count
    return excluded


@asked_once()
def counts(ticket: str, village: Area, basis: Basis) -> bool | None:
    """Whether a ticket of the village counts against it; None where the village received no such ticket in the quarter."""
    figure = get(basis.rules.figure)
    if figure.source.link is None:
        return None
    where, number = figure.source.dimensions["village"].path, figure.source.link[1]
    own = Area.objects.filter(branch(village), level=Area.Level.VILLAGE)
    held = figure.source.rows(basis.period).filter(**{number: ticket, f"{where}__in": own}).order_by()
    found = held.aggregate(received=Count("pk"), counted=Count("pk", filter=figure.numerator(basis.period)))
    return bool(found["counted"]) if found["received"] else None


def _row(village: Spot, picture: Picture, rules: Any) -> dict[str, Any]:
    urban = picture.urban.get(village.key)
    counted = picture.complaints.get(village.key, 0) - picture.excluded.get(village.key, 0)
    hindrance = _hindrance(village, picture)
    awarded = not hindrance and counted == 0
    return {
        "area_id": village.key,
        "town_id": village.town,
        "is_urban": bool(urban),
        "counted": counted,
        "excluded": picture.excluded.get(village.key, 0),
        "eligible": not hindrance,
        "awarded": awarded,
        "reason": hindrance[:200],
        "amount_yuan": (rules.urban_yuan if urban else rules.other_yuan) if awarded else 0,
    }


def _hindrance(village: Spot, picture: Picture) -> str:
    """Why the village cannot be awarded, whatever was counted."""
    if village.key in picture.disqualified:
        return f"取消资格：{picture.disqualified[village.key] or '未注明'}"
    if village.key in picture.founded:
        return f"本季度内{picture.founded[village.key]}，不参评"
    return "" if village.key in picture.urban else "未认定是否城市社区，不参评"
