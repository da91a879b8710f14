"""`load_workdays` puts the State Council's days into the calendar the clocks count with."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.common.office import FILES
from wangcheng.common.models import CalendarYear, SpecialDay

pytestmark = pytest.mark.django_db


def load(*files: Path) -> None:
    call_command("load_workdays", *map(str, files), verbosity=0)


def test_a_year_is_loaded_with_its_make_up_days() -> None:
    load(FILES[1])
    assert SpecialDay.objects.get(day=date(2022, 1, 29)).is_working
    assert not SpecialDay.objects.get(day=date(2022, 10, 5)).is_working


def test_loading_again_changes_nothing() -> None:
    load(*FILES)
    before = (
        list(SpecialDay.objects.values_list("pk", "day", "is_working")),
        CalendarYear.objects.get(year=2022).loaded_at,
    )
    load(*FILES)
    after = (
        list(SpecialDay.objects.values_list("pk", "day", "is_working")),
        CalendarYear.objects.get(year=2022).loaded_at,
    )
    assert before == after


def test_a_corrected_file_replaces_the_year(tmp_path: Path) -> None:
    load(FILES[1])
    changed = tmp_path / "2022.json"
    changed.write_text('{"year": 2022, "days": [{"name": "元旦", "date": "2022-01-03", "isOffDay": true}]}')
    load(changed)
    assert list(SpecialDay.objects.values_list("day", flat=True)) == [date(2022, 1, 3)]


def test_one_broken_file_keeps_all_out(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(CommandError, match="不是有效的JSON"):
        load(FILES[1], broken)
    assert not CalendarYear.objects.exists()


def test_two_papers_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    load(FILES[2])
    other = tmp_path / "2022.json"
    other.write_text('{"year": 2022, "days": [{"name": "调休", "date": "2022-12-31", "isOffDay": false}]}')
    with pytest.raises(CommandError, match="说法相反"):
        load(other)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.json”无法读取"):
        load(Path("nowhere.json"))
