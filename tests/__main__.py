"""The whole suite on every database the project claims: `python -m tests [embedded|servers] [pytest arguments]`.

First the embedded default (SQLite, tasks in the process), then PostgreSQL and Redis, which are found or brought up.
Tests that depend on no database (tests/conftest.py marks the others) are the same on both and run once, in the first.
What had to be left out is said at the end, and with STRICT=1 it is a failure.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import ServerMissing, servers

ENGINES = {"embedded": "内置默认（SQLite）", "servers": "PostgreSQL 与 Redis"}
ONLY_DATABASE = ["-m", "database"]  # of the second engine
NOTHING_CHOSEN = 5  # pytest's exit code: here the tests asked for touch no database


def main(arguments: list[str]) -> int:
    chosen = [arguments.pop(0)] if arguments and arguments[0] in ENGINES else list(ENGINES)
    results = [run(engine, [*ONLY_DATABASE[: 2 * place], *arguments]) for place, engine in enumerate(chosen)]
    results.sort(key=lambda result: result[0] != 0)  # what failed stands last, where it is read
    print("\n小结 Summary")
    for code, engine, closing in results:
        print(f"{ENGINES[engine]}：{'通过' if code == 0 else '未通过'}\n{closing}", flush=True)
    return max(code for code, _, _ in results)


def run(engine: str, arguments: list[str]) -> tuple[int, str, str]:
    """Exit code, engine and pytest's closing line."""
    print(f"\n== {ENGINES[engine]} ==", flush=True)
    try:
        with environment(engine) as names:
            return pytest(engine, names, arguments)
    except ServerMissing as missing:
        strict = os.environ.get("STRICT") == "1"
        return int(strict), engine, f"没有运行：{missing}。" + ("" if strict else "（STRICT=1 时视为失败）")


@contextmanager
def environment(engine: str) -> Iterator[dict[str, str]]:
    if engine == "embedded":
        yield {"DATABASE_URL": "", "REDIS_URL": ""}
    else:
        with servers() as names:
            yield names


def pytest(engine: str, names: dict[str, str], arguments: list[str]) -> tuple[int, str, str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        os.environ.get("TEST_PROCESSES", "2"),
        "--dist",
        "loadgroup",
        *arguments,
    ]
    closing = ""
    with subprocess.Popen(command, env={**os.environ, **names}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            closing = line.strip() or closing
    nothing_left = process.returncode == NOTHING_CHOSEN and arguments[:2] == ONLY_DATABASE
    return 0 if nothing_left else process.returncode, engine, closing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
