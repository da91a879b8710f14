"""Which villages have a quarter without complaints: chosen beforehand, so that the invented complaints fall elsewhere."""

from __future__ import annotations

from datetime import date, timedelta

from wangcheng.common.models import Area, UrbanStatus
from wangcheng.demo.chance import dice
from wangcheng.demo.targets import ZERO_COMPLAINT_OTHER, ZERO_COMPLAINT_URBAN

# The fourth quarter is frozen on 15 December; what comes later counts for the next year's first.
WINDOWS = (
    (date(2022, 1, 1), date(2022, 3, 31)),
    (date(2022, 4, 1), date(2022, 6, 30)),
    (date(2022, 7, 1), date(2022, 9, 30)),
    (date(2022, 10, 1), date(2022, 12, 15)),
)


HANDLED_WITHIN = timedelta(days=28)  # of receipt: by then the unit has finished a first time and the facts are known


class Winners:
    """`spared(village, day)`: no complaint received then may count there, in the quarter of the day or the next one."""

    def __init__(self, seed: int) -> None:
        villages = list(
            Area.objects.filter(level=Area.Level.VILLAGE, valid_to=None).order_by("code").values_list("pk", flat=True)
        )
        urban = set(UrbanStatus.objects.filter(valid_to=None, is_urban=True).values_list("area_id", flat=True))
        self.villages = villages
        self.by_quarter: list[frozenset[int]] = []
        for quarter in range(4):
            chance = dice(seed, "winners", quarter)
            city = chance.sample([pk for pk in villages if pk in urban], ZERO_COMPLAINT_URBAN[quarter])
            other = chance.sample([pk for pk in villages if pk not in urban], ZERO_COMPLAINT_OTHER[quarter])
            self.by_quarter.append(frozenset(city + other))

    @staticmethod
    def quarter(day: date) -> int | None:
        return next((n for n, (first, last) in enumerate(WINDOWS) if first <= day <= last), None)

    def spared(self, village_id: int, day: date) -> bool:
        quarters = {self.quarter(day), self.quarter(day + HANDLED_WITHIN)} - {None}
        return any(village_id in self.by_quarter[quarter] for quarter in quarters if quarter is not None)

    def others(self, quarter: int) -> list[int]:
        """The villages that must have a counted complaint in the quarter."""
        return [pk for pk in self.villages if pk not in self.by_quarter[quarter]]
