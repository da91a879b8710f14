"""Every measure of GB/T 9704-2012, once: page, type area, line pitch, and the style of each kind of line.

Read by `arrange`, `word` and `pdf`.  Lengths of paper are millimetres, of type points, indents characters.
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from wangcheng.common.documents.model import Align

Face = Literal["fangsong", "xiaobiaosong", "heiti", "kaiti", "songti"]
POINTS_PER_MM = 72 / 25.4
RED = "E60000"


@dataclass(frozen=True, slots=True)
class Page:
    """A4 with the margins of 5.2.1: 天头 37, 订口 28; type area 156 × 225 mm."""

    width: float = 210
    height: float = 297
    top: float = 37
    left: float = 28
    bottom: float = 35
    right: float = 26

    @property
    def text_width(self) -> float:
        """Width of the type area in points."""
        return (self.width - self.left - self.right) * POINTS_PER_MM


PORTRAIT = Page()
# The same sheet turned to the left: its head lies at the left hand, its binding edge on top.
LANDSCAPE = Page(297, 210, top=PORTRAIT.left, left=PORTRAIT.bottom, bottom=PORTRAIT.right, right=PORTRAIT.top)

LINES_PER_PAGE = 22
CHARS_PER_LINE = 28
LINE_PITCH = 28.95  # points; 22 lines fill 225 mm
BODY_SIZE = 16  # 三号
CHAR_PITCH = round(PORTRAIT.text_width / CHARS_PER_LINE - 0.005, 2)  # 28 characters fill 156 mm: a hair less than 16 pt
TABLE_SIZE = 10.5  # 五号
CELL_PADDING = 3  # points on every side, within the rules
PAGE_NUMBER_SIZE = 14  # 四号
PAGE_NUMBER_DROP = 7  # mm from the type area down to the dashes beside the number
LETTERHEAD_DROP = 35  # mm from the top of the type area to the 发文机关标志


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of line is set; `name` is what the clerk sees in the style list of Word or WPS."""

    name: str
    face: Face = "fangsong"
    size: float = BODY_SIZE
    pitch: float = LINE_PITCH
    align: Align = "justify"
    indent: float = 0
    level: int = 0
    keep_next: bool = False
    colour: str = "000000"
    before: float = 0


STYLES: dict[str, Style] = {
    "body": Style("公文正文", indent=2),
    "flush": Style("公文顶格"),
    "title": Style("公文标题", "xiaobiaosong", 22, 36, "center", keep_next=True),
    "subtitle": Style("公文副标题", "kaiti", align="center", keep_next=True),
    "number": Style("发文字号", align="center", keep_next=True),
    "letterhead": Style(
        "发文机关标志", "xiaobiaosong", 36, 54, "center", colour=RED, before=LETTERHEAD_DROP * POINTS_PER_MM
    ),
    "heading1": Style("heading 1", "heiti", indent=2, level=1, keep_next=True),
    "heading2": Style("heading 2", "kaiti", indent=2, level=2, keep_next=True),
    "heading3": Style("heading 3", "fangsong", indent=2, level=3, keep_next=True),
    "heading4": Style("heading 4", "fangsong", indent=2, level=4, keep_next=True),
    "annexed": Style("附件说明", align="left"),
    "annex": Style("附件标识", "heiti", align="left", keep_next=True),
    "closing": Style("落款", align="right"),
    "caption": Style("表题", "heiti", 14, LINE_PITCH, "center", keep_next=True),
    "unit": Style("表格单位", "fangsong", 12, 20, "right", keep_next=True),
    "cell": Style("表格文字", "fangsong", TABLE_SIZE, 15, "center"),
    "head": Style("表头文字", "heiti", TABLE_SIZE, 15, "center"),
    "pagenumber": Style("公文页码", "songti", PAGE_NUMBER_SIZE, PAGE_NUMBER_SIZE, "right"),
    "tableend": Style("表后", size=1, pitch=1),  # the invisible line that docx wants after a table
}


def chars(text: str) -> float:
    """Width of a line in full-width characters: an ideograph is one, a digit or Latin letter a half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)
