"""T44: a contract compiles for every provider, or is refused where it is built, with the path; what
a provider drops is checked by us."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from countersign.domain.errors import DefinitionBroken
from countersign.model.schemas import SUBSETS, Subset, compiled
from tests.unit.workflows.schemas import faults

pytestmark = pytest.mark.guarantee("T44")

SMALL = Subset(levels=3, properties=6, choices=5, letters=60)
"""So small that generated contracts lie on both sides of each limit."""
LIMITS = [one.name for one in fields(Subset) if one.name != "references"]
Kind = Any


class Part(BaseModel):
    """As contracts are: closed."""

    model_config = ConfigDict(extra="forbid")


@st.composite
def parts(draw: st.DrawFn, depth: int) -> type[BaseModel]:
    """A contract with bounds, choices, lists and parts of parts; each field may be null."""
    names = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3, unique=True))
    held: dict[str, Any] = {name: (draw(kinds(depth)), ...) for name in names}
    name = f"P{depth}{draw(st.integers(0, 9))}"
    made: type[BaseModel] = create_model(name, __base__=Part, **held)
    return made


@st.composite
def kinds(draw: st.DrawFn, depth: int) -> Kind:
    """What a field is."""
    plain: list[Kind] = [
        str,
        Annotated[str, Field(min_length=1, max_length=3, pattern="^x*$", description="Some x.")],
        Annotated[int, Field(ge=1, le=5)],
        Literal["p", "q"],
        Literal["only"],
    ]
    deeper = depth and draw(st.booleans())
    found: Kind = draw(parts(depth - 1) if deeper else st.sampled_from(plain))
    wrapped = draw(st.sampled_from(["", "", "null", "list"]))
    if wrapped == "list":
        return Annotated[list[found], Field(max_length=2)]
    return found | None if wrapped == "null" else found


def tree(node: Any, parts: Mapping[str, Any], level: int = 1) -> Iterator[tuple[int, Any]]:
    """Each object and list with its level, through references: measured on its own."""
    if "$ref" in node:
        yield from tree(parts[node["$ref"].rpartition("/")[2]], parts, level)
        return
    holds = "properties" in node or "items" in node
    if holds:
        yield level, node
    below = [*node.get("properties", {}).values(), *node.get("anyOf", ())]
    for one in [*below, *([node["items"]] if "items" in node else [])]:
        yield from tree(one, parts, level + holds)


def measured(schema: Mapping[str, Any]) -> dict[str, int]:
    """What the limits count, of a schema as pydantic writes it."""
    held = schema.get("$defs", {})
    each = [node for root in (schema, *held.values()) for node in nodes(root)]
    choices = [v for n in each for v in n.get("enum", [n["const"]] if "const" in n else [])]
    names = [name for n in each for name in n.get("properties", {})]
    return {
        "levels": max(level for level, _ in tree(schema, held)),
        "properties": len(names),
        "choices": len(choices),
        "letters": sum(map(len, [*names, *choices, *held])),
    }


def limited(most: Mapping[str, int]) -> Subset:
    """A provider that takes so much."""
    return Subset(**{name: most[name] for name in LIMITS}, references=True)


def nodes(node: Any) -> Iterator[Any]:
    """Every schema in a schema, its definitions apart."""
    yield node
    below = [*node.get("properties", {}).values(), *node.get("anyOf", ())]
    for one in [*below, *([node["items"]] if "items" in node else [])]:
        yield from nodes(one)


def outcome(schema: Mapping[str, Any], subset: Subset) -> Mapping[str, Any] | str:
    """The compiled schema, or why there is none."""
    try:
        return compiled(schema, subset)
    except DefinitionBroken as broken:
        return str(broken)


@settings(max_examples=60, deadline=None)
@given(parts(3), st.booleans())
def test_a_contract_compiles_exactly_within_the_limits(
    contract: type[BaseModel], references: bool
) -> None:
    """Else the refusal names the path: nothing is left for the provider to refuse."""
    schema, subset = contract.model_json_schema(), replace(SMALL, references=references)
    fits = all(count <= getattr(subset, what) for what, count in measured(schema).items())
    got = outcome(schema, subset)
    if isinstance(got, str):
        assert not fits
        assert re.match(r"the answer's contract at (\$|\$defs)[\w.\[\]]*: \d+|.*levels deep", got)
        return
    assert fits
    assert faults(got) == []
    assert references or "$ref" not in str(got)


@pytest.mark.control
@settings(max_examples=25, deadline=None)
@given(parts(3))
def test_control_a_limit_that_is_off_by_one_is_seen(contract: type[BaseModel]) -> None:
    """One less than what a contract has refuses it, and exactly that takes it, for each limit."""
    schema = contract.model_json_schema()
    has = measured(schema)
    exact = limited(has)
    assert not isinstance(outcome(schema, exact), str)
    for what in LIMITS:
        less = limited({**has, what: has[what] - 1})
        assert isinstance(outcome(schema, less), str), what


def _holds_itself() -> type[BaseModel]:
    class Node(Part):
        below: list[Node] | None

    Node.model_rebuild(_types_namespace={"Node": Node})
    return Node


class Open(Part):
    """Names that nobody knows beforehand."""

    by_name: dict[str, str]


class LeftOut(Part):
    """A field that may be left out, and then is no null."""

    tags: list[str] = []


class Pair(Part):
    """A list of fixed places."""

    place: tuple[int, int]


class Anything(Part):
    """No type at all."""

    what: Any


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize(
    ("contract", "says"),
    [
        (_holds_itself(), r"\$\.below\[\][.\w\[\]]*: Node holds itself"),
        (Open, r"\$\.by_name: names that are not known"),
        (LeftOut, r"\$\.tags: it may be left out"),
        (Pair, r"\$\.place: no strict output knows `prefixItems`"),
        (Anything, r"\$\.what: anything at all is no type"),
    ],
)
def test_what_no_strict_output_can_say_is_refused_with_its_path(
    contract: type[BaseModel], says: str, subset: str
) -> None:
    """For every provider: a contract must not change its meaning on the way."""
    with pytest.raises(DefinitionBroken, match=says):
        compiled(contract.model_json_schema(), SUBSETS[subset])


class Bounded(Part):
    """One field for each kind of bound."""

    text: Annotated[str, Field(max_length=3, pattern="^x*$")]
    number: Annotated[int, Field(ge=1, le=5, multiple_of=2)]
    few: Annotated[list[str], Field(max_length=1)]


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize(
    "wrong", [{"text": "xxxx"}, {"text": "y"}, {"number": 6}, {"number": 3}, {"few": ["a", "b"]}]
)
def test_what_a_provider_drops_is_checked_by_us(subset: str, wrong: Mapping[str, Any]) -> None:
    """The compiled schema has no bound, so a model may answer so; the contract does not take it."""
    strict = str(compiled(Bounded.model_json_schema(), SUBSETS[subset]))
    dropped = ("maxLength", "pattern", "maximum", "multipleOf", "maxItems")
    assert not any(word in strict for word in dropped)
    good = {"text": "x", "number": 2, "few": []}
    assert Bounded.model_validate(good)
    with pytest.raises(ValidationError):
        Bounded.model_validate(good | dict(wrong))
