"""Partials for the choosers of the ticket forms (hotline/widgets.py): htmx GETs them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hotline import widgets
from hotline.models import Knowledge
from wangcheng.common import clock
from wangcheng.common.ways.access import needs


@needs("hotline.receive_ticket", "hotline.dispatch_ticket", "hotline.correct_ticket")
@require_GET
def grid_options(request: HttpRequest) -> HttpResponse:
    """三级网格 of the village that was chosen, whatever the field is called."""
    village = str(next(iter(request.GET.dict().values()), ""))
    return render(request, "hotline/grid_options.html", {"options": widgets.grids(village[:24])})


@needs("hotline.answer_ticket")
@require_GET
def knowledge_answer(request: HttpRequest) -> HttpResponse:
    """What the chosen piece of knowledge tells the caller; nothing for one that is not in force."""
    key = request.GET.get("knowledge", "")
    found = Knowledge.objects.valid(clock.today()).filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    return render(request, "hotline/knowledge_answer.html", {"found": found})
