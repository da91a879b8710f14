"""Reading a workbook in a process of its own: a workbook made to burst memory takes that process with it, not the worker.

`rows` is for sheets.reading.  The process runs this file as a script, so it imports nothing of the program.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEMORY_MOST = 2 << 30  # bytes: a sheet of a million cells takes a tenth of it
BROKEN, AT_ONCE = 3, 200  # exit code; rows in a message


class Broken(ValueError):
    """Not a workbook that can be read."""


class TooBig(ValueError):
    """A workbook that needs more memory than any real one."""


def rows(path: Path) -> Iterator[list[Any]]:
    """The rows of the first sheet.  Broken or TooBig."""
    child = subprocess.Popen(
        [sys.executable, "-P", __file__, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield from _received(child)
    finally:
        child.kill()
        child.communicate()


def _received(child: subprocess.Popen[bytes]) -> Iterator[list[Any]]:
    assert child.stdout is not None
    while True:
        try:
            yield from pickle.load(child.stdout)
        except (EOFError, pickle.UnpicklingError):
            break
    if code := child.wait():
        raise Broken if code == BROKEN else TooBig


def _send(name: str) -> int:
    """What the process does: the rows to its output."""
    from python_calamine import CalamineError, CalamineWorkbook

    _limit_memory()
    try:
        sheet = iter(CalamineWorkbook.from_path(name).get_sheet_by_index(0).iter_rows())
    except (CalamineError, OSError, ValueError):
        return BROKEN
    while some := list(islice(sheet, AT_ONCE)):
        pickle.dump(some, sys.stdout.buffer)
    return 0


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on every system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))


if __name__ == "__main__":
    sys.exit(_send(sys.argv[1]))
