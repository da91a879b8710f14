"""How far the load of the demonstration year is, on a terminal and where there is none."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command

from wangcheng.demo import bar
from wangcheng.demo.load import Say, Wanted
from wangcheng.demo.management.commands import demo_year


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def loaded(wanted: Wanted, say: Say) -> None:
    """Every part as `load_year` says it, the long ones in halves."""
    for part, total in wanted.parts.items():
        say(part, 0)
        for half in (total // 2, total - total // 2) if total else ():
            say(part, half)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_year, "load_year", loaded)
    monkeypatch.setattr(bar, "EVERY", 0.0)
    monkeypatch.setattr(bar, "REDRAWN", 0.0)


def said(out: io.StringIO, **options: Any) -> str:
    call_command("demo_year", "2022", stdout=out, **options)
    return out.getvalue()


def test_without_a_terminal_each_part_is_a_plain_line_and_a_long_one_several() -> None:
    text = said(io.StringIO(), scale=2)
    assert "\r" not in text
    assert "\x1b" not in text
    lines = text.splitlines()
    for number, part in enumerate(Wanted().parts, 1):
        assert any(line.startswith(f"[{number}/7] {part}") for line in lines)
    assert sum("工单" in line for line in lines) == 4
    assert any("工单 50%  68,249/136,498" in line for line in lines)


def test_lines_of_one_part_keep_their_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar, "EVERY", 60.0)
    lines = [line for line in said(io.StringIO()).splitlines() if "工单" in line]
    assert len(lines) == 2  # as it begins and as it ends


def test_on_a_terminal_a_bar_fills_with_percentage_part_and_seconds() -> None:
    drawn = said(Terminal(), scale=2).split("\r")
    half = next(line for line in drawn if "工单" in line and "50%" in line)
    assert "████████████░░░░░░░░░░░░" in half
    assert "秒" in half
    assert drawn[-1].splitlines()[-1].startswith("演示年度已载入")


def test_asked_to_be_quiet_it_says_only_the_end() -> None:
    assert said(io.StringIO(), verbosity=0).count("\n") == 1
