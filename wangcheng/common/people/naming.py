"""Which organisation the words of a sheet mean.  For sheets."""

from __future__ import annotations

from datetime import date

from wangcheng.common.models import Organisation
from wangcheng.common.sheets.cells import RowProblem


class Units:
    """The organisations of a day by code, name or short name; read once for a sheet."""

    def __init__(self, day: date) -> None:
        self._known: dict[str, list[Organisation]] = {}
        for unit in Organisation.objects.in_force(day).select_related("area"):
            for word in {unit.code, unit.name, unit.short_name}:
                self._known.setdefault(word, []).append(unit)

    def find(self, words: str) -> Organisation:
        """RowProblem where no unit or several have the name."""
        found = self._known.get(words, [])
        if len(found) != 1:
            raise RowProblem(
                f"单位“{words[:30]}”有{len(found)}个同名，请填代码。" if found else f"没有单位“{words[:30]}”。"
            )
        return found[0]
