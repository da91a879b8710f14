"""Reads an edition of the statistical division codes and matches it with the units already known.

Pure: text and plain records in, facts out; no database.  Called by territory.actions and its tests.
A code is no key: units are matched by code and name, then by parent and name, else by a map given by hand; what stays
ambiguous is listed, and the caller then writes nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeVar

from wangcheng.common.territory.names import short_name, stem

DISTRICT, TOWN, VILLAGE = 0, 1, 2
_COLUMNS = {
    "code": ("code", "代码", "区划代码", "统计用区划代码"),
    "name": ("name", "名称", "区划名称"),
    "parent_code": ("parent_code", "上级代码"),
    "urban_rural_code": ("urban_rural_code", "城乡分类代码"),
    "committee_type": ("committee_type", "委员会类型"),
    "note": ("note", "备注"),
    "year": ("year", "年份", "年度"),
}
_Key = tuple[str, str]
_Item = TypeVar("_Item")


class BrokenDivisionFile(ValueError):
    """The file cannot be used; the message is one Chinese sentence for the clerk."""


class Ambiguous(ValueError):
    """Some units cannot be matched safely; `questions` lists them in words.  Nothing may be written."""

    def __init__(self, questions: Sequence[str]) -> None:
        listed = "；".join(questions)
        super().__init__(f"以下单位无法确定沿革，没有写入任何数据，请用对照表（--map）指明：{listed}。")
        self.questions = tuple(questions)


@dataclass(frozen=True, slots=True)
class Division:
    """One line of an edition: a district, town or village."""

    code: str
    name: str
    level: int
    parent_code: str
    urban_rural_code: str = ""
    committee_type: str = ""
    note: str = ""

    @property
    def is_community(self) -> bool:
        """By its kind of committee; only an edition without that column leaves the name to go by."""
        return "社区" in (self.committee_type or short_name(self.name)[-2:])

    @property
    def proposes_urban(self) -> bool | None:
        return proposed_urban(self.is_community, self.urban_rural_code)


def proposed_urban(is_community: bool, urban_rural_code: str) -> bool | None:
    """城市社区, as proposed until a person confirms it: 社区 and class 111; None where there is no class yet."""
    return is_community and urban_rural_code == "111" if urban_rural_code else None


class Edition(NamedTuple):
    """The divisions of one year, parents before children."""

    year: int
    divisions: tuple[Division, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A unit already in the tree and in force."""

    key: int
    code: str
    name: str
    level: int
    parent: int | None


class Fate(StrEnum):
    """What an edition says about a unit."""

    SAME = "same"
    RENAME = "rename"
    RECODE = "recode"
    MERGE = "merge"
    SPLIT = "split"
    NEW = "new"
    END = "end"


@dataclass(frozen=True, slots=True)
class Link:
    """`before` units became `after`; one of them may be empty (newly set up, dissolved)."""

    fate: Fate
    before: tuple[Known, ...]
    after: tuple[Division, ...]


@dataclass
class Matching:
    """The state of matching one level after the other."""

    links: list[Link] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    successor: dict[int, str] = field(default_factory=dict)  # key of a known unit → code in the edition


def read_edition(text: str | bytes, year: int | None = None) -> Edition:
    """区划代码表: a csv with columns by name.  BrokenDivisionFile if unusable or if no year is in the file or given."""
    rows = _rows(text)
    edition_year = _year(rows, year)
    divisions = [_division(row, number) for number, row in enumerate(rows, start=2)]
    _check_tree(divisions)
    return Edition(edition_year, tuple(sorted(divisions, key=lambda division: (division.level, division.code))))


def read_map(text: str | bytes) -> dict[str, tuple[str, ...]]:
    """对照表: a csv with columns old_code, new_code; a split unit has several lines, an ended one no new_code."""
    rows = list(csv.DictReader(io.StringIO(_decode(text))))
    if not rows or not {"old_code", "new_code"} <= rows[0].keys():
        raise BrokenDivisionFile("对照表应有两列：old_code（原代码）和new_code（现代码），至少一行。")
    targets: dict[str, tuple[str, ...]] = {}
    for row in rows:
        old, new = (row["old_code"] or "").strip(), (row["new_code"] or "").strip()
        targets[old] = targets.get(old, ()) + ((new,) if new else ())
    return targets


def match(known: Iterable[Known], edition: Edition, given: Mapping[str, Sequence[str]] | None = None) -> list[Link]:
    """What became of every known unit and where every division comes from, level by level.

    Ambiguous when anything cannot be told; then nothing may be written.
    """
    units = list(known)
    found = Matching()
    _check_map(given or {}, units, edition)
    for level in (DISTRICT, TOWN, VILLAGE):
        old = [unit for unit in units if unit.level == level]
        new = [division for division in edition.divisions if division.level == level]
        _match_level(found, old, new, given or {})
    if found.questions:
        raise Ambiguous(found.questions)
    return found.links


# Reading


def _decode(text: str | bytes) -> str:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BrokenDivisionFile("文件既不是UTF-8编码，也不是GB18030编码。")


def _rows(text: str | bytes) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_decode(text)))
    present = {name.strip(): name for name in reader.fieldnames or ()}
    columns = {key: next((present[name] for name in names if name in present), None) for key, names in _COLUMNS.items()}
    if columns["code"] is None or columns["name"] is None:
        raise BrokenDivisionFile("区划代码表缺少代码（code）或名称（name）列。")
    rows = [
        {key: (row.get(column) or "").strip() if column else "" for key, column in columns.items()} for row in reader
    ]
    if not rows:
        raise BrokenDivisionFile("区划代码表没有任何数据行。")
    return rows


def _year(rows: Sequence[Mapping[str, str]], given: int | None) -> int:
    years = {row["year"] for row in rows if row["year"]}
    if len(years) > 1:
        raise BrokenDivisionFile(f"区划代码表里有多个年份（{'、'.join(sorted(years))}），一次只能载入一个年份。")
    if not years and given is None:
        raise BrokenDivisionFile("区划代码表没有年份列，请用--year指明年份。")
    year = given if not years else years.pop()
    if given is not None and str(year) != str(given):
        raise BrokenDivisionFile(f"区划代码表的年份是{year}，与--year {given}不一致。")
    if not re.fullmatch(r"(19|20)\d\d", str(year)):
        raise BrokenDivisionFile(f"年份“{year}”无效，应为四位数字。")
    return int(str(year))


def _division(row: Mapping[str, str], number: int) -> Division:
    code, name = row["code"], row["name"]
    if not re.fullmatch(r"\d{12}", code):
        raise BrokenDivisionFile(f"第{number}行的代码“{code}”不是12位数字。")
    if not name:
        raise BrokenDivisionFile(f"第{number}行缺少名称。")
    level = level_of(code)
    parent = row["parent_code"] or ("" if level == DISTRICT else parent_of(code, level))
    return Division(code, name, level, parent, row["urban_rural_code"], row["committee_type"], row["note"])


def level_of(code: str) -> int:
    if code.endswith("000000"):
        return DISTRICT
    return TOWN if code.endswith("000") else VILLAGE


def parent_of(code: str, level: int) -> str:
    return code[:6] + "000000" if level == TOWN else code[:9] + "000"


def _check_tree(divisions: Sequence[Division]) -> None:
    codes = [division.code for division in divisions]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise BrokenDivisionFile(f"代码{'、'.join(twice[:5])}在文件中重复出现。")
    if sum(division.level == DISTRICT for division in divisions) != 1:
        raise BrokenDivisionFile("区划代码表应恰有一行区县（代码末六位为000000）。")
    present = set(codes)
    orphans = [division for division in divisions if division.level != DISTRICT and division.parent_code not in present]
    if orphans:
        raise BrokenDivisionFile(f"“{orphans[0].name}”（{orphans[0].code}）的上级{orphans[0].parent_code}不在文件中。")


# Matching


def _check_map(given: Mapping[str, Sequence[str]], units: Sequence[Known], edition: Edition) -> None:
    old, new = {unit.code for unit in units}, {division.code for division in edition.divisions}
    if unknown := sorted(set(given) - old):
        raise BrokenDivisionFile(f"对照表中的原代码{'、'.join(unknown)}不在现行辖区中。")
    if unknown := sorted({code for codes in given.values() for code in codes} - new):
        raise BrokenDivisionFile(f"对照表中的现代码{'、'.join(unknown)}不在区划代码表中。")


def _match_level(found: Matching, old: list[Known], new: list[Division], given: Mapping[str, Sequence[str]]) -> None:
    _by_map(found, old, new, given)
    _pair(found, old, new, [(unit.code, unit.name) for unit in old], [(one.code, one.name) for one in new], Fate.SAME)
    parents = [(found.successor.get(unit.parent or 0, ""), unit.name) for unit in old]
    _pair(found, old, new, parents, [(one.parent_code, one.name) for one in new], Fate.RECODE)
    _renamed(found, old, new)
    _ask_about(found, old, new)
    found.links.extend(Link(Fate.NEW, (), (division,)) for division in new)


def _link(found: Matching, fate: Fate, before: Sequence[Known], after: Sequence[Division]) -> None:
    found.links.append(Link(fate, tuple(before), tuple(after)))
    for unit in before:
        if after:
            found.successor[unit.key] = after[0].code


def _by_map(found: Matching, old: list[Known], new: list[Division], given: Mapping[str, Sequence[str]]) -> None:
    """Take out what the map names: one to one, several to one (merged), one to several (split), one to none (ended)."""
    divisions = {division.code: division for division in new}
    targets = {unit: tuple(given[unit.code]) for unit in old if unit.code in given}
    named = {code for codes in targets.values() for code in codes}
    going_on = [unit for unit in old if unit not in targets and unit.code in named]
    targets |= {unit: (unit.code,) for unit in going_on if unit.name == divisions[unit.code].name}
    for unit, codes in targets.items():
        before = [one for one, theirs in targets.items() if theirs == codes] if len(codes) == 1 else [unit]
        after = [divisions[code] for code in codes if code in divisions]
        if all(one in old for one in before) and all(one in new for one in after):
            _link(found, _mapped_fate(before, after), before, after)
            _take(old, before)
            _take(new, after)


def _mapped_fate(before: Sequence[Known], after: Sequence[Division]) -> Fate:
    if not after:
        return Fate.END
    if len(before) > 1:
        return Fate.MERGE
    if len(after) > 1:
        return Fate.SPLIT
    if before[0].code != after[0].code:
        return Fate.RECODE
    return Fate.SAME if before[0].name == after[0].name else Fate.RENAME


def _pair(
    found: Matching, old: list[Known], new: list[Division], ours: Sequence[_Key], theirs: Sequence[_Key], fate: Fate
) -> None:
    """Link units and divisions whose key is the same on both sides and occurs once on each."""
    units, divisions = _unique(old, ours), _unique(new, theirs)
    for key in sorted(units.keys() & divisions.keys()):
        _link(found, fate, [units[key]], [divisions[key]])
        _take(old, [units[key]])
        _take(new, [divisions[key]])


def _unique(items: Sequence[_Item], keys: Sequence[_Key]) -> dict[_Key, _Item]:
    counts = Counter(keys)
    return {key: item for item, key in zip(items, keys, strict=True) if counts[key] == 1}


def _renamed(found: Matching, old: list[Known], new: list[Division]) -> None:
    """Same code and parent, and a name that is the same word or differs from it by one character."""
    by_code = {division.code: division for division in new}
    for unit in list(old):
        division = by_code.get(unit.code)
        if division and (close(unit.name, division.name) or "renamed" in division.note or "更名" in division.note):
            _link(found, Fate.RENAME, [unit], [division])
            _take(old, [unit])
            _take(new, [division])


def close(one: str, other: str) -> bool:
    """Whether two names are the same word, or of one length and differing in one character (代公桥村, 戴公桥村)."""
    a, b = stem(one), stem(other)
    return a == b or (len(a) == len(b) > 1 and sum(x != y for x, y in zip(a, b, strict=True)) == 1)


def _ask_about(found: Matching, old: list[Known], new: list[Division]) -> None:
    """A unit does not vanish silently: its land must have gone somewhere."""
    for unit in old:
        here = next((division for division in new if division.code == unit.code), None)
        alike = [division for division in new if stem(division.name) == stem(unit.name)]
        if here:
            found.questions.append(f"{unit.code}原为“{unit.name}”、现为“{here.name}”，是更名还是另一单位")
        elif alike:
            choices = "、".join(f"{division.name}（{division.code}）" for division in alike)
            found.questions.append(f"“{unit.name}”（{unit.code}）可能变为{choices}")
        else:
            found.questions.append(f"“{unit.name}”（{unit.code}）在新的区划代码表中没有了，去向不明")


def _take(items: list[_Item], taken: Sequence[_Item]) -> None:
    for item in taken:
        items.remove(item)
