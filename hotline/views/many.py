"""批量派单, 批量签收, 批量审核: the batch bar of the list of tickets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from hotline.choosers import UnitField
from hotline.doors import DOORS
from hotline.forms import ReviewForm, TicketForm
from hotline.many import KIND
from hotline.models import Ticket
from hotline.views.tickets import TICKETS
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.many import Many


class UnitForm(TicketForm):
    """派单 of many tickets to one unit; category and place stay as they are."""

    unit = UnitField(label="主办单位")
    field_order = ("unit", "note")


MANY = Many(TICKETS, DOORS, {"dispatch": UnitForm, "sign": TicketForm, "review": ReviewForm}, KIND)


@needs("hotline.view_ticket")
@require_POST
def tickets_step(request: HttpRequest, step: str) -> HttpResponse:
    """One step on the picked tickets."""
    rows = Ticket.objects.visible_to(signed_in(request))
    return MANY.respond(request, rows, step, back=reverse("ticket_list"))
