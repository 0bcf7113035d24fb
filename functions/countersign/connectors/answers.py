"""What the readers of models' answers share: nothing that a server says is believed unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from countersign.domain.errors import Unavailable
from countersign.parsing import json

OFFLINE_MARK = "offline"
"""Models of this name are the plain heuristics of a workflow, served locally."""
_MOST_TOKENS = 10_000_000
"""Of one call; a larger number is no count."""


def object_of(raw: bytes) -> Mapping[str, Any]:
    """The object that the bytes are. Raises Unavailable for whatever else came."""
    try:
        body = json.loads(raw)
    except json.NotJson:
        body = None
    return mapping(body)


def mapping(value: object) -> Mapping[str, Any]:
    """The value, if it is an object. Raises Unavailable."""
    if not isinstance(value, dict):
        raise Unavailable("the model's server answered with something that is no completion")
    return value


def text_of(value: object) -> str:
    """A text, or the texts of a list of parts; nothing for anything else."""
    if isinstance(value, str):
        return value
    parts = value if isinstance(value, list) else []
    return "".join(t for p in parts if isinstance(p, dict) and isinstance(t := p.get("text"), str))


def is_count(value: object) -> TypeGuard[int]:
    """Whether the value is a number of tokens that can be believed."""
    return type(value) is int and 0 <= value <= _MOST_TOKENS
