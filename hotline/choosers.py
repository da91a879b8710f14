"""Form fields that choose a unit, a place, a category or a ticket by its code or number.  Pages and REST say the same.

Their rows are those in force on the day of the form: `choose_from(form, day)` is called by every form that has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from hotline.models import Knowledge, Ticket
from hotline.models.choices import Mark
from hotline.widgets import KnowledgeSelect, PlaceSelect, villages
from wangcheng.common import clock
from wangcheng.common.models import Area, Category, Organisation, User
from wangcheng.common.ways.choosing import NamedSelect, NamedSelectMultiple

if TYPE_CHECKING:
    from hotline.twins import Twin


def _units(day: date) -> QuerySet[Organisation]:
    rows = Organisation.objects.in_force(day).exclude(kind=Organisation.Kind.CENTRE).select_related("parent")
    return rows.order_by("kind", "parent__code", "code")


def _unit_heading(unit: Organisation) -> str:
    """Departments, towns, and the villages of each town."""
    if unit.kind == Organisation.Kind.VILLAGE and unit.parent is not None:
        return unit.parent.short_name
    return unit.get_kind_display()


class _Grouped(ModelChoiceIterator):
    """The rows of a field under its headings; rows that lie together in their order stay together."""

    field: Any  # one of those below

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for heading, rows in groupby(self.field.offered(self.queryset), key=self.field.heading):
            yield heading, [self.choice(row) for row in rows]


class Named:
    """The units that all the fields of a sent form name, found in one query when the first field looks."""

    def __init__(self, form: forms.BaseForm, rows: QuerySet[Organisation]) -> None:
        self.form, self.rows = form, rows

    @cached_property
    def units(self) -> dict[str, Organisation]:
        """By code, in the order of the chooser."""
        fields = [name for name, field in self.form.fields.items() if isinstance(field, UnitField | UnitsField)]
        given = [self.form[name].data or () for name in fields]
        codes = {str(code) for said in given for code in ([said] if isinstance(said, str) else said)}
        return {unit.code: unit for unit in self.rows.filter(code__in=codes)}

    def find(self, codes: Iterable[Any], refused: Mapping[str, Any]) -> list[Organisation]:
        """Those of one field; refused as Django does it where one is no choice."""
        wanted = {str(code) for code in codes}
        for code in sorted(wanted - set(self.units)):
            raise forms.ValidationError(refused["invalid_choice"], code="invalid_choice", params={"value": code})
        return [unit for code, unit in self.units.items() if code in wanted]


class UnitField(forms.ModelChoiceField):
    """A unit that takes tickets, by its code."""

    iterator = _Grouped
    named: Named | None = None  # where the form was sent
    heading = staticmethod(_unit_heading)
    offered = staticmethod(iter)

    def __init__(self, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"to_field_name": "code", "widget": NamedSelect, "empty_label": "请选择"}
        super().__init__(Organisation.objects.none(), **usual, **kwargs)

    def rows(self, day: date) -> QuerySet[Organisation]:
        return _units(day)

    def to_python(self, value: Any) -> Any:
        if self.named is None or value in self.empty_values:
            return super().to_python(value)
        return self.named.find([value], self.error_messages)[0]


class UnitsField(forms.ModelMultipleChoiceField):
    """Any number of units, by code."""

    iterator = _Grouped
    named: Named | None = None
    heading = staticmethod(_unit_heading)
    offered = staticmethod(iter)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Organisation.objects.none(), to_field_name="code", widget=NamedSelectMultiple, **kwargs)

    def rows(self, day: date) -> QuerySet[Organisation]:
        return _units(day)

    def _check_values(self, value: Any) -> Any:
        if self.named is None:
            return super()._check_values(value)  # type: ignore[misc]  # not in the stubs
        return self.named.find(value, self.error_messages)


class AreaField(forms.ModelChoiceField):
    """A village or a level-3 grid, by its code; the page offers the villages and the grids of the chosen one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Area.objects.none(), to_field_name="code", widget=PlaceSelect, **kwargs)

    def offer(self) -> None:
        self.widget.choices = lambda: [("", "请选择"), *villages()]

    def rows(self, day: date) -> QuerySet[Area]:
        levels = (Area.Level.VILLAGE, Area.Level.ESTATE)
        return Area.objects.in_force(day).filter(level__in=levels).order_by("code")


class CategoryField(forms.ModelChoiceField):
    """One of the ticket categories, by its code; the page offers the leaves, under their first level."""

    iterator = _Grouped

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Category.objects.none(), to_field_name="code", empty_label="请选择", **kwargs)

    def rows(self, day: date) -> QuerySet[Category]:
        return (
            Category.objects.in_force(day).filter(scheme=Category.Scheme.TICKET).select_related("top").order_by("code")
        )

    @staticmethod
    def heading(category: Category) -> str:
        return str(category.top or category)

    @staticmethod
    def offered(rows: QuerySet[Category]) -> QuerySet[Category]:
        return rows.filter(level=3)


class KnowledgeField(forms.ModelChoiceField):
    """A piece of knowledge that is in force; its answer goes into the field `fills`."""

    def __init__(self, fills: str, **kwargs: Any) -> None:
        super().__init__(Knowledge.objects.none(), widget=KnowledgeSelect(fills), **kwargs)

    def offer(self, category: Category | None) -> None:
        """What belongs to the category of the matter first."""
        self.widget.choices = lambda: [("", "不引用"), *_by_nearness(self.queryset, category)]

    def rows(self, day: date) -> QuerySet[Knowledge]:
        return Knowledge.objects.valid(day)


_NEARNESS = ("同一分类", "相近分类", "其他")


def _by_nearness(rows: Any, category: Category | None) -> list[tuple[str, list[tuple[int, str]]]]:
    """Knowledge of the same leaf, of the same first level, and the rest."""
    groups: dict[str, list[tuple[int, str]]] = {heading: [] for heading in _NEARNESS}
    for one in rows.select_related("category").order_by("question"):
        groups[_NEARNESS[_distance(one.category, category)]].append((one.pk, one.question))
    return [(heading, members) for heading, members in groups.items() if members]


def _distance(one: Category | None, other: Category | None) -> int:
    if one is None or other is None:
        return 2
    if other.code.startswith(one.code[: 2 * one.level]):  # two digits a level
        return 0
    return 1 if one.code[:2] == other.code[:2] else 2


class TicketField(forms.ModelChoiceField):
    """A ticket by its number, typed in; only tickets that the user sees are found."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Ticket.objects.none(), to_field_name="number", **kwargs)
        self.error_messages["invalid_choice"] = "没有找到该编号的工单。"


class TwinChoice(forms.TextInput):
    """A number typed in, or chosen among `twins`: a function, asked only where the page is drawn."""

    twins: Callable[[], list[Twin]] | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        twins = self.twins() if self.twins else []
        offered = value in {twin.ticket.number for twin in twins}
        typed = super().render(name, "" if offered else value, attrs, renderer)
        page = {"name": name, "value": value, "typed": typed, "twins": twins}
        return mark_safe(render_to_string("hotline/parts/twin_choice.html", page))  # a template's

    def use_required_attribute(self, initial: Any) -> bool:
        return False  # the browser would insist on the number where one was chosen

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return data.get(name) or data.get(f"{name}_chosen")


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes to tick; an empty value beside them tells none ticked from not asked."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html(
            '<input type="hidden" name="{}" value="">{}', name, super().render(name, value, attrs, renderer)
        )


class MarksField(forms.MultipleChoiceField):
    """标记.  None: nothing was said of them; REST says [""] to take them all off, as the page does."""

    widget = Ticks

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="标记", choices=[("", "无"), *Mark.choices], required=False, **kwargs)
        self.widget.choices = Mark.choices  # the page says none by ticking none

    def clean(self, value: Any) -> list[str] | None:
        said = super().clean(value)
        return [code for code in said if code] if said else None


class YesNoField(forms.NullBooleanField):
    """A decision that must be taken: nothing is chosen beforehand."""

    def __init__(self, *, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect(choices=[("true", yes), ("false", no)]), **kwargs)

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")


def choose_from(form: forms.BaseForm, user: User, day: date | None = None) -> None:
    """Fill the choosers of a form with what is in force on `day`, or what `user` may see."""
    named = Named(form, _units(day or clock.today())) if form.is_bound else None
    for field in form.fields.values():
        if isinstance(field, UnitField | UnitsField):
            field.named = named
        if isinstance(field, UnitField | UnitsField | AreaField | CategoryField | KnowledgeField):
            field.queryset = field.rows(day or clock.today())
            if isinstance(field, AreaField):
                field.offer()
        elif isinstance(field, TicketField):
            field.queryset = Ticket.objects.visible_to(user)
