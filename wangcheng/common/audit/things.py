"""What the objects of the audit log are called: "ticket WC1" is written down, 工单 WC1 is read.  Each app names its own."""

from __future__ import annotations

from collections.abc import Mapping

_names: dict[str, str] = {}


def name(names: Mapping[str, str]) -> None:
    """Give things their Chinese name; called when an app is ready."""
    _names.update(names)


def words(object: str) -> str:
    """An object as people read it; what nobody named stays as it was written."""
    kind = _kind(object)
    return f"{_names[kind]}{object[len(kind) :]}" if kind else object


def written(text: str) -> str:
    """What a reader typed, as it was written down: 工单 WC1 → ticket WC1."""
    found = next((kind for kind in sorted(_names, key=len, reverse=True) if text.startswith(_names[kind])), "")
    return f"{found}{text[len(_names[found]) :]}" if found else text


def _kind(object: str) -> str:
    """The longest name that `object` begins with."""
    fitting = (kind for kind in _names if object == kind or object.startswith(f"{kind} "))
    return max(fitting, key=len, default="")
