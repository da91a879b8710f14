"""One cell of a sheet of tickets: the words of its choices.  Pure; what any sheet has is in common.sheets.cells.

Raises RowProblem with a Chinese sentence; the caller adds the column.
"""

from __future__ import annotations

from typing import Any

from hotline.models.choices import Resolved, Satisfaction, Source, Type
from wangcheng.common.sheets.cells import RowProblem, text

CONTENT_MOST, TITLE_MOST = 20_000, 200
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
