"""How far the load is, for who watches: a bar that is drawn anew on a terminal, plain lines everywhere else."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

WIDTH = 24
EVERY = 5.0  # seconds between two lines of one part where there is no terminal
REDRAWN = 0.1  # seconds between two drawings on a terminal
TO_END = "\x1b[K"  # clears what is left of the line


class Bar:
    """`parts` are all of them in their order, with how many steps each has; 0 where it is done in one breath."""

    def __init__(self, out: Any, parts: Mapping[str, int]) -> None:
        self.out, self.parts = out, dict(parts)
        self.live = bool(out.isatty())
        self.part, self.done = "", 0
        self.started = self.shown = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def say(self, part: str, done: int) -> None:
        """So many more steps of this part are done."""
        begins = part != self.part
        if begins:
            self.end_part()
            self.part, self.done = part, 0
        self.done += done
        if begins or time.monotonic() - self.shown >= (REDRAWN if self.live else EVERY):
            self._show()

    def end_part(self) -> None:
        """The line of the part stays as it is at its end."""
        if self.part and self.live:
            self._show("\n")
        elif self.part and self.parts[self.part]:
            self._show()

    def _show(self, ending: str = "") -> None:
        self.shown = time.monotonic()
        line = f"{self._place()} {self.part}{self._far()}  {self.seconds:.0f}秒"
        self.out.write(f"\r{line}{TO_END}" if self.live else line, ending=ending if self.live else "\n")
        self.out.flush()  # children of the load inherit what is not written yet, and would write it again

    def _place(self) -> str:
        return f"[{list(self.parts).index(self.part) + 1}/{len(self.parts)}]"

    def _far(self) -> str:
        total = self.parts[self.part]
        if not total:
            return ""
        share = min(self.done / total, 1)
        drawn = f" {'█' * int(share * WIDTH):░<{WIDTH}}" if self.live else ""
        return f"{drawn} {int(share * 100)}%  {self.done:,}/{total:,}"
