"""IAM's decision, as far as our policies use it: statements and a need give allowed or denied.

Whatever a statement says that is not understood here is an error, never a guess: no `NotAction`,
no `NotResource`, no unknown condition.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from infra.local.rights.wire import Need

Conditions = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Operator, key in lower case, and the values one of which must match."""

LEADING = "dynamodb:leadingkeys"
_KNOWN = {"Sid", "Effect", "Action", "Resource", "Principal", "Condition"}
_OF_ALL = "ForAllValues:"
_NULL = "Null"


class NotUnderstoodError(Exception):
    """A statement uses more of IAM's language than this evaluator has."""


@dataclass(frozen=True)
class Statement:
    """`origin` says where it stands, for example `FunctionsTickRole/3`."""

    origin: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = ()

    def covers(self, need: Need) -> bool:
        """Whether it speaks about `need`, whatever it says then."""
        return (
            any(matches(action.lower(), need.action.lower()) for action in self.actions)
            and any(matches(resource, need.resource) for resource in self.resources)
            and all(_holds(condition, need) for condition in self.conditions)
        )

    def singles(self) -> tuple[Statement, ...]:
        """One statement for each verb on each resource: what is granted, piece by piece."""
        return tuple(
            replace(self, actions=(action,), resources=(resource,))
            for action in self.actions
            for resource in self.resources
        )


def allowed(statements: Iterable[Statement], need: Need) -> bool:
    """An explicit deny wins; without an allow there is none."""
    said = {one.effect for one in statements if one.covers(need)}
    return "Allow" in said and "Deny" not in said


def allowed_in_session(role: Iterable[Statement], policy: str | None, need: Need) -> bool:
    """A session policy narrows the role's rights and gives none."""
    return allowed(role, need) and (policy is None or allowed(read_text(policy), need))


@lru_cache(maxsize=4096)
def read_text(policy: str) -> tuple[Statement, ...]:
    """The statements of a policy as text."""
    return read(json.loads(policy), "session")


def read(document: Mapping[str, Any], origin: str) -> tuple[Statement, ...]:
    """The statements of a policy document whose values are resolved. Raises NotUnderstoodError."""
    found = document["Statement"]
    rows = found if isinstance(found, list) else [found]
    return tuple(_statement(row, f"{origin}/{n}") for n, row in enumerate(rows))


def _statement(row: Mapping[str, Any], origin: str) -> Statement:
    if row.keys() - _KNOWN:
        raise NotUnderstoodError(f"{origin}: {', '.join(sorted(row.keys() - _KNOWN))}")
    conditions = tuple(
        (operator, key.lower(), texts(values))
        for operator, keys in row.get("Condition", {}).items()
        for key, values in keys.items()
    )
    unknown = {operator for operator, _, _ in conditions if not _known(operator)}
    if unknown:
        raise NotUnderstoodError(f"{origin}: {', '.join(sorted(unknown))}")
    return Statement(
        origin, row["Effect"], texts(row["Action"]), texts(row.get("Resource", "*")), conditions
    )


def texts(value: Any) -> tuple[str, ...]:
    """One text or a list of them. Raises NotUnderstoodError for what was not resolved."""
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in values):
        raise NotUnderstoodError(f"not a text: {value}")
    return tuple(values)


@lru_cache(maxsize=65536)
def matches(pattern: str, text: str) -> bool:
    """IAM's wildcards: `*` and `?`, and nothing else has a meaning."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _holds(condition: tuple[str, str, tuple[str, ...]], need: Need) -> bool:
    operator, key, values = condition
    given = _context(need).get(key, ())
    if operator == _NULL:
        return ("false" if given else "true") in values
    compare = _OPERATORS[_plain(operator)]
    hits = [any(compare(value, one) for value in values) for one in given]
    if operator.startswith(_OF_ALL):
        return all(hits)  # also when there is none, as in IAM
    return bool(hits) and all(hits)


def _known(operator: str) -> bool:
    return operator == _NULL or _plain(operator) in _OPERATORS


def _plain(operator: str) -> str:
    return operator.removeprefix(_OF_ALL)


def _context(need: Need) -> Mapping[str, Sequence[str]]:
    """What AWS knows of the call; everything comes over TLS there."""
    return {"aws:securetransport": ("true",), LEADING: need.leading}


def _same(value: str, given: str) -> bool:
    return value == given


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": _same,
    "Bool": _same,
    "StringLike": matches,
    "ArnEquals": matches,
    "ArnLike": matches,
}
