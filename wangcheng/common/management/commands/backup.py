"""`manage.py backup DIR`: database, attachments and manifest into a new directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from wangcheng.common.backup import BackupError, backup

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "把数据库和附件备份到一个新目录，附带校验清单。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="新目录或空目录")

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        try:
            manifest = backup(directory.resolve())
        except (BackupError, OSError) as error:
            raise CommandError(f"没有备份：{error}。") from error
        self.stdout.write(f"已备份到 {directory}：{len(manifest.files)} 个文件，时间 {manifest.made_at}。")
