"""The text of a report made even: one paragraph per line, no stray spaces, half-width figures.

Every character remembers where it stood, so that a finding quotes the report as it was written.  Pure; used by the
checks of this package only.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

HALF_WIDTH = {0xFF10 + n: str(n) for n in range(10)} | {
    ord("％"): "%",
    ord("﹪"): "%",
    ord("．"): ".",
    ord("＋"): "+",
    ord("＝"): "=",
    ord("／"): "/",
    ord("－"): "-",
    ord("("): "（",
    ord(")"): "）",
    ord(":"): "：",
    ord(";"): "；",
}
SPACES = " \u00a0\u2000-\u200a\u202f\u3000\r\f\v"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
NUMERALS = "一二三四五六七八九十"
HEADING = re.compile(rf"[ \t\u3000]*(?:第?[{NUMERALS}]+[、章节]|[（(][{NUMERALS}]+[)）]|附件)")
ITEM = re.compile(r"[ \t\u3000]*(?:\d{1,2}[.、．](?=[^\d０-９])|[（(]\d{1,2}[)）])")
SENTENCE_END = re.compile(r"[。！？\n]")
THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:[,，'’ \u2009\u202f\u00a0\u3000]\d{3})+(?!\d)")
ENDED = tuple("。！？；：.!?;:")

Chars = list[tuple[str, int]]  # characters with their places in the source


@dataclass(frozen=True)
class Text:
    """`clean` is what the checks read; `origin[i]` is the place of clean[i] in `source`."""

    source: str
    clean: str
    origin: tuple[int, ...] = field(repr=False)

    def quote(self, start: int, end: int) -> str:
        """The report's own words for clean[start:end], line breaks closed up, at most about two lines long."""
        words = self.source[self.origin[start] : self.origin[end - 1] + 1]
        joined = re.sub(r"\s*\n\s*", "", words).strip().replace("\t", " ")
        return joined if len(joined) <= 160 else f"{joined[:60]}……{joined[-90:]}"

    @cached_property
    def mask(self) -> str:
        """The same length, with quoted names and figureless brackets blanked: their commas separate nothing."""
        return re.sub(r"“[^”\n]{1,40}”|《[^》\n]{1,80}》|（[^（）\d\n]{1,30}）", lambda m: "※" * len(m[0]), self.clean)

    @cached_property
    def sentence_starts(self) -> list[int]:
        return [0, *(m.end() for m in SENTENCE_END.finditer(self.mask))]

    def sentence(self, at: int) -> int:
        """The number of the sentence that holds this place."""
        return bisect_right(self.sentence_starts, at) - 1

    def sentence_span(self, at: int) -> tuple[int, int]:
        n = self.sentence(at)
        following = self.sentence_starts[n + 1 : n + 2]
        return self.sentence_starts[n], following[0] if following else len(self.clean)

    @cached_property
    def section_starts(self) -> list[int]:
        lines = (m.start() for m in re.finditer(r"^.+$", self.clean, re.MULTILINE))
        return [0, *(start for start in lines if HEADING.match(self.clean, start) and "\t" not in self.line(start))]

    def section(self, at: int) -> int:
        return bisect_right(self.section_starts, at) - 1

    def line(self, start: int) -> str:
        return self.clean[start:].split("\n", 1)[0]

    def rows(self) -> Iterator[list[tuple[int, list[str]]]]:
        """The tables: runs of lines with tabs, each line with its place and its cells."""
        run: list[tuple[int, list[str]]] = []
        at = 0
        for line in self.clean.split("\n"):
            if "\t" in line:
                run.append((at, line.split("\t")))
            elif run:
                yield run
                run = []
            at += len(line) + 1
        if run:
            yield run


def read(source: str) -> Text:
    """Cleans a report.  Works on pairs of character and place."""
    paragraphs: list[Chars] = []
    at = 0
    for line in source.split("\n"):
        add_line(paragraphs, tidy(line, at))
        at += len(line) + 1
    pairs = [pair for line in paragraphs for pair in (*line, ("\n", line[-1][1]))]
    return Text(source, "".join(char for char, _ in pairs), tuple(place for _, place in pairs))


def tidy(line: str, at: int) -> Chars:
    """Half-width figures, no invisible characters, and spaces only where two figures or Latin words would meet."""
    half = line.translate(HALF_WIDTH)
    drop = dropped(half, line)
    pairs = [(char, at + n) for n, char in enumerate(half) if n not in drop]
    return pairs if is_row(half) else [pair for pair in pairs if pair[0] != "\t"]


def dropped(half: str, line: str) -> set[int]:
    """The places of what does not count: invisible characters, needless spaces, thousands separators."""
    places = {n for n, char in enumerate(half) if char in INVISIBLE}
    for gap in re.finditer(f"[{SPACES}]+", half):
        before, after = half[: gap.start()][-1:], half[gap.end() : gap.end() + 1]
        places.update(range(gap.start() + (latin(before) and latin(after)), gap.end()))
    for number in THOUSANDS.finditer(half):
        separators = {n for n in range(number.start(), number.end()) if not half[n].isdigit()}
        if all(groups_thousands(half, line, n) for n in separators):
            places |= separators
    return places


def latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def groups_thousands(half: str, line: str, n: int) -> bool:
    """Whether the separator at `n` can only be read as grouping.

    An ASCII comma always can; a Chinese comma where it stands before a nought or among full-width figures (1，098),
    for “400，416，282” is a list; a plain space where a unit follows (68 249件).
    """
    if half[n] == "，":
        return half[n + 1] == "0" or not line[n + 1].isascii()
    if half[n] in " \u3000":
        return bool(re.match(r"[ \u3000\d]+(?:\.\d+)?[ \u3000]?[万亿元件条个人次户]", half[n:]))
    return True


def is_row(text: str) -> bool:
    """A table row has cells parted by tabs; a lone tab after an item number is not one."""
    inner = text.strip()
    return inner.count("\t") > 1 or ("\t" in inner and "。" not in inner and not ITEM.match(inner))


def add_line(paragraphs: list[Chars], line: Chars) -> None:
    """Joins a line to the paragraph before it unless a new paragraph begins.

    An empty line alone ends nothing: pages break in the middle of sentences and of numbers.
    """
    if not line:
        return
    if paragraphs and continues(paragraphs[-1], line):
        paragraphs[-1] += line
    else:
        paragraphs.append(line)


def continues(before: Chars, after: Chars) -> bool:
    head, tail, line = written(before[:48]), written(before[-2:]), written(after)
    if "\t" in head or "\t" in line or HEADING.match(line) or ITEM.match(line):
        return False
    if HEADING.match(head) and len(before) <= 40 and not re.search("[，。；]", head):
        return False
    return not tail.endswith(ENDED) or bool(re.search(r"\d\.$", tail) and line[0].isdigit())


def written(line: Chars) -> str:
    return "".join(char for char, _ in line)
