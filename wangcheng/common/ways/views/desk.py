"""The 工作台, the menu's counts, the search of the top bar and the saved filters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from wangcheng.common.models import SavedFilter
from wangcheng.common.ways import counts, finders, menu
from wangcheng.common.ways import desk as cards
from wangcheng.common.ways.access import needs, signed_in

WAITING_SHOWN = 12


@needs()
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """工作台: what waits for me, what is late, today's figures."""
    user = signed_in(request)
    counted, items = counts.waiting(user), menu.items_for(user)
    waiting = [(item, counted[item.key]) for item in items if item.key in counted and _on_desk(item, counted)]
    drawn = [
        (card, list(card.lines(user)) if card.lines else [], list(card.tiles(user)) if card.tiles else [])
        for card in cards.cards_for(user)
    ]
    starts = [item for item in items if item.starts]
    return render(request, "common/desk.html", {"counters": waiting[:WAITING_SHOWN], "cards": drawn, "starts": starts})


def _on_desk(item: menu.MenuItem, counted: dict[str, int]) -> bool:
    """Work always, what runs by itself (任务进度) only while something runs."""
    return item.group is not menu.HELP or bool(counted[item.key])


@needs()
@require_GET
def menu_counts(request: HttpRequest) -> HttpResponse:
    """The menu's counts for a page that stays open, swapped in by htmx; asked by the page itself once a minute."""
    user = signed_in(request)
    counted = counts.waiting(user)
    items = [(item, counted.get(item.key)) for item in menu.items_for(user) if item.count]
    return render(request, "common/menu_counts.html", {"items": items, "total": sum(counted.values())})


@needs()
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Find by number or phone; a single hit opens at once.  Words that are neither go to the list that is searched by them."""
    text, user = request.GET.get("q", "").strip()[:40], signed_in(request)
    found = finders.find(user, text) if text else []
    hits = [hit for _, members in found for hit in members]
    if not hits and (listed := finders.by_words(user, text)):
        return redirect(listed)
    if len(hits) == 1:
        return redirect(hits[0].url)
    return render(request, "common/search.html", {"searched": text, "found": found})


@needs()
@require_POST
def filter_save(request: HttpRequest) -> HttpResponse:
    """Keep the conditions of a list under a name; the same name again replaces them."""
    name = request.POST.get("name", "").strip()[:20]
    if name:
        SavedFilter.objects.update_or_create(
            user=signed_in(request),
            page=request.POST.get("page", "")[:40],
            name=name,
            defaults={"query": request.POST.get("query", "")[:1000]},
        )
    return redirect(_back(request))


@needs()
@require_POST
def filter_remove(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(signed_in(request).saved_filters, pk=pk).delete()
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where the form stood; never another site."""
    back = request.POST.get("back", "")
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "desk"
