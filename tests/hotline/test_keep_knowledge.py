"""知识库 kept up: what was changed has to be reviewed again, what was retired is told no more, and of two one is told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from hotline import ledgers
from hotline.models import Knowledge
from wangcheng.common.models import AuditEntry

if TYPE_CHECKING:
    from tests.world import World

TODAY = date(2023, 1, 3)


@pytest.fixture
def known(world: World) -> Knowledge:
    made = ledgers.write_knowledge(
        by=world.dispatcher, question="社保卡如何补办", answer="到窗口", unit=world.units["城管局"]
    )
    return ledgers.review_knowledge(made.pk, by=world.reviewer, passed=True)


def form_of(known: Knowledge, **changes: str) -> dict[str, str]:
    usual = {"question": known.question, "answer": known.answer, "unit": "D01", "valid_from": "2023-01-03"}
    return {**usual, "seen": ledgers.version_of(known), **changes}


def test_what_was_changed_is_told_again_only_after_a_review(world: World, known: Knowledge) -> None:
    client = world.client("dispatcher")
    stale = form_of(known, answer="后改的")
    assert client.post(f"/knowledge/{known.pk}/edit/", form_of(known, answer="携身份证到窗口")).status_code == 302
    known.refresh_from_db()
    assert (known.answer, known.state, known.reviewed_by) == ("携身份证到窗口", "draft", None)
    assert not Knowledge.objects.valid(TODAY).exists()
    answer = client.post(f"/knowledge/{known.pk}/edit/", stale)
    assert (answer.status_code, "该条知识已被其他人员修改" in answer.content.decode()) == (409, True)
    ledgers.review_knowledge(known.pk, by=world.reviewer, passed=True)
    assert Knowledge.objects.valid(TODAY).get() == known
    assert AuditEntry.objects.filter(object=f"knowledge {known.pk}").count() == 4


def test_what_was_retired_is_told_no_more(world: World, known: Knowledge) -> None:
    client = world.client("dispatcher")
    client.post(f"/knowledge/{known.pk}/retire/")
    assert not Knowledge.objects.valid(TODAY).exists()
    assert "该条知识已经停用" in client.post(f"/knowledge/{known.pk}/retire/", follow=True).content.decode()


def test_who_only_reads_changes_nothing(world: World, known: Knowledge) -> None:
    client = world.client("town")
    assert f"/knowledge/{known.pk}/edit/" not in client.get(f"/knowledge/{known.pk}/").content.decode()
    assert client.post(f"/knowledge/{known.pk}/edit/", form_of(known)).status_code == 403
    assert client.post(f"/knowledge/{known.pk}/retire/").status_code == 403
