"""What the cross-check reports.  Pure; made by the checks of this package, shown by pages and the command."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["ratio", "sum", "consistency", "figure"]
Severity = Literal["error", "note"]


@dataclass(frozen=True, slots=True)
class Part:
    """One figure that a check rests on, as it is printed."""

    name: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of the report that deserves a look; the printed value is kept, never corrected.

    `computed` is None where the report does not hold the parts.  `at` is the place in the text, for the order.
    """

    kind: Kind
    quote: str
    printed: str
    computed: str | None
    parts: tuple[Part, ...]
    severity: Severity
    advice: str
    at: int = 0

    def as_dict(self) -> dict[str, Any]:
        fields = asdict(self)
        del fields["at"]
        return fields | {"parts": [asdict(part) for part in self.parts]}


def plain(value: Decimal) -> str:
    """A number without exponent and without needless noughts: 12.5, 900, 0."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
