"""A year of holidays is read from a holiday-cn file; a broken file is refused in words a clerk understands."""

import json
from datetime import date
from typing import Any

import pytest

from tests.common.office import FILES
from wangcheng.common.workdays.days import SpecialDay
from wangcheng.common.workdays.holidays import BrokenHolidayFile, HolidayYear, load_holidays

NEW_YEAR = {"name": "元旦", "date": "2022-12-31", "isOffDay": True}
MAKE_UP = {"name": "春节", "date": "2023-01-28", "isOffDay": False}


def file(**changes: Any) -> str:
    content = {"year": 2023, "papers": ["https://www.gov.cn/notice"], "days": [MAKE_UP, NEW_YEAR]} | changes
    return json.dumps({key: value for key, value in content.items() if value is not None})


EXPECTED = HolidayYear(
    2023,
    ("https://www.gov.cn/notice",),
    (SpecialDay(date(2022, 12, 31), "元旦", False), SpecialDay(date(2023, 1, 28), "春节", True)),
)


def test_days_are_read_in_order_and_may_begin_in_the_year_before() -> None:
    assert load_holidays(file()) == EXPECTED


@pytest.mark.parametrize("edge", ["2022-12-01", "2024-01-31"])
def test_a_notice_reaches_a_month_into_the_neighbouring_years(edge: str) -> None:
    assert load_holidays(file(days=[MAKE_UP | {"date": edge}])).days[0].day == date.fromisoformat(edge)


def test_bytes_with_a_byte_order_mark_and_unknown_keys_are_read_too() -> None:
    assert load_holidays(file(**{"$schema": "holiday"}).encode("utf-8-sig")) == EXPECTED
    assert load_holidays("\ufeff" + file()) == EXPECTED


def test_the_shipped_years_name_their_papers() -> None:
    years = [load_holidays(path.read_bytes()) for path in FILES]
    assert [year.year for year in years] == [2021, 2022, 2023, 2024, 2025, 2026]
    assert all(year.papers for year in years)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"year": 2023,\n "days": [}', "不是有效的JSON：第2行第11列"),
        ("[]", "最外层应为对象"),
        (file().encode("utf-16"), "不是UTF-8编码"),
        (file(year=None), "缺少年份"),
        (file(year="2023"), "年份不是四位整数"),
        (file(year=True), "年份不是四位整数"),
        (file(year=23), "年份不是四位整数"),
        (file(days=None), "2023年的放假安排文件缺少日期列表"),
        (file(days=[]), "没有任何日期，可能尚未公布"),
        (file(days=["2023-01-01"]), "第1条不是对象"),
        (file(days=[NEW_YEAR, MAKE_UP | {"name": " "}]), "第2条缺少节日名称"),
        (file(days=[MAKE_UP | {"isOffDay": 0}]), "第1条的是否放假（isOffDay）应为true或false"),
        (file(days=[MAKE_UP | {"date": "2023-02-30"}]), "日期“2023-02-30”无效"),
        (file(days=[MAKE_UP | {"date": None}]), "第1条的日期“None”无效"),
        (file(days=[MAKE_UP | {"date": "2022-11-30"}]), "不在2023年放假安排的范围内"),
        (file(days=[MAKE_UP | {"date": "2024-02-01"}]), "不在2023年放假安排的范围内"),
        (file(days=[MAKE_UP, MAKE_UP | {"isOffDay": True}]), "2023-01-28重复出现"),
        (file(papers="https://www.gov.cn/notice"), "文件来源（papers）应为网址列表"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(text: str | bytes, complaint: str) -> None:
    with pytest.raises(BrokenHolidayFile) as refusal:
        load_holidays(text)
    assert complaint in str(refusal.value)
