"""The rulebook as data, read from YAML.

Measured: `yaml.safe_load` makes false of the label `no`, takes the last of two equal keys without a
word, and follows aliases until the memory is full. Here every scalar is text until the schema says
otherwise, and the other two are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, model_validator

from countersign.domain.canonical import digest
from countersign.domain.contract import problems
from countersign.domain.errors import DefinitionBroken
from countersign.parsing.annotations.item import Annotation, Box, Item, Span
from countersign.rulebook.checks import Check
from countersign.rulebook.checks.model import Model
from countersign.rulebook.subject import Offsets, Severity

MOST_BYTES = 500_000
RuleId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$", max_length=60)
]
Sentence = Annotated[str, StringConstraints(min_length=5, max_length=500, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ExampleAnnotation(Model):
    """One annotation of an example."""

    label: str
    by: str = "somebody"
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    box: tuple[Decimal, Decimal, Decimal, Decimal] | None = None

    def annotation(self, id_: str) -> Annotation:
        """As a file would have it."""
        span = None
        if self.start is not None and self.end is not None:
            span = Span(self.start, self.end, self.quote)
        return Annotation(id_, self.by, self.label, Box(*self.box) if self.box else None, span)


class Example(Model):
    """An item that keeps or breaks a rule, as small as it can be."""

    text: str | None = None
    width: Decimal | None = None
    height: Decimal | None = None
    annotators: tuple[str, ...] = ()
    annotations: tuple[ExampleAnnotation, ...] = ()
    unjudged: int = 0
    repeats: str = ""
    """An earlier item with the same text."""

    @property
    def item(self) -> Item:
        """As a file would have it."""
        found = tuple(one.annotation(str(at)) for at, one in enumerate(self.annotations, start=1))
        named = (*self.annotators, *(one.annotator for one in found))
        looked = tuple(dict.fromkeys(named)) or ("somebody",)
        return Item("example", self.text, self.width, self.height, looked, found, self.unjudged)


class Examples(Model):
    """What a rule means, in items. What people overruled is written here as `keeps`."""

    keeps: tuple[Example, ...] = ()
    breaks: tuple[Example, ...] = ()


class Question(Model):
    """What only judgement can say. Yes means that the rule is broken."""

    ask: Sentence
    about: Literal["item", "annotation"] = "item"


class Scope(Model):
    """The labels that a rule speaks about; none: all."""

    labels: tuple[Label, ...] = ()


class Rule(Model):
    """One sentence of the rulebook, and how it is found broken."""

    id: RuleId
    text: Sentence
    severity: Severity
    scope: Scope = Scope()
    check: Check | None = None
    question: Question | None = None
    examples: Examples = Examples()

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.check is None) == (self.question is None):
            raise ValueError("has a check or a question, and not both")
        return self


class Overruled(Model):
    """A finding that somebody looked at and did not agree with: the item keeps the rule."""

    rule: RuleId
    item: Example
    by: str
    on: date
    why: Sentence


class Weights(Model):
    """Points that a finding costs, of a hundred."""

    minor: int = Field(1, ge=0, le=100)
    major: int = Field(5, ge=0, le=100)
    critical: int = Field(25, ge=0, le=100)


def _named(labels: Any) -> Any:
    """`car: A vehicle …` is short for what says no more of a label."""
    if not isinstance(labels, Mapping):
        return labels
    return {name: {"text": one} if isinstance(one, str) else one for name, one in labels.items()}


class LabelText(Model):
    """What a label means, and how else it is written."""

    text: Sentence
    also: tuple[Label, ...] = ()


_UNSAID = {"overruled"}
"""What a digest leaves out where there is none: it was made before there could be any."""


class Rulebook(Model):
    """All rules of one kind of work. A change raises the version."""

    id: RuleId
    version: int = Field(ge=1)
    title: Sentence
    offsets: Offsets = "code_points"
    weights: Weights = Weights()
    labels: Annotated[dict[Label, LabelText], BeforeValidator(_named), Field(min_length=1)]
    rules: tuple[Rule, ...] = Field(min_length=1, max_length=500)
    overruled: tuple[Overruled, ...] = Field((), max_length=2_000)
    """Cases out of work, with who said it and why: `countersign rulebook overrule` writes them."""

    @cached_property
    def known(self) -> Mapping[str, str]:
        """Labels and their other spellings, with the label that is meant."""
        return {
            spelling: name for name, one in self.labels.items() for spelling in (name, *one.also)
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that it says: two texts that say the same have the same."""
        return digest(
            self.model_dump_json(exclude=_UNSAID if not self.overruled else None).encode()
        )


def read(raw: bytes, name: str = "rulebook") -> Rulebook:
    """Raises DefinitionBroken, which names the places."""
    if len(raw) > MOST_BYTES:
        raise DefinitionBroken(f"{name} is larger than {MOST_BYTES // 1_000} kB")
    try:
        _refuse_aliases(raw)
        given = yaml.load(raw, Loader=_Plain)  # noqa: S506 - it makes text, lists and mappings only
        return Rulebook.model_validate(given)
    except yaml.YAMLError as broken:
        raise DefinitionBroken(f"{name} is no YAML that is read here: {_told(broken)}") from broken
    except RecursionError as broken:
        raise DefinitionBroken(f"{name} is nested too deeply to be read") from broken
    except ValidationError as broken:
        raise DefinitionBroken("\n".join((name, *problems(broken)))) from broken


class _Plain(yaml.CBaseLoader):
    """Scalars as text; no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(made) < len(node.value):
            raise yaml.constructor.ConstructorError(
                None, None, "a key stands here twice", node.start_mark
            )
        return made


def _refuse_aliases(raw: bytes) -> None:
    """A few of them are a memory full."""
    for event in yaml.parse(raw, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("an alias; write it out")


def _told(broken: yaml.YAMLError) -> str:
    if isinstance(broken, yaml.MarkedYAMLError) and broken.problem_mark:
        mark = broken.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {broken.problem}"
    return str(broken)
