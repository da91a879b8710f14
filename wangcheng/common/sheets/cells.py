"""One cell of a sheet: clean text, moments in the shapes people write, days and numbers.  Pure.

Raises RowProblem with a Chinese sentence; the caller adds the column.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from wangcheng.common import clock

_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]+")
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
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")  # half and full width
_WHOLE = re.compile(r"(\d+)\.0+")  # 13812345678.0, as programs write a number that is none
_SCIENTIFIC = re.compile(r"\d(?:\.(\d+))?[Ee]\+(\d{1,2})")  # 1.38E+10, as Excel shows it and saves it
_MOMENT_MOST = 60  # characters
_EXCEL_ZERO = datetime(1899, 12, 30, tzinfo=clock.CHINA)
_EXCEL_DAYS = (20_000, 80_000)  # 1954 … 2119: a bare number in this span is an Excel date


class RowProblem(Exception):
    """Why a row cannot be taken; one Chinese sentence."""


def text(value: Any) -> str:
    """A cell as words on one line: no tabs, wide or no-break spaces at the ends, no control characters."""
    return paragraphs(value).replace("\n", " ")


def paragraphs(value: Any) -> str:
    """A cell as words that keeps its line breaks, but no empty lines."""
    if value is None:
        return ""
    words = written(value).replace("\r\n", "\n").replace("\r", "\n")
    if words.startswith("'") and words[1:].startswith(_FORMULA):
        words = words[1:]  # the mark of `neutral`, in a sheet that was ours
    cleaned = _CONTROLS.sub("", words)
    lines = (line.strip() for line in _SPACES.sub(" ", cleaned).splitlines())
    return "\n".join(line for line in lines if line)


def written(value: Any) -> str:
    """A cell as it stands there: a whole number that Excel keeps as 13812345678.0 has no decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value if value is not None else "")


def digits(value: Any) -> str:
    """A telephone or a number of something: words, but what a program has made a decimal of them is taken back."""
    words = text(value)
    if whole := _WHOLE.fullmatch(words):
        return whole[1]
    if (found := _SCIENTIFIC.fullmatch(words)) is None:
        return words
    if len(found[1] or "") < int(found[2]):
        raise RowProblem(f"“{words}”是Excel改写的科学计数，号码已失真，请将该列设为文本并补全号码。")
    return str(int(Decimal(words)))


def moment(value: Any) -> datetime | None:
    """A moment in any of the shapes met; a date alone is its first minute; without a zone it is Beijing time."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=clock.CHINA)
    if isinstance(value, date):
        return clock.at(value)
    words = unicodedata.normalize("NFKC", text(value))
    if not words:
        return None
    if len(words) > _MOMENT_MOST:  # no moment, and the pattern would try long blanks in many ways
        raise RowProblem(f"时间“{words[:30]}”无法识别。")
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


def day(value: Any) -> date | None:
    """A day in any of the shapes met."""
    found = moment(value)
    return clock.local(found).date() if found else None


def number(value: Any) -> Decimal | None:
    """A number, also one written as text or with 1,000 separators."""
    words = unicodedata.normalize("NFKC", text(value)).replace(",", "")
    if not words:
        return None
    try:
        found = Decimal(words.replace("_", "?"))  # Python takes 5_0 for fifty
    except InvalidOperation:
        raise RowProblem(f"数值“{words[:20]}”无法识别。") from None
    if not found.is_finite():
        raise RowProblem(f"数值“{words[:20]}”无法识别。")
    return found


def neutral(value: Any) -> str:
    """A cell for a csv that people open in Excel: what would be a formula is marked as text, and a long number as well.

    Excel rounds numbers to fifteen digits; a tab before them leaves them whole, is not seen and goes when it is read again.
    """
    words = written(value)
    if words.startswith(_FORMULA):
        return f"'{words}"
    return f"\t{words}" if len(words) > 11 and words.isdecimal() else words
