"""Changing the category tree.  Loading a list is idempotent: what is there is updated, what is missing is added."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from django.db import transaction

from wangcheng.common.models import Category, Organisation

SHIPPED = Path(__file__).parent / "data" / "categories.csv"
FIRST_DAY = date(2020, 1, 1)


@transaction.atomic
def load_categories(path: Path = SHIPPED, valid_from: date = FIRST_DAY) -> int:
    """诉求分类导入: csv with scheme, code, name, unit (organisation code), urgency, village_duty.  Returns how many rows."""
    units = dict(Organisation.objects.filter(valid_to=None).values_list("code", "pk"))
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: (row["scheme"], _level(row["code"]), row["code"]))
    for row in rows:
        _put(row, units, valid_from)
    return len(rows)


def _level(code: str) -> int:
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def _put(row: dict[str, str], units: dict[str, int], valid_from: date) -> None:
    code, level = row["code"], _level(row["code"])
    known = Category.objects.filter(scheme=row["scheme"], valid_to=None)
    parent = known.filter(code=code[: 2 * level - 2].ljust(6, "0")).first() if level > 1 else None
    values = {
        "name": row["name"],
        "level": level,
        "parent": parent,
        "unit_id": units[row["unit"]] if row["unit"] else None,
        "urgency": row["urgency"],
        "village_duty": bool(row["village_duty"]),
    }
    category, _ = Category.objects.update_or_create(
        scheme=row["scheme"],
        code=code,
        valid_to=None,
        defaults=values,
        create_defaults={**values, "valid_from": valid_from},
    )
    Category.objects.filter(pk=category.pk).update(top=parent.top_id if parent else category.pk)
