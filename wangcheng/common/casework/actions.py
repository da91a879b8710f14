"""The first directory of categories, from the shipped list or the office's own.  Later changes: casework.directory."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from django.db import transaction

from wangcheng.common.casework.directory import MOST_DAYS, Entry, level_of, put
from wangcheng.common.casework.models import Case
from wangcheng.common.models import Category, Organisation

SHIPPED = Path(__file__).parent / "data" / "categories.csv"
FIRST_DAY = date(2020, 1, 1)
_COLUMNS = ("scheme", "code", "name", "unit", "urgency", "village_duty")  # handling_days may be missing


class BrokenCategoryFile(ValueError):
    """The list of categories cannot be used; one Chinese sentence."""


@transaction.atomic
def load_categories(path: Path = SHIPPED, valid_from: date = FIRST_DAY) -> int:
    """诉求分类: csv with scheme, code, name, unit (organisation code), urgency, village_duty, if need be handling_days.

    Returns how many rows.
    For an office that has none: BrokenCategoryFile where some are there, which are changed by directory alone.
    """
    if Category.objects.exists():
        raise BrokenCategoryFile("已有诉求分类，请在“诉求分类”中修改或导入新的版本。")
    units = dict(Organisation.objects.filter(valid_to=None).values_list("code", "pk"))
    entries = [_entry(row, units) for row in _listed(path, units)]
    for entry in sorted(entries, key=lambda entry: (entry.scheme, entry.level, entry.code)):
        put(entry, None, valid_from)
    return len(entries)


def _entry(row: dict[str, str], units: dict[str, int]) -> Entry:
    unit = units[row["unit"]] if row["unit"] else None
    days = int(row["handling_days"]) if row.get("handling_days") else None
    return Entry(row["scheme"], row["code"], row["name"], unit, row["urgency"], days, bool(row["village_duty"]))


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
    if len(codes) < len(rows):
        raise BrokenCategoryFile(f"分类表“{path.name}”中有重复的代码。")
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
    if (days := row.get("handling_days")) and not (re.fullmatch(r"[0-9]{1,2}", days) and 1 <= int(days) <= MOST_DAYS):
        return f"handling_days应为1至{MOST_DAYS}的整数，不能是“{days}”。"
    if row["unit"] and row["unit"] not in units:
        return f"没有代码为“{row['unit']}”的单位。"
    level = level_of(code)
    above = code[: 2 * level - 2].ljust(6, "0")
    return "" if level == 1 or (scheme, above) in codes else f"没有上级分类“{above}”。"
