"""What two releases differ in: prompt, models, limits, lists, by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from countersign.domain.canonical import plain
from countersign.domain.policy.release import Release

_PROMPT = "prompt"
_KEYS = ("name", "currency")
"""What tells the members of a list apart, where one of these does."""


@dataclass(frozen=True)
class Changed:
    """One value; empty text where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """All of it. `prompt` are the lines of a unified diff."""

    prompt: tuple[str, ...]
    values: tuple[Changed, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two say the same."""
        return not self.prompt and not self.values


def difference(before: Release, after: Release) -> Difference:
    """What `after` says otherwise."""
    old, new = dict(_flat(plain(before))), dict(_flat(plain(after)))
    names = sorted({*old, *new} - {_PROMPT})
    lines = difflib.unified_diff(
        before.prompt.splitlines(), after.prompt.splitlines(), "before", "after", lineterm="", n=1
    )
    changed = (Changed(name, old.get(name, ""), new.get(name, "")) for name in names)
    return Difference(tuple(lines), tuple(one for one in changed if one.before != one.after))


def _flat(held: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(held, Mapping):
        for name, value in held.items():
            yield from _flat(value, f"{path}.{name}" if path else name)
    elif isinstance(held, list) and any(isinstance(one, Mapping) for one in held):
        for number, one in enumerate(held):
            yield from _flat(one, f"{path}.{_key(one, number)}")
    elif isinstance(held, list):
        yield path, ", ".join(map(str, held))
    else:
        yield path, str(held)


def _key(one: Mapping[str, Any], number: int) -> str:
    return next((str(one[key]) for key in _KEYS if key in one), str(number))
