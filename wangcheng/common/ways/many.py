"""批量办理 from a list: the batch bar posts the picked rows here, a page asks once for what the step needs, a job does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wangcheng.common.jobs import actions as jobs
from wangcheng.common.ways.access import signed_in
from wangcheng.common.workflow import actor_of, refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from wangcheng.common.casework.doors import Doors, StepForm
    from wangcheng.common.people.models import User
    from wangcheng.common.ways.lists import ListPage

MOST = 500  # cases in one go: a list that a person can still answer for
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Many:
    """The steps of a list that can be taken on many cases at once, each with a form that asks nothing of one case."""

    page: ListPage
    doors: Doors
    forms: Mapping[str, type[StepForm]]
    job: str  # the registered kind that does it

    def respond(self, request: HttpRequest, rows: QuerySet[Any], step: str, *, back: str) -> HttpResponse:
        """The page that asks, or (its form sent) the job on its way."""
        if step not in self.forms:
            raise Http404("没有这个批量办理环节。")
        user = signed_in(request)
        label = self.doors[step].step.label
        if not user.has_perm(self.doors[step].step.permission):
            raise PermissionDenied(f"您的岗位没有“{label}”的权限。")
        keys = self._keys(request, rows)
        if not keys or len(keys) > MOST:
            said = f"一次最多{MOST}件，请缩小筛选范围。" if keys else "请先在列表中勾选要办理的事项。"
            messages.error(request, said)
            return redirect(_with_filters(request, back))
        form = self.forms[step](request.POST if "keys" in request.POST else None, user=user)
        if form.is_bound and form.is_valid():
            return self._start(request, user, step, keys, form)
        return self._ask(request, user, step, rows.filter(pk__in=keys), form, back)

    def _keys(self, request: HttpRequest, rows: QuerySet[Any]) -> list[int]:
        """What was picked, or confirmed; one more than allowed tells that it is too many."""
        given = request.POST.get("keys")
        if given is None:
            return list(self.page.chosen(request, rows).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        return [int(key) for key in given.split(",")[: MOST + 1] if key.isdecimal() and len(key) < 19]

    def _start(self, request: HttpRequest, user: User, step: str, keys: list[int], form: StepForm) -> HttpResponse:
        data = {name: request.POST.getlist(name) for name in form.fields if name in request.POST}
        arguments = {"step": step, "keys": keys, "data": data, "post": user.acting.pk if user.acting else 0}
        job = jobs.start(self.job, arguments, by=user)
        messages.success(request, f"正在对{len(keys)}件逐件办理“{self.doors[step].step.label}”。")
        return redirect("job_detail", job.pk)

    def _ask(
        self, request: HttpRequest, user: User, step: str, chosen: QuerySet[Any], form: StepForm, back: str
    ) -> HttpResponse:
        cases, actor = list(chosen), actor_of(user)
        closed = [(case, problem) for case in cases if (problem := refusal(self.doors[step].step, case, actor))]
        page = {
            "step": self.doors[step].step,
            "form": form,
            "keys": ",".join(str(case.pk) for case in cases),
            "count": len(cases),
            "open": len(cases) - len(closed),
            "closed": [(case, problem.message) for case, problem in closed[:SHOWN]],
            "more": max(0, len(closed) - SHOWN),
            "back": _with_filters(request, back),
        }
        status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
        return render(request, "parts/step_on_many.html", page, status=status)


def _with_filters(request: HttpRequest, back: str) -> str:
    """The list with the filters it had."""
    return f"{back}?{request.GET.urlencode()}" if request.GET else back
