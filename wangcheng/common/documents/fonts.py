"""Which fonts a document is set in: the names written into docx, and the families found on this machine for PDF.

Read by `word` and `pdf`.  Searched in this order: DOC_FONT_DIRS, the system, the font that came with npm.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings

from wangcheng.common.documents.layout import Face
from wangcheng.common.documents.model import DocumentError

NPM_FONT = "node_modules/@expo-google-fonts/noto-serif-sc"

# The names that Word and WPS on a clerk's desk know, and what those programs may take where one is missing.
WORD_FONTS: dict[Face, tuple[str, ...]] = {
    "fangsong": ("仿宋_GB2312", "仿宋", "FangSong", "STFangsong", "Noto Serif CJK SC", "Noto Serif SC"),
    "xiaobiaosong": ("方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "宋体", "Noto Serif CJK SC"),
    "heiti": ("黑体", "SimHei", "STHeiti", "Noto Sans CJK SC"),
    "kaiti": ("楷体_GB2312", "楷体", "KaiTi", "STKaiti", "Noto Serif CJK SC"),
    "songti": ("宋体", "SimSun", "STSong", "Noto Serif CJK SC"),
}
WORD_LATIN = "Times New Roman"

# The same faces by the names inside font files (Chinese or English, as the maker chose).
PDF_FONTS: dict[Face, tuple[str, ...]] = {
    "fangsong": ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "STFangsong", "华文仿宋", "FZFangSong-Z02S"),
    "xiaobiaosong": (
        "方正小标宋简体",
        "FZXiaoBiaoSong-B05S",
        "FZXiaoBiaoSong-B05",
        "方正小标宋_GBK",
        "STZhongsong",
    ),
    "heiti": ("黑体", "SimHei", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC"),
    "kaiti": ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "华文楷体", "AR PL UKai CN"),
    "songti": ("宋体", "SimSun", "NSimSun", "STSong"),
}
# Complete families that stand in for a missing face and for rare characters a face lacks.
STAND_INS = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Noto Sans CJK SC", "SimSun-ExtB")
LATIN = ("Times New Roman", "Liberation Serif", "Tinos")
# Where one family stands in for all faces, weight tells title and headings from the text; a true face has but one.
WEIGHTS: dict[Face, int] = {"fangsong": 400, "xiaobiaosong": 700, "heiti": 700, "kaiti": 500, "songti": 400}


class FontBook:
    """The fonts found; `families(face)` is the chain in which a character is looked for."""

    def __init__(self, directories: Iterable[str | Path], *, system: bool = True) -> None:
        self.fonts = typst.Fonts(
            include_system_fonts=system, include_embedded_fonts=False, font_paths=[str(d) for d in directories]
        )
        self.found = {family.casefold(): family for family in self.fonts.families()}
        if not self.present(STAND_INS):
            raise DocumentError(
                "找不到可用的中文字体，请先执行 make run 安装随附字体，或用 DOC_FONT_DIRS 指定字体目录。"
            )

    def present(self, names: Iterable[str]) -> list[str]:
        return [self.found[name.casefold()] for name in names if name.casefold() in self.found]

    def families(self, face: Face) -> list[str]:
        """The face itself, the stand-ins, then every other face: a rare character is taken from wherever it is."""
        others = [name for names in PDF_FONTS.values() for name in names]
        return list(dict.fromkeys(self.present([*PDF_FONTS[face], *STAND_INS, *others])))

    def latin(self) -> list[str]:
        """For letters and figures; empty means that the Chinese font's own are used."""
        return self.present(LATIN)[:1]


def installed() -> FontBook:
    """The fonts of this deployment, searched once per process."""
    return book(tuple(settings.DOC_FONT_DIRS), str(Path(settings.BASE_DIR) / NPM_FONT))


@lru_cache(maxsize=4)
def book(directories: tuple[str, ...], npm: str) -> FontBook:
    return FontBook([*directories, npm])
