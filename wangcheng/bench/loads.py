"""Taking thousands of tickets in: the import of a sheet and the demonstration year.  Floor: parse the same and COPY it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from hotline.importing.loading import load
from wangcheng.bench.timing import Queries, Row, seconds
from wangcheng.common import clock
from wangcheng.common.models import Category
from wangcheng.demo import targets
from wangcheng.demo.load import Wanted, load_year

HEADER = ("市级编号", "标题", "主要内容", "工单类型", "信息来源", "接收时间", "地址", "联系人", "联系电话", "三级分类")
SHEET_ROWS = 20_000


def imports(n: int) -> Iterator[Row]:
    """A sheet of new tickets, as the city sends it."""
    with TemporaryDirectory() as place:
        sheet = Path(place) / "sheet.csv"
        _write_sheet(sheet, min(n, SHEET_ROWS))
        with transaction.atomic():
            floor = seconds(lambda: _copy_plain(sheet))
        counted = Queries()
        with connection.execute_wrapper(counted):
            ours = seconds(lambda: _imported(sheet, min(n, SHEET_ROWS)))
    yield Row("import", min(n, SHEET_ROWS), connection.vendor, ours, floor, counted.count)


def _imported(sheet: Path, rows: int) -> None:
    counts = load(sheet)
    if counts.created != rows:
        raise AssertionError(f"{counts.created} of {rows} rows were taken: {counts}")


def _write_sheet(sheet: Path, rows: int) -> None:
    leaves = list(Category.objects.filter(scheme="ticket", level=3).order_by("code").values_list("name", flat=True))
    now = f"{clock.now():%Y-%m-%d %H:%M:%S}"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            writer.writerow(_cells(number, leaves[number % len(leaves)], now))


def _cells(number: int, leaf: str, now: str) -> list[str]:
    return [
        f"CL{number:08}", f"{leaf}问题第{number}件", f"来电人反映{leaf}问题，请核实处理。（测量用数据，{number}）", "求助",
        "电话", now, f"测量路{number % 500}号", "测量", f"139{number:08}", leaf,
    ]  # fmt: skip


def _copy_plain(sheet: Path) -> None:
    """Every cell of the sheet into a table of text."""
    columns = [f"c{place}" for place in range(len(HEADER))]
    with sheet.open(encoding="utf-8", newline="") as file, connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bench_sheet ({', '.join(f'{name} text' for name in columns)})")
        rows = csv.reader(file)
        next(rows)
        _into(cursor, "bench_sheet", columns, rows)
        cursor.execute("DROP TABLE bench_sheet")


def _into(cursor: Any, table: str, columns: list[str], rows: Iterator[list[str]]) -> None:
    if connection.vendor == "postgresql":
        buffer = io.StringIO()
        csv.writer(buffer).writerows(rows)
        buffer.seek(0)
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv)", buffer)
    else:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})", list(rows)
        )


def demo(n: int) -> Iterator[Row]:
    """The demonstration year into an empty office; by hand its rows, once they are known."""
    counted = Queries()
    with connection.execute_wrapper(counted):
        ours = seconds(lambda: load_year(Wanted(), lambda part, done: None))
    tables = [model for model in apps.get_models(include_auto_created=True) if model._default_manager.exists()]
    floor = sum(_floor(model) for model in tables)
    yield Row("demo", targets.TICKETS, connection.vendor, ours, floor, counted.count)


def _floor(model: type[models.Model]) -> float:
    """Seconds to parse a table's rows from text and put them into an empty one like it, without keys and indexes."""
    table = model._meta.db_table
    columns = [f'"{field.column}"' for field in model._meta.local_concrete_fields]
    with transaction.atomic(), connection.cursor() as cursor:
        text = _as_text(cursor, table, columns)
        cursor.execute(f'CREATE TEMPORARY TABLE bench_rows AS SELECT {", ".join(columns)} FROM "{table}" LIMIT 0')
        taken = seconds(_parsing(cursor, text, columns))
        cursor.execute("DROP TABLE bench_rows")
    return taken


def _parsing(cursor: Any, text: str, columns: list[str]) -> Callable[[], None]:
    return lambda: _into(cursor, "bench_rows", columns, csv.reader(io.StringIO(text)))


def _as_text(cursor: Any, table: str, columns: list[str]) -> str:
    buffer = io.StringIO()
    if connection.vendor == "postgresql":
        cursor.copy_expert(f'COPY (SELECT {", ".join(columns)} FROM "{table}") TO STDOUT WITH (FORMAT csv)', buffer)
    else:
        cursor.execute(f'SELECT {", ".join(columns)} FROM "{table}"')
        csv.writer(buffer).writerows(cursor.fetchall())
    return buffer.getvalue()
