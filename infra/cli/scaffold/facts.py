"""From a JSON Schema to the parts of an answer, each with the kind of fact that it seems to be.

The kind is a proposal: on the page its author declares it. An object's properties stand side by
side under its name. A shape that no kind fits is refused with a sentence that names the property.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countersign.domain.errors import ContractBroken
from countersign.workflow import Answer

COMES_ANYWAY = frozenset({"confidence", "email", "message"})
"""What every answer or every message has already."""
OF_EVERY_FORM = frozenset({"name", "language"})
READ_OUT = frozenset({"Quoted", "Derived", "Chosen"})
"""Kinds that a form may state in a field of their own."""
USUAL: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "request": {"type": "string", "description": "what the sender wants, in their words"},
        "summary": {"type": "string", "description": "what somebody must know before answering"},
    },
    "required": ["request"],
}
"""The schema of who brings none."""

_MONEY = frozenset({"amount", "budget", "cost", "fee", "money", "price", "sum", "total"})
_LONG = frozenset({"description", "details", "notes", "summary", "text"})
_READ = frozenset({"country", "currency", "date"})
_LONGEST = 300
_DEEPEST = 4
"""Objects within objects; a schema that refers to itself has no end."""
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_EXAMPLES: Mapping[str, str] = {
    "address": "12 Oak Street",
    "city": "Uppsala",
    "company": "Oakfield Ltd",
    "country": "SE",
    "currency": "EUR",
    "date": "2026-12-01",
    "name": "Kim Reyes",
    "number": "1042",
    "zip": "75310",
}
"""What a sample says, by the last word of a name, or by what kind of value it is."""


Shape = Mapping[str, Any]
"""A JSON Schema, or a part of one."""


@dataclass(frozen=True)
class Part:
    """A part of the answer. `example` is what the sample event says of it."""

    name: str
    kind: str
    says: str
    example: str
    needed: bool = False
    choices: tuple[str, ...] = ()

    @property
    def declared(self) -> str:
        """The kind as the page declares it."""
        return f"Chosen[{self.literal}]" if self.choices else self.kind

    @property
    def literal(self) -> str:
        """The choices as a type."""
        return f"Literal[{', '.join(_quoted(one) for one in self.choices)}]"

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that it becomes."""
        is_sum = self.kind == "Sum"
        return (f"{self.name}_amount", f"{self.name}_currency") if is_sum else (self.name,)

    @property
    def is_field(self) -> bool:
        """Whether a form has a field of its own for it."""
        return self.kind in READ_OUT and self.name not in OF_EVERY_FORM


def parts(schema: Shape) -> tuple[Part, ...]:
    """The parts of the answer. Raises ContractBroken for a schema that cannot become one."""
    found = list(_flat("", _root(schema), schema))
    named = {name for name, _, _ in found}
    if len(named) < len(found):
        raise ContractBroken("the schema: two properties have the same name in snake_case")
    return tuple(_with_a_need([_part(*one) for one in found if one[0] not in COMES_ANYWAY]))


def left_out(schema: Shape) -> tuple[str, ...]:
    """The properties that come with every message or answer anyway."""
    return tuple(sorted(COMES_ANYWAY & {_snake(name) for name in _root(schema)["properties"]}))


def _flat(
    prefix: str, found: Shape, schema: Shape, *, needed: bool = True, depth: int = 0
) -> Iterator[tuple[str, Shape, bool]]:
    """Every property by its name in snake_case, with its shape and whether it is needed; those of
    an object within follow its name."""
    if depth > _DEEPEST:
        raise ContractBroken(f"{prefix}: objects within objects without an end; say which you mean")
    for theirs, node in found["properties"].items():
        name = f"{prefix}_{_snake(theirs)}" if prefix else _snake(theirs)
        shape, null = _resolved(node, schema, name)
        wanted = needed and not null and theirs in found.get("required", ())
        if shape.get("type") == "array":
            raise ContractBroken(
                _of_list(name, _resolved(shape.get("items") or {}, schema, name)[0])
            )
        if shape.get("properties") and not _is_sum(shape):
            yield from _flat(name, shape, schema, needed=wanted, depth=depth + 1)
        else:
            yield name, shape, wanted


def _of_list(name: str, item: Shape) -> str:
    """A fact is one value, so that a rule can compare it and a person sign it: what to write."""
    one = name.removesuffix("s")
    names = [f"{one}_{_snake(each)}" for each in item.get("properties", ())] or [one]
    return (
        f"{name}: a list is no fact; write the one that matters ({', '.join(names)}) as properties"
        " of their own, or a text that tells them all"
    )


def _is_sum(shape: Shape) -> bool:
    return set(shape.get("properties", ())) == {"amount", "currency"}


def _root(schema: Shape) -> Shape:
    """The object itself, also out of the wrapping in which model providers want it."""
    inner = schema.get("json_schema", schema)
    inner = inner.get("schema", inner)
    found, _ = _resolved(inner, inner, "the schema")
    if not isinstance(found.get("properties"), dict) or not found["properties"]:
        raise ContractBroken("the schema: an object with properties is wanted")
    return {"$defs": inner.get("$defs", {}), **found}


def _resolved(node: Shape, schema: Shape, name: str) -> tuple[Shape, bool]:
    """The shape behind references and alternatives, and whether it may be null."""
    if "$ref" in node:
        target = str(node["$ref"])
        key = target.rpartition("/")[2]
        held = {**schema.get("$defs", {}), **schema.get("definitions", {})}
        if not target.startswith("#/") or key not in held:
            raise ContractBroken(f"{name}: {target} is not defined in the schema")
        found, null = _resolved(held[key], schema, name)
        return {**found, **{k: v for k, v in node.items() if k != "$ref"}}, null
    among = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]
    if not among:
        return _without_null(node)
    left = [one for one in among if one.get("type") != "null"]
    if len(left) != 1:
        raise ContractBroken(f"{name}: of several shapes, say one")
    found, null = _resolved(left[0], schema, name)
    return {**found, **_words(node)}, null or len(left) < len(among)


def _without_null(node: Shape) -> tuple[Shape, bool]:
    types = node["type"] if isinstance(node.get("type"), list) else [node.get("type")]
    left = [one for one in types if one != "null"]
    values = [one for one in node.get("enum", ()) if one is not None]
    shape = {**node, "type": left[0] if len(left) == 1 else left}
    null = len(left) < len(types) or len(values) < len(node.get("enum", ()))
    return (shape | {"enum": values} if values else shape), null


def _words(node: Shape) -> dict[str, Any]:
    return {name: node[name] for name in ("description", "examples", "default") if name in node}


def _part(name: str, shape: Shape, needed: bool) -> Part:
    _check(name)
    choices = _choices(name, shape)
    kind = "Chosen" if choices else _kind(name, shape)
    says = " ".join(str(shape.get("description", "")).split())
    return Part(
        name=name,
        kind=kind,
        says=says or f"{name.replace('_', ' ')}, as the message says it",
        example=choices[0] if choices else _example(name, shape),
        needed=needed,
        choices=choices,
    )


def _check(name: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise ContractBroken(f"{name}: no name that a fact can have: letters, digits, underscores")
    if hasattr(Answer, name) or name == "actions":
        raise ContractBroken(f"{name}: the engine uses this name for something else; take another")


def _choices(name: str, shape: Shape) -> tuple[str, ...]:
    """The closed set of values, if it is one."""
    if shape.get("type") == "boolean":
        return ("yes", "no")
    among = [shape["const"]] if "const" in shape else shape.get("enum", [])
    if not all(isinstance(one, str) and one.isprintable() for one in among):
        raise ContractBroken(f"{name}: choices that are no texts; write them as texts")
    return tuple(among)


def _kind(name: str, shape: Shape) -> str:
    kind, last = shape.get("type"), _last(name)
    if kind == "object" and _is_sum(shape):
        return "Sum"
    if kind not in {"string", "number", "integer"}:
        raise ContractBroken(f"{name}: {_NAMELESS if kind == 'object' else _UNKNOWN}")
    if last in _MONEY or shape.get("format") in _MONEY:
        return "Sum"
    return "Derived" if kind != "string" else _text(name, last, shape)


_UNKNOWN = "a shape that is no fact; texts, choices, numbers and sums are"
_NAMELESS = "an object that names no properties is no fact; name those that matter"


def _text(name: str, last: str, shape: Shape) -> str:
    if name == "language":
        return "Language"
    if last in _LONG or int(shape.get("maxLength", 0)) > _LONGEST:
        return "Summary"
    return "Derived" if last in _READ or "date" in str(shape.get("format")) else "Quoted"


def _example(name: str, shape: Shape) -> str:
    given = [*shape.get("examples", ()), shape.get("example"), shape.get("default")]
    texts = (" ".join(one.split()) for one in given if isinstance(one, str))
    said = next(filter(None, texts), "")
    if shape.get("type") in {"number", "integer"}:
        return "3"
    usual = "date" if "date" in str(shape.get("format")) else _last(name)
    return said or _EXAMPLES.get(usual) or f"the {name.replace('_', ' ')} in question"


def _with_a_need(found: Sequence[Part]) -> Iterator[Part]:
    """The parts, of which at least one is needed: without it there would be nothing to do."""
    can = [part.name for part in found if part.is_field or part.kind == "Sum"]
    if not can:
        raise ContractBroken(
            "the schema: nothing in it could be missing; ask for a text, a choice or a sum as well"
        )
    needed = [part.name for part in found if part.needed and part.name in can] or can[:1]
    for part in found:
        yield Part(**{**vars(part), "needed": part.name in needed})


def _snake(name: str) -> str:
    return "_".join(word.lower() for word in _WORD.findall(name)) or name


def _last(name: str) -> str:
    return name.rpartition("_")[2]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
