"""Help: the processes as a manual, drawn from the tables that run them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wangcheng.common.ways import processes
from wangcheng.common.ways.access import needs


@needs()
@require_GET
def help_process(request: HttpRequest) -> HttpResponse:
    """业务流程."""
    drawn = [(process, processes.lines(process)) for process in processes.all_processes()]
    return render(request, "common/process.html", {"processes": drawn})


@needs()
@require_GET
def help_keys(request: HttpRequest) -> HttpResponse:
    """键盘操作: a page, or the table alone over the page on which “?” was pressed."""
    return render(request, "common/keys_dialog.html" if request.htmx else "common/keys.html")  # type: ignore[attr-defined]
