"""How the runs on both engines come to one exit code (tests/__main__.py): what was not run must not look like success."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.__main__ import NOTHING_CHOSEN, Result, outcome, run

MISSING = Result("servers", 0, "", ran=False)
REQUIRED = Result("servers", 1, "", ran=False)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([0, 0], 0),
        ([0, NOTHING_CHOSEN], 0),
        ([NOTHING_CHOSEN, 0], 0),
        ([NOTHING_CHOSEN, NOTHING_CHOSEN], NOTHING_CHOSEN),
        ([NOTHING_CHOSEN], NOTHING_CHOSEN),
        ([NOTHING_CHOSEN, MISSING, NOTHING_CHOSEN], NOTHING_CHOSEN),
        ([0, MISSING, NOTHING_CHOSEN], 0),
        ([0, REQUIRED, 0], 1),
        ([1, 0], 1),
        ([0, 2], 2),
    ],
)
def test_one_exit_code_comes_of_all_runs(results: list[int | Result], code: int) -> None:
    assert outcome([each if isinstance(each, Result) else Result("embedded", each, "") for each in results]) == code


def test_a_run_that_was_killed_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(killed))
    result = run("embedded", [])
    assert outcome([result, Result("servers", 0, "")]) > 0
