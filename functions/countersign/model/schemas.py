"""The one contract of an answer as each provider's strict output takes it.

What a provider would drop or refuse (bounds, patterns, formats, defaults) is left out: the contract
checks it in the answer anyway. What it could not say without changing its meaning, and what is over
a provider's limits, is refused where the stage is built, with the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from countersign.domain.contract import Contract
from countersign.domain.errors import DefinitionBroken
from countersign.domain.policy.prices import Price

Schema = Mapping[str, Any]

_KEPT = frozenset({"type", "description", "properties", "required", "additionalProperties"}) | {
    *("items", "anyOf", "enum", "$ref", "$defs")
}
_DROPPED = frozenset({"title", "default", "examples", "format", "pattern", "discriminator"}) | {
    *("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("multipleOf", "minItems", "maxItems", "uniqueItems", "deprecated", "readOnly", "writeOnly"),
}
"""No strict output can be trusted with these; each is the contract's own to check."""
_REF = "#/$defs/"


@dataclass(frozen=True)
class Subset:
    """The most that a strict output takes. `references` says whether it reads `$ref`."""

    levels: int
    """Objects and lists inside each other."""
    properties: int
    choices: int
    """Values of all enumerations."""
    letters: int
    """Of all names and values together."""
    references: bool = True


SUBSETS: Mapping[str, Subset] = {
    "openai": Subset(levels=10, properties=5_000, choices=1_000, letters=120_000),
    # Its grammar's ceiling is published nowhere: these are what has always been taken.
    "bedrock": Subset(levels=5, properties=100, choices=500, letters=15_000),
    "bedrock-tool": Subset(levels=5, properties=100, choices=500, letters=15_000, references=False),
}
USUAL = "bedrock"
"""For a provider that is not named: who takes the least."""
_LAST = "confidence"
"""A model says how sure it is after what it is sure of."""
_TOOL = re.compile(r"(?:^|\.)amazon\.")


def subset_of(price: Price) -> str:
    """Which of the subsets a model takes."""
    if price.provider == "bedrock" and _TOOL.search(price.model):
        return "bedrock-tool"
    return price.provider if price.provider in SUBSETS else USUAL


@cache
def strict_schema(answer: type[Contract], subset: str) -> Mapping[str, Any]:
    """`answer` as strict structured output takes it, by the name of one of the subsets. Raises
    DefinitionBroken, with the path, for what it does not take."""
    strict = compiled(answer.model_json_schema(), SUBSETS[subset])
    held = strict["properties"]
    properties = {name: held[name] for name in held if name != _LAST}
    properties |= {name: held[name] for name in held if name == _LAST}
    return {**strict, "properties": properties, "required": list(properties)}


def compiled(schema: Schema, subset: Subset) -> Schema:
    """The schema in that subset. Raises DefinitionBroken, which names the path."""
    definitions = schema.get("$defs", {})
    root = definitions.get(schema.get("$ref", "").removeprefix(_REF), schema)
    if "properties" not in root:
        raise _broken("$", "the whole answer is an object with properties")
    _Depth(subset.levels, definitions).check(root, "$")
    strict = _strict(root, "$")
    parts = {n: _strict(one, f"$defs.{n}") for n, one in definitions.items()}
    whole = {**({"$defs": parts} if parts else {}), **strict}
    _sized(whole, subset)
    return whole if subset.references else _inlined(strict, parts)


def _broken(path: str, why: str) -> DefinitionBroken:
    return DefinitionBroken(f"the answer's contract at {path}: {why}")


def _strict(node: Schema, path: str) -> dict[str, Any]:
    node = _unions(node)
    unknown = sorted(set(node) - _KEPT - _DROPPED)
    if unknown:
        raise _broken(path, f"no strict output knows `{unknown[0]}`")
    if "$ref" in node:  # which no strict output lets anything stand beside
        return {"$ref": node["$ref"]}
    left = {name: held for name, held in node.items() if name in _KEPT and name != "$defs"}
    if not left.keys() & {"type", "anyOf", "enum"}:
        raise _broken(path, "anything at all is no type: say which")
    if "items" in left:
        left["items"] = _strict(left["items"], f"{path}[]")
    if "anyOf" in left:
        left["anyOf"] = [_strict(one, path) for one in left["anyOf"]]
    return left | _object(node, path) if node.get("type") == "object" else left


def _unions(node: Schema) -> Schema:
    """`oneOf` and `const` in the words that all know."""
    more = {"anyOf": node["oneOf"]} if "oneOf" in node else {}
    one = {"enum": [node["const"]]} if "const" in node else {}
    return {n: held for n, held in node.items() if n not in {"oneOf", "const"}} | more | one


def _object(node: Schema, path: str) -> dict[str, Any]:
    """Closed, every property required, what may be absent null instead."""
    held = node.get("properties")
    if not held or node.get("additionalProperties"):
        raise _broken(path, "names that are not known beforehand: make it a list of pairs")
    for name in sorted(set(held) - set(node.get("required", ()))):
        if not _nullable(held[name]):
            raise _broken(f"{path}.{name}", "it may be left out, so it may be null: add `| None`")
    return {
        "properties": {name: _strict(one, f"{path}.{name}") for name, one in held.items()},
        "required": list(held),
        "additionalProperties": False,
    }


def _nullable(node: Schema) -> bool:
    kinds = node.get("type", ())
    if kinds == "null" or "null" in (kinds if isinstance(kinds, list) else ()):
        return True
    return any(_nullable(one) for one in (*node.get("anyOf", ()), *node.get("oneOf", ())))


@dataclass(frozen=True)
class _Depth:
    """How deep things lie, through their references."""

    most: int
    parts: Mapping[str, Schema]

    def check(self, node: Schema, path: str, level: int = 1, within: tuple[str, ...] = ()) -> None:
        """Raises for what lies too deep, and for what holds itself."""
        ref = node.get("$ref", "").removeprefix(_REF)
        if ref:
            if ref in within:
                raise _broken(path, f"{ref} holds itself, so it has no depth")
            self.check(self.parts[ref], path, level, (*within, ref))
            return
        holds = "properties" in node or "items" in node
        if holds and level > self.most:
            raise _broken(path, f"it lies {level} levels deep, and the provider takes {self.most}")
        for step, one in _inside(node):
            self.check(one, path + step, level + holds, within)


def _inside(node: Schema) -> Iterator[tuple[str, Schema]]:
    yield from ((f".{name}", one) for name, one in node.get("properties", {}).items())
    yield from ((("[]", node["items"]),) if "items" in node else ())
    yield from (("", one) for kind in ("anyOf", "oneOf") for one in node.get(kind, ()))


def _sized(schema: Schema, subset: Subset) -> None:
    """Raises for what is too much, at the property with which it is."""
    properties = choices = letters = 0
    for path, node in _nodes(schema, "$"):
        held, values = node.get("properties", {}), node.get("enum", ())
        properties, choices = properties + len(held), choices + len(values)
        letters += sum(len(str(one)) for one in (*held, *values, *node.get("$defs", ())))
        for count, most, what in (
            (properties, subset.properties, "properties"),
            (choices, subset.choices, "values of enumerations"),
            (letters, subset.letters, "letters in names and values"),
        ):
            if count > most:
                raise _broken(path, f"{count} {what} in all, and the provider takes {most}")


def _nodes(node: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    yield path, node
    for name, part in node.get("$defs", {}).items():
        yield from _nodes(part, f"$defs.{name}")
    for step, one in _inside(node):
        yield from _nodes(one, path + step)


def _inlined(node: Schema, parts: Mapping[str, Schema]) -> Schema:
    """With each part in the place of its reference."""
    if "$ref" in node:
        return _inlined(parts[node["$ref"].removeprefix(_REF)], parts)
    changed: dict[str, Any] = {}
    if "properties" in node:
        held = node["properties"]
        changed["properties"] = {name: _inlined(one, parts) for name, one in held.items()}
    if "items" in node:
        changed["items"] = _inlined(node["items"], parts)
    if "anyOf" in node:
        changed["anyOf"] = [_inlined(one, parts) for one in node["anyOf"]]
    return {**node, **changed}
