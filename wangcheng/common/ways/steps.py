"""Steps of a case as pages: the bar of buttons under a detail page, and the page (or dialog) that takes one step.

bar = step_bar(DOORS, request.user, ticket, lambda step: reverse("ticket_step", args=[ticket.number, step]))
return take_step(request, DOORS, ticket, step, back=reverse("ticket_detail", args=[ticket.number]))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wangcheng.common.ways.forms import STATUS, said
from wangcheng.common.workflow import NotAllowed, actor_of

if TYPE_CHECKING:
    from wangcheng.common.casework.doors import Doors
    from wangcheng.common.people.models import User
    from wangcheng.common.workflow import Actor, Step


@dataclass(frozen=True, slots=True)
class StepButton:
    """A button of the bottom bar: it leads to the step's page, and opens it as a dialog where scripts run."""

    name: str
    label: str
    url: str
    danger: bool
    main: bool = False  # the one that the bar offers first


def step_bar(doors: Doors, user: User, case: Any, url: Callable[[str], str]) -> list[StepButton]:
    """Exactly the steps open to this user on this case: what is mostly wanted, the rest as the process table has them."""
    steps, actor = [door.step for door in doors.open_to(user, case)], actor_of(user)
    main = _main(steps, case, actor)
    drawn = sorted(steps, key=lambda step: step is not main)
    return [StepButton(step.name, step.label, url(step.name), step.danger, step is main) for step in drawn]


def _main(steps: list[Step], case: Any, actor: Actor) -> Step | None:
    """What the person is waited for, in the order of the process; else the first step of the main road that waits for nothing."""
    road = (step for step in steps if not (step.danger or step.aside or step.wanted))
    return next((step for step in steps if step.is_wanted(case, actor)), next(road, None))


def take_step(
    request: HttpRequest,
    doors: Doors,
    case: Any,
    name: str,
    *,
    back: str,
    template: str = "parts/step_page.html",
    **context: Any,
) -> HttpResponse:
    """GET shows the step's form, POST takes the step and goes `back`.  A refusal is said in words, with nothing changed."""
    if name not in doors:
        raise Http404("没有这个办理环节。")
    user = cast("User", request.user)
    page = {"case": case, "step": doors[name].step, "back": back, "refused": "", **context}
    try:
        if request.method != "POST":
            door = doors.check(name, user, case)
            page["form"] = door.form(initial={"version": case.version}, case=case, user=user)
            return _draw(request, template, page, HTTPStatus.OK)
        _, wrong = doors.go(name, user, case, request.POST, request.FILES)
    except NotAllowed as refused:
        request.refused = refused.message  # type: ignore[attr-defined]  # for the log
        return _draw(request, template, {**page, "refused": refused.message}, STATUS[refused.code])
    if wrong is not None:
        request.refused = said(wrong)  # type: ignore[attr-defined]
        return _draw(request, template, {**page, "form": wrong}, HTTPStatus.BAD_REQUEST)
    messages.success(request, f"{case.number} 已完成“{doors[name].step.label}”。")
    return redirect(back)


def _draw(request: HttpRequest, template: str, page: dict[str, Any], status: HTTPStatus) -> HttpResponse:
    """The whole page, or its form alone for the dialog."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "parts/step_form.html", {**page, "dialog": True})
    return render(request, template, page, status=status)
