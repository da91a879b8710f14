"""The whole suite on every database the project claims: `python -m tests [embedded|servers] [pytest arguments]`.

First the embedded default (SQLite, tasks in the process), then PostgreSQL and Redis, which are found or brought up.
Tests that depend on no database are the same on both and run in the first (tests/conftest.py marks the others).  The
costliest find the same on either and run in one: those marked `once` in the second, which is the stricter, those marked
`embedded` in the first, whose processes they look at.
What had to be left out is said at the end, and with STRICT=1 it is a failure.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.servers import ServerMissing, servers

ENGINES = {"embedded": "内置默认（SQLite）", "servers": "PostgreSQL 与 Redis"}
NOT_ONCE, ON_SERVERS = "not once", "(database or once) and not embedded"
ALL_ONCE = "tests/test_schemathesis.py"  # reading the document costs each process a quarter of a minute
MOST_PROCESSES = 8  # the demonstration year is one process's work: more would wait for it
NOTHING_CHOSEN = 5  # pytest's exit code: here none of the tests asked for belongs to this engine's part


@dataclass(frozen=True)
class Result:
    """How a run on one engine ended: pytest's exit code and its closing line, or why there was none."""

    engine: str
    code: int
    closing: str
    ran: bool = True


def main(arguments: list[str]) -> int:
    named = bool(arguments) and arguments[0] in ENGINES
    results = [run(arguments[0], arguments[1:])] if named else list(on_both(arguments))
    code = outcome(results)
    results.sort(key=lambda result: result.code not in {0, NOTHING_CHOSEN})  # what failed stands last, where it is read
    print("\n小结 Summary")
    for result in results:
        passed = result.code == 0 or (result.code == NOTHING_CHOSEN and code != NOTHING_CHOSEN)
        print(f"{ENGINES[result.engine]}：{'通过' if passed else '未通过'}\n{result.closing}", flush=True)
    return code


def outcome(results: list[Result]) -> int:
    """The worst exit code.  That none of the tests asked for belongs to one part is no failure; to none of them, it is."""
    codes = {result.code for result in results if result.ran}
    missing = max((result.code for result in results if not result.ran), default=0)
    return max(missing, NOTHING_CHOSEN if codes == {NOTHING_CHOSEN} else max(codes - {NOTHING_CHOSEN}, default=0))


def on_both(arguments: list[str]) -> Iterator[Result]:
    yield run("embedded", arguments, part=NOT_ONCE)
    second = run("servers", arguments, part=ON_SERVERS)
    yield second
    if not second.ran:
        yield run("embedded", arguments, part="once")


def run(engine: str, arguments: list[str], part: str = "") -> Result:
    """The tests on one engine, those of a `part` (an expression of markers) only."""
    print(f"\n== {ENGINES[engine]} ==", flush=True)
    try:
        with environment(engine) as names:
            chosen = ["-m", part] if part else []
            left_out = ["--ignore", ALL_ONCE, "-p", "no:schemathesis"] if part == NOT_ONCE else []
            code, closing = pytest(names, [*chosen, *left_out, *arguments])
    except ServerMissing as missing:
        strict = os.environ.get("STRICT") == "1"
        said = f"没有运行：{missing}。" + ("" if strict else "（STRICT=1 时视为失败）")
        return Result(engine, int(strict), said, ran=False)
    return Result(engine, code, closing)


@contextmanager
def environment(engine: str) -> Iterator[dict[str, str]]:
    if engine == "embedded":
        yield {"DATABASE_URL": "", "REDIS_URL": ""}
    else:
        with servers() as names:
            yield names


def pytest(names: dict[str, str], arguments: list[str]) -> tuple[int, str]:
    """Exit code and closing line."""
    processes = os.environ.get("TEST_PROCESSES") or str(min(max(2, os.cpu_count() or 2), MOST_PROCESSES))
    command = [sys.executable, "-m", "pytest", "-n", processes, "--dist", "loadgroup", *arguments]
    environment = {**os.environ, **names}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # every process of the run would compile all of it again
    closing = ""
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            closing = line.strip() or closing
    return abs(process.returncode), closing  # negative where it was killed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
