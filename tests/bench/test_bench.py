"""`manage.py bench`: one row a measurement, in a database of its own that is gone afterwards.  No time is asserted."""

from __future__ import annotations

import json
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from hotline.models import Ticket
from tests.hotline.desk import received
from tests.world import World
from wangcheng.bench.run import NAMES, run_of
from wangcheng.bench.scratch import PREFIX
from wangcheng.common.models import User

pytestmark = pytest.mark.once
SHAPE = {"name", "n", "engine", "ours", "floor", "ratio", "queries"}
MOST_QUERIES = {"list": 10, "detail": 15, "create": 20, "step": 20}


def _left_over(room: Path) -> set[str]:
    """Databases and folders of measurements."""
    found = {path.name for path in room.iterdir()}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}{connection.settings_dict['NAME']}"]
            )
            found |= {name for (name,) in cursor.fetchall()}
    return found


@pytest.mark.long
def test_each_measurement_is_a_row_and_nothing_of_it_stays(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where no other run measures
    mine, people = received(world), User.objects.count()
    out = StringIO()
    call_command("bench", *MOST_QUERIES, "figures", "assessment", "--sizes", "30", "--json", stdout=out)
    rows: list[dict[str, Any]] = json.loads(out.getvalue())
    assert [row["name"] for row in rows] == [*MOST_QUERIES, "figures", "assessment"]
    for row in rows:
        assert set(row) == SHAPE
        assert (row["n"], row["engine"]) == (30, connection.vendor)
        assert row["ours"] > 0
        assert row["floor"] > 0
        assert 0 < row["queries"] <= MOST_QUERIES.get(row["name"], 30)
    assert _left_over(tmp_path) == set()
    assert Ticket.objects.get() == mine
    assert User.objects.count() == people


@pytest.mark.usefixtures("world")
def test_an_office_is_never_measured_in() -> None:
    with pytest.raises(CommandError, match="不能在其中测量"):
        call_command("bench", "list", "--here")


def test_unknown_names_and_sizes_are_refused() -> None:
    with pytest.raises(CommandError, match="没有名为“speed”的测量项目"):
        call_command("bench", "speed")
    with pytest.raises(CommandError, match="正整数"):
        call_command("bench", "list", "--sizes", "20000,many")


def test_the_year_is_loaded_into_a_database_of_its_own() -> None:
    shared, alone = run_of(list(NAMES))
    assert alone == ["demo"]
    assert set(shared) == set(NAMES) - {"demo"}
