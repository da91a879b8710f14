"""The demonstration year as a whole, in the order in which one thing needs another; one transaction a part."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import connection, transaction

from hotline.models import Ticket
from wangcheng.common import clock
from wangcheng.common.casework.loading import bared, with_children
from wangcheng.common.models import Message, Organisation
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.demo import targets
from wangcheng.demo.cast import Cast
from wangcheng.demo.founding import found
from wangcheng.demo.hard import load_hard_whistles
from wangcheng.demo.knowledge import load_knowledge
from wangcheng.demo.ledgers import load_ledgers
from wangcheng.demo.money import load_money
from wangcheng.demo.quarters import QUARTERS, assess_quarters
from wangcheng.demo.tickets.load import TicketYear
from wangcheng.demo.whistles.load import load_whistles
from whistle.models import Whistle

FIRST_MOMENT = datetime(2022, 1, 1, tzinfo=clock.CHINA)
Say = Callable[[str, int], None]  # (part, how many more of it are done)


class NotEmpty(Exception):
    """The database holds an office already."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for."""

    seed: int = 2022
    scale: int = 1

    @property
    def parts(self) -> dict[str, int]:
        """What is loaded, in its order, and in how many steps."""
        return {
            "机构与人员": 0,
            "哨单": targets.WHISTLES * self.scale,
            "工单": targets.TICKETS * self.scale,
            "索引": 0,
            "攻坚哨与台账": 0,
            "季度考核": len(QUARTERS),
            "资金": 0,
        }


def load_year(wanted: Wanted, say: Say) -> None:
    """Load the year into an empty database: all of it or nothing."""
    with transaction.atomic(), _without_collecting():
        if Organisation.objects.exists():
            raise NotEmpty("数据库中已有机构和业务数据，演示年度只能载入空库。")
        with clock.frozen(FIRST_MOMENT):
            say("机构与人员", 0)
            found(wanted.seed)
        cast, calendar = Cast.read(), current_calendar()
        with bared([*with_children(Whistle, Ticket), Message]):
            say("哨单", 0)
            load_whistles(cast, calendar, wanted.seed, wanted.scale, lambda done: say("哨单", done))
            say("工单", 0)
            TicketYear(cast, calendar, wanted.seed, wanted.scale, lambda done: say("工单", done)).load()
            say("索引", 0)
        say("攻坚哨与台账", 0)
        load_hard_whistles(cast, calendar, wanted.seed)
        load_ledgers(wanted.seed)
        load_knowledge()
        _analyse()  # the assessments ask large questions of tables that were empty a moment ago
        say("季度考核", 0)
        assess_quarters(lambda: say("季度考核", 1))
        _analyse("grid")
        say("资金", 0)
        load_money(wanted.seed)
        clock.start_demo()
        _analyse("budget")


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Millions of rows pass through and hold no cycles: looking for some would cost a tenth of the load."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _analyse(*labels: str) -> None:
    """Fresh statistics of some apps' tables (of all), so that the first pages are planned as well as the later ones."""
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    with connection.cursor() as cursor:
        for table in [f'"{model._meta.db_table}"' for model in models] or [""]:
            cursor.execute(f"ANALYZE {table}")
