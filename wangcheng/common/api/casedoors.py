"""The steps of a case as addresses: POST {name}/{number}/{step}/, one for each door, and `allowed_actions`.

    TICKETS = CaseApi("tickets", "工单", DOORS, visible=Ticket.objects.visible_to, show=ticket_shown, shape=TicketShape)
    urlpatterns = [path("tickets/", tickets), *TICKETS.urls(), path("tickets/<str:number>/", ticket)]

Pages and API go through the same doors: the same form checks the input, the same action takes the step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.urls import URLPattern, path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from wangcheng.common.api.bodies import sent, wrong_in
from wangcheng.common.api.formschemas import form_schema, has_files, request_schemas
from wangcheng.common.api.problems import Invalid
from wangcheng.common.api.requests import JSONParser
from wangcheng.common.casework.doors import Door, Doors

if TYPE_CHECKING:
    from wangcheng.common.casework.doors import StepForm
    from wangcheng.common.people.models import User


@dataclass(frozen=True)
class CaseApi:
    """The step endpoints of one kind of case."""

    name: str  # of the addresses: "tickets"
    label: str
    doors: Doors
    visible: Callable[[User], QuerySet[Any]]
    show: Callable[[Any, User], Mapping[str, Any]]  # the case after the step
    shape: Any  # a serializer class (or raw schema) that describes what `show` gives
    lookup: str = "number"
    detailed: Callable[[QuerySet[Any]], QuerySet[Any]] = QuerySet.all  # with the rows beside it that `show` names

    def urls(self) -> list[URLPattern]:
        """One address for each step that is taken on an existing case."""
        return [
            path(
                f"{self.name}/<str:number>/{door.step.name}/",
                self._view(door),
                name=f"api_{self.name}_{door.step.name}",
            )
            for door in self.doors
            if door.step.sources != {""}
        ]

    def allowed_actions(self, case: Any, user: User) -> list[dict[str, Any]]:
        """The steps open to `user` now, each with the JSON schema of its body."""
        return [
            {
                "name": door.step.name,
                "label": door.step.label,
                "danger": door.step.danger,
                "schema": form_schema(door.form(case=case, user=user)),
            }
            for door in self.doors.open_to(user, case)
        ]

    def find(self, user: User, number: str) -> Any:
        """The case to act on, or 404: not there, or not this user's to see."""
        return self._first(self.visible(user), number)

    def read(self, user: User, number: str) -> Any:
        """The case to be shown, or 404."""
        return self._first(self.detailed(self.visible(user)), number)

    def _first(self, rows: QuerySet[Any], number: str) -> Any:
        try:
            found = next(iter(rows.order_by().filter(**{self.lookup: number})[:1]), None)
        except (ValueError, OverflowError):  # no such key can be
            found = None
        if found is None:
            raise Http404
        return found

    def take(self, request: Request, number: str, step: str) -> Any:
        """Check the input and take the step; the case as it is then."""
        user = cast("User", request.user)
        case = self.find(user, number)
        door = self.doors[step]
        case_after, form = self.doors.go(step, user, case, self._data(request, door, case, user), request.FILES)
        if form is not None:
            raise Invalid.of(form)
        return case_after

    def _data(self, request: Request, door: Door, case: Any, user: User) -> Mapping[str, Any]:
        if wrong := wrong_in(request, door.form(case=case, user=user)):
            self.doors.check(door.step.name, user, case)  # who may not act at all is told that first
            raise Invalid(wrong)
        return sent(request)

    def _view(self, door: Door) -> Callable[..., Any]:
        form = door.form()
        parsers = [JSONParser, MultiPartParser] if has_files(form) else [JSONParser]

        @extend_schema(
            operation_id=f"{self.name.replace('-', '_')}_{door.step.name}",
            summary=f"{self.label}{door.step.label}",
            description=_description(door),
            tags=[self.name],
            request=request_schemas(form),
            responses={200: self.shape},
            examples=[OpenApiExample("示例", value=example(form), request_only=True)],
        )
        @api_view(["POST"])
        @parser_classes(parsers)
        def act(request: Request, number: str) -> Response:
            case = self.take(request, number, door.step.name)
            return Response(self.show(case, cast("User", request.user)))

        return cast("Callable[..., Any]", act)


def _description(door: Door) -> str:
    basis = f"依据：{door.step.basis}。" if door.step.basis else ""
    return f"需要权限 {door.step.permission}。{basis}version 可选，与当前版本不符时返回409。"


def example(form: StepForm) -> dict[str, Any]:
    """A body that names every required field."""
    return {
        name: _sample(field) for name, field in form_schema(form)["properties"].items() if form.fields[name].required
    }


def _sample(schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return "2023-01-03T10:00:00+08:00"
    if schema.get("format") == "date":
        return "2023-01-03"
    samples = {"integer": 1, "number": 1, "boolean": True, "array": []}
    return samples.get(schema.get("type", "number"), schema.get("title", "……"))
