"""Founding an office: from an empty database to one that people can log in to and work with.

Master data come from files, shipped beside the code with their sources or given by hand; a part that is there already is
left as it is, because people may have changed it since.  Called by the command `found_office` and by the demonstration.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.casework import actions as categories
from wangcheng.common.models import Area, CalendarYear, Category, Organisation, Post
from wangcheng.common.people import offices
from wangcheng.common.people.actions import create_user, give_post
from wangcheng.common.people.roles import Role
from wangcheng.common.policy.actions import install_defaults
from wangcheng.common.territory.actions import load_edition
from wangcheng.common.territory.divisions import read_edition
from wangcheng.common.workdays.actions import load_year
from wangcheng.common.workdays.holidays import BrokenHolidayFile, HolidayYear, load_holidays

if TYPE_CHECKING:
    from wangcheng.common.models import User

_ROOM = Path(__file__).parent
DIVISIONS = _ROOM / "territory" / "data" / "divisions_2023.csv"  # the newest edition shipped
DIVISIONS_YEAR = 2023
PASSWORD_LENGTH = 16


def _holidays() -> tuple[Path, ...]:
    return tuple(sorted((_ROOM / "workdays" / "data").glob("holidays_*.json")))


@dataclass(frozen=True)
class Papers:
    """The files an office is founded from; sources stand in the README beside the shipped ones."""

    divisions: Path = DIVISIONS
    divisions_year: int | None = DIVISIONS_YEAR  # None: the file itself says it
    holidays: tuple[Path, ...] = field(default_factory=_holidays)
    departments: Path = offices.DEPARTMENTS
    categories: Path = categories.SHIPPED


@transaction.atomic
def found_office(papers: Papers, first_day: date = offices.FIRST_DAY) -> list[str]:
    """建立机构: all of it or nothing; a sentence for each part.  ValueError in Chinese where a paper cannot be used."""
    return [_policies(), _workdays(papers), _divisions(papers), _offices(papers, first_day), _categories(papers)]


def _policies() -> str:
    made = install_defaults()
    return f"政策规则：安装{made}类初始版本。" if made else "政策规则：已有，未改动。"


def _workdays(papers: Papers) -> str:
    known = set(CalendarYear.objects.values_list("year", flat=True))
    read = [_paper(path) for path in papers.holidays]
    new = [year for year in read if year.year not in known]
    for year in new:
        load_year(year)
    years = "、".join(str(year.year) for year in new)
    return f"工作日历：载入{years}年放假安排。" if new else "工作日历：已有，未改动。"


def _paper(path: Path) -> HolidayYear:
    try:
        return load_holidays(path.read_bytes())
    except BrokenHolidayFile as problem:
        raise BrokenHolidayFile(f"文件“{path.name}”：{problem}") from problem


def _divisions(papers: Papers) -> str:
    if Area.objects.exists():
        return "区划：已有，未改动（新一年的区划用load_divisions载入）。"
    edition = read_edition(papers.divisions.read_bytes(), papers.divisions_year)
    outcome = load_edition(edition)
    towns, villages = (Area.objects.filter(level=level).count() for level in (Area.Level.TOWN, Area.Level.VILLAGE))
    return f"区划：载入{outcome.year}年的{towns}个街镇、{villages}个村（社区）及其机构。"


def _offices(papers: Papers, first_day: date) -> str:
    if Organisation.objects.filter(kind=Organisation.Kind.DEPARTMENT).exists():
        return "区直部门：已有，未改动。"
    centre = offices.found_offices(first_day, papers.departments)
    return f"机构：设立{centre.name}和{centre.children.filter(kind=Organisation.Kind.DEPARTMENT).count()}个区直部门。"


def _categories(papers: Papers) -> str:
    if Category.objects.exists():
        return "诉求分类：已有，未改动。"
    return f"诉求分类：载入{categories.load_categories(papers.categories)}条。"


# The first administrator


def has_administrator() -> bool:
    """Whether somebody can log in as 系统管理员 today."""
    return Post.objects.in_force(clock.today()).filter(role=Role.ADMIN, user__is_active=True).exists()


@transaction.atomic
def appoint_administrator(username: str, name: str, phone: str, password: str) -> User:
    """首名系统管理员: must choose another password at the first log-in.  ValidationError names the field."""
    centre = Organisation.objects.get(kind=Organisation.Kind.CENTRE, valid_to=None)
    user = create_user(username, name, password, phone=phone, by=None)
    give_post(user.pk, centre, Role.ADMIN, by=None, title=Role.ADMIN.label)
    return user


def one_time_password() -> str:
    """A password that the rules accept and nobody guesses."""
    classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    chosen = [secrets.choice(letters) for letters in classes]
    chosen += [secrets.choice("".join(classes)) for _ in range(PASSWORD_LENGTH - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)
