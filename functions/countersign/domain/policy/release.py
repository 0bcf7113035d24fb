"""Releases: what may change without new code, immutable and addressed by its content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Value
from countersign.domain.money import Money
from countersign.domain.policy.prices import Price

SIGN_IN, OWN_WORDS = "approvals.sign_in", "approvals.editor_may_sign"
"""Lists of a release: the actions that only who is signed in decides; and, where it is not empty,
that whoever changed words alone may sign them."""
TEXTS_A_DAY = "company.texts_a_day"
LETTERS, ATTACHMENTS, FINDINGS = "size.letters", "size.attachments", "size.findings"
"""Numbers above which an input is asked of a larger model."""
CAP = Decimal("0.3")
"""The most confidence of what neither a model nor a folder's own heuristics read: nothing runs."""
ERRORS_BELOW = "probation.errors_below"
_USUALLY_BELOW = Decimal("0.01")


class Limits(Contract):
    """Numbers that policy and rules compare with, named by the workflow that reads them."""

    CONTRACT: ClassVar[str] = "limits"
    VERSION: ClassVar[int] = 1

    numbers: Mapping[str, Decimal]
    amounts: Mapping[str, tuple[Money, ...]]
    """Limits per currency; a currency without one has no limit that could allow it."""
    lists: Mapping[str, tuple[str, ...]]

    @property
    def errors_below(self) -> Decimal:
        """The share of wrong decisions that probation must show it is below."""
        return self.numbers.get(ERRORS_BELOW, _USUALLY_BELOW)

    def number(self, name: str) -> Decimal:
        """The limit called `name`."""
        return self.numbers[name]

    def amount(self, name: str, currency: str) -> Money | None:
        """The limit called `name` in `currency`, or None: an unknown currency has no limit."""
        return next((m for m in self.amounts[name] if m.currency == currency), None)

    def list(self, name: str) -> tuple[str, ...]:
        """The list called `name`."""
        return self.lists[name]


class Size(Value):
    """A size of model that a workflow may ask."""

    name: str
    max_output_tokens: int
    temperature: str = ""
    """Empty: the model takes none."""
    price: Price

    @property
    def model(self) -> str:
        """As the endpoint calls it."""
        return self.price.model


WhenDown = Literal["heuristics", "park", "escalate"]
"""What follows when the model stays away: the workflow's heuristics answer and a person is asked,
the job waits until it is back, or a person gets the job."""


class Surer(Value):
    """How much surer of this workflow's cases the large model was than the small one: the mean
    confidence of both, from 0 to 1, as `countersign evaluate` measured it."""

    cases: int = Field(ge=20)
    small: Decimal = Field(ge=0, le=1)
    large: Decimal = Field(ge=0, le=1)
    as_of: date

    @model_validator(mode="after")
    def _raised(self) -> Self:
        if self.large <= self.small:
            raise ValueError("the large model was no surer of the cases than the small one")
        return self


class Release(Contract):
    """Prompt, model routing and limits of one workflow. A job is pinned to one at intake."""

    CONTRACT: ClassVar[str] = "release"
    VERSION: ClassVar[int] = 2

    workflow: str
    prompt: str
    sizes: tuple[Size, ...]
    """Of models, the smallest first; at least one."""
    patience_seconds: int = 900
    """How long a job waits for a model that asks it to."""
    when_down: WhenDown = "heuristics"
    surer: Surer | None = None
    """Why an answer of which we are not sure enough is asked of the next size too; None: it is not,
    and a person is asked."""
    limits: Limits
    texts: Mapping[str, str] = {}
    """Files of the workflow's folder that it judges by, as they are, by name: rulebooks."""

    @property
    def digest(self) -> str:
        """The release's address: SHA-256 of its canonical bytes. One without texts or `surer` has
        the address that it had before there were any: jobs wait under it."""
        said = {name: part for name, part in self if part or name not in {"surer", "texts"}}
        return digest(canonical(said))


def release_key(release_digest: str) -> str:
    """Where the payload bucket holds the release."""
    return f"releases/{release_digest}.json"
