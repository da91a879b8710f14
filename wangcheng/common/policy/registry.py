"""The kinds of rule sets: each app registers its own as a frozen dataclass and gets typed values back.

@rules("hotline.limits", "工单办理时限")
@dataclass(frozen=True)
class Limits:
    sign_hours: int = rule(4, "签收时限", unit="工作小时", least=1)

limits = in_force(Limits, day)
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_type_hints

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from wangcheng.common.models import Policy

T = TypeVar("T")


DEFAULT = "默认值"


def rule(
    default: Any,
    label: str,
    *,
    unit: str = "",
    least: Any = None,
    most: Any = None,
    choices: Iterable[tuple[str, str]] = (),
    help: str = "",
    source: str = DEFAULT,
    heads: Iterable[str] = (),
    said: Callable[[str], Any] | None = None,
    how: Callable[[], str] | None = None,
) -> Any:
    """A field of a rule set: its shipped value, its Chinese label, the bounds a clerk may enter or the `choices` (code,
    words) to choose from, and the document that states the shipped value; without one it is our default.

    `said` puts a value (of several, each) into the words of the page, with `heads` into the cells of a table; `how` tells
    who enters it what may be written.
    """
    about: dict[str, Any] = {"label": label, "unit": unit, "least": least, "most": most, "help": help, "source": source}
    about |= {"choices": dict(choices), "heads": tuple(heads), "said": said, "how": how}
    return dataclasses.field(default=default, metadata=about)


@dataclasses.dataclass(frozen=True)
class RuleSet:
    """A registered kind of policy."""

    key: str
    label: str
    type: type[Any]

    def defaults(self) -> dict[str, Any]:
        """The default values as JSON keeps them."""
        return self.dump(self.type())

    @property
    def source(self) -> str:
        """Where the shipped values come from, in a line: each document with the rules it states, and what is our default."""
        stated: dict[str, list[str]] = {}
        for field in dataclasses.fields(self.type):
            stated.setdefault(field.metadata["source"], []).append(field.metadata["label"])
        if len(stated) == 1:
            return next(iter(stated))
        stated.pop(DEFAULT, None)
        papers = "；".join(f"{paper}（{'、'.join(labels)}）" for paper, labels in stated.items())
        return f"{papers}，其余为{DEFAULT}"

    @staticmethod
    def dump(value: Any) -> dict[str, Any]:
        return {name: _plain(item) for name, item in dataclasses.asdict(value).items()}

    def parse(self, values: Mapping[str, Any]) -> Any:
        """The typed dataclass; ValidationError with a Chinese message per field that is wrong or unknown."""
        kinds = get_type_hints(self.type)
        known = {field.name: field for field in dataclasses.fields(self.type)}
        problems: dict[str, str] = {name: "没有这一项规则。" for name in values if name not in known}
        typed: dict[str, Any] = {}
        for name in values.keys() & known.keys():
            try:
                typed[name] = _check(known[name], _typed(kinds[name], values[name]))
            except (ValueError, TypeError, InvalidOperation) as problem:
                problems[name] = (
                    f"{known[name].metadata['label']}：{problem if isinstance(problem, ValueError) else '格式不正确。'}"
                )
        if problems:
            raise ValidationError(cast("Any", problems))
        return self.type(**typed)


_registry: dict[str, RuleSet] = {}


def rules(key: str, label: str) -> Callable[[type[T]], type[T]]:
    """Class decorator that registers a frozen dataclass as the rule set `key`."""

    def register(cls: type[T]) -> type[T]:
        _registry[key] = RuleSet(key, label, cls)
        cls.policy_key = key  # type: ignore[attr-defined]
        return cls

    return register


def rule_set(key: str) -> RuleSet:
    return _registry[key]


def rule_sets() -> list[RuleSet]:
    return sorted(_registry.values(), key=lambda found: found.key)


def in_force(cls: type[T], day: date) -> T:
    """The values of a rule set in force on `day`."""
    return version_in_force(cls, day)[0]


def version_in_force(cls: type[T], day: date) -> tuple[T, int]:
    """The values in force on `day`, and the key of the Policy row for the snapshot of whoever depends on them."""
    row = _version_on(cls.policy_key, day)  # type: ignore[attr-defined]
    return cast(T, _parsed(row.key, json.dumps(row.values, sort_keys=True))), row.pk


def version(pk: int) -> Any:
    """The values of one version, whether it is still in force or not."""
    from wangcheng.common.models import Policy

    known = _asked.get()
    row = next((row for rows in (known or {}).values() for row in rows.values() if row.pk == pk), None)
    if row is None:
        row = Policy.objects.get(pk=pk)
        if known is not None:
            known.setdefault(_BY_ROW, {})[str(pk)] = row
    return _parsed(row.key, json.dumps(row.values, sort_keys=True))


# The versions in force by day, while one request is answered: a step needs four or five rule sets, asked for in one query.
_asked: ContextVar[dict[date, dict[str, Policy]] | None] = ContextVar("asked", default=None)
_BY_ROW = date.min  # in place of a day: single versions that were asked for by their row


@contextmanager
def asked_once() -> Iterator[None]:
    """Inside the block, and inside the outermost of several, the versions in force on a day are read once."""
    known = _asked.get()
    before = _asked.set({} if known is None else known)
    try:
        yield
    finally:
        _asked.reset(before)


def forget() -> None:
    """A version was approved: what was read before does not hold any more."""
    if (known := _asked.get()) is not None:
        known.clear()


def _version_on(key: str, day: date) -> Policy:
    from wangcheng.common.models import Policy

    known = _asked.get()
    if known is None:
        return Policy.objects.version_on(key, day)
    if day not in known:
        known[day] = Policy.objects.versions_on(day)
    return known[day].get(key) or Policy.objects.version_on(key, day)


@lru_cache(maxsize=256)
def _parsed(key: str, values: str) -> Any:
    """Parsing is the dear part, and the same values give the same rules."""
    return rule_set(key).parse(json.loads(values))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _typed(kind: Any, value: Any) -> Any:
    if kind is Decimal:
        return Decimal(str(value))
    if kind is date:
        return value if isinstance(value, date) else date.fromisoformat(value)
    if kind is bool:
        return value if isinstance(value, bool) else str(value).lower() in {"1", "true", "on", "yes"}
    if kind is int:
        return int(str(value))
    if kind is str:
        return str(value)
    return tuple(value)


def _check(field: dataclasses.Field[Any], value: Any) -> Any:
    least, most = field.metadata["least"], field.metadata["most"]
    if least is not None and value < least:
        raise ValueError(f"不得小于{least}。")
    if most is not None and value > most:
        raise ValueError(f"不得大于{most}。")
    if choices := field.metadata["choices"]:
        _check_chosen(value if isinstance(value, tuple) else (value,), choices)
    return value


def _check_chosen(values: tuple[str, ...], choices: Mapping[str, str]) -> None:
    for value in values:
        if value not in choices:
            raise ValueError(f"“{value}”不在可选范围内，可选：{'、'.join(choices.values())}。")
