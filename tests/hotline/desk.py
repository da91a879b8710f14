"""Tickets of the tests, led by the proper people through the actions to where a test begins."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from hotline import actions
from hotline.intake import Intake
from wangcheng.common import clock

if TYPE_CHECKING:
    from hotline.models import Ticket
    from tests.world import World

PHONE = "13812345678"
FINISHED = {"confirmed": "yes", "facts": "属实", "measures": "已清运", "resolved": "yes", "reply": "已告知处理结果"}
HAPPY = {"resolved": "yes", "satisfaction": "satisfied"}


def intake(**values: Any) -> Intake:
    """A request for help as the hotline writes it down; `values` go before."""
    usual: dict[str, Any] = {
        "title": "楼下垃圾没有人清运",
        "content": "反映楼下垃圾堆放多日，希望尽快清运。",
        "type": "help",
        "source": "phone",
        "received_at": clock.now(),
        "caller_name": "张三丰",
        "caller_phone": PHONE,
    }
    return Intake(**{**usual, **values})


def received(world: World, **values: Any) -> Ticket:
    return actions.receive(intake(**values), by=world.dispatcher)


def dispatched(world: World, unit: str = "高塘岭街道", co_units: tuple[str, ...] = (), **values: Any) -> Ticket:
    ticket = received(world, **values)
    others = [world.units[name] for name in co_units]
    return actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units[unit], co_units=others)


def handling(world: World, **values: Any) -> Ticket:
    """With 高塘岭街道, signed and the caller reached."""
    ticket = dispatched(world, **values)
    actions.sign(ticket.pk, by=world.town)
    return actions.contact(ticket.pk, by=world.town, way="phone", outcome="connected")


def in_review(world: World, **values: Any) -> Ticket:
    return actions.finish(handling(world, **values).pk, by=world.town, **FINISHED)


def in_callback(world: World, **values: Any) -> Ticket:
    return actions.review(in_review(world, **values).pk, by=world.reviewer, passed=True)


def closed(world: World, answers: dict[str, str] | None = None, **values: Any) -> Ticket:
    return actions.callback(in_callback(world, **values).pk, by=world.caller, **(answers or HAPPY))


def at(text: str) -> datetime:
    """A moment in Beijing: at("2023-01-03 09:30")."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.CHINA)
