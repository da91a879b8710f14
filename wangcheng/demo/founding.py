"""Founding the office the demonstration plays in: real divisions, holidays, departments, categories, default policies."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from wangcheng.common.casework.actions import load_categories
from wangcheng.common.models import Area
from wangcheng.common.people.offices import found_offices
from wangcheng.common.policy.actions import install_defaults
from wangcheng.common.territory import divisions
from wangcheng.common.territory.actions import load_edition
from wangcheng.common.workdays import holidays
from wangcheng.common.workdays.actions import load_year
from wangcheng.demo.crew import hire
from wangcheng.demo.grids import lay_grids

DIVISIONS = Path(divisions.__file__).parent / "data" / "divisions_2022.csv"
HOLIDAYS = Path(holidays.__file__).parent / "data"
FIRST_DAY = date(2022, 1, 1)


def found(seed: int) -> None:
    """An empty database becomes an office on 1 January 2022, with grids and people."""
    install_defaults()
    for path in sorted(HOLIDAYS.glob("holidays_*.json")):
        load_year(holidays.load_holidays(path.read_bytes()))
    load_edition(divisions.read_edition(DIVISIONS.read_bytes(), None))
    found_offices(FIRST_DAY)
    load_categories()
    villages = list(Area.objects.filter(level=Area.Level.VILLAGE, valid_to=None).order_by("code"))
    lay_grids(villages, seed, FIRST_DAY)
    hire(seed)
