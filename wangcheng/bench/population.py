"""Tickets to measure with: a first part through the batch form of the actions, the rest copies of it made in SQL.

The copies are whole: with events, as-of rows, sight rows and everything else beside a ticket.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from hotline.models import Ticket
from wangcheng.common import clock
from wangcheng.common.casework.loading import bared, with_children
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.demo.cast import Cast
from wangcheng.demo.founding import found
from wangcheng.demo.ledgers import load_ledgers
from wangcheng.demo.tickets.load import TicketYear
from wangcheng.demo.tickets.matters import Matter
from wangcheng.demo.tickets.story import Pace, Story
from wangcheng.demo.tickets.yearend import LAST

SEED = 2022
FIRST_MOMENT = datetime(2022, 1, 1, tzinfo=clock.CHINA)
TRUE_UP_TO = 20_000  # tickets made one by one; more are copies


def found_office() -> None:
    """The district with its grids, people, categories, rules and ledgers, and no ticket."""
    with transaction.atomic(), clock.frozen(FIRST_MOMENT):
        found(SEED)
        load_ledgers(SEED)


class SomeTickets(TicketYear):
    """Tickets spread over 2022 like those of the demonstration year, as many as wanted, without its totals."""

    def __init__(self, count: int) -> None:
        super().__init__(Cast.read(), current_calendar(), SEED, 1, lambda done: None, count=count)

    def _spoil(self, matters: list[Matter], quarter: int, chance: Any) -> None:
        pass

    def _tell(self, matters: list[Matter], chance: Any) -> list[Story]:
        return [self.teller.tell(matter, Pace.FAST, False, chance) for matter in matters]

    def _fit_pushes(self, month: int, stories: list[Story], chance: Any) -> None:
        pass

    def _end(self, month: int, stories: list[Story]) -> None:
        for story in stories:
            story.cut(LAST)


class Population:
    """The tickets of the database, which only grow; what a measurement added besides is not counted."""

    def __init__(self) -> None:
        self.count = self.true = self.copies = 0

    def grow(self, count: int) -> None:
        """Let there be `count` tickets."""
        with transaction.atomic(), bared(with_children(Ticket)):
            if not self.true:
                self.count = self.true = min(count, TRUE_UP_TO)
                SomeTickets(self.true).load()
            with connection.cursor() as cursor:
                while self.count < count:
                    self._copy(cursor, min(self.true, count - self.count))
        with connection.cursor() as cursor:  # as the server's own housekeeping leaves it
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

    def _copy(self, cursor: Any, wanted: int) -> None:
        keys = Ticket.objects.aggregate(first=models.Min("pk"), last=models.Max("pk"))
        self.copies += 1
        for model in with_children(Ticket):
            copied(
                cursor, model, self.copies, keys["last"] - keys["first"] + 1, keys["first"], keys["first"] + wanted - 1
            )
        self.count += wanted
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence('hotline_ticket', 'id'), %s)", [2 * keys["last"]])


def copied(cursor: Any, model: type[models.Model], mark: object, shift: int, first: int, last: int) -> None:
    """The rows of tickets `first`…`last` once more, for other tickets: keys moved on by `shift`, numbers marked."""
    own = [field for field in model._meta.local_concrete_fields if model is Ticket or not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in own)
    values = ", ".join(_value(field, mark, shift) for field in own)
    key, table = "id" if model is Ticket else "case_id", model._meta.db_table
    cursor.execute(
        f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" WHERE "{key}" BETWEEN {first} AND {last}'
    )


def _value(field: models.Field[Any, Any], mark: object, shift: int) -> str:
    column = f'"{field.column}"'
    if field.related_model is Ticket or (field.model is Ticket and field.primary_key):
        return f"{column} + {shift}"
    if field.model is Ticket and field.name in ("number", "city_number"):
        return f"CASE WHEN {column} = '' THEN '' ELSE {column} || '-{mark}' END"
    return column
