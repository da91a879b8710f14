"""Changing the category tree.  Loading a list is idempotent: what is there is updated, what is missing is added."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from django.db import transaction

from wangcheng.common.casework.models import Case
from wangcheng.common.models import Category, Organisation

SHIPPED = Path(__file__).parent / "data" / "categories.csv"
FIRST_DAY = date(2020, 1, 1)
_COLUMNS = ("scheme", "code", "name", "unit", "urgency", "village_duty")


class BrokenCategoryFile(ValueError):
    """The list of categories cannot be used; one Chinese sentence."""


@transaction.atomic
def load_categories(path: Path = SHIPPED, valid_from: date = FIRST_DAY) -> int:
    """诉求分类导入: csv with scheme, code, name, unit (organisation code), urgency, village_duty.  Returns how many rows."""
    units = dict(Organisation.objects.filter(valid_to=None).values_list("code", "pk"))
    rows = sorted(_listed(path, units), key=lambda row: (row["scheme"], _level(row["code"]), row["code"]))
    for row in rows:
        _put(row, units, valid_from)
    return len(rows)


def _listed(path: Path, units: Collection[str]) -> list[dict[str, str]]:
    """The rows of the list, every one of them usable."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            rows = list(reader)
    except UnicodeDecodeError as problem:
        raise BrokenCategoryFile(f"分类表“{path.name}”不是UTF-8编码。") from problem
    if missing := [name for name in _COLUMNS if name not in (reader.fieldnames or ())]:
        raise BrokenCategoryFile(f"分类表“{path.name}”缺少这些列：{'、'.join(missing)}。")
    codes = {(row["scheme"], row["code"]) for row in rows}
    for number, row in enumerate(rows, start=2):
        if problem_found := _problem(row, units, codes):
            raise BrokenCategoryFile(f"分类表“{path.name}”第{number}行：{problem_found}")
    return rows


def _problem(row: dict[str, str], units: Collection[str], codes: Collection[tuple[str, str]]) -> str:
    scheme, code = row["scheme"], row["code"] or ""
    if scheme not in Category.Scheme:
        return f"scheme应为{'、'.join(Category.Scheme)}，不能是“{scheme}”。"
    if not re.fullmatch(r"[0-9]{6}", code) or not row["name"]:
        return "code应为6位数字，name不能为空。"
    if row["urgency"] not in Case.Urgency:
        return f"urgency应为{'、'.join(Case.Urgency)}，不能是“{row['urgency']}”。"
    if row["unit"] and row["unit"] not in units:
        return f"没有代码为“{row['unit']}”的单位。"
    above = code[: 2 * _level(code) - 2].ljust(6, "0")
    return "" if _level(code) == 1 or (scheme, above) in codes else f"没有上级分类“{above}”。"


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
