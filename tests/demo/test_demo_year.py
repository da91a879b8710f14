"""The demonstration year: its totals are the published ones, and the single form of the actions leads to the same rows.

The year is loaded once (a minute); every test of this file runs in that one transaction, which is rolled back.
On PostgreSQL a twentieth of its tickets and whistles is loaded, without assessments and money: what they leave is the same
on both, how it is written is not.
"""

from __future__ import annotations

import copy
import hashlib
import html
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Count, Q
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from budget import report_actions
from budget.crosscheck import crosscheck, read_report
from budget.report.content import current
from budget.report.figures import ALSO, NAMES, figures_of
from budget.report.issue import files_of
from budget.report.narrative import default_sections
from grid.models import Assessment
from hotline.models import Ticket, TicketCallback, TicketContact, TicketEvent, TicketPush
from tests.judges import by_office, pages
from wangcheng.common import clock
from wangcheng.common.casework.batch import Batch
from wangcheng.common.casework.bulk import reserve_keys
from wangcheng.common.casework.models import replay
from wangcheng.common.figures.compute import compute, rows
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Figure, get
from wangcheng.common.models import Area, Message, Organisation, User
from wangcheng.common.workflow import Facts, Step, move, plain
from wangcheng.demo import targets
from wangcheng.demo.load import Wanted, load_year
from wangcheng.demo.tickets.yearend import LAST
from whistle.models import Whistle, WhistleAttachment, WhistleEvent

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demonstration year")]
PART = 20 if connection.vendor == "postgresql" else 1  # of the year is loaded
OF_THE_PART = (
    "TICKETS", "TICKETS_FINISHED", "PUSHED", "PUSH_CONTACTED", "REMINDERS", "WHISTLES", "WHISTLES_FILED", "WHISTLES_CLOSED",
)  # fmt: skip
REPLAYED = {Ticket: 400, Whistle: 100} if PART == 1 else {Ticket: 80, Whistle: 20}
CASES = {
    "tickets_received": targets.TICKETS // PART,
    "tickets_finished": targets.TICKETS_FINISHED // PART,
    "pushed": targets.PUSHED // PART,
    "push_contacted": targets.PUSH_CONTACTED // PART,
    "reminder_messages": targets.REMINDERS // PART,
    "whistles_collected": targets.WHISTLES // PART,
    "whistles_filed": targets.WHISTLES_FILED // PART,
    "whistles_closed": targets.WHISTLES_CLOSED // PART,
}
COUNTS = {
    **CASES,
    "trainees": targets.TRAINEES,
    "hard_whistle_batches": targets.HARD_BATCHES,
    "hard_whistles": targets.HARD_WHISTLES,
    "hard_whistles_solved": targets.HARD_SOLVED,
    "excellent_level3_per_quarter": targets.EXCELLENT_LEVEL3,
    "excellent_level4_per_quarter": targets.EXCELLENT_LEVEL4,
    "staff_total": sum(targets.STAFF.values()),
    "video_points": targets.VIDEO_POINTS,
    "estate_video": targets.ESTATE_VIDEO,
    "model_communities": targets.MODEL_COMMUNITIES,
    "reward_urban_per_quarter_yuan": 5000,
    "reward_other_per_quarter_yuan": 3000,
}
LOADED = COUNTS if PART == 1 else CASES
PRINTED = {
    "satisfaction_rate": "98.39",
    "timely_contact_rate": "99.67",
    "resolution_rate": "82.78",
    "push_response_rate": "99.58",
    "whistle_close_rate": "97.90",
    "basic_personnel": "373.58",
    "basic_public": "18.89",
    "basic_subsidies": "0.00",
    "three_public": "2.40",
    "special_budget": "1098.00",
    "fund_hotline_grid_budget": "400.00",
    "fund_hotline_grid_used": "371.76",
    "fund_hotline_grid_rate": "92.94",
    "fund_daily_budget": "416.00",
    "fund_daily_used": "392.94",
    "fund_daily_rate": "94.46",
    "fund_maintenance_budget": "282.00",
    "fund_maintenance_used": "32.75",
    "fund_maintenance_rate": "11.61",
    "contract_paid_share": "59.00",
}

History = tuple[Any, list[tuple[Step, Facts]]]
histories: dict[type[models.Model], list[History]] = defaultdict(list)


class Recorder(Batch):
    """A batch that remembers some of the histories it was given, as they were before the first step."""

    chance = random.Random(7)

    def begin(self, case: Any, step: Step, facts: Facts) -> Any:
        of = {Ticket: CASES["tickets_received"], Whistle: CASES["whistles_collected"]}
        share = REPLAYED.get(self.model, 0) / of.get(self.model, 1)
        if self.chance.random() < share * 1.15 and len(histories[self.model]) < REPLAYED[self.model]:
            histories[self.model].append((copy.copy(case), [(step, facts)]))
        return super().begin(case, step, facts)

    def step(self, case: Any, step: Step, facts: Facts) -> None:
        kept = histories[self.model]
        if kept and kept[-1][0].pk == case.pk:
            kept[-1][1].append((step, facts))
        super().step(case, step, facts)


def here(computations: Iterable[Callable[[], Any]]) -> Iterator[Any]:
    """The histories are carried in this process, which remembers them."""
    return (carry() for carry in computations)


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Period]:
    """The loaded year; rolled back after the last test of this file."""
    patch = pytest.MonkeyPatch()
    for part in ("tickets", "whistles"):
        patch.setattr(f"wangcheng.demo.{part}.load.Batch", Recorder)
        patch.setattr(f"wangcheng.demo.{part}.load.ahead", here)
    if PART > 1:
        for name in OF_THE_PART:
            patch.setattr(targets, name, getattr(targets, name) // PART)
        for step in ("assess_quarters", "load_money"):
            patch.setattr(f"wangcheng.demo.load.{step}", lambda asked: None)
    with django_db_blocker.unblock(), clock.frozen(clock.DEMO_START):
        with transaction.atomic():
            load_year(Wanted(), lambda part, done: None)
            yield Period.parse("2022")
            transaction.set_rollback(True)
        connection.close()
    patch.undo()


@pytest.fixture
def whole(year: Period) -> Period:
    if PART > 1:
        pytest.skip("PostgreSQL 上只载入一部分，公布的总数在内置默认上核对")
    return year


def test_every_published_count_is_counted_from_rows(year: Period) -> None:
    values = {value.figure.name: value for value in compute(list(LOADED), year)}
    assert {name: int(value.value or 0) for name, value in values.items()} == LOADED


@pytest.mark.embedded
def test_every_published_rate_and_amount_prints_as_published(whole: Period) -> None:
    values = {value.figure.name: value.printed for value in compute(list(PRINTED), whole)}
    assert values == PRINTED


def test_behind_every_count_stands_a_list_of_that_length(year: Period) -> None:
    plain_counts = [name for name in LOADED if not get(name).sum_of and not get(name).distinct]
    for value in compute([*plain_counts, "satisfaction_rate", "whistle_close_rate"], year):
        assert rows(value.figure, year).count() == value.numerator, value.figure.name
        if value.denominator is not None:
            assert rows(value.figure, year, "denominator").count() == value.denominator


def test_unfinished_tickets_are_within_their_limit_or_wait_for_the_centre(year: Period) -> None:
    open_ = Ticket.objects.filter(state__in=Ticket.OPEN)
    assert open_.count() == CASES["tickets_received"] - CASES["tickets_finished"]
    assert not open_.filter(state__in=["received", *Ticket.WITH_UNIT], due_at__lte=LAST).exists()


def test_every_eligible_ticket_dispatched_in_december_was_pushed_and_none_before(year: Period) -> None:
    eligible = Q(grid__isnull=False, first_dispatched_at__gte=clock.at(LAST.date().replace(day=1))) & ~Q(type="consult")
    towns = Q(unit__kind__in=["town", "village"])
    assert not Ticket.objects.filter(eligible, towns, pushed_at=None, returns=0).exists()
    assert not TicketPush.objects.filter(pushed_at__lt=clock.at(LAST.date().replace(day=1))).exists()


def test_nobody_is_reached_by_what_the_ticket_does_not_tell(year: Period) -> None:
    """No number, no telephone, no callback; a secret caller is telephoned by the centre alone."""
    contacts = TicketContact.objects.exclude(way="meeting")
    assert not contacts.filter(case__anonymous=True).exists()
    secret = Q(case__confidential=True) | Q(case__type="report")
    assert contacts.filter(secret).exists()
    assert not contacts.filter(secret).exclude(organisation__kind="centre").exists()
    assert not TicketCallback.objects.filter(case__anonymous=True).exclude(satisfaction="unreachable").exists()


def test_whoever_was_pushed_a_ticket_was_sent_a_message(year: Period) -> None:
    pushed = Counter(TicketPush.objects.values_list("case__number", "user_id"))
    sent = Message.objects.filter(purpose=Message.Purpose.PUSH, accepted_at__isnull=False)
    assert Counter(sent.values_list("about", "recipient_id")) == pushed


def test_every_photo_that_a_step_asked_for_is_there(year: Period) -> None:
    for step, purpose in (("report", "report"), ("arrive", "arrive"), ("verify", "verify")):
        taken = Counter(WhistleEvent.objects.filter(step=step).values_list("case_id", flat=True))
        assert Counter(WhistleAttachment.objects.filter(purpose=purpose).values_list("case_id", flat=True)) == taken
    for photo in {row.file.name: row for row in WhistleAttachment.objects.order_by("-pk")[:500]}.values():
        with photo.file.open("rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == photo.sha256
        assert photo.thumbnail.size
        assert photo.fingerprint


def test_the_year_has_what_an_office_meets_beside_the_main_road(year: Period) -> None:
    taken = set(TicketEvent.objects.values_list("step", flat=True))
    assert {"extend", "rule_extend", "suspend", "resume", "merge", "absorb", "follow", "exclude", "correct"} <= taken
    assert Ticket.objects.filter(exclusion="granted").exists()
    assert Ticket.objects.filter(urgency="critical").exists()
    assert Ticket.objects.exclude(marks=[]).exists()
    assert not Ticket.objects.filter(state="merged").exists()
    if PART == 1:
        assert Ticket.objects.filter(extension="asked", state="handling").exists()


def test_departments_dispose_of_a_fifth_in_every_town(year: Period) -> None:
    shares = compute(["department_share"], year, "town")
    assert len(shares) == 16
    assert all((share.value or 0) >= Decimal(20) for share in shares)


@pytest.mark.embedded
def test_the_excellent_quotas_hold_in_each_quarter_and_the_villages_are_the_chosen_ones(whole: Period) -> None:
    for quarter in ("2022Q1", "2022Q2", "2022Q3", "2022Q4"):
        third, fourth, zero = (
            Assessment.objects.get(quarter=quarter, kind=kind) for kind in ("level3", "level4", "zero")
        )
        assert (third.state, fourth.state, zero.state) == ("final", "final", "final")
        assert third.scores.filter(grade="excellent").count() == targets.EXCELLENT_LEVEL3
        assert fourth.scores.filter(grade="excellent").count() == targets.EXCELLENT_LEVEL4
        place = int(quarter[-1]) - 1
        awarded = zero.villages.filter(awarded=True)
        assert awarded.filter(is_urban=True).count() == targets.ZERO_COMPLAINT_URBAN[place]
        assert awarded.filter(is_urban=False).count() == targets.ZERO_COMPLAINT_OTHER[place]


def test_territory_and_people_have_the_size_of_the_district(year: Period) -> None:
    levels = dict(Area.objects.filter(valid_to=None).order_by().values_list("level").annotate(n=Count("pk")))
    assert levels == {0: 1, 1: 16, 2: 157, 3: targets.LEVEL3_GRIDS, 4: targets.LEVEL4_GRIDS}
    assert Organisation.objects.filter(kind="village").count() == 157
    assert User.objects.count() > 10_000
    assert User.objects.exclude(password__startswith="!").count() == 14


# The report of the year


@pytest.fixture(scope="module")
def files(year: Period) -> dict[str, bytes]:
    """The report as nobody has touched it yet."""
    return files_of(2022)


@pytest.mark.embedded
def test_the_untouched_report_checks_clean_beside_the_data_and_as_a_file(
    whole: Period, files: dict[str, bytes], tmp_path: Path
) -> None:
    assert current(2022, default_sections(), clock.today())["findings"] == []
    (tmp_path / "report.docx").write_bytes(files["report.docx"])
    assert crosscheck(read_report(tmp_path / "report.docx")) == []


@pytest.mark.embedded
def test_libreoffice_opens_the_report_page_for_page_as_the_pdf(
    whole: Period, files: dict[str, bytes], tmp_path: Path
) -> None:
    """Every annex on one page, its 总分 with it; each heading where the PDF has it."""
    ours = pages(files["report.pdf"], tmp_path)
    theirs = pages(by_office(files["report.docx"], "docx", "pdf", tmp_path), tmp_path)
    annexes = [n for n, page in enumerate(ours) if page.startswith("附件")]
    assert annexes == list(range(annexes[0], len(ours)))
    assert all("总分100" in page for page in ours[annexes[0] :])
    marks = [f"（{n}）" for n in "一二三四"] + [f"{n}、" for n in "一二三四五六"] + ["附件1", "附件4", "总分100"]
    assert [[mark in page for mark in marks] for page in ours] == [[mark in page for mark in marks] for page in theirs]


@pytest.mark.embedded
def test_every_figure_on_the_report_page_opens_what_stands_behind_it(whole: Period) -> None:
    """A count its rows, an amount rows of that sum, a rate both parts, a policy value its version."""
    person = Client()
    person.force_login(User.objects.get(username="finance"), backend="wangcheng.common.people.auth.PostBackend")
    report = report_actions.draft(2022, by=User.objects.get(username="finance"))
    page = person.get(f"/self-evaluations/2022/{report.edition}/").content.decode()
    text, _, table = page.partition("报告数据表")
    links = set(re.findall(r'href="(/figures/(\w+)/rows/[^"]*part=(\w+))"', table))
    figures = figures_of(2022, NAMES + ALSO)
    rates = {name for name, entry in figures.items() if entry["denominator"] is not None}
    assert {(name, part) for _, name, part in links} == {
        *((name, "numerator") for name in figures), *((name, "denominator") for name in rates),
    }  # fmt: skip
    assert {name for name in NAMES if f"{{{{ {name} }}}}" in str(default_sections())} <= set(
        re.findall(r"/figures/(\w+)/rows", text)
    )
    for address, name, part in links:
        said = behind(person, address.replace("&amp;", "&"), name, part)
        assert said == expected(figures[name], get(name), part), (name, part)
    assert "版本" in person.get("/figures/reward_urban_per_quarter_yuan/rows/?period=2022").content.decode()


def expected(entry: dict[str, Any], figure: Figure, part: str) -> Decimal:
    """The number that the list must come to: in yuan, pieces or people."""
    found = entry[part] if entry["denominator"] is not None else Decimal(entry["value"]) * figure.scale
    return Decimal(found)


def behind(person: Client, address: str, name: str, part: str) -> Decimal:
    """What the list says of itself: the sum of its amounts, or how many rows it has."""
    page = person.get(address).content.decode()
    assert f"<h1>{get(name).label}" in html.unescape(page)
    if found := re.search(r"(?:合计|按不重复计数)：([\d,.]+?)。", page):
        return Decimal(found[1].replace(",", ""))
    counts = person.get(f"{address}&only=counts").content.decode()
    total = re.search(r'<b id="total"[^>]*>([\d,]+)</b>', counts)
    assert total, address
    return Decimal(total[1].replace(",", ""))


@pytest.mark.parametrize("model", [Ticket, Whistle])
def test_histories_taken_one_by_one_leave_the_same_rows_and_events(year: Period, model: type[Any]) -> None:
    kept = [history for history in histories[model] if getattr(history[0], "repeat_of_id", None) is None]
    assert len(kept) >= REPLAYED[model] * 0.9
    keys = iter(reserve_keys(model, len(kept)))
    with transaction.atomic():
        for case, steps in kept:
            twin = _twin(case, next(keys))
            for step, facts in steps:
                move(twin, step, facts)
            _compare(model.objects.get(pk=case.pk), model.objects.get(pk=twin.pk))
        transaction.set_rollback(True)


def _twin(case: Any, key: int) -> Any:
    """The same new case under another key and number."""
    twin = copy.copy(case)
    twin._state = copy.copy(case._state)
    twin._state.adding = True
    twin.pk, twin.number = key, f"T{case.number[2:]}"
    if getattr(twin, "city_number", ""):
        twin.city_number = f"T{twin.city_number}"
    return twin


def _compare(batch: Any, single: Any) -> None:
    own = {"id", "number", "digest", "city_number"}
    assert _columns(batch, own) == _columns(single, own)
    for relation in batch._meta.related_objects:
        if relation.name == "attachments":
            continue  # files are kept by the actions, beside the step
        if relation.field.name == "case" and apps.get_app_config(relation.related_model._meta.app_label):
            left, right = (_children(case, relation, {"id", "case_id", "digest"}) for case in (batch, single))
            assert left == right, relation.related_model
    for case in (batch, single):
        events = list(case.events.order_by("seq").values("data"))
        for name, value in replay(events).items():
            if name != "city_number":
                field = case._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name)
                assert field.to_python(value) == field.to_python(plain(getattr(case, name))), name


def _columns(row: models.Model, without: set[str]) -> dict[str, Any]:
    found = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    found = {name: value for name, value in found.items() if name not in without}
    if "data" in found:
        found["data"] = {name: value for name, value in found["data"].items() if name != "city_number"}
    return found


def _children(case: Any, relation: Any, without: set[str]) -> list[str]:
    found = relation.related_model._default_manager.filter(case=case)
    return sorted(str(sorted(_columns(row, without).items())) for row in found)
