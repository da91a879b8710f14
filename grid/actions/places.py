"""Changing the place dictionary: one action for a new place and for a changed one.  Called by pages."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from grid.models import Place, PlaceAlias
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry
from wangcheng.common.seen import digest_of
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import Area, User

RIGHT = "grid.manage_place"


def seen_of(place: Place) -> str:
    """What a form of the place was drawn from."""
    names = ("name", "kind", "area_id", "address", "longitude", "latitude", "source")
    aliases = place.aliases.order_by("name").values_list("name", flat=True)
    return digest_of([*(getattr(place, name) for name in names), *aliases])


@transaction.atomic
def keep_place(
    place: Place | None,
    *,
    name: str,
    kind: str,
    area: Area,
    aliases: Iterable[str],
    by: User,
    address: str = "",
    longitude: Decimal | None = None,
    latitude: Decimal | None = None,
    source: str = "",
    seen: str = "",
) -> Place:
    """录入或修改地名, with all its other names.  `seen`: seen_of the place as the person saw it."""
    _require(by)
    row = Place.objects.select_for_update().get(pk=place.pk) if place else Place()
    if place and seen and seen != seen_of(row):
        raise NotAllowed("该地名已被其他人员修改，请刷新后重试。", Code.VERSION)
    row.name, row.kind, row.area, row.address = name, kind, area, address
    row.longitude, row.latitude, row.source, row.changed_at = longitude, latitude, source, clock.system_now()
    with refused_twice(f"“{area}”已有地名“{name}”。", Code.RULE, "name"):
        row.save()
    wanted = {alias.strip() for alias in aliases} - {"", name}
    row.aliases.exclude(name__in=wanted).delete()
    PlaceAlias.objects.bulk_create(
        [PlaceAlias(place=row, name=alias) for alias in sorted(wanted)], ignore_conflicts=True
    )
    record(AuditEntry.Kind.DATA, f"{'修改' if place else '录入'}地名“{name}”。", by=by, object=f"place {row.pk}")
    return row


@transaction.atomic
def delete_place(place_id: int, *, by: User) -> None:
    """删除地名: cases keep the area they were given."""
    _require(by)
    place = Place.objects.select_for_update().get(pk=place_id)
    record(AuditEntry.Kind.DATA, f"删除地名“{place.name}”。", by=by, object=f"place {place.pk}")
    place.delete()


def _require(by: User) -> None:
    if not by.has_perm(RIGHT):
        raise NotAllowed("您的岗位没有维护地名词典的权限。", Code.RIGHT)
