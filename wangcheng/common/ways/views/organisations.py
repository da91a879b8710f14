"""The tree of organisations, and the table of what each role may do."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wangcheng.common import clock
from wangcheng.common.models import Organisation
from wangcheng.common.people import offices
from wangcheng.common.people.forms import EditOrganisation, NewDepartment
from wangcheng.common.people.rights import matrix
from wangcheng.common.people.roles import Role
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page


@needs("common.manage_organisation")
@require_GET
def organisation_list(request: HttpRequest) -> HttpResponse:
    """机构: the tree as it stands today, with how many people each unit has."""
    today = clock.today()
    held = Q(posts__valid_from__lte=today) & (Q(posts__valid_to=None) | Q(posts__valid_to__gt=today))
    people = Count("posts__user", filter=held, distinct=True)
    units = Organisation.objects.in_force(today).annotate(people=people).order_by("path")
    rows = [(unit, unit.path.count("/") - 2) for unit in sorted(units, key=_place)]
    return render(request, "common/organisations.html", {"rows": rows, "today": today})


def _place(unit: Organisation) -> tuple[int, ...]:
    """Parents before children, brothers in the order they were founded."""
    return tuple(int(part) for part in unit.path.strip("/").split("/"))


@needs("common.manage_organisation")
def organisation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改机构: words and phone; towns and villages are renamed by the yearly division codes."""
    unit = get_object_or_404(Organisation, pk=pk)

    def edit(entered: dict[str, Any]) -> str:
        offices.edit(pk, **entered, by=signed_in(request))
        return reverse("organisation_list")

    initial = {"name": unit.name, "short_name": unit.short_name, "phone": unit.phone}
    form = EditOrganisation(request.POST or None, initial=initial)
    title = f"修改机构：{unit.short_name}"
    return form_page(request, form, edit, title=title, done="机构已修改。", back=reverse("organisation_list"))


@needs("common.manage_organisation")
def organisation_new(request: HttpRequest) -> HttpResponse:
    """新设区直部门."""

    def create(entered: dict[str, Any]) -> str:
        offices.found_department(**entered, by=signed_in(request))
        return reverse("organisation_list")

    form = NewDepartment(request.POST or None)
    return form_page(
        request, form, create, title="新设区直部门", done="部门已设立。", back=reverse("organisation_list")
    )


@needs("common.view_roles")
@require_GET
def role_list(request: HttpRequest) -> HttpResponse:
    """角色权限: the one table of rights, for the auditor and the admin."""
    return render(request, "common/roles.html", {"roles": list(Role), "objects": matrix()})
