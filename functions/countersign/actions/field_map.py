"""Field maps: what we read and write of an outside system, against what that system really has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from countersign.domain.contract import Value


@dataclass(frozen=True)
class Field:
    """One property of an outside object by our own name, and what we do with it."""

    name: str
    type: str
    """The outside system's word: `string`, `number`, `datetime`, `enumeration`, `bool`."""
    by: tuple[str, ...] = ()
    """Ids of the actions that write it; none: it is only read."""
    always: bool = False
    """Whether every object that we create has it."""
    values: tuple[str, ...] = ()
    """Values that we write or look for, which a closed list must have; others come out of the
    message."""
    unique: bool = False
    """Whether it is ours to find an object again by: no two objects may share a value."""


Fields = Mapping[str, tuple[Field, ...]]
"""The fields by kind of object."""


class Property(Value):
    """One property as the outside system describes it."""

    name: str
    type: str
    read_only: bool = False
    unique: bool = False
    options: tuple[str, ...] = ()
    """The values of a closed list. Empty: it is open, or is kept elsewhere."""


class Schema(Value):
    """One kind of object as the outside system describes it."""

    properties: tuple[Property, ...]
    required: tuple[str, ...] = ()
    """Names without which it creates no object."""


class Described(Protocol):
    """A system that can describe its objects."""

    def schema(self, kind: str) -> Schema:
        """The kind as it is now. Raises Throttled, Unavailable or Refused."""


class Account(Described, Protocol):
    """The same, and what is kept beside the objects: who owns records, and the pipelines."""

    def owners(self) -> Mapping[str, str]:
        """Whoever may own records, by id: their mail address."""

    def pipelines(self) -> Mapping[str, tuple[str, ...]]:
        """The pipelines of deals by id, each with the ids of its stages."""

    def make(self, kind: str, field: Field) -> None:
        """Create a property for texts. Raises as `schema`, or Ambiguous."""


class Mismatch(Value):
    """One thing that would go wrong, and what to do about it."""

    kind: str
    field: str
    """The outside system's name of it."""
    sentence: str


@dataclass(frozen=True)
class Names:
    """Our names and the system's: `{"deals.countersign_action_key": "cs_key"}`, and of values too:
    `{"deals.pipeline.default": "749"}`. A name that is not there is the same on both sides."""

    given: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    """What every new object gets besides, by the system's names: `{"contacts.source": "Web"}`."""

    def theirs(self, kind: str, name: str) -> str:
        """The system's name of our field."""
        return self.given.get(f"{kind}.{name}", name)

    def sent(self, kind: str, fields: Mapping[str, str]) -> dict[str, str]:
        """Values by the system's names."""
        return {
            self.theirs(kind, name): self.their_value(kind, name, value)
            for name, value in fields.items()
        }

    def created(self, kind: str, fields: Mapping[str, str]) -> dict[str, str]:
        """The same for a new object, with what every one of them gets."""
        return {**self.always(kind), **self.sent(kind, fields)}

    def always(self, kind: str) -> dict[str, str]:
        """What every new object of the kind gets, by the system's names."""
        parts = ((name.partition("."), value) for name, value in self.constants.items())
        return {name: value for (of, _, name), value in parts if of == kind}

    def their_value(self, kind: str, name: str, value: str) -> str:
        """The system's name of our value of our field."""
        return self.given.get(f"{kind}.{name}.{value}", value)

    def our_value(self, kind: str, name: str, value: str) -> str:
        """The way back."""
        begins = f"{kind}.{name}."
        ours = (o for o, theirs in self.given.items() if theirs == value and o.startswith(begins))
        return next(ours, f"{begins}{value}").removeprefix(begins)


def used(fields: Fields, actions: Iterable[str], *, reads: bool) -> Fields:
    """What workflows with these actions use, and whether one of them looks records up: a field that
    no action writes is only read, and a kind that is neither written nor read is left out."""
    known = set(actions)
    return {
        kind: tuple(_as_of(field, known) for field in of_kind)
        for kind, of_kind in fields.items()
        if reads or any(known.intersection(field.by) for field in of_kind)
    }


def compare(
    fields: Fields, names: Names, described: Callable[[str], Schema]
) -> tuple[Mismatch, ...]:
    """Everything in which the live schema is not what `fields` need; asks for each kind once."""
    found = list(misnamed(fields, names))
    for kind, of_kind in fields.items():
        schema = described(kind)
        held = {one.name: one for one in schema.properties}
        for one in of_kind:
            found += _field(kind, one, held.get(names.theirs(kind, one.name)), names)
        found += _constants(kind, held, names)
        found += _required(kind, of_kind, schema, names)
    return tuple(found)


def _as_of(one: Field, actions: set[str]) -> Field:
    by = tuple(action for action in one.by if action in actions)
    if by == one.by:
        return one
    return replace(one, by=by) if by else Field(one.name, one.type, unique=one.unique)


def misnamed(fields: Fields, names: Names) -> Iterator[Mismatch]:
    """Names in the stage's map that are no field of ours, and two of one target; constants for what
    our actions write."""
    known = {f"{kind}.{one.name}": one for kind, of_kind in fields.items() for one in of_kind}
    targets: dict[str, str] = {}
    for ours, theirs in names.given.items():
        target = f"{ours.rpartition('.')[0]}.{theirs}"
        if not _is_ours(ours, known):
            yield _in_map(
                ours, f"names {ours}, which no workflow reads or writes: remove it, or correct it."
            )
        if target in targets:
            both = f"{targets[target]} and {ours}"
            yield _in_map(target, f"gives {both} the same name {theirs}: each needs its own.")
        targets[target] = ours
    written = {f"{one.partition('.')[0]}.{names.theirs(*one.split('.'))}" for one in known}
    for name in sorted(written & {*names.constants}):
        yield _in_map(name, f"gives {name} a value, and our actions use it: remove it.")


def _is_ours(name: str, known: Mapping[str, Field]) -> bool:
    """Whether it is a field of ours, or a value of one: of those that we write, or, where they come
    out of the message, any."""
    kind, _, rest = name.partition(".")
    field_name, _, value = rest.partition(".")
    one = known.get(f"{kind}.{field_name}")
    return one is not None and (not value or not one.values or value in one.values)


def _in_map(name: str, fault: str) -> Mismatch:
    kind, _, theirs = name.partition(".")
    return Mismatch(kind=kind, field=theirs, sentence=f"the stage's field map {fault}")


def _field(kind: str, one: Field, held: Property | None, names: Names) -> Iterator[Mismatch]:
    theirs, begins = names.theirs(kind, one.name), f"{kind}.{one.name}."
    values = {names.their_value(kind, one.name, value) for value in one.values}
    values |= {word for ours, word in names.given.items() if ours.startswith(begins)}
    for sentence in _faults(f"{kind}.{theirs}", replace(one, values=tuple(sorted(values))), held):
        yield Mismatch(kind=kind, field=theirs, sentence=sentence)


def _constants(kind: str, held: Mapping[str, Property], names: Names) -> Iterator[Mismatch]:
    """What the account would not take as the value that every new object gets."""
    for name, value in names.always(kind).items():
        why = _refuses(held.get(name), value)
        if why:
            told = f"{kind}.{name} {why}, and the stage's field map gives it a value: correct it."
            yield Mismatch(kind=kind, field=name, sentence=told)


def _refuses(held: Property | None, value: str) -> str:
    if held is None:
        return "does not exist"
    if held.read_only:
        return "is read-only"
    return f"has no option {value}" if held.options and value not in held.options else ""


def _faults(at: str, one: Field, held: Property | None) -> Iterator[str]:
    if held is None:
        ours = "" if at.endswith(f".{one.name}") else f" (our {one.name})"
        yield (
            f"{at}{ours} does not exist: create it with the type {one.type}"
            f"{' and unique values' if one.unique else ''}, or give another name in the stage's"
            " field map."
        )
        return
    if one.by and held.read_only:
        writes = f"{at} is read-only, and {', '.join(one.by)} writes it"
        yield f"{writes}: name another in the stage's field map."
    if held.type != one.type and held.type not in _ALIKE.get(one.type, ()):
        yield f"{at} has the type {held.type}, and {one.type} is needed: name another."
    if one.unique and not held.unique:
        yield (
            f"{at} does not keep its values unique, which cannot be changed later:"
            " create another with unique values, and name it in the stage's field map."
        )
    missing = [value for value in one.values if value not in held.options]
    if missing and held.options:
        yield f"{at} has no option {', '.join(missing)}: add what is missing."


_ALIKE: Mapping[str, tuple[str, ...]] = {"string": ("phone_number",)}
"""Types that take the same values."""


def _required(
    kind: str, of_kind: Sequence[Field], schema: Schema, names: Names
) -> Iterator[Mismatch]:
    sent = {names.theirs(kind, one.name) for one in of_kind if one.always} | {*names.always(kind)}
    creates = any(one.by for one in of_kind)
    for name in schema.required if creates else ():
        if name not in sent:
            yield Mismatch(
                kind=kind,
                field=name,
                sentence=(
                    f"{kind}.{name} is required to create one of {kind}, and we do not always send"
                    " it: make it optional there, or give it a value under `constants` in the"
                    " stage's file."
                ),
            )
