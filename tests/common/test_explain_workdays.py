"""The sentence that tells a clerk why something is due then."""

from datetime import UTC

import pytest

from tests.common.office import HOURS, OFFICE, at
from wangcheng.common.workdays.calendar import Calendar, Limit, Slots
from wangcheng.common.workdays.explain import explain


@pytest.mark.parametrize(
    ("start", "limit", "sentence"),
    [
        (
            "2022-12-30 16:30",
            Limit(5, "days"),
            "2022年12月30日 16:30受理，时限5个工作日（每日7小时）；跳过12月31日至1月2日（元旦）、1月7日至8日（周末），"
            "应于2023年1月9日 16:30前办结。",
        ),
        (
            "2023-01-20 10:00",  # make-up days count
            Limit(5, "days"),
            "2023年1月20日 10:00受理，时限5个工作日（每日7小时）；跳过1月21日至27日（春节）；"
            "1月28日至29日调休上班，计入工作日，应于2023年2月1日 10:00前办结。",
        ),
        (
            "2022-12-30 20:00",  # after hours
            Limit(4, "hours"),
            "2022年12月30日 20:00受理（非工作时间），自2023年1月3日 09:00起算，"
            "时限4小时（工作时间09:00至12:00、13:30至17:30）；跳过12月31日至1月2日（元旦），"
            "应于2023年1月3日 14:30前办结。",
        ),
        (
            "2022-03-01 10:00",  # nothing to explain but the limit
            Limit(30, "minutes"),
            "2022年3月1日 10:00受理，时限30分钟（工作时间09:00至12:00、13:30至17:30），应于2022年3月1日 10:30前办结。",
        ),
        (
            "2022-03-06 10:00",  # a single Sunday
            Limit(1, "days"),
            "2022年3月6日 10:00受理（非工作时间），自2022年3月7日 09:00起算，时限1个工作日（每日7小时）；"
            "跳过3月6日（周日），应于2022年3月7日 17:30前办结。",
        ),
        (
            "2022-03-01 10:00",  # three weekends are still listed
            Limit(15, "days"),
            "2022年3月1日 10:00受理，时限15个工作日（每日7小时）；"
            "跳过3月5日至6日（周末）、3月12日至13日（周末）、3月19日至20日（周末），应于2022年3月22日 10:00前办结。",
        ),
        (
            "2022-09-20 10:00",  # many weekends are counted, holidays are named
            Limit(30, "days"),
            "2022年9月20日 10:00受理，时限30个工作日（每日7小时）；跳过周末共8天、10月1日至7日（国庆节）；"
            "10月8日至9日调休上班，计入工作日，应于2022年11月4日 10:00前办结。",
        ),
        (
            "2022-12-30 20:00",
            Limit(24, "hours", "natural"),
            "2022年12月30日 20:00受理，时限24小时（自然时间，节假日不扣除），应于2022年12月31日 20:00前办结。",
        ),
    ],
)
def test_the_sentence_names_what_was_skipped_and_what_was_counted(start: str, limit: Limit, sentence: str) -> None:
    assert explain(OFFICE, at(start), limit) == sentence


def test_the_sentence_speaks_of_the_step_it_is_about() -> None:
    sentence = explain(OFFICE, at("2022-03-01 10:00"), Limit(4, "hours", "natural"), began="派单", done="签收")
    assert sentence == "2022年3月1日 10:00派单，时限4小时（自然时间，节假日不扣除），应于2022年3月1日 14:00前签收。"


def test_a_moment_from_the_database_is_told_on_the_clock_of_the_office() -> None:
    start = at("2022-03-01 10:00")
    assert explain(OFFICE, start.astimezone(UTC), Limit(1, "days")) == explain(OFFICE, start, Limit(1, "days"))


def test_a_year_without_a_paper_is_said_aloud() -> None:
    sentence = explain(OFFICE, at("2026-12-28 10:00"), Limit(5, "days"))
    assert sentence.endswith(
        "跳过1月2日至3日（周末），应于2027年1月4日 10:00前办结。2027年放假安排尚未公布或尚未录入，暂按周一至周五推算。"
    )
    assert "尚未" not in explain(OFFICE, at("2026-12-18 10:00"), Limit(4, "days"))


def test_every_missing_year_is_named() -> None:
    sentence = explain(Calendar([], HOURS, []), at("2018-12-20 10:00"), Limit(15, "days"))
    assert sentence.endswith("2018年、2019年放假安排尚未公布或尚未录入，暂按周一至周五推算。")


def test_the_length_of_the_day_is_told_as_it_is() -> None:
    summer = Calendar([], Slots.of("08:30-12:00", "14:30-18:30"), [2022, 2023])
    assert "（每日7.5小时）" in explain(summer, at("2022-07-01 10:00"), Limit(1, "days"))
