"""街镇采集与部门处置占比: the year's table by town with “还差 n 件”."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wangcheng.common import clock
from wangcheng.common.figures.compute import compute
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import get
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.views.figures import may_open
from whistle.share import BY_DEPARTMENT, COLLECTED, SHARE, town_lines

YEARS = 5  # back from this one


@needs("common.view_figure")
@require_GET
def whistle_share(request: HttpRequest) -> HttpResponse:
    """A year by town, the current one as of now; in January the year that has just ended is what people look for."""
    today = clock.today()
    years = [str(year) for year in range(today.year, today.year - YEARS, -1)]
    name = request.GET.get("year") or years[1 if today.month == 1 else 0]
    if name not in years:
        raise Http404("没有这个年度。")
    period = Period.parse(name)
    page = {
        "years": years,
        "year": name,
        "period": period,
        "lines": town_lines(period),
        "whole": {value.figure.name: value for value in compute([COLLECTED, BY_DEPARTMENT, SHARE], period)},
        "opens": may_open(get(COLLECTED), signed_in(request)),
        "definitions": [get(name) for name in (COLLECTED, SHARE)],
    }
    return render(request, "whistle/share.html", page)
