"""Loading years at once: the tables get their keys and indexes back, and broken rows are still refused."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from hotline.models import Ticket, TicketContact, TicketSight
from tests.hotline.desk import dispatched
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.casework.bulk import insert
from wangcheng.common.casework.loading import bared, with_children

ON_POSTGRESQL = connection.vendor == "postgresql"  # SQLite has no keys that could be taken off


def _built(table: str) -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return set(found)


def test_keys_and_indexes_are_gone_inside_and_back_after(world: World) -> None:
    dispatched(world)
    before = _built("hotline_ticket")
    with bared(with_children(Ticket)):
        inside = _built("hotline_ticket")
    assert "ticket_list" in before - inside
    assert any("_fk_" in name for name in before - inside) or not ON_POSTGRESQL
    assert _built("hotline_ticket") == before


def test_children_are_the_rows_beside_a_case() -> None:
    assert {TicketSight, TicketContact} <= set(with_children(Ticket))


@pytest.mark.django_db(transaction=True)
def test_a_row_that_points_nowhere_is_refused_and_nothing_stays() -> None:
    before = _built("hotline_ticketsight")
    row = {"case_id": 999_999, "organisation_id": 999_999, "received_at": clock.now()}
    with pytest.raises(IntegrityError), transaction.atomic(), bared([TicketSight]):
        insert(TicketSight, [row])
    assert not TicketSight.objects.exists()
    assert _built("hotline_ticketsight") == before
