"""The record cannot be touched unseen: the database refuses it, and whoever gets around the database is found out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.test import Client

from tests.whistle.steps import reported, take
from tests.world import PASSWORD, World
from wangcheng.common.audit import seals
from wangcheng.common.audit.actions import record
from wangcheng.common.audit.tasks import seal_audit
from wangcheng.common.audit.triggers import append_only_models, protection
from wangcheng.common.models import AuditEntry, AuditSeal
from whistle.models import Whistle, WhistleEvent


def entries(*summaries: str) -> list[AuditEntry]:
    return [record("export", summary, object="ticket 1") for summary in summaries]


def verify() -> list[str]:
    """What the command finds; its exit says the same."""
    out = StringIO()
    said = ""
    try:
        call_command("verify_audit", json=True, stdout=out)
    except CommandError as problem:
        said = str(problem)
    faults: list[str] = orjson.loads(out.getvalue())["faults"]
    assert said == (f"核验发现{len(faults)}处问题。" if faults else "")
    return faults


@contextmanager
def unprotected(table: str) -> Iterator[None]:
    """As somebody with the database's own password would do it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            for verb in ("UPDATE", "DELETE"):
                cursor.execute(f'DROP TRIGGER "{table}_no_{verb}"')
        yield
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        else:
            for statement in protection("sqlite", table):
                cursor.execute(statement)


# What is written


def test_an_entry_remembers_who_where_and_when_and_masks_what_was_said(world: World) -> None:
    record("reveal", "查看来电人13812341234的号码", by=world.town, object="ticket WC1", data={"reason": "核实"})
    found = AuditEntry.objects.get()
    assert (found.actor_name, found.organisation) == (world.town.name, "高塘岭街道")
    assert found.summary == "查看来电人138****1234的号码"
    assert found.data == {"reason": "核实"}


def test_an_entry_goes_with_the_transaction_it_tells_of(world: World) -> None:
    class Undone(Exception):
        pass

    def fail() -> None:
        with transaction.atomic():
            entries("导出工单")
            raise Undone

    with pytest.raises(Undone):
        fail()
    assert not AuditEntry.objects.exists()


def test_a_log_in_and_a_failed_one_are_in_the_audit(world: World, client: Client) -> None:
    for password in ("wrong", PASSWORD):
        client.post("/login/", {"username": "town", "password": password})
    assert list(AuditEntry.objects.order_by("pk").values_list("kind", flat=True)) == ["login_failed", "login"]
    assert AuditEntry.objects.first().address == "127.0.0.1"  # type: ignore[union-attr]


def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(world: World, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = Client(headers={"x-forwarded-for": "6.6.6.6, 10.1.2.3"})
    client.post("/login/", {"username": "town", "password": "wrong"})
    assert AuditEntry.objects.get().address == "10.1.2.3"


# What the database refuses


@pytest.mark.parametrize("model", append_only_models(), ids=lambda model: str(model._meta.label))
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_written(world: World, model: Any, verb: str) -> None:
    entries("导出工单")
    seal_audit()
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        present = model._default_manager.exists()
        statement = f'UPDATE "{table}" SET "{column}" = "{column}"' if verb == "update" else f'DELETE FROM "{table}"'
        if not present:  # a trigger for each row has nothing to refuse: ask for the trigger itself
            assert has_trigger(table, verb)
            return
        with pytest.raises(Error, match="只可追加"), transaction.atomic():
            cursor.execute(statement)
    assert model._default_manager.exists()


def has_trigger(table: str, verb: str) -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT count(*) FROM information_schema.triggers WHERE event_object_table = %s AND event_manipulation = %s",
                [table, verb.upper()],
            )
        else:
            cursor.execute(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = %s",
                [f"{table}_no_{verb.upper()}"],
            )
        return bool(cursor.fetchone()[0])


# Seals


def test_sealed_entries_verify_and_the_next_seal_is_chained(world: World) -> None:
    entries("一", "二", "三")
    assert seal_audit() == 3
    assert seal_audit() == 0
    entries("四")
    assert seal_audit() == 1
    first, second = AuditSeal.objects.all()
    assert (first.count, second.count) == (3, 1)
    assert (second.previous, second.first) == (first.digest, first.last + 1)
    assert verify() == []


@pytest.mark.parametrize("count", range(1, 10))
def test_any_single_change_changes_the_root(count: int) -> None:
    leaves = [bytes([number]) * 32 for number in range(count)]
    root = seals.merkle_root(leaves)
    changed = [seals.merkle_root([*leaves[:at], b"x" * 32, *leaves[at + 1 :]]) for at in range(count)]
    assert root not in changed
    assert len({*changed, root}) == count + 1
    assert seals.merkle_root([*leaves, leaves[-1]]) != root


@pytest.mark.parametrize(
    "change",
    [
        {"summary": "改过"},
        {"actor_name": "他人"},
        {"object": "ticket 2"},
        {"data": {"reason": "改过"}},
        {"kind": "login"},
        {"address": "10.0.0.9"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_entry_is_found(world: World, change: dict[str, Any]) -> None:
    _, second, _ = entries("一", "二", "三")
    seal_audit()
    with unprotected("common_auditentry"):
        AuditEntry.objects.filter(pk=second.pk).update(**change)
    assert len(verify()) == 1
    assert "记录被改动" in verify()[0]


def test_a_removed_entry_is_found(world: World) -> None:
    _, second, _ = entries("一", "二", "三")
    seal_audit()
    with unprotected("common_auditentry"):
        AuditEntry.objects.filter(pk=second.pk).delete()
    assert "应有3条记录，现有2条" in verify()[0]


def test_an_entry_slipped_into_a_gap_is_found(world: World) -> None:
    first, _ = entries("一", "二")
    with unprotected("common_auditentry"):
        AuditEntry.objects.filter(pk=first.pk).delete()
    seal_audit()
    AuditEntry.objects.create(pk=first.pk, kind="login", at=first.at, summary="后补")
    assert "应有1条记录，现有2条" in verify()[0]


def test_a_removed_or_altered_seal_is_found(world: World) -> None:
    for text in ("一", "二", "三"):
        entries(text)
        seal_audit()
    middle = AuditSeal.objects.all()[1]
    with unprotected("common_auditseal"):
        AuditSeal.objects.filter(pk=middle.pk).update(root="0" * 64)
    assert [fault for fault in verify() if "本身被改动" in fault]
    with unprotected("common_auditseal"):
        AuditSeal.objects.filter(pk=middle.pk).delete()
    assert [fault for fault in verify() if "与前一封存不相连" in fault]


@pytest.mark.django_db(transaction=True)
def test_an_entry_not_yet_committed_is_left_to_the_next_seal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key may be given before it is committed: what is sealed around it must not hide it, nor break the seal."""
    monkeypatch.setattr(seals, "PATIENCE", 0.1)
    written, go_on = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            entries("迟到")
            written.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert written.wait(10)
    if connection.vendor == "postgresql":
        entries("在其后开始，在其前提交")
        assert seal_audit() == 0
    go_on.set()
    thread.join()
    assert seal_audit() == AuditEntry.objects.count() > 0
    assert verify() == []


# Events of cases


@pytest.fixture
def case(world: World) -> Whistle:
    return take(world, reported(world), "filter", "village", passed="true")


def test_the_events_of_every_case_verify(case: Whistle) -> None:
    assert case.version >= 2
    assert verify() == []


@pytest.mark.parametrize(
    "change", [{"note": "改过"}, {"actor_name": "他人"}, {"after": "closed"}, {"data": {}}], ids=str
)
def test_an_altered_event_is_found(case: Whistle, change: dict[str, Any]) -> None:
    with unprotected("whistle_whistleevent"):
        WhistleEvent.objects.filter(case=case, seq=1).update(**change)
    (fault,) = verify()
    assert fault == f"雷锋哨{case.number}的第1条流转记录被改动。"


def test_a_removed_event_is_found(case: Whistle) -> None:
    with unprotected("whistle_whistleevent"):
        WhistleEvent.objects.filter(case=case, seq=case.version).delete()
    assert "流转记录不连续" in verify()[0]


def test_a_case_changed_around_its_process_is_found(case: Whistle) -> None:
    Whistle.objects.filter(pk=case.pk).update(state="closed")
    (fault,) = verify()
    assert "与流转记录不符，曾被绕过流程修改" in fault
    assert "状态" in fault


def test_the_command_says_what_it_looked_at(case: Whistle) -> None:
    out = StringIO()
    entries("一")
    call_command("verify_audit", stdout=out)
    assert out.getvalue().startswith("核验通过：审计记录1条")
    assert f"雷锋哨流转记录{case.version}条" in out.getvalue()
