"""How each database is dumped and loaded; called by backup.py alone.

Loading is all or nothing on both: PostgreSQL drops and fills the schema in one transaction, SQLite's backup interface
replaces the pages of the file in one.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from django.db import connection


class BackupError(Exception):
    """Why a backup or a restore was not made, in one Chinese sentence without its full stop."""


class Engine(ABC):
    vendor: ClassVar[str]
    file_name: ClassVar[str]

    @abstractmethod
    def dump(self, path: Path) -> None:
        """Write the whole database, as of one moment, to `path`."""

    @abstractmethod
    def load(self, path: Path) -> None:
        """Replace the whole database by the dump at `path`."""


class Sqlite(Engine):
    vendor = "sqlite"
    file_name = "database.sqlite3"

    def dump(self, path: Path) -> None:
        connection.ensure_connection()
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        copy.close()

    def load(self, path: Path) -> None:
        source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            if source.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BackupError("备份中的数据库文件已损坏")
            connection.ensure_connection()
            source.backup(connection.connection)
        except sqlite3.DatabaseError as error:
            raise BackupError(f"备份中的数据库文件无法读取（{error}）") from error
        finally:
            source.close()
            connection.close()


class PostgreSQL(Engine):
    vendor = "postgresql"
    file_name = "database.pgdump"

    def dump(self, path: Path) -> None:
        what = ["--schema=public", "--extension=*", "--no-owner", "--no-privileges"]
        _run("pg_dump", "--format=custom", *what, f"--file={path}")

    def load(self, path: Path) -> None:
        """The dump as SQL, after a statement that drops the schema, in one transaction of psql."""
        connection.close()
        with TemporaryDirectory() as place:
            script = Path(place) / "restore.sql"
            _run("pg_restore", "--no-owner", "--no-privileges", "--no-comments", f"--file={script}", str(path))
            order = ["--command=DROP SCHEMA IF EXISTS public CASCADE", f"--file={script}"]
            _run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", *order)


def engine() -> Engine:
    return PostgreSQL() if connection.vendor == "postgresql" else Sqlite()


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [_program(program), *arguments], env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "NOTICE" not in line] or [""]
        raise BackupError(f"{program} 失败：{lines[0].strip()}")


def _program(name: str) -> str:
    """Of Debian's versions the server's own, else the newest, since pg_dump refuses a server newer than itself."""
    versions = {int(path.parts[-3]): path for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")}
    own = versions.get(_server_version()) or versions.get(max(versions, default=0))
    if found := str(own) if own else shutil.which(name):
        return found
    raise BackupError(f"没有找到 {name}，请安装 postgresql-client")


def _server_version() -> int:
    connection.ensure_connection()
    version: int = connection.pg_version // 10000  # type: ignore[attr-defined]
    connection.close()
    return version


def _environment() -> dict[str, str]:
    """Where and as whom, by libpq's variables: a password on a command line would be seen by everybody."""
    database: dict[str, Any] = connection.settings_dict
    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    return {**os.environ, **{variable: str(database[key]) for key, variable in names.items() if database[key]}}
