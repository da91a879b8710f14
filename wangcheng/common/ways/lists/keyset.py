"""Order and cursors of a list: walking on behind row 10,000 costs no more than the first page.

An order is one column and the key after it, both in the same direction, so that it is total and an index serves it.
Nulls stand where the database puts them by itself (high on PostgreSQL, low on SQLite), for the same reason.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DataError, connection
from django.db.models import Model, Q, QuerySet

from wangcheng.common.ways.lists.columns import walk

KEY_MOST = 2**63 - 1  # what a database takes for a key
_PLAIN = (str, int, float, type(None))
_YEARS = ("1900", "3000")  # between which moments are stored: databases know none before the year 1
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class BrokenCursor(ValueError):
    """The address was cut or altered."""


# what an altered cursor may lead to where its value meets the column
NO_PLACE = (ValidationError, ValueError, TypeError, OverflowError, DataError)


@dataclass(frozen=True, slots=True)
class Order:
    """Sorted by `path`, descending or not, then by key."""

    path: str
    descending: bool

    @classmethod
    def parse(cls, text: str) -> Order:
        """ "-received_at" or "pk"."""
        return cls(text.removeprefix("-"), text.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.path}" if self.descending else self.path

    def apply(self, queryset: QuerySet[Any], backwards: bool = False) -> QuerySet[Any]:
        sign = "-" if self.descending is not backwards else ""
        return queryset.order_by(*dict.fromkeys([f"{sign}{self.path}", f"{sign}pk"]))

    def cursor(self, row: Any) -> str:
        """A text that names the place of `row` in this order."""
        value = row.pk if self.path == "pk" else walk(row, self.path.replace("__", "."))
        shown = value.isoformat() if isinstance(value, date) else value
        return base64.urlsafe_b64encode(orjson.dumps([shown, row.pk], default=str)).decode().rstrip("=")

    def beyond(self, queryset: QuerySet[Any], cursor: str, backwards: bool = False) -> QuerySet[Any]:
        """The rows after the cursor, or before it; still to be ordered."""
        value, pk = _read(cursor)
        if not _storable(value) or not 0 < pk <= KEY_MOST:
            raise BrokenCursor(cursor)
        up = self.descending is backwards
        if self.path == "pk":
            return queryset.filter(**{f"pk__{'gt' if up else 'lt'}": pk})
        return queryset.filter(self._test(value, pk, up, _nullable(queryset.model, self.path)))

    def _test(self, value: Any, pk: int, up: bool, nullable: bool) -> Q:
        way = "gt" if up else "lt"
        further = Q(**{f"pk__{way}": pk})
        nulls_follow = (connection.vendor == "postgresql") is up
        if value is None:
            same = Q(**{f"{self.path}__isnull": True}) & further
            return same if nulls_follow else same | Q(**{f"{self.path}__isnull": False})
        # "at least, and (more or further)" lets an index range start at the cursor
        test = Q(**{f"{self.path}__{way}e": value}) & (Q(**{f"{self.path}__{way}": value}) | further)
        return test | Q(**{f"{self.path}__isnull": True}) if nullable and nulls_follow else test


def _read(cursor: str) -> tuple[Any, int]:
    try:
        value, pk = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return value, int(pk)
    except (binascii.Error, ValueError, TypeError, OverflowError) as problem:
        raise BrokenCursor(cursor) from problem


def _storable(value: Any) -> bool:
    """Whether a value of a cursor can be one of a column; the text of a moment within the years there are."""
    if isinstance(value, str) and _DAY.match(value):
        return _YEARS[0] <= value < _YEARS[1]
    return isinstance(value, _PLAIN)


def _nullable(model: type[Model], path: str) -> bool:
    """Whether a column of the path may be null; a computed one may."""
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if getattr(field, "null", True):
            return True
        model = getattr(field, "related_model", None) or model
    return False
