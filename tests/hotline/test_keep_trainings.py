"""业务培训 put right: a wrong entry is withdrawn, and what was counted before that moment stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline.models import Training
from wangcheng.common import clock
from wangcheng.common.figures.compute import one
from wangcheng.common.figures.periods import Period
from wangcheng.common.models import AuditEntry

if TYPE_CHECKING:
    from tests.world import World


def test_a_withdrawn_training_counts_no_more_and_the_past_keeps_it(world: World) -> None:
    client = world.client("supervisor")
    form = {"day": "2023-01-03", "kind": "visit", "topic": "工单办理", "sessions": 1, "people": 30}
    client.post("/trainings/new/", form)
    found = Training.objects.get()
    before = Period.parse("2023")
    assert one("trainees", before).value == 30
    with clock.frozen(clock.at(clock.today(), 15)):
        assert client.post(f"/trainings/{found.pk}/withdraw/", {"reason": ""}).status_code == 400
        assert client.post(f"/trainings/{found.pk}/withdraw/", {"reason": "重复登记"}).status_code == 302
        assert one("trainees", Period.parse("2023")).value == 0
        assert one("trainees", before).value == 30
        assert client.post(f"/trainings/{found.pk}/withdraw/", {"reason": "再次"}).status_code == 409
        assert "工单办理" not in client.get("/trainings/").content.decode()
    assert AuditEntry.objects.filter(object=f"training {found.pk}").count() == 2


def test_only_who_keeps_the_book_withdraws(world: World) -> None:
    found = Training.objects.create(day=clock.today(), kind="visit", topic="甲", people=1, recorded_at=clock.now())
    client = world.client("assessor")
    assert "作废</a>" not in client.get(f"/trainings/{found.pk}/").content.decode()
    assert client.post(f"/trainings/{found.pk}/withdraw/", {"reason": "不该"}).status_code == 403
