"""Real servers for a test run: a throw-away PostgreSQL cluster and a Redis, each on a free port of this machine.

Called by tests/__main__.py.  Servers that are there already are named by TEST_DATABASE_URL and TEST_REDIS_URL.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root
QUICK = " ".join(  # nothing has to outlive the run, and most statements are too small to be worth compiling
    f"-c {setting}"
    for setting in (
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "autovacuum=off",
        "jit=off",
        "shared_buffers=256MB",
    )
)


class ServerMissing(Exception):
    """A server can neither be found nor be brought up here; the message says which and why."""


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """The environment of a test run on PostgreSQL and Redis; both are gone when the block ends."""
    with ExitStack() as stack:
        database = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(postgresql())
        redis = os.environ.get("TEST_REDIS_URL") or stack.enter_context(redis_server())
        yield {"DATABASE_URL": database, "REDIS_URL": redis}


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a new cluster without a password, kept in a directory of its own and forgotten afterwards."""
    programs, user = postgresql_programs(), unprivileged_user()
    home = Path(tempfile.mkdtemp(prefix="wangcheng-pg-"))
    if user:
        shutil.chown(home, user)
    port, data = free_port(), str(home / "data")
    control = [str(programs / "pg_ctl"), "-D", data, "-w", "-s"]
    run_as(
        user,
        [
            str(programs / "initdb"),
            "-D",
            data,
            "-U",
            "wangcheng",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
    )
    try:
        where = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -p {port}"
        run_as(user, [*control, "-l", str(home / "log"), "-o", f"{QUICK} {where}", "start"])
        yield f"postgresql://wangcheng@127.0.0.1:{port}/postgres"
    finally:
        run_as(user, [*control, "-m", "immediate", "stop"], check=False)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a Redis that keeps nothing on disk."""
    program = shutil.which("redis-server")
    if program is None:
        raise ServerMissing("没有找到 redis-server（Debian 软件包 redis-server），也没有设置 TEST_REDIS_URL")
    port = free_port()
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--databases",
        "64",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
    try:
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


def postgresql_programs() -> Path:
    """The directory of initdb and pg_ctl; Debian keeps them out of PATH, the newest version last."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    places = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    if newest := max(places, key=lambda place: int(place.parts[-3]), default=None):
        return newest.parent
    raise ServerMissing("没有找到 PostgreSQL 的 initdb（Debian 软件包 postgresql），也没有设置 TEST_DATABASE_URL")


def unprivileged_user() -> str | None:
    """Whom the cluster runs as: ourselves, or when we are root an account that can do no harm."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return name
    raise ServerMissing("PostgreSQL 不能以 root 身份运行，而系统中没有 postgres 或 nobody 账户")


def run_as(user: str | None, command: list[str], *, check: bool = True) -> None:
    done = subprocess.run(command, user=user, capture_output=True, text=True, cwd="/", env=_environment(user))
    if check and done.returncode:
        raise ServerMissing(f"{command[0]} 失败：{done.stderr.strip() or done.stdout.strip()}")


def _environment(user: str | None) -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8", **({"HOME": "/", "USER": user} if user else {})}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for_port(port: int, seconds: float = 10) -> None:
    for _ in range(int(seconds / 0.05)):
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ServerMissing(f"端口 {port} 上的服务 {seconds} 秒内没有启动")
