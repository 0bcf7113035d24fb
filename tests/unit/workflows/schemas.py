"""What strict structured output accepts (OpenAI, "Structured Outputs": supported schemas)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SUPPORTED = {
    *("$defs", "$ref", "type", "properties", "required", "additionalProperties", "items"),
    *("enum", "anyOf", "description"),
}


def objects(node: Any, inside: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object below `node`, with the key that it stands under."""
    if isinstance(node, list):
        for item in node:
            yield from objects(item, inside)
    elif isinstance(node, dict):
        yield inside, node
        for key, item in node.items():
            yield from objects(item, key)


def faults(schema: Any) -> list[str]:
    """Why strict output would refuse the schema."""
    faults = []
    for inside, found in objects(schema):
        if inside in {"properties", "$defs"}:
            continue
        faults += [f"unsupported {key}" for key in set(found) - _SUPPORTED]
        if "$ref" in found and len(found) > 1:
            faults.append("a $ref with company")
        if found.get("type") == "object":
            closed = found.get("additionalProperties") is False
            whole = set(found["required"]) == set(found["properties"])
            faults += [] if closed and whole else ["an open or optional object"]
    return faults
