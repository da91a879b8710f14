"""Backup and restore: database, attachments and a manifest with checksums in one directory.

Called by the commands `backup` and `restore`; what differs between the engines stands in backup_engines.  A backup is
written beside its place and renamed at the end; a restore checks every file before it touches anything.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from wangcheng.common import clock
from wangcheng.common.backup_engines import BackupError, Engine, engine
from wangcheng.common.jobs.keeping import FOLDER
from wangcheng.common.models import Area, User

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "manifest.json"
MEDIA = "media"
STAGING = ".restoring"


@dataclass(frozen=True)
class Manifest:
    """备份清单: what a backup holds; `files` maps each path below the directory to its SHA-256."""

    made_at: str
    engine: str
    migrations: list[str]
    files: dict[str, str]

    @classmethod
    def read(cls, place: Path) -> Self:
        try:
            return cls(**json.loads((place / MANIFEST).read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise BackupError(f"{place} 中没有备份清单 {MANIFEST}，不是一份完整的备份") from None
        except (ValueError, TypeError) as error:
            raise BackupError(f"备份清单 {place / MANIFEST} 无法读取：{error}") from error

    def write(self, place: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (place / MANIFEST).write_text(text + "\n", encoding="utf-8")


def backup(place: Path) -> Manifest:
    """Write a whole backup to `place`, which must be new or empty."""
    if place.exists() and any(place.iterdir()):
        raise BackupError(f"目录 {place} 不是空的，请换一个新目录")
    draft = place.with_name(place.name + ".unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        manifest = _write(draft)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    if place.exists():
        place.rmdir()
    draft.rename(place)
    return manifest


def _write(draft: Path) -> Manifest:
    """The database first: every attachment a row names then is on the disk when the files are copied."""
    here = engine()
    here.dump(draft / here.file_name)
    _copy_media(Path(settings.MEDIA_ROOT), draft / MEDIA)
    files = {str(path.relative_to(draft)): _digest(path) for path in _files(draft)}
    manifest = Manifest(clock.system_now().isoformat(timespec="seconds"), here.vendor, _applied(), files)
    manifest.write(draft)
    return manifest


def restore(place: Path, *, replace: bool = False) -> Manifest:
    """Put the backup at `place` where database and attachments are; both must be empty unless `replace`."""
    manifest = Manifest.read(place)
    here = engine()
    _check(place, manifest, here)
    if not replace:
        _refuse_used(Path(settings.MEDIA_ROOT))
    staged = _stage(place)
    try:
        here.load(place / here.file_name)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    _swap(staged)
    return manifest


def in_use() -> bool:
    """Whether anybody works in this database: it has people or a territory."""
    if User._meta.db_table not in connection.introspection.table_names():
        return False
    return User.objects.exists() or Area.objects.exists()


def _check(place: Path, manifest: Manifest, here: Engine) -> None:
    if manifest.engine != here.vendor:
        raise BackupError(f"备份来自 {manifest.engine}，当前数据库是 {here.vendor}，不能相互恢复")
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    if newer := sorted(set(manifest.migrations) - known):
        raise BackupError(f"备份由更新的程序版本生成（{newer[-1]}），请先升级程序")
    for name, digest in manifest.files.items():
        path = place / name
        if not path.is_file() or _digest(path) != digest:
            raise BackupError(f"备份已损坏：文件 {name} 缺失或与清单不符")


def _refuse_used(media: Path) -> None:
    if in_use():
        raise BackupError("数据库中已有数据；确实要用备份替换，请加 --replace")
    if media.exists() and any(path.name != STAGING for path in media.iterdir()):
        raise BackupError(f"附件目录 {media} 不是空的；确实要用备份替换，请加 --replace")


def _stage(place: Path) -> Path:
    """The attachments copied into the right file system, not yet in their place."""
    staged = Path(settings.MEDIA_ROOT) / STAGING
    shutil.rmtree(staged, ignore_errors=True)
    _copy_media(place / MEDIA, staged)
    return staged


def _swap(staged: Path) -> None:
    """MEDIA_ROOT itself may be a mounted volume, so its entries are exchanged, not the directory."""
    for old in staged.parent.iterdir():
        if old != staged:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for new in list(staged.iterdir()):
        new.rename(staged.parent / new.name)
    staged.rmdir()


def _copy_media(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(STAGING, FOLDER))
    else:
        target.mkdir(parents=True)


def _applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations)


def _files(place: Path) -> Iterator[Path]:
    return (path for path in sorted(place.rglob("*")) if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
