"""批量立案, 批量签收: the batch bar of the list of whistles."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from wangcheng.common.casework.doors import NoteForm
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.many import Many
from whistle.doors import DOORS
from whistle.many import KIND
from whistle.models import Whistle
from whistle.views.whistles import WHISTLES

MANY = Many(WHISTLES, DOORS, {"file": NoteForm, "sign": NoteForm}, KIND)


@needs("whistle.view_whistle")
@require_POST
def whistles_step(request: HttpRequest, step: str) -> HttpResponse:
    """One step on the picked whistles."""
    rows = Whistle.objects.visible_to(signed_in(request))
    return MANY.respond(request, rows, step, back=reverse("whistle_list"))
