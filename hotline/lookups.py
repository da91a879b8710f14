"""What actions look up before a step, so that plans stay pure: units above, grid people, repeats, rules.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from hotline.models import Ticket, TicketCallback
from hotline.rules import Limits, Push, Rules
from wangcheng.common import clock
from wangcheng.common.models import Area, AreaSuccession, Category, Organisation, Post, User
from wangcheng.common.people.roles import Role
from wangcheng.common.policy.registry import in_force, version, version_in_force
from wangcheng.common.territory.querysets import branch, in_branch
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


def rules_for(case: Ticket) -> Rules:
    """The limits the ticket was recorded under, and the push in force today."""
    today = clock.today()
    if case.limits_version_id is None:
        limits, key = version_in_force(Limits, today)
    else:
        limits, key = version(case.limits_version_id), case.limits_version_id
    return Rules(limits, in_force(Push, today), key)


def sight_ids(units: Iterable[Organisation]) -> list[int]:
    """The units and everything above them, below the centre, which is the root of the tree and sees everything."""
    return sorted({int(part) for unit in units for part in unit.path.strip("/").split("/")[1:]})


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody a ticket is pushed to."""

    user: User
    kind: str  # leader or officer
    area_id: int


def people_told(unit_ids: Iterable[int], grid_id: int | None, day: date) -> tuple[list[User], list[Target]]:
    """Who learns of a dispatch, in one query: the people of the units, and those who answer for the level-3 grid."""
    in_grid = _of_grid(grid_id) if grid_id else Q(pk__in=())
    units: list[Post] = []
    officers: list[Post] = []
    for post in _active(_of_units(unit_ids) | in_grid, day, "deputy"):
        (officers if post.role == Role.GRID_OFFICER else units).append(post)
    found = {_stand_in(post, day): "leader" if post.title.startswith("网格长") else "officer" for post in officers}
    targets = [Target(user, kind, grid_id) for user, kind in found.items()] if grid_id else []
    return [post.user for post in units], targets


def _of_grid(grid_id: int) -> Q:
    """Posts of a grid, also of what it became: the ticket may have come before a new name or code."""
    return Q(role=Role.GRID_OFFICER) & (Q(area_id=grid_id) | Q(area__in=_became(grid_id)))


def _stand_in(post: Post, day: date) -> User:
    on_leave = post.on_leave_until is not None and post.on_leave_until >= day
    return post.deputy if on_leave and post.deputy else post.user


def place_columns(area: Area | None) -> dict[str, int | None]:
    """town_id, village_id and grid_id of a village, or of a grid below one: the place in the path is the level."""
    names = ("town_id", "village_id", "grid_id")
    below_district = area.path.strip("/").split("/")[1:] if area else []
    return dict.fromkeys(names) | dict(zip(names, map(int, below_district), strict=False))


def town_unit(town: Area | None) -> Organisation | None:
    """The organisation of a town today."""
    if town is None:
        return None
    here = Q(area=town) | Q(area__in=_became(town.pk))
    return Organisation.objects.in_force(clock.today()).filter(here, kind=Organisation.Kind.TOWN).order_by("pk").first()


def _became(area_id: int) -> QuerySet[Any]:
    """What an area was renamed, re-coded or merged into."""
    links = AreaSuccession.objects.filter(before=area_id, kind__in=("rename", "recode", "merge"), after__isnull=False)
    return links.values("after")


def beyond(unit: Organisation, town_id: int | None, village_id: int | None) -> Area | None:
    """The place of the matter, where it does not lie in the area of the town or village `unit`; else None."""
    own, place_id = unit.area_id, village_id or town_id
    if own is None or place_id is None or own in (town_id, village_id):
        return None
    home = unit.area
    if home is None:
        return None
    place = Area.objects.select_related("parent").filter(pk=place_id).exclude(branch(home)).first()
    return None if place is None or in_branch(home, place) else place


def place_words(place: Area) -> str:
    """月亮岛街道桃花源社区."""
    return f"{place.parent}{place}" if place.level == Area.Level.VILLAGE else str(place)


def category_columns(category: Category | None, day: date) -> dict[str, int | None]:
    """The columns of a category, in its version of `day`, when the ticket was received."""
    found = _version_of(category, day) if category else None
    if found is None:
        return dict.fromkeys(("category_id", "category_top_id", "category_days"))
    return {"category_id": found.pk, "category_top_id": found.top_id, "category_days": found.handling_days}


def _version_of(category: Category, day: date) -> Category:
    """The directory counts as it was then; a code that was not yet known is taken as it is now."""
    if category.valid_from <= day and (category.valid_to is None or day < category.valid_to):
        return category
    versions = Category.objects.in_force(day).filter(scheme=category.scheme, code=category.code)
    return versions.first() or category


Earlier = tuple[int, str, "datetime"]  # a ticket's key, title and time of receipt


def earlier_tickets(phones: Iterable[str], first: datetime, last: datetime, limits: Limits) -> dict[str, list[Earlier]]:
    """By caller, what tickets received from `first` to `last` could repeat: first calls of the time the rules look back."""
    window = (first - timedelta(days=limits.repeat_days), last)
    rows = Ticket.objects.filter(caller_phone__in=set(phones) - {""}, received_at__range=window, repeat_of=None)
    found: dict[str, list[Earlier]] = {}
    for phone, *ticket in rows.order_by("received_at").values_list("caller_phone", "pk", "title", "received_at"):
        found.setdefault(phone, []).append((ticket[0], ticket[1], ticket[2]))
    return found


def repeated(title: str, received_at: datetime, earlier: Iterable[Earlier], limits: Limits) -> int | None:
    """重复诉求: the first of the caller's `earlier` tickets about the same matter.  Pure."""
    for pk, other, at in earlier:
        gap = received_at - at
        if timedelta(0) <= gap <= timedelta(days=limits.repeat_days) and same_matter(title, other, limits):
            return pk
    return None


def same_matter(title: str, other: str, limits: Limits) -> bool:
    """Whether two titles of one caller say the same."""
    matcher = SequenceMatcher(None, title, other, autojunk=False)
    least = limits.repeat_percent / 100
    return matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and matcher.ratio() >= least


def city_results(keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """What the city last said of each ticket, 是否解决 and 是否满意: brought once more it is no news, in whatever round."""
    rows = TicketCallback.objects.filter(case__in=list(keys), from_city=True).order_by("at", "pk")
    return {key: (resolved, said) for key, resolved, said in rows.values_list("case_id", "resolved", "satisfaction")}


def unit_to_send_to(unit: Organisation) -> Organisation:
    """A unit that may be given a ticket today; NotAllowed for the centre and for dissolved units."""
    if unit.kind == Organisation.Kind.CENTRE:
        raise NotAllowed("请选择街镇、村（社区）或区直部门。", Code.RULE, "unit")
    if unit.valid_to is not None and unit.valid_to <= clock.today():
        raise NotAllowed(f"“{unit}”已停用，不能派单。", Code.RULE, "unit")
    return unit


def pushed_to(ticket: Ticket, people: Iterable[User]) -> list[User]:
    """Those of `people` whom the present dispatch pushed the ticket to; of an earlier push they were told then."""
    if ticket.pushed_at is None or ticket.dispatched_at is None:
        return []
    keys = set(ticket.pushes.filter(pushed_at=ticket.dispatched_at).values_list("user_id", flat=True))
    return [person for person in people if person.pk in keys]


def unit_people(unit_ids: Sequence[int | None], day: date) -> list[Post]:
    """Who reads the tickets of these units: the posts of town, department and village officers, with their users."""
    return _active(_of_units([key for key in unit_ids if key]), day)


def _of_units(unit_ids: Iterable[int]) -> Q:
    return Q(organisation_id__in=unit_ids, role__in=(Role.TOWN, Role.DEPARTMENT, Role.VILLAGE))


def _active(which: Q, day: date, *beside: str) -> list[Post]:
    posts = Post.objects.in_force(day).filter(which, user__is_active=True)
    found = list(posts.select_related("user", "organisation", *beside).order_by("pk"))
    for post in found:
        post.user.acting = post  # messages name this unit without asking for the person's post again
    return found
