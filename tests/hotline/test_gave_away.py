"""A unit that gave a ticket away, or has closed it: it sees on what it saw, but the caller and the files are not its business."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hotline import actions, privacy
from hotline.doors import DOORS
from hotline.models import Ticket
from tests.hotline import desk
from tests.hotline.test_pages import page
from tests.whistle import steps
from tests.world import World
from wangcheng.common.models import AuditEntry
from wangcheng.common.workflow import Code, NotAllowed
from whistle import actions as whistle_actions


def file() -> SimpleUploadedFile:
    return steps.photo()


def given_away(world: World) -> Ticket:
    """From 高塘岭街道 to 城管局, which has it now."""
    ticket = desk.dispatched(world)
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")
    actions.rule_return(ticket.pk, by=world.dispatcher, granted=True)
    return actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["城管局"])


def test_who_gave_a_ticket_away_no_longer_learns_who_called(world: World) -> None:
    ticket = given_away(world)
    with pytest.raises(NotAllowed, match="现不由您的单位办理") as refused:
        privacy.reveal(ticket, by=world.town, reason="联系来电人")
    assert refused.value.code == Code.RIGHT
    assert privacy.reveal(ticket, by=world.department, reason="联系来电人").caller_phone == desk.PHONE
    answer = world.client("town").post(f"/tickets/{ticket.number}/reveal/", {"reason": "联系来电人"})
    assert desk.PHONE not in answer.content.decode()
    assert f"/tickets/{ticket.number}/reveal/" not in page(world.client("town"), f"/tickets/{ticket.number}/")


def test_after_closing_only_the_centre_and_the_last_holder_learn_who_called(world: World) -> None:
    ticket = desk.dispatched(world, co_units=("城管局",))
    assert privacy.reveal(ticket, by=world.department, reason="联系来电人").caller_phone == desk.PHONE
    Ticket.objects.filter(pk=ticket.pk).update(state="closed")
    ticket.refresh_from_db()
    with pytest.raises(NotAllowed, match="现不由您的单位办理"):
        privacy.reveal(ticket, by=world.department, reason="联系来电人")
    for person in (world.town, world.dispatcher):
        assert privacy.reveal(ticket, by=person, reason="联系来电人").caller_phone == desk.PHONE


def test_who_gave_a_ticket_away_adds_no_files_and_who_adds_one_is_told_to_the_audit(world: World) -> None:
    ticket = given_away(world)
    with pytest.raises(NotAllowed, match="不能上传附件"):
        actions.attach(ticket.pk, [file()], by=world.town)
    assert not ticket.attachments.exists()
    (kept,) = actions.attach(ticket.pk, [file()], by=world.department)
    entry = AuditEntry.objects.get(kind="data", object=f"ticket {ticket.number}")
    assert (entry.actor, entry.data) == (world.department, {"attachments": [kept.pk]})
    assert world.department.name in page(world.client("dispatcher"), f"/tickets/{ticket.number}/")


def test_who_gave_a_ticket_away_is_not_offered_to_contact(world: World) -> None:
    ticket = given_away(world)
    assert "contact" not in {door.step.name for door in DOORS.open_to(world.town, ticket)}
    assert "contact" in {door.step.name for door in DOORS.open_to(world.department, ticket)}


def test_who_gave_a_whistle_away_adds_no_files(world: World) -> None:
    case = steps.dispatched(world)
    steps.take(world, case, "return", "department", return_unit="D02", note="不属本单位职责")
    case = steps.take(world, case, "rule_return", "dispatcher", granted="true", note="同意")
    with pytest.raises(NotAllowed, match="现不由您的单位办理"):
        whistle_actions.attach(case.pk, [steps.photo()], "other", by=world.department)
    whistle_actions.attach(case.pk, [steps.photo()], "other", by=world.dispatcher)
    assert AuditEntry.objects.filter(kind="data", object=f"whistle {case.number}").count() == 1
