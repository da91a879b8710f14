"""The figures of the hotline: what counts, what does not, and that working today changes nothing of last year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hotline import actions, ledgers
from hotline.models import Ticket, TicketStanding
from tests.hotline import desk
from tests.hotline.desk import at
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.figures import compute, registry
from wangcheng.common.figures.periods import Period
from wangcheng.common.models import Message

DECEMBER = at("2022-12-27 09:30")  # a Tuesday
NAMES = [
    "tickets_received", "tickets_finished", "closing_rate", "satisfaction_rate", "resolution_rate", "timely_contact_rate",
    "timely_sign_rate", "on_time_rate", "pushed", "push_contacted", "push_response_rate", "return_rate",
    "first_dispatch_rate", "rework_rate", "repeat_rate", "village_complaints", "reminder_messages", "trainees",
    "satisfaction_rate_with_excluded", "resolution_rate_with_excluded", "on_time_rate_with_excluded",
]  # fmt: skip


def figures(text: str = "2022", by: str = "") -> dict[str, tuple[Any, ...]]:
    """name → (numerator, denominator), those of zero left out; broken down: (name, code) → …"""
    found = {}
    for value in compute.compute(NAMES, Period.parse(text, as_of=at("2024-01-01 00:00")), by):
        parts = (value.numerator,) if value.denominator is None else (value.numerator, value.denominator)
        if any(parts):
            found[value.figure.name if not by else f"{value.figure.name}:{value.by_code}"] = parts
    return found


def listed(name: str, text: str = "2022") -> tuple[int, int | None]:
    """How many rows stand behind a figure and behind its denominator."""
    figure, period = registry.get(name), Period.parse(text, as_of=at("2024-01-01 00:00"))
    below = compute.rows(figure, period, "denominator").count() if figure.denominator else None
    return compute.rows(figure, period).count(), below


def in_december(make: Callable[[], Any], day: datetime = DECEMBER) -> Any:
    with clock.frozen(day):
        return make()


def test_a_closed_ticket_counts_in_every_figure_it_belongs_to(world: World) -> None:
    in_december(lambda: desk.closed(world, area=world.grids["斑马湖社区1"], category=world.categories["垃圾清运"]))
    assert figures() == {
        "tickets_received": (1,), "tickets_finished": (1,), "closing_rate": (1, 1),
        "satisfaction_rate": (1, 1), "satisfaction_rate_with_excluded": (1, 1),
        "resolution_rate": (1, 1), "resolution_rate_with_excluded": (1, 1),
        "timely_contact_rate": (1, 1), "timely_sign_rate": (1, 1),
        "pushed": (1,), "push_response_rate": (0, 1), "return_rate": (0, 1), "first_dispatch_rate": (1, 1),
        "rework_rate": (0, 1), "repeat_rate": (0, 1), "village_complaints": (1,),
    }  # fmt: skip


def test_the_list_behind_each_figure_has_as_many_rows_as_the_figure_says(world: World) -> None:
    in_december(lambda: desk.closed(world, area=world.grids["斑马湖社区1"]))
    in_december(lambda: desk.dispatched(world, title="另一件"))
    for name, parts in figures().items():
        above, below = listed(name)
        assert (above, below)[: len(parts)] == parts, name


def test_working_in_january_changes_no_figure_of_last_year(world: World) -> None:
    """Every kind of step that a ticket of December can still take in January."""
    open_ = in_december(lambda: desk.dispatched(world, area=world.grids["斑马湖社区1"], caller_phone="13900000001"))
    late = in_december(lambda: desk.received(world, caller_phone="13900000002"))
    waiting = in_december(lambda: desk.in_callback(world, caller_phone="13900000003"))
    done = in_december(lambda: desk.closed(world, caller_phone="13900000004"))
    unsent = in_december(lambda: desk.received(world, caller_phone="13900000005", area=world.villages["静慎村"]))
    before = {by: figures(by=by) for by in ("", "town", "village", "grid", "department", "unit", "category")}
    with clock.frozen(at("2023-01-03 09:30")):
        actions.sign(open_.pk, by=world.town)
        actions.contact(open_.pk, by=world.gridofficer, way="phone", outcome="connected")
        actions.ask_extension(open_.pk, by=world.town, days=2, note="需检测")
        actions.rule_extension(open_.pk, by=world.dispatcher, granted=True)
        actions.dispatch(unsent.pk, by=world.dispatcher, unit=world.units["城管局"])
        actions.finish(open_.pk, by=world.town, **desk.FINISHED)
        actions.dispatch(
            late.pk, by=world.dispatcher, unit=world.units["城管局"], area=world.villages["静慎村"],
            category=world.categories["占道经营"],
        )  # fmt: skip
        actions.callback(waiting.pk, by=world.caller, **desk.HAPPY)
        actions.correct(done.pk, by=world.dispatcher, note="市级复核", satisfaction="dissatisfied", resolved="no",
                        area=world.villages["静慎村"], category=world.categories["占道经营"])  # fmt: skip
        actions.redo(waiting.pk, by=world.supervisor, note="仍未解决")
        actions.ask_exclusion(done.pk, by=world.town, note="恶意投诉")
        actions.rule_exclusion(done.pk, by=world.dispatcher, granted=True)
        desk.received(world, received_at=at("2022-12-30 10:00"), title="补录去年的")
    assert {by: figures(by=by) for by in before} == before


def test_a_place_written_in_later_changes_no_figure_of_before(world: World) -> None:
    done = in_december(lambda: desk.closed(world))
    with clock.frozen(at("2023-01-03 09:30")):
        actions.correct(done.pk, by=world.dispatcher, note="补填地点", area=world.villages["静慎村"])
    assert figures(by="village") == {}
    assert TicketStanding.objects.filter(case=done).count() == 2


def test_the_late_entry_counts_from_when_it_was_made(world: World) -> None:
    desk.received(world, received_at=at("2022-12-30 10:00"))
    assert figures() == {}
    assert Ticket.objects.get().created_day.year == 2022


@pytest.mark.parametrize(
    ("answers", "satisfied", "resolved"),
    [
        ({"resolved": "yes", "satisfaction": "basically"}, (1, 1), (1, 1)),
        ({"resolved": "partly", "satisfaction": "dissatisfied"}, (0, 1), (0, 1)),
        ({"resolved": "no", "satisfaction": "satisfied"}, (1, 1), (0, 1)),
        ({"resolved": "none", "satisfaction": "unreachable"}, None, None),
        ({"resolved": "none", "satisfaction": "unrated"}, None, None),
    ],
)
def test_satisfaction_and_resolution_are_independent(
    world: World, answers: dict[str, str], satisfied: Any, resolved: Any
) -> None:
    in_december(lambda: desk.closed(world, answers))
    found = figures()
    assert (found.get("satisfaction_rate"), found.get("resolution_rate")) == (satisfied, resolved)


def test_the_last_round_is_what_counts(world: World) -> None:
    ticket = in_december(lambda: desk.closed(world, {"resolved": "no", "satisfaction": "dissatisfied"}))
    in_december(lambda: actions.redo(ticket.pk, by=world.supervisor, note="仍未解决"))
    assert "satisfaction_rate" not in figures()
    assert "tickets_finished" not in figures()
    in_december(lambda: actions.finish(ticket.pk, by=world.town, **desk.FINISHED))
    in_december(lambda: actions.review(ticket.pk, by=world.reviewer, passed=True))
    in_december(lambda: actions.callback(ticket.pk, by=world.caller, **desk.HAPPY))
    assert figures()["satisfaction_rate"] == (1, 1)
    assert figures()["rework_rate"] == (1, 1)


def test_contact_is_timely_within_the_limit_and_owed_once_the_limit_has_run_out(world: World) -> None:
    def contacted(when: str) -> None:
        ticket = in_december(lambda: desk.dispatched(world, title=when))
        with clock.frozen(at(when)):
            actions.contact(ticket.pk, by=world.town, way="phone", outcome="connected")

    contacted("2022-12-27 10:00")
    assert figures()["timely_contact_rate"] == (1, 1)
    contacted("2022-12-30 14:01")  # a minute late
    assert figures()["timely_contact_rate"] == (1, 2)
    in_december(lambda: desk.dispatched(world, title="未联系"))
    assert figures()["timely_contact_rate"] == (1, 3)
    in_december(lambda: desk.dispatched(world, title="匿名", anonymous=True))
    assert figures()["timely_contact_rate"] == (1, 3)
    in_december(lambda: desk.dispatched(world, title="年底的"), at("2022-12-30 16:00"))
    assert figures()["timely_contact_rate"] == (1, 3)


def test_signing_is_timely_within_four_working_hours(world: World) -> None:
    for when in ("2022-12-27 15:00", "2022-12-27 15:01"):
        ticket = in_december(lambda: desk.dispatched(world))
        with clock.frozen(at(when)):
            actions.sign(ticket.pk, by=world.town)
    assert figures()["timely_sign_rate"] == (1, 2)


def test_the_on_time_rate_counts_what_was_due_in_the_period(world: World) -> None:
    """Carried-over tickets in, those not yet due and suspended ones out."""
    day = at("2022-12-20 09:30")
    for when in ("2022-12-21 10:00", "2022-12-28 10:00"):  # due 2022-12-27 09:30
        ticket = in_december(lambda: desk.handling(world), day)
        with clock.frozen(at(when)):
            actions.finish(ticket.pk, by=world.town, **desk.FINISHED)
    in_december(lambda: desk.handling(world, title="从未办结"), day)
    held = in_december(lambda: desk.handling(world, title="挂起"), day)
    in_december(lambda: actions.suspend(held.pk, by=world.dispatcher, note="鉴定"), at("2022-12-21 10:00"))
    in_december(lambda: desk.handling(world, title="尚未到期"), at("2022-12-29 09:30"))
    assert figures()["on_time_rate"] == figures()["on_time_rate_with_excluded"] == (1, 3)
    assert figures("2022-12-27")["on_time_rate"] == (1, 3)
    assert "on_time_rate" not in figures("2022-12-20")


def test_an_answer_sent_back_is_not_finished_in_time(world: World) -> None:
    day = at("2022-12-20 09:30")
    ticket = in_december(lambda: desk.in_review(world), day)
    in_december(lambda: actions.review(ticket.pk, by=world.reviewer, passed=False, note="补依据"), day)
    assert figures()["on_time_rate"] == (0, 1)
    assert figures()["rework_rate"] == (1, 1)


def test_a_returned_ticket_was_not_sent_right_the_first_time(world: World) -> None:
    ticket = in_december(lambda: desk.dispatched(world))

    def back() -> None:
        actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")
        actions.rule_return(ticket.pk, by=world.dispatcher, granted=True)

    in_december(back)
    found = figures()
    assert (found["return_rate"], found["first_dispatch_rate"]) == ((1, 1), (0, 1))


def test_a_push_is_answered_by_the_grid(world: World) -> None:
    ticket = in_december(lambda: desk.dispatched(world, area=world.grids["斑马湖社区1"]))
    assert figures()["push_response_rate"] == (0, 1)
    in_december(lambda: actions.contact(ticket.pk, by=world.gridofficer, way="visit", outcome="connected"))
    found = figures()
    assert (found["pushed"], found["push_contacted"], found["push_response_rate"]) == ((1,), (1,), (1, 1))


def test_an_excluded_ticket_counts_only_before_exclusion(world: World) -> None:
    ticket = in_december(lambda: desk.closed(world, {"resolved": "no", "satisfaction": "dissatisfied"}))

    def exclude() -> None:
        actions.ask_exclusion(ticket.pk, by=world.town, note="恶意投诉")
        actions.rule_exclusion(ticket.pk, by=world.dispatcher, granted=True)

    in_december(exclude)
    found = figures()
    assert "satisfaction_rate" not in found
    assert found["satisfaction_rate_with_excluded"] == (0, 1)
    assert found["tickets_finished"] == (1,)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({}, True),
        ({"type": "complaint"}, True),
        ({"type": "consult"}, False),
        ({"type": "suggestion"}, False),
        ({"type": "praise"}, False),
        ({"category": "占道经营"}, False),
        ({"village": None}, False),
        ({"confirmed": "partly"}, True),
        ({"confirmed": "no"}, False),
    ],
)
def test_what_counts_against_a_village(world: World, values: dict[str, Any], counts: bool) -> None:
    def closed() -> None:
        area = None if "village" in values else world.villages["斑马湖社区"]
        category = world.categories[values.get("category", "垃圾清运")]
        ticket = desk.handling(world, type=values.get("type", "help"), area=area, category=category)
        said = {**desk.FINISHED, "confirmed": values.get("confirmed", "yes")}
        actions.finish(ticket.pk, by=world.town, **said)

    in_december(closed)
    assert figures().get("village_complaints", (0,)) == (int(counts),)


def test_a_repeat_does_not_count_against_a_village_twice(world: World) -> None:
    for _ in range(2):
        in_december(
            lambda: desk.in_review(world, area=world.villages["斑马湖社区"], category=world.categories["垃圾清运"])
        )
    found = figures()
    assert (found["village_complaints"], found["repeat_rate"]) == ((1,), (1, 2))


def test_what_is_found_out_after_the_period_counts_in_the_next_and_is_pending_before(world: World) -> None:
    place = {"area": world.villages["斑马湖社区"], "category": world.categories["垃圾清运"]}
    with clock.frozen(DECEMBER):
        ticket = desk.handling(world, **place)
    with clock.frozen(at("2023-01-03 10:00")):
        actions.finish(ticket.pk, by=world.town, **desk.FINISHED)
    complaints, pending = "village_complaints", "village_complaints_pending"
    assert [compute.one(name, Period.parse("2022Q4")).numerator for name in (complaints, pending)] == [0, 1]
    with clock.frozen(at("2023-04-01 09:00")):
        assert [compute.one(name, Period.parse("2023Q1")).numerator for name in (complaints, pending)] == [1, 0]


def test_a_repeat_of_what_was_found_out_in_an_earlier_period_counts_again(world: World) -> None:
    place = {"area": world.villages["斑马湖社区"], "category": world.categories["垃圾清运"]}
    for day in (DECEMBER, at("2023-01-04 09:30")):
        with clock.frozen(day):
            desk.in_review(world, **place)
    assert Ticket.objects.get(repeat_of__isnull=False).received_at == at("2023-01-04 09:30")
    found = [figures(quarter).get("village_complaints") for quarter in ("2022Q4", "2023Q1")]
    assert found == [(1,), (1,)]
    assert figures("2022-12-01..2023-01-31")["village_complaints"] == (1,)


def test_figures_are_broken_down_by_place_unit_and_category(world: World) -> None:
    in_december(lambda: desk.dispatched(world, area=world.grids["斑马湖社区1"], category=world.categories["占道经营"]))
    in_december(lambda: desk.dispatched(world, "城管局", area=world.villages["静慎村"]))
    found = {
        by: {key.split(":")[1]: parts for key, parts in figures(by=by).items() if key.startswith("tickets_received")}
        for by in ("town", "village", "grid", "department", "unit", "category")
    }
    assert found == {
        "town": {"430112001000": (1,), "430112101000": (1,)},
        "village": {"430112001010": (1,), "430112101201": (1,)},
        "grid": {"430112001010001": (1,)},
        "department": {"D01": (1,)},
        "unit": {"430112001000": (1,), "D01": (1,)},
        "category": {"010000": (1,)},
    }


def test_every_breakdown_costs_one_query_per_source_and_one_for_the_rules(
    world: World, django_assert_max_num_queries: Any
) -> None:
    in_december(lambda: desk.closed(world))
    with django_assert_max_num_queries(11):
        figures(by="town")


def test_reminders_count_one_per_recipient_once_the_carrier_took_them(world: World) -> None:
    usual = {"purpose": "reminder", "phone": "13900000000", "text": "…", "segments": 2, "created_at": DECEMBER,
             "not_before": DECEMBER, "organisation": world.units["高塘岭街道"]}  # fmt: skip
    Message.objects.create(**usual, state="delivered", accepted_at=DECEMBER)
    Message.objects.create(**usual, state="accepted", accepted_at=DECEMBER)
    Message.objects.create(**usual, state="waiting")
    Message.objects.create(**{**usual, "purpose": "push"}, state="accepted", accepted_at=DECEMBER)
    Message.objects.create(**usual, state="accepted", accepted_at=DECEMBER + timedelta(days=30))
    assert figures()["reminder_messages"] == (2,)
    assert figures(by="town")["reminder_messages:430112001000"] == (2,)


def test_trainees_are_summed_from_the_sessions_recorded_by_the_cut_off(world: World) -> None:
    def record() -> None:
        for people in (30, 20):
            ledgers.record_training(by=world.supervisor, day=clock.today(), kind="visit", topic="培训", people=people)

    in_december(record)
    ledgers.record_training(by=world.supervisor, day=DECEMBER.date(), kind="visit", topic="补登", people=9)
    assert figures()["trainees"] == (50,)
    value = compute.one("trainees", Period.parse("2022"))
    assert (value.printed, value.value) == ("50", Decimal("50.000000"))


def test_an_as_of_row_is_added_only_when_something_counted_is_overwritten(world: World) -> None:
    ticket = desk.closed(world)
    assert TicketStanding.objects.filter(case=ticket).count() == 1
    actions.redo(ticket.pk, by=world.supervisor, note="仍未解决")
    assert TicketStanding.objects.filter(case=ticket).count() == 2
    row = TicketStanding.objects.get(case=ticket, until=None)
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert {name: getattr(row, name) for name in Ticket.TRACKED} == {
        name: getattr(fresh, name) for name in Ticket.TRACKED
    }
