"""Templates of requests: what the braces of a row stand for, in paths, queries and bodies, and what
is read out of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin
from urllib.parse import quote

from pydantic import Field

from countersign.domain.errors import Refused
from countersign.domain.money import Money

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Scalar: TypeAlias = str | int | bool | None
Json: TypeAlias = "Scalar | Mapping[str, Json] | Sequence[Json]"
KEY, ID, BEFORE = "key", "id", "before"
"""Names in braces that are no parameters."""
BRACED = re.compile(r"\{([a-z_][a-z0-9_]*(?:\.[A-Za-z0-9_.]+)?)\}")
_SEGMENT = r"^[^/\\%\x00-\x1f\x7f]*[^./\\%\x00-\x1f\x7f][^/\\%\x00-\x1f\x7f]*$"
"""What may stand in a path: no slash of either kind and no percent sign, which servers read before
or after they take a path apart, no control character, and not dots alone."""
_LONGEST = 200
Segment = Annotated[str, Field(pattern=_SEGMENT, max_length=_LONGEST)]
"""A text that may stand in a path."""


def in_path(kind: Any) -> Any:
    """The type of a parameter that stands in a path: a text, bounded or not, must be a segment."""
    if kind is str:
        return Segment
    bounded = get_origin(kind) is Annotated and get_args(kind)[0] is str
    return Annotated[kind, Field(pattern=_SEGMENT)] if bounded else kind


@dataclass(frozen=True)
class Request:
    """One request of a row. `says` is what its answer must say, by dotted path: a success that says
    otherwise is a refusal. Without `accepts`, any 2xx is a success."""

    method: Method
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = None
    accepts: tuple[int, ...] = ()
    says: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Values:
    """What the braces of one request stand for."""

    params: Any
    key: str = ""
    made: str = ""
    before: Mapping[str, Scalar] = field(default_factory=dict)

    def of(self, name: str) -> Scalar:
        """The value, with its JSON type."""
        first, _, rest = name.partition(".")
        if first == BEFORE:
            return self.before[rest]
        if name in (KEY, ID):
            return self.key if name == KEY else self.made
        held: Scalar | Money | date = getattr(self.params, first)
        if isinstance(held, Money):
            parts: Mapping[str, Scalar] = {"minor": held.minor, "currency": held.currency}
            return parts.get(rest, str(held))
        return held.isoformat() if isinstance(held, date) else held


def names(text: str) -> list[str]:
    """The names in its braces."""
    return BRACED.findall(text)


def strings(held: Json) -> Iterator[str]:
    """All texts of a template."""
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        for one in held.values():
            yield from strings(one)
    elif isinstance(held, Sequence):
        for one in held:
            yield from strings(one)


def filled(text: str, values: Values) -> str:
    """A text with its values."""
    return BRACED.sub(lambda found: text_of(values.of(found[1])), text)


def segment(text: str, values: Values) -> str:
    """One segment of a path: each value is encoded for it. Raises Refused for a value that would
    not stay one; ids come from the system itself."""

    def encoded(found: re.Match[str]) -> str:
        said = text_of(values.of(found[1]))
        if len(said) > _LONGEST or not re.fullmatch(_SEGMENT[1:-1], said):
            raise Refused(f"what stands for {found[0]} cannot stand in a path")
        return quote(said, safe="")

    return BRACED.sub(encoded, text)


def given(held: Json, values: Values) -> Any:
    """A template with its values: a text that is one brace alone keeps its type."""
    if isinstance(held, str):
        alone = BRACED.fullmatch(held)
        return values.of(alone[1]) if alone else filled(held, values)
    if isinstance(held, Mapping):
        return {name: given(one, values) for name, one in held.items()}
    if isinstance(held, Sequence):
        return [given(one, values) for one in held]
    return held


def at_path(answer: Any, path: str) -> Any:
    """What stands at a dotted path of an answer; numbers count in lists. None: nothing."""
    for part in path.split("."):
        if isinstance(answer, Mapping):
            answer = answer.get(part)
        elif isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        else:
            return None
    return answer


def text_of(value: object) -> str:
    """A value as texts are compared: numbers by what they are worth, nothing as empty."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None or isinstance(value, dict | list) else str(value)
