"""审计日志: searched by the auditor alone, and nobody else."""

import pytest
from django.db import connection

from tests.world import World
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry


@pytest.fixture
def entries(world: World) -> list[AuditEntry]:
    return [
        record(
            AuditEntry.Kind.REVEAL,
            "查看来电人电话。",
            by=world.dispatcher,
            object="ticket WC1",
            data={"reason": "回访"},
        ),
        record(AuditEntry.Kind.EXPORT, "导出工单。", by=world.town, object="工单"),
    ]


def test_the_auditor_finds_by_kind_person_and_object(world: World, entries: list[AuditEntry]) -> None:
    client = world.client("auditor")
    by_kind = client.get("/manage/audit/?kind=reveal").content.decode()
    assert "查看来电人电话。" in by_kind
    assert "导出工单。" not in by_kind
    by_person = client.get(f"/manage/audit/?actor_name={world.town.name}").content.decode()
    assert "导出工单。" in by_person
    assert "查看来电人电话。" not in by_person
    assert "查看来电人电话。" in client.get("/manage/audit/?q=WC1").content.decode()
    assert "工单 WC1" in client.get("/manage/audit/?object=工单 WC").content.decode()
    assert "没有符合条件的审计记录" in client.get("/manage/audit/?at_before=2022-12-31").content.decode()


def test_an_entry_opens_with_its_details_and_its_seal(world: World, entries: list[AuditEntry]) -> None:
    page = world.client("auditor").get(f"/manage/audit/{entries[0].pk}/").content.decode()
    assert "回访" in page
    assert "尚未封存" in page


@pytest.mark.parametrize("name", ["admin", "dispatcher", "leader"])
def test_nobody_but_the_auditor_reads_the_audit(world: World, entries: list[AuditEntry], name: str) -> None:
    client = world.client(name)
    assert client.get("/manage/audit/").status_code == 403
    assert client.get(f"/manage/audit/{entries[0].pk}/").status_code == 403


def test_the_auditor_sees_no_business(world: World) -> None:
    client = world.client("auditor")
    assert {client.get(page).status_code for page in ("/figures/", "/manage/users/", "/manage/messages/")} == {403}


@pytest.mark.django_db
def test_the_history_of_one_thing_is_found_by_an_index() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    plan = AuditEntry.objects.filter(object="payment ZF2023-0001").order_by("-pk").explain()
    assert "audit_object" in plan
