"""`manage.py resolve_place --input FILE [--json]`: csv id, title, content → town, village, grid, unit, confidence, reason."""

from __future__ import annotations

import csv
import io
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from grid.places import Resolved, gazetteer, with_areas
from wangcheng.common import clock
from wangcheng.common.models import Area, Organisation

COLUMNS = ("id", "town", "village", "grid", "unit", "confidence", "reason", "candidates")


class Command(BaseCommand):
    help = "识别文本中的地点：读入csv（id,title,content），给出街镇、村（社区）、网格、承办单位、置信度和理由。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--input", required=True, metavar="FILE", help="csv文件，列：id,title,content")
        parser.add_argument("--date", type=date.fromisoformat, help="按哪一天的辖区识别，默认今天")
        parser.add_argument("--json", action="store_true", help="只输出JSON")

    def handle(self, *args: Any, input: str, json: bool, **options: Any) -> None:
        day = options["date"] or clock.today()
        results = list(_resolve(_rows(Path(input)), day))
        if json:
            self.stdout.write(orjson.dumps(results).decode())
            return
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({**result, "candidates": _words(result["candidates"])} for result in results)
        self.stdout.write(out.getvalue(), ending="")


def _words(candidates: list[dict[str, Any]]) -> str:
    """Each candidate by its smallest place, with its confidence: "斑马湖社区 0.92；…"."""
    names = ((one["grid"] or one["village"] or one["town"], one["confidence"]) for one in candidates)
    return "；".join(f"{name} {confidence:.2f}" for name, confidence in names)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"id", "title", "content"} <= set(reader.fieldnames or ()):
                raise CommandError(f"文件“{path.name}”应有id、title、content三列。")
            yield from reader
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(
            f"文件“{path}”无法读取：{getattr(problem, 'strerror', None) or '不是UTF-8编码'}。"
        ) from problem


def _units(day: date) -> dict[int, str]:
    """Key of a town → the organisation that handles what happens there."""
    units = Organisation.objects.in_force(day).filter(kind=Organisation.Kind.TOWN, area__isnull=False)
    return {key: name for key, name in units.values_list("area_id", "short_name") if key is not None}


def _resolve(rows: Iterable[dict[str, str]], day: date) -> Iterator[dict[str, Any]]:
    names, units = gazetteer(day), _units(day)
    areas = Area.objects.in_force(day).filter(level__lte=Area.Level.ESTATE).in_bulk()
    for row in rows:
        found = with_areas(names.resolve(f"{row['title'] or ''}\n{row['content'] or ''}"), areas)
        shown = [_shown(one, units) for one in found]
        best = shown[0] if shown else _shown(None, units)
        yield {"id": row["id"], **best, "candidates": shown}


def _shown(one: Resolved | None, units: dict[int, str]) -> dict[str, Any]:
    if one is None:
        nothing: dict[str, Any] = dict.fromkeys(("town", "village", "grid", "unit"), "")
        return nothing | {"confidence": 0.0, "reason": "文中没有已知的地名"}
    return {
        "town": one.town.name,
        "village": one.village.name if one.village else "",
        "grid": one.grid.name if one.grid else "",
        "unit": units.get(one.town.pk, ""),
        "confidence": one.confidence,
        "reason": one.reason,
    }
