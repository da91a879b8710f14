"""Founding and changing the offices: the centre and the district's departments from the shipped list, and by hand."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import Area, AuditEntry, Organisation, User

DEPARTMENTS = Path(__file__).parent / "data" / "departments.csv"
CENTRE_CODE = "C01"
_COLUMNS = ("code", "name", "short_name")
FIRST_DAY = date(2020, 1, 1)


class BrokenDepartmentFile(ValueError):
    """The list of departments cannot be used; one Chinese sentence."""


@transaction.atomic
def found_offices(first_day: date = FIRST_DAY, departments: Path = DEPARTMENTS) -> Organisation:
    """The centre, and below it every department of the list; the towns and villages come with the divisions."""
    rows = _listed(departments)
    district = Area.objects.filter(level=Area.Level.DISTRICT, valid_to=None).first()
    centre = Organisation.objects.filter(kind=Organisation.Kind.CENTRE, valid_to=None).first() or found(
        CENTRE_CODE, "望城区社会治理服务中心", "区社会治理中心", Organisation.Kind.CENTRE, None, district, first_day
    )
    for row in rows:
        found(row["code"], row["name"], row["short_name"], Organisation.Kind.DEPARTMENT, centre, None, first_day)
    return centre


def _listed(path: Path) -> list[dict[str, str]]:
    """The rows of a list of departments, all of them whole."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except UnicodeDecodeError as problem:
        raise BrokenDepartmentFile(f"部门名录“{path.name}”不是UTF-8编码。") from problem
    lengths = {name: getattr(Organisation._meta.get_field(name), "max_length", 0) for name in _COLUMNS}
    for number, row in enumerate(rows, start=2):
        for name, most in lengths.items():
            if not 0 < len((row.get(name) or "").strip()) <= most:
                raise BrokenDepartmentFile(f"部门名录“{path.name}”第{number}行的{name}应为1至{most}字。")
    if not rows:
        raise BrokenDepartmentFile(f"部门名录“{path.name}”没有任何部门，应有code、name、short_name三列。")
    return rows


def found(
    code: str, name: str, short_name: str, kind: str, parent: Organisation | None, area: Area | None, first_day: date
) -> Organisation:
    """The organisation with `code` in force, founded under `parent` if it is not there."""
    unit, created = Organisation.objects.get_or_create(
        code=code,
        valid_to=None,
        defaults={
            "name": name,
            "short_name": short_name,
            "kind": kind,
            "parent": parent,
            "area": area,
            "valid_from": first_day,
        },
    )
    if created:
        unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
        unit.save(update_fields=["path"])
    return unit


@transaction.atomic
def found_department(code: str, name: str, short_name: str, phone: str, *, by: User) -> Organisation:
    """新设区直部门 from today on."""
    if Organisation.objects.filter(code=code, valid_to=None).exists():
        raise ValidationError({"code": "该代码已被使用。"})
    centre = Organisation.objects.get(kind=Organisation.Kind.CENTRE, valid_to=None)
    unit = found(code, name, short_name, Organisation.Kind.DEPARTMENT, centre, None, clock.today())
    return edit(unit.pk, name, short_name, phone, by=by)


@transaction.atomic
def edit(organisation_id: int, name: str, short_name: str, phone: str, *, by: User) -> Organisation:
    """修改机构名称和电话; a town or village keeps the name of the division codes."""
    unit = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    if unit.area_id and name != unit.name and unit.kind != Organisation.Kind.CENTRE:
        raise ValidationError({"name": "街镇、村（社区）的名称随行政区划代码更新，不能在此修改。"})
    unit.name, unit.short_name, unit.phone = name, short_name, phone
    unit.save(update_fields=["name", "short_name", "phone"])
    record(AuditEntry.Kind.RIGHTS, f"设立或修改机构{short_name}。", by=by, object=f"organisation {unit.code}")
    return unit
