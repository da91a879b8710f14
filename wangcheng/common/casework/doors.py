"""Doors: each step of a process with the form that checks its input and the action that takes it.

Pages and REST go through the same doors, so that a step asks for the same things, refuses with the same sentence and is
open to the same people whichever way one comes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from wangcheng.common.workflow import NotAllowed, Step, actor_of, open_steps, refusal

if TYPE_CHECKING:
    from wangcheng.common.people.models import User

_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs by their category, and blank all the same


def visible(words: str) -> str:
    """What of them can be seen: without blanks, and without characters that take no room."""
    return "".join(char for char in words if unicodedata.category(char) not in _UNSEEN and char not in _FILLERS)


class StepForm(forms.Form):
    """The input of a step.  Fields are the action's keyword arguments; `version` tells a stale form."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, label="版本")

    def __init__(self, *args: Any, case: Any = None, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.user = case, user

    def clean(self) -> dict[str, Any] | None:
        """Words of which nothing can be seen are none: a step that must be justified is refused, not taken without."""
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and value and not visible(value):
                cleaned[name], field = "", self.fields[name]
                if field.required:
                    self.add_error(name, forms.ValidationError(field.error_messages["required"], code="required"))
        return cleaned


class NoteForm(StepForm):
    """A step that asks for nothing but an optional remark."""

    note = forms.CharField(label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(StepForm):
    """A step that must be justified."""

    note = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True)
class Door:
    """`action(case_id, by=user, version=…, **form.cleaned_data)` takes the step and returns the case."""

    step: Step
    action: Callable[..., Any]
    form: type[StepForm] = NoteForm


class Doors:
    """All doors of one kind of case, in the order of its process table."""

    def __init__(self, doors: Iterable[Door]) -> None:
        self._doors = {door.step.name: door for door in doors}

    def __iter__(self) -> Any:
        return iter(self._doors.values())

    def __getitem__(self, name: str) -> Door:
        return self._doors[name]

    def __contains__(self, name: str) -> bool:
        return name in self._doors

    def open_to(self, user: User, case: Any) -> list[Door]:
        """The doors open to `user` on `case` now: the buttons of a page, the allowed_actions of the API."""
        return [self._doors[step.name] for step in open_steps([door.step for door in self], case, actor_of(user))]

    def check(self, name: str, user: User, case: Any) -> Door:
        """The door called `name`; NotAllowed when it is closed to this user or in this state."""
        door = self._doors[name]
        if problem := refusal(door.step, case, actor_of(user)):
            raise problem
        return door

    def go(
        self, name: str, user: User, case: Any, data: Mapping[str, Any], files: Any = None
    ) -> tuple[Any, StepForm | None]:
        """Check the input and take the step: (case, None), or (None, form with errors).  NotAllowed as the action says."""
        door = self.check(name, user, case)
        form = door.form(data, files, case=case, user=user)
        if not form.is_valid():
            return None, form
        try:
            return door.action(case.pk, by=user, **form.cleaned_data), None
        except NotAllowed as problem:
            if problem.field not in form.fields:
                raise
            form.add_error(problem.field, problem.message)
            return None, form
