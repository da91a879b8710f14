"""A whistle's way in short words for the tests of this folder: every step through its door, as a person takes it."""

from __future__ import annotations

import io
import itertools
import random
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.world import MORNING, World
from wangcheng.common import clock
from wangcheng.common.workflow import NotAllowed
from whistle.actions import Report, report
from whistle.doors import DOORS
from whistle.models import Whistle

_seeds = itertools.count(1)
HERE = {"longitude": "112.820000", "latitude": "28.350000"}
SATISFIED = dict.fromkeys(("arrival", "quality", "attitude", "overall"), "satisfied")
DISSATISFIED = SATISFIED | {"quality": "dissatisfied", "overall": "dissatisfied", "text": "问题没有解决"}


def photo(seed: int | None = None, *, quality: int = 90, width: int = 96) -> SimpleUploadedFile:
    """A picture that looks like no other; the same seed gives the same motif."""
    number = next(_seeds) + 1000 if seed is None else seed
    motif = Image.new("L", (12, 12))
    motif.frombytes(random.Random(number).randbytes(144))
    file = io.BytesIO()
    motif.resize((width, width), Image.Resampling.BICUBIC).convert("RGB").save(file, "JPEG", quality=quality)
    return SimpleUploadedFile(f"现场{number}.jpg", file.getvalue(), "image/jpeg")


def reported(world: World, *, by: str = "gridofficer", grid: str = "斑马湖社区1", **more: Any) -> Whistle:
    """A new whistle of the grid officer."""
    values: dict[str, Any] = {
        "title": "楼道堆放杂物",
        "content": "三栋一单元楼道堆放杂物，影响通行。",
        "category": world.categories["哨单:乱堆乱放"],
        "area": world.grids[grid],
        "place": "三栋一单元",
    }
    return report(Report(**values | more), by=world.people[by])


def take(world: World, case: Whistle, step: str, by: str, photos: list[Any] | None = None, **data: Any) -> Whistle:
    """Take one step through its door; what the form or the process refuses comes as NotAllowed or AssertionError."""
    current = Whistle.objects.get(pk=case.pk)
    files = {"photos": photos} if photos else {}
    moved, form = DOORS.go(step, world.people[by], current, data, _Files(files))
    assert form is None, form.errors.as_text()
    return moved


class _Files(dict[str, Any]):
    """Uploaded files as a request carries them."""

    def getlist(self, name: str) -> list[Any]:
        return list(self.get(name, []))


def refused(world: World, case: Whistle, step: str, by: str, **data: Any) -> NotAllowed:
    """The refusal of a step; the whistle is as before."""
    before = Whistle.objects.filter(pk=case.pk).values().get()
    try:
        take(world, case, step, by, **data)
    except NotAllowed as problem:
        assert Whistle.objects.filter(pk=case.pk).values().get() == before
        return problem
    raise AssertionError(f"{step} was taken")


def blown(world: World, **more: Any) -> Whistle:
    """Passed by the village and blown by the town: the centre is to file it."""
    case = reported(world, **more)
    take(world, case, "filter", "village", passed="true")
    return take(world, case, "blow", "town", asked_unit="D01")


def dispatched(world: World, **more: Any) -> Whistle:
    case = blown(world, **more)
    take(world, case, "file", "reviewer")
    return take(world, case, "dispatch", "dispatcher", unit="D01")


def handling(world: World, **more: Any) -> Whistle:
    case = dispatched(world, **more)
    take(world, case, "sign", "department")
    return take(world, case, "arrive", "department", photos=[photo()], **HERE)


def closed(world: World, **more: Any) -> Whistle:
    case = handling(world, **more)
    take(world, case, "dispose", "department", note="已清理完毕。")
    return take(world, case, "verify", "gridofficer", photos=[photo()], passed="true")


def later(**span: float) -> Any:
    """The clock stands so much after the morning."""
    return clock.frozen(MORNING + timedelta(**span))


def on(year: int, month: int, day: int, hour: int = 10) -> Any:
    return clock.frozen(datetime(year, month, day, hour, tzinfo=clock.CHINA))
