"""批量办理: what the batch bar of a list does to many tickets, and says of those it could not do."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.many import KIND
from hotline.models import Ticket
from tests.hotline import desk
from tests.world import World
from wangcheng.common.jobs import actions as jobs
from wangcheng.common.jobs.progress import Cancelled, Progress
from wangcheng.common.jobs.running import perform
from wangcheng.common.models import Job, User


def asked(world: World, name: str, step: str, tickets: list[Ticket], **said: str) -> Job:
    """The job that the confirmed page of `name` queues, done here."""
    keys = ",".join(str(ticket.pk) for ticket in tickets)
    answer = world.client(name).post(f"/tickets/many/{step}/", {"keys": keys, **said})
    assert answer.status_code == 302, answer.content.decode()
    return done(Job.objects.latest("pk"))


def done(job: Job) -> Job:
    job.refresh_from_db()
    if job.state == Job.State.QUEUED:
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=1)
        job.refresh_from_db()
        job = perform(job)
    return job


def states(tickets: list[Ticket]) -> list[str]:
    return [Ticket.objects.get(pk=ticket.pk).state for ticket in tickets]


def test_picked_tickets_go_to_one_unit_and_each_keeps_its_own_record(world: World) -> None:
    tickets = [desk.received(world, title=f"第{number}处路灯不亮") for number in range(3)]
    job = asked(world, "dispatcher", "dispatch", tickets, unit=world.units["茶亭镇"].code, note="批量派")
    assert job.result == {"taken": 3, "refused": 0}
    for ticket in Ticket.objects.filter(pk__in=[one.pk for one in tickets]):
        assert (ticket.unit, ticket.state) == (world.units["茶亭镇"], "dispatched")
        assert ticket.events.get(step="dispatch").actor == world.dispatcher


def test_what_refuses_stays_as_it_was_and_is_listed_with_the_reason(world: World) -> None:
    waiting, elsewhere = desk.dispatched(world), desk.dispatched(world, unit="茶亭镇")
    signed = desk.handling(world)
    job = asked(world, "town", "sign", [waiting, elsewhere, signed])
    assert job.result == {"taken": 1, "refused": 2}
    assert states([waiting, elsewhere, signed]) == ["handling", "dispatched", "handling"]
    listed = job.rejects.read().decode("utf-8-sig")
    assert f"{signed.number},当前状态为“办理中”，不能签收。" in listed
    assert elsewhere.number not in listed  # another town's number is not told


def test_the_page_asks_once_and_names_what_cannot_be_done(world: World) -> None:
    waiting, signed = desk.dispatched(world), desk.handling(world)
    page = world.client("town").post("/tickets/many/sign/", {"pick": [waiting.pk, signed.pk]}).content.decode()
    assert "已选 <b>2</b> 件，可以签收 <b>1</b> 件" in page
    assert f"{signed.number} 当前状态为“办理中”，不能签收。" in page
    assert states([waiting]) == ["dispatched"]


def test_all_that_match_are_taken_by_the_filters_of_the_list(world: World) -> None:
    wanted, other = desk.received(world, type="complaint"), desk.received(world, type="consult")
    page = (
        world.client("dispatcher").post("/tickets/many/dispatch/?tab=all&type=complaint", {"all": "1"}).content.decode()
    )
    assert f'name="keys" value="{wanted.pk}"' in page
    assert states([other]) == ["received"]


def test_missing_input_is_said_at_the_field_and_nothing_begins(world: World) -> None:
    ticket = desk.received(world)
    answer = world.client("dispatcher").post("/tickets/many/dispatch/", {"keys": str(ticket.pk)})
    assert answer.status_code == 400
    assert "主办单位" in answer.content.decode()
    assert not Job.objects.exists()


def test_without_the_right_or_a_known_step_there_is_no_batch(world: World) -> None:
    ticket = desk.received(world)
    assert world.client("caller").post("/tickets/many/dispatch/", {"keys": str(ticket.pk)}).status_code == 403
    assert world.client("dispatcher").post("/tickets/many/callback/", {"keys": str(ticket.pk)}).status_code == 404
    assert world.client("dispatcher").get("/tickets/many/dispatch/").status_code == 405


def test_nothing_picked_leads_back_to_the_list_with_a_word(world: World) -> None:
    answer = world.client("dispatcher").post("/tickets/many/dispatch/?tab=all", {}, follow=True)
    assert answer.redirect_chain == [("/tickets/?tab=all", 302)]
    assert "请先在列表中勾选" in answer.content.decode()


def test_begun_again_after_a_crash_it_passes_over_what_it_has_done(world: World) -> None:
    tickets = [desk.dispatched(world), desk.dispatched(world)]
    job = start(world.town, step="sign", keys=[ticket.pk for ticket in tickets])
    done(job)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=2)
    job.refresh_from_db()
    assert perform(job).result == {"taken": 2, "refused": 0}
    assert [ticket.events.filter(step="sign").count() for ticket in tickets] == [1, 1]


def test_a_cancelled_job_lists_what_had_refused_until_then(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    signed, waiting = desk.handling(world), desk.dispatched(world)

    def cancel(progress: Progress) -> None:
        raise Cancelled

    monkeypatch.setattr(Progress, "advance", cancel)
    job = done(start(world.town, step="sign", keys=[signed.pk, waiting.pk]))
    assert (job.state, states([waiting])) == ("cancelled", ["dispatched"])
    assert f"{signed.number},当前状态为“办理中”，不能签收。" in job.rejects.read().decode("utf-8-sig")


def test_a_post_that_has_ended_meanwhile_takes_no_step(world: World) -> None:
    ticket = desk.dispatched(world)
    job = start(world.town, step="sign", keys=[ticket.pk], post=0)
    assert "岗位已不再有效" in done(job).error
    assert states([ticket]) == ["dispatched"]


def test_a_person_whose_account_was_closed_meanwhile_takes_no_step(world: World) -> None:
    ticket = desk.dispatched(world)
    job = start(world.town, step="sign", keys=[ticket.pk])
    User.objects.filter(pk=world.town.pk).update(is_active=False)
    job = Job.objects.get(pk=job.pk)
    assert "账号已停用" in done(job).error
    assert states([ticket]) == ["dispatched"]


def start(by: User, **arguments: Any) -> Job:
    assert by.acting is not None
    return jobs.start(KIND, {"data": {}, "post": by.acting.pk, **arguments}, by=by)
