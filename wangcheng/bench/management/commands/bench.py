"""`manage.py bench [NAME…] [--json]`: measured in a database of its own beside the office's, which is gone afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from wangcheng.bench.run import NAMES, measure, run_of
from wangcheng.bench.scratch import scratch
from wangcheng.common.models import Organisation

SIZES = (20_000, 1_000_000)
HEADINGS = f"{'名称':<12}{'工单数':>10}  {'数据库':<12}{'本系统（秒）':>12}{'下限（秒）':>12}{'倍数':>9}{'查询数':>6}"


class Command(BaseCommand):
    help = "测量性能：另建临时数据库，填入虚构数据，逐项与同次测得的下限比较，测完删除；不触碰现有数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"测量项目，默认全部：{'、'.join(NAMES)}")
        parser.add_argument("--json", action="store_true", help="以JSON输出结果")
        parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="工单数，逗号分隔（默认20000,1000000）")
        parser.add_argument("--keep", action="store_true", help="保留临时数据库")
        parser.add_argument("--here", action="store_true", help="就在所配置的数据库中测量；该数据库必须为空")

    def handle(self, *args: Any, names: list[str], sizes: str, **options: Any) -> None:
        wanted = names or list(NAMES)
        if unknown := [name for name in wanted if name not in NAMES]:
            raise CommandError(f"没有名为“{unknown[0]}”的测量项目，可选：{'、'.join(NAMES)}。")
        counts = _counts(sizes)
        if options["here"]:
            rows = _measured_here(wanted, counts)
        else:
            rows = [row for run in run_of(wanted) for row in self._apart(run, sizes, keep=options["keep"])]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
        else:
            self._table(rows)

    def _apart(self, names: list[str], sizes: str, *, keep: bool) -> list[dict[str, Any]]:
        """The rows that a process of its own measures in a new database."""
        command = [sys.executable, "manage.py", "bench", *names, "--sizes", sizes, "--here", "--json"]
        with scratch(keep=keep) as place:
            done = subprocess.run(
                command,
                cwd=settings.BASE_DIR,
                env={**os.environ, **place},
                capture_output=True,
                text=True,
                check=False,
            )
            if keep:
                self.stderr.write(
                    f"临时数据库保留在 {place['DATABASE_URL'].rsplit('@', 1)[-1]}"
                )  # without the password
        if done.returncode:
            raise CommandError(f"测量中断：{done.stderr.strip()[-1000:]}")
        rows: list[dict[str, Any]] = json.loads(done.stdout)
        return rows

    def _table(self, rows: list[dict[str, Any]]) -> None:
        self.stdout.write(HEADINGS)
        for row in rows:
            self.stdout.write(
                f"{row['name']:<14}{row['n']:>12,}  {row['engine']:<14}{row['ours']:>14.4f}{row['floor']:>16.4f}"
                f"{row['ratio'] or 0:>12.1f}{row['queries']:>8}"
            )


def _counts(sizes: str) -> list[int]:
    parts = [part.strip() for part in sizes.split(",")]
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= 10_000_000 for part in parts):
        raise CommandError("工单数应为逗号分隔的正整数，例如20000,1000000。")
    return sorted(int(part) for part in parts)


def _measured_here(names: list[str], counts: list[int]) -> list[dict[str, Any]]:
    if Organisation._meta.db_table in connection.introspection.table_names() and Organisation.objects.exists():
        raise CommandError("数据库中已有机构和业务数据，不能在其中测量。")
    call_command("migrate", verbosity=0, interactive=False)
    return [row.plain() for row in measure(names, counts)]
