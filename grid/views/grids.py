"""Keeping the grids: setting up, changing and closing one.  Many at once come by the sheet."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from grid.actions import areas as actions
from grid.actions.areas import KINDS, RIGHT
from grid.area_forms import CloseGridForm, EditGridForm, NewGridForm
from wangcheng.common.models import Area
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page


def _url(area: Area) -> str:
    return reverse("area_detail", args=[area.pk])


def _area(request: HttpRequest, pk: int) -> Area:
    rows = Area.objects.visible_to(signed_in(request)).filter(valid_to=None).select_related("parent")
    return get_object_or_404(rows, pk=pk)


def _grid(request: HttpRequest, pk: int) -> Area:
    grid = _area(request, pk)
    if grid.level not in KINDS:
        raise Http404("没有这个网格。")
    return grid


@needs(RIGHT)
def grid_new(request: HttpRequest, pk: int) -> HttpResponse:
    """增设网格 below a village or a level-3 grid."""
    parent = _area(request, pk)
    if parent.level + 1 not in KINDS:
        raise Http404("这一层级之下不设网格。")
    village = parent if parent.level == Area.Level.VILLAGE else parent.parent

    def add(said: dict[str, Any]) -> str:
        return _url(actions.add_grid(pk, **said, by=signed_in(request)))

    form = NewGridForm(request.POST or None, parent=parent, village=village or parent)
    level = Area.Level(parent.level + 1).label
    title = f"增设网格：{parent.name}之下的{level}"
    return form_page(request, form, add, title=title, done="网格已增设，请为其配备网格员。", back=_url(parent))


@needs(RIGHT)
def grid_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """更名, 类型, 户数."""
    grid = _grid(request, pk)

    def edit(said: dict[str, Any]) -> str:
        return _url(actions.edit_grid(pk, **said, by=signed_in(request)))

    form = EditGridForm(request.POST or None, grid=grid)
    return form_page(request, form, edit, title=f"修改网格：{grid.name}", done="网格已修改。", back=_url(grid))


@needs(RIGHT)
def grid_close(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销或并入."""
    grid = _grid(request, pk)

    def close(said: dict[str, Any]) -> str:
        into = said.pop("into")
        actions.close_grid(pk, **said, into_id=into.pk if into else None, by=signed_in(request))
        return _url(into or grid)

    form = CloseGridForm(request.POST or None, grid=grid)
    title = f"撤销网格：{grid.name}"
    return form_page(request, form, close, title=title, submit="撤销", done="网格已撤销。", back=_url(grid))
