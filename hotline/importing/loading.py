"""Taking a sheet in: chunk by chunk, each in its own transaction, so that a crash loses nothing and a repeat changes nothing.

New tickets of a chunk are carried by the same plan as a single one and written in bulk; what is there already goes
through `actions.update_from_city`.  Called by the command and the job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from hotline import actions, lookups, workflow
from hotline.importing.mapping import LABELS, SheetMap, from_json, guess, unknown
from hotline.importing.rows import RowReader, read_row
from hotline.intake import Intake, Outcome
from hotline.models import Ticket
from hotline.placing import Placer
from hotline.rules import Limits, rules_on
from wangcheng.common import clock
from wangcheng.common.casework.batch import Batch
from wangcheng.common.casework.bulk import reserve_keys
from wangcheng.common.models import User
from wangcheng.common.sheets.cells import RowProblem
from wangcheng.common.sheets.reading import SheetRow, chunks, count_rows, open_sheet
from wangcheng.common.sheets.rejects import Counts, Rejects, rejects_beside
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.common.workflow import SYSTEM, Facts, actor_of

CHUNK = 500


def load(
    path: Path,
    *,
    written_map: Any = None,
    by: User | None = None,
    dry_run: bool = False,
    rejects: Path | None = None,
    advance: Callable[[int], None] | None = None,
    job: int | None = None,
) -> Counts:
    """工单导入.  FileProblem where the file as a whole is refused; bad rows go into `rejects` with their reasons.

    The new tickets keep the `job` that made them.
    """
    count_rows(path)
    with open_sheet(path) as (header, rows):
        mapping = from_json(written_map, header) if written_map is not None else guess(header)
        sheet = _Sheet(mapping, Rejects(rejects or rejects_beside(path), header), by, dry_run, job)
        if written_map is None and (left := unknown(header)):
            sheet.counts.notes.append(f"无法识别的列没有导入：{'、'.join(left)}。")
        try:
            for chunk in chunks(rows, CHUNK):
                sheet.take(chunk)
                if advance:
                    advance(len(chunk))
        finally:
            sheet.rejects.close()
    sheet.counts.notes += sheet.reader.unknown_categories()
    sheet.counts.reasons = dict(sheet.rejects.reasons.most_common())
    return sheet.counts


class _Sheet:
    """One run over one sheet."""

    def __init__(self, mapping: SheetMap, rejects: Rejects, by: User | None, dry_run: bool, job: int | None) -> None:
        self.rejects, self.by, self.dry_run, self.job = rejects, by, dry_run, job
        self.reader = RowReader(mapping)
        self.counts = Counts(notes=list(_notes(mapping, self.reader)))
        self.seen: dict[str, int] = {}  # city number → row

    def take(self, chunk: list[SheetRow]) -> None:
        """One chunk: read, then written in one transaction."""
        good = [intake for row in chunk if (intake := self._read(row)) is not None]
        outcomes = _outcomes(good, _known(good)) if self.dry_run else self._write(good)
        for outcome in outcomes:
            setattr(self.counts, outcome.value, getattr(self.counts, outcome.value) + 1)

    def _read(self, row: SheetRow) -> Intake | None:
        self.counts.read += 1
        try:
            return read_row(self.reader, row, self.seen)
        except RowProblem as problem:
            self.counts.rejected += 1
            self.rejects.add(row, str(problem))
            return None

    def _write(self, good: list[Intake]) -> list[Outcome]:
        try:
            return _write_chunk(good, self.by, self.job)
        except IntegrityError:  # another import brought one of these numbers at this moment
            return [actions.take_in(intake, by=self.by, imported=True, job=self.job)[1] for intake in good]


def _notes(mapping: SheetMap, reader: RowReader) -> Iterator[str]:
    if not reader.has_time and "received_at" not in mapping.missing:
        yield "表中没有接收时间列，以导入时间作为接收时间。"
    for name, value in mapping.missing.items():
        yield f"{LABELS[name]}为空的行以“{value}”代替。"
    if mapping.numbering:
        words = "、".join(LABELS[name] for name in mapping.numbering.hash_of)
        yield f"表中没有编号，以{words}的摘要作为市级编号。"


def _known(good: list[Intake]) -> dict[str, Ticket]:
    numbers = [intake.city_number for intake in good]
    return {ticket.city_number: ticket for ticket in Ticket.objects.filter(city_number__in=numbers)}


def _outcomes(good: list[Intake], known: dict[str, Ticket]) -> list[Outcome]:
    """What would become of each; cheap, so that a repeated import writes nothing."""
    with_result = [known[intake.city_number].pk for intake in good if intake.result and intake.city_number in known]
    told = lookups.city_results(with_result) if with_result else {}
    return [_outcome(known.get(intake.city_number), intake, told) for intake in good]


def _outcome(ticket: Ticket | None, intake: Intake, told: dict[int, tuple[str, str]]) -> Outcome:
    if ticket is None:
        return Outcome.CREATED
    news = intake.result is not None and intake.result != told.get(ticket.pk)
    changed = ticket.state in workflow.AMEND.sources and bool(intake.changes(ticket))
    return Outcome.UPDATED if news or changed else Outcome.UNCHANGED


@transaction.atomic
def _write_chunk(good: list[Intake], by: User | None, job: int | None) -> list[Outcome]:
    known = _known(good)
    outcomes = _outcomes(good, known)
    for intake, outcome in zip(good, outcomes, strict=True):
        if outcome == Outcome.UPDATED:
            actions.update_from_city(known[intake.city_number].pk, intake, by=by)
    new = [intake for intake, outcome in zip(good, outcomes, strict=True) if outcome == Outcome.CREATED]
    _create(new, by, job)
    return outcomes


def _create(new: list[Intake], by: User | None, job: int | None) -> None:
    """受理 of many: the plan of one, written in bulk."""
    if not new:
        return
    batch, rules = Batch(Ticket), rules_on(clock.today())
    actor, calendar, at = actor_of(by), current_calendar(), clock.now()
    repeats, placer = _Repeats(new, rules.limits), Placer()
    numbers, keys = actions.take_numbers(len(new)), reserve_keys(Ticket, len(new))
    for intake, number, key in zip(new, numbers, keys, strict=True):
        delivered = intake.delivered()
        intake, placed = placer.place(intake)
        ticket = intake.ticket()
        ticket.pk, ticket.number, ticket.repeat_of_id = key, number, repeats.find(intake, key)
        ticket.import_job_id = job
        inputs = {"city": True, "city_due_at": intake.city_due_at, "placed": placed, "delivered": delivered}
        batch.begin(ticket, workflow.RECEIVE, Facts(at, actor, calendar, rules, inputs))
        if intake.result:
            said = {"resolved": intake.resolved, "satisfaction": intake.satisfaction, "from_city": True}
            note = actions.brought_by(by)
            batch.step(ticket, workflow.CITY_RESULT, Facts(at, SYSTEM, calendar, rules, said, note))
    batch.write()


class _Repeats:
    """重复诉求 among the new rows and the tickets that are there, with one query for a chunk."""

    def __init__(self, new: list[Intake], limits: Limits) -> None:
        self.limits = limits
        moments = [intake.received_at for intake in new]
        phones = [intake.caller_phone for intake in new]
        self.first = lookups.earlier_tickets(phones, min(moments), max(moments), limits)

    def find(self, intake: Intake, key: int) -> int | None:
        """The earlier ticket that this one repeats; else it is itself one that later ones may repeat."""
        if not intake.caller_phone:
            return None
        earlier = self.first.setdefault(intake.caller_phone, [])
        first = lookups.repeated(intake.title, intake.received_at, earlier, self.limits)
        if first is None:
            earlier.append((key, intake.title, intake.received_at))
        return first
