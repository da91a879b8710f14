"""One row of a sheet as an Intake, or the reason why it cannot be taken.  Reads categories and areas once per sheet."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from hotline.importing import values
from hotline.importing.mapping import LABELS, SheetMap
from hotline.intake import EARLIEST, LATEST, Intake
from wangcheng.common import clock
from wangcheng.common.models import Area, Category
from wangcheng.common.sheets.cells import RowProblem, digits, moment, paragraphs, text
from wangcheng.common.sheets.reading import SheetRow, repeats_header
from wangcheng.common.sheets.rejects import check_duplicate
from wangcheng.common.territory.names import short_name, stem

_ARROWS = re.compile(r"\s*(?:-+>|→|—>|＞|>|/|、)\s*")
_SECRET_WORDS = frozenset({"保密", "匿名", "不愿透露"})
_NUMBER = re.compile(r"[0-9A-Za-z_\-()（）〔〕\[\]第号〕年]{1,40}")
_EXACT = 10**15
_NAMED = 10  # of the categories that nobody knows


class Places:
    """Villages by code or name, and what stands above them; dated, read once."""

    def __init__(self) -> None:
        levels = (Area.Level.TOWN, Area.Level.VILLAGE)
        areas = list(Area.objects.filter(level__in=levels).order_by("valid_from", "pk"))
        self.towns = {area.pk: area for area in areas if area.level == Area.Level.TOWN}
        self.by_name: dict[str, list[Area]] = defaultdict(list)
        for area in areas:
            if area.level == Area.Level.VILLAGE:
                for name in {area.code, area.name, area.short_name, stem(area.name)}:
                    self.by_name[name].append(area)

    def find(self, village: str, town: str, day: date) -> Area | None:
        """The village in force on `day`; None where there is none or several towns have one of that name."""
        fitting = [
            area
            for area in {*self.by_name.get(village, ()), *self.by_name.get(short_name(village), ())}
            if area.valid_from <= day and (area.valid_to is None or day < area.valid_to) and self._in_town(area, town)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _in_town(self, area: Area, town: str) -> bool:
        above = self.towns.get(area.parent_id or 0)
        return not town or above is None or town in (above.name, above.short_name, above.code)

    def columns(self, area: Area | None) -> dict[str, int | None]:
        """As lookups.place_columns, without a query."""
        village = area.pk if area else None
        return {"town_id": area.parent_id if area else None, "village_id": village, "grid_id": None}


def _whole(value: Any) -> str:
    """A number of a ticket; Excel keeps fifteen digits of one that is no text."""
    if isinstance(value, int | float) and abs(value) >= _EXACT:
        raise RowProblem("市级编号在表中是数值，第15位以后已失真，请将该列设为文本并重新导出。")
    return digits(value)


class Categories:
    """Leaves and branches of the ticket categories by code or name; read once."""

    def __init__(self) -> None:
        self.known: dict[str, Category] = {}
        rows = Category.objects.in_force(clock.today()).filter(scheme=Category.Scheme.TICKET)
        for category in rows.order_by("level", "code"):  # a leaf goes before a branch of the same name
            self.known[category.code] = self.known[category.name] = category

    def find(self, words: str) -> Category | None:
        """The deepest known part of “城乡建设->市容环卫->占道经营”."""
        parts = [words, *reversed(_ARROWS.split(words))]
        return next((self.known[part] for part in parts if part in self.known), None)

    def knows(self, words: str) -> bool:
        """Whether the words themselves are one of them, or the last part of “城乡建设->市容环卫->占道经营”."""
        return words in self.known or _ARROWS.split(words)[-1] in self.known


class RowReader:
    """Rows of one sheet by its mapping."""

    def __init__(self, mapping: SheetMap, *, now: datetime | None = None) -> None:
        self.map, self.places, self.categories = mapping, Places(), Categories()
        self.now = now or clock.now()
        self.latest = self.now + timedelta(days=1)
        self.strange: Counter[str] = Counter()  # categories that nobody knows
        self.has_time = "received_at" in {*mapping.columns, *mapping.constants}

    def intake(self, cells: Mapping[str, Any]) -> Intake:
        """The row as it is taken in.  RowProblem says why not."""
        if repeats_header(cells):
            raise RowProblem("本行与表头相同，已略过。")
        title, content = self._title(cells), self._content(cells)
        received_at = self._received_at(cells)
        name, phone, secret = self._caller(cells)
        village = self._first(cells, "village", text)
        area = self.places.find(village, self._first(cells, "town", text), received_at.date()) if village else None
        return Intake(
            title=title, content=content, received_at=received_at,
            city_number=self._number(cells, title, content),
            type=self._first(cells, "type", values.type_code) or self._lacks("type"),
            source=self._first(cells, "source", values.source_code) or "phone",
            city_due_at=self._city_due_at(cells),
            urgency=self._first(cells, "urgency", values.urgency_code),
            category=self._category(cells), area=area, places=self.places.columns(area),
            place=(self._first(cells, "place", text) or ("" if area else village))[:200],
            caller_name=name, caller_phone=phone, anonymous=not phone,
            confidential=secret or self._first(cells, "confidential", values.yes) or False,
            resolved=self._first(cells, "resolved", values.resolved_code),
            satisfaction=self._first(cells, "satisfaction", values.satisfaction_code),
        )  # fmt: skip

    def _first(self, cells: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
        """The first column of the field that says something readable; the problem of the first that does not."""
        problem: RowProblem | None = None
        for value in self._said(cells, name):
            try:
                if found := read(value):
                    return found
            except RowProblem as unreadable:
                problem = problem or unreadable
        if problem is not None:
            raise problem
        return read(self.map.missing.get(name, ""))

    def _said(self, cells: Mapping[str, Any], name: str) -> list[Any]:
        if name in self.map.constants:
            return [self.map.constants[name]]
        words = self.map.values.get(name, {})
        found = [cells.get(header) for header in self.map.columns.get(name, ())]
        return [words.get(text(value), value) for value in found] if words else found

    def _lacks(self, name: str) -> Any:
        raise RowProblem(f"{LABELS[name]}为空。")

    def _title(self, cells: Mapping[str, Any]) -> str:
        title: str = self._first(cells, "title", text) or self._lacks("title")
        if len(title) > values.TITLE_MOST:
            raise RowProblem(f"标题有{len(title)}字，超过{values.TITLE_MOST}字。")
        return title

    def _content(self, cells: Mapping[str, Any]) -> str:
        content: str = self._first(cells, "content", paragraphs) or self._lacks("content")
        if len(content) > values.CONTENT_MOST:
            raise RowProblem(f"内容有{len(content)}字，超过{values.CONTENT_MOST}字。")
        return content

    def _received_at(self, cells: Mapping[str, Any]) -> datetime:
        if not self.has_time and "received_at" not in self.map.missing:
            return self.now
        found = self._moment(cells, "received_at") or self._lacks("received_at")
        if not EARLIEST <= found <= self.latest:
            raise RowProblem(f"接收时间{found:%Y-%m-%d}不在合理范围内。")
        return found

    def _city_due_at(self, cells: Mapping[str, Any]) -> Any:
        found = self._moment(cells, "city_due_at")
        if found is not None and not EARLIEST <= found <= LATEST:
            raise RowProblem(f"市级时限{found:%Y-%m-%d}不在合理范围内。")
        return found

    def _moment(self, cells: Mapping[str, Any], name: str) -> Any:
        return self._first(cells, name, moment) or None

    def _number(self, cells: Mapping[str, Any], title: str, content: str) -> str:
        numbering = self.map.numbering
        if numbering is None:
            number: str = self._first(cells, "city_number", _whole) or self._lacks("city_number")
            if not _NUMBER.fullmatch(number):
                raise RowProblem(f"市级编号“{number[:20]}”格式不正确。")
            return number
        parts = {"title": title, "content": content}
        words = "\x1f".join(parts.get(name) or self._first(cells, name, text) for name in numbering.hash_of)
        return numbering.prefix + hashlib.sha256(words.encode()).hexdigest()[:20]

    def _caller(self, cells: Mapping[str, Any]) -> tuple[str, str, bool]:
        """Name, phone, and whether either says that it is kept secret."""
        name = self._first(cells, "caller_name", text)
        phone = self._first(cells, "caller_phone", digits)
        secret = bool({name, phone} & _SECRET_WORDS)
        name, phone = ("" if part in _SECRET_WORDS else part for part in (name, phone))
        return name[:40], phone[:30], secret

    def _category(self, cells: Mapping[str, Any]) -> Category | None:
        """Unknown categories are left to the dispatcher, and counted."""
        said = [words for value in self._said(cells, "category") if (words := text(value))]
        known = next((found for words in said if (found := self.categories.find(words))), None)
        if said and not self.categories.knows(said[0]):
            self.strange[said[0][:40]] += 1
        return known

    def unknown_categories(self) -> list[str]:
        """A note on the categories that nobody knows, the commonest by name; empty where there is none."""
        if not self.strange:
            return []
        names = "、".join(f"“{words}”{count}行" for words, count in self.strange.most_common(_NAMED))
        more = f"等{len(self.strange)}种" if len(self.strange) > _NAMED else ""
        return [f"有{self.strange.total()}行的分类无法识别，按上级分类或未分类导入，由派单员核定：{names}{more}。"]


def read_row(reader: RowReader, row: SheetRow, seen: dict[str, int]) -> Intake:
    """The row after those whose numbers were `seen` (city number → row), where its own is noted.  RowProblem says why not."""
    check_duplicate(row.cells)
    intake = reader.intake(row.cells)
    if (first := seen.setdefault(intake.city_number, row.number)) != row.number:
        raise RowProblem(f"与第{first}行重复。")
    return intake
