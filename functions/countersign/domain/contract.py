"""Contracts: strict, frozen, versioned models of whatever enters, leaves or is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import ClassVar, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from countersign.domain.canonical import canonical
from countersign.domain.errors import ContractBroken, UnknownVersion

ContractT = TypeVar("ContractT", bound="Contract")

_SHOWN_FAULTS = 10
_OURS = "Value error, "
"""What pydantic writes before a sentence of our own."""
_SHOWN_NAME = 40


class Value(BaseModel):
    """A frozen, strict part of a contract."""

    # A function uses a part of all contracts: what it never reads is never built.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Contract(Value):
    """A strict model with an id and a version; both travel with everything that is stored."""

    CONTRACT: ClassVar[str]
    VERSION: ClassVar[int]

    @classmethod
    def read(cls, body: object) -> Self:
        """`body` (parsed JSON) as this contract. Raises ContractBroken, which names the fields."""
        try:
            return cls.model_validate_json(json.dumps(body, default=_number))
        except ValidationError as broken:
            raise ContractBroken(explain(cls.CONTRACT, broken), problems(broken)) from None


class Stored(Value):
    """What a step left behind: the contract, its version and the canonical bytes as text. What is
    large may lie apart, under the digest of its bytes, and is read when somebody asks for it."""

    contract: str
    version: int
    body: str = ""
    """Empty of one that lies apart."""
    apart: str = ""
    """The digest of the bytes, of one that lies apart."""
    _reads: Callable[[], str] = str

    @classmethod
    def of(cls, value: Contract) -> Self:
        """`value` ready to be stored."""
        return cls(contract=value.CONTRACT, version=value.VERSION, body=canonical(value).decode())

    def as_(self, kind: type[ContractT]) -> ContractT:
        """The value back, read once: nobody changes it. Raises UnknownVersion when this code does
        not know what is stored."""
        if (self.contract, self.version) != (kind.CONTRACT, kind.VERSION):
            known = f"{kind.CONTRACT} v{kind.VERSION}"
            raise UnknownVersion(f"stored {self.contract} v{self.version}; this code reads {known}")
        held = self.known.get(kind)
        if held is None:
            held = self.known[kind] = kind.model_validate_json(self.text)
        return cast("ContractT", held)

    def read_by(self, reads: Callable[[], str]) -> Self:
        """The same, whose text is what this gives."""
        self._reads = reads
        return self

    @cached_property
    def known(self) -> dict[type[Contract], Contract]:
        """What it was read as."""
        return {}

    @cached_property
    def text(self) -> str:
        """The canonical bytes, wherever they lie. Raises UnknownVersion when they are gone."""
        return self._reads() if self.apart else self.body

    def whole(self) -> Stored:
        """The same, with its text in it."""
        return Stored(contract=self.contract, version=self.version, body=self.text)


def explain(contract: str, broken: ValidationError) -> str:
    """The broken fields and why, without the values that broke them."""
    return f"{contract}: {'; '.join(problems(broken))}"


def problems(broken: ValidationError) -> tuple[str, ...]:
    """The same, a sentence for each field."""
    faults = broken.errors(include_url=False, include_context=False, include_input=False)
    lines = [
        f"{_path(fault['loc'], fault['type'])}: {fault['msg'].removeprefix(_OURS)}"
        for fault in faults
    ]
    more = len(faults) - _SHOWN_FAULTS
    return (*lines[:_SHOWN_FAULTS], *((f"and {more} more",) if more > 0 else ()))


def _number(value: object) -> float:
    """Strict JSON gives Decimals for fractions. As text, they would pass for text."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not parsed JSON")
    near = float(value)
    if Decimal(repr(near)) != value:
        raise ContractBroken("a number has more digits than can be read exactly; send it as text")
    return near


def _path(location: tuple[int | str, ...], fault: str) -> str:
    # A key that the sender made up is content; it is counted, not quoted.
    known = location[:-1] if fault == "extra_forbidden" else location
    parts = [_part(part) for part in known] + ["?"] * (len(location) - len(known))
    return ".".join(parts) or "?"


def _part(part: int | str) -> str:
    text = str(part)[:_SHOWN_NAME]
    return text if isinstance(part, int) or text.isidentifier() else "?"
