"""One cell of a sheet: moments in the shapes people write, words of choices, clean text.  Pure.

Raises RowProblem with a Chinese sentence; the caller adds the column.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hotline.models.choices import Resolved, Satisfaction, Source, Type
from wangcheng.common import clock

CONTENT_MOST, TITLE_MOST = 20_000, 200
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOMENT = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<half>上午|下午|凌晨|晚上)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?\s*[:分]?\s*"
    r"(?P<second>\d{1,2})?(?:\.\d+)?\s*秒?\s*(?P<ampm>[AaPp][Mm])?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_PACKED = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?"
)
_EXCEL_ZERO = datetime(1899, 12, 30, tzinfo=clock.CHINA)
_EXCEL_DAYS = (20_000, 80_000)  # 1954 … 2119: a bare number in this span is an Excel date

_TYPES = {"咨询": "consult", "求助": "help", "投诉": "complaint", "举报": "report", "建议": "suggestion", "意见": "suggestion",
          "表扬": "praise", "感谢": "praise", "投诉举报": "complaint", "意见建议": "suggestion", "求决": "help"}  # fmt: skip
_SOURCES = {"电话": "phone", "热线": "phone", "12345": "phone", "微信": "online", "APP": "online", "app": "online",
            "网络": "online", "网站": "online", "小程序": "online", "省长信箱": "governor", "书记": "secretary",
            "市长信箱": "secretary", "中国政府网": "state", "省级": "province", "省12345": "province",
            "湘易办": "xiangyiban", "现场": "site", "来访": "site", "区级": "district", "媒体": "media", "人大": "deputies",
            "政协": "deputies", "批示": "leader"}  # fmt: skip
_URGENCIES = {"一般": "normal", "普通": "normal", "平件": "normal", "紧急": "urgent", "急件": "urgent", "加急": "urgent",
              "特急": "critical", "特急件": "critical"}  # fmt: skip
_RESOLVED = {"解决": "yes", "已解决": "yes", "部分解决": "partly", "未解决": "no", "未作答": "none"}
_SATISFACTION = {"满意": "satisfied", "非常满意": "satisfied", "基本满意": "basically", "不满意": "dissatisfied",
                 "未评价": "unrated", "无法联系": "unreachable"}  # fmt: skip
_YES = frozenset({"是", "保密", "1", "true", "yes", "y"})


class RowProblem(Exception):
    """Why a row cannot be taken; one Chinese sentence."""


def text(value: Any) -> str:
    """A cell as words on one line: no tabs, wide or no-break spaces at the ends, no control characters."""
    return _BLANK_LINES.sub(" ", paragraphs(value)).strip()


def paragraphs(value: Any) -> str:
    """A cell as words that keeps its line breaks."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a number that Excel keeps as 13812345678.0
    cleaned = _CONTROLS.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", cleaned)).strip()


def moment(value: Any) -> datetime | None:
    """A moment in any of the shapes met; a date alone is its first minute; without a zone it is Beijing time."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=clock.CHINA)
    if isinstance(value, date):
        return clock.at(value)
    words = unicodedata.normalize("NFKC", text(value))
    if not words:
        return None
    found = _MOMENT.fullmatch(words) or _PACKED.fullmatch(words)
    try:
        return _built(found.groupdict()) if found else _excel(words)
    except (ValueError, OverflowError):
        raise RowProblem(f"时间“{words[:30]}”无法识别。") from None


def _built(parts: dict[str, str | None]) -> datetime:
    hour = int(parts.get("hour") or 0)
    half = parts.get("half") or (parts.get("ampm") or "").upper()
    if half in {"下午", "晚上", "PM"} and hour < 12:
        hour += 12
    if half in {"凌晨", "AM"} and hour == 12:
        hour = 0
    day = [int(parts[name] or 0) for name in ("year", "month", "day")]
    clockwise = [hour, int(parts.get("minute") or 0), int(parts.get("second") or 0)]
    return datetime(*day, *clockwise, tzinfo=_zone(parts.get("zone")))  # type: ignore[misc, arg-type]


def _zone(words: str | None) -> timezone:
    if words is None:
        return clock.CHINA
    if words == "Z":
        return UTC
    hours, minutes = int(words[1:3]), int(words[-2:])
    return timezone((1 if words[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _excel(words: str) -> datetime:
    days = float(words)
    if not _EXCEL_DAYS[0] <= days <= _EXCEL_DAYS[1]:
        raise ValueError(words)
    found = _EXCEL_ZERO + timedelta(days=days)
    return (found + timedelta(milliseconds=500)).replace(microsecond=0)


def _choice(words: str, known: dict[str, str], codes: Any, name: str) -> str:
    if words in codes:
        return words
    if found := known.get(words):
        return found
    raise RowProblem(f"{name}“{words[:20]}”无法识别，应为{'、'.join(codes.labels)}。")


def type_code(value: Any) -> str:
    words = text(value)
    return _choice(words, _TYPES, Type, "诉求类型") if words else ""


def source_code(value: Any) -> str:
    """信息来源; the longest known word in it decides, because cities write 12345微信小程序."""
    words = text(value)
    if not words:
        return ""
    for code, label in Source.choices:
        if words in (code, label):
            return code
    inside = [known for known in _SOURCES if known in words]
    if not inside:
        raise RowProblem(f"信息来源“{words[:20]}”无法识别。")
    return _SOURCES[max(inside, key=lambda known: (known != "12345", len(known)))]


def urgency_code(value: Any) -> str:
    words = text(value)
    if words in {"normal", "urgent", "critical"}:
        return words
    if words and words not in _URGENCIES:
        raise RowProblem(f"紧急程度“{words[:20]}”无法识别，应为一般、紧急、特急。")
    return _URGENCIES.get(words, "")


def resolved_code(value: Any) -> str:
    words = text(value)
    return _choice(words, _RESOLVED, Resolved, "是否解决") if words else ""


def satisfaction_code(value: Any) -> str:
    words = text(value)
    return _choice(words, _SATISFACTION, Satisfaction, "是否满意") if words else ""


def yes(value: Any) -> bool:
    return text(value).lower() in _YES


def neutral(value: Any) -> str:
    """A cell for a file that people open in Excel: what would be a formula is marked as text."""
    words = str(value if value is not None else "")
    return f"'{words}" if words[:1] in {"=", "+", "-", "@", "\t", "\r"} else words
