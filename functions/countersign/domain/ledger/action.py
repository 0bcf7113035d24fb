"""Actions: typed, versioned tool contracts, and the ledger that accounts for each effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Generic, TypeVar

from countersign.domain.contract import Contract, Value
from countersign.domain.money import Money
from countersign.domain.policy.records import Records

NO_CONTRACT: Mapping[str, bool] = {"contract": False}
"""Marks a part that may stop an action and never changes what it does: what was signed under the
version before it means the same."""

ParamsT = TypeVar("ParamsT", bound=Contract)
PortT = TypeVar("PortT")


@dataclass(frozen=True)
class Undo(Generic[ParamsT, PortT]):
    """How one kind of effect is taken back.

    `state(port, params, key, at)` is what the target holds of all that the action may touch, by the
    target's own names, the object's own among them as `id`; nothing when it is not there. It is
    read before `do` (unless the action `creates`, then before is nothing), after it, and before and
    after the undo. `restore(port, params, key, at, values)` writes these values back; without any
    the object goes. `at` is the id that the action left, by which an undo finds the object whatever
    else of it was changed since; empty before and right after `do`.
    """

    words: Callable[[ParamsT], str]
    """What undoing does, in one sentence."""
    creates: bool
    """Whether the action always makes something new."""
    state: Callable[[PortT, ParamsT, str, str], Mapping[str, str]]
    restore: Callable[[PortT, ParamsT, str, str, Mapping[str, str]], None]


@dataclass(frozen=True)
class ProposedAction:
    """An action that a workflow wants, before policy has spoken."""

    action: str
    params: Contract
    target: str
    after: str = ""
    """Id of the action of the same plan that must have been verified before this one runs."""


PROSE = "prose"
Prose = Annotated[str, PROSE]
"""A parameter of more than one line. What is plain `str` never holds a line break that a person
typed: a subject stays one header."""


@dataclass(frozen=True)
class OneOf:
    """Marks a parameter whose value is one of those in another parameter of the same contract."""

    parameter: str


class Difference(Value):
    """What an action changes at its target, by the name that the target uses."""

    name: str
    before: str
    after: str


class Receipt(Value):
    """What the target answered: the id under which the effect can be found again."""

    id: str
    evidence: Mapping[str, str] = {}


@dataclass(frozen=True)
class Action(Generic[ParamsT, PortT]):
    """One kind of effect.

    `do(port, params, key)` carries it out under the idempotency `key`. `find(port, params, key)`
    tells whether an interrupted attempt had carried it out, or is None where the target cannot
    tell: then such an attempt ends as unknown. `read_back(port, params, receipt)` returns what the
    target holds now; it must equal `expected(params)` field by field. None: the receipt is the
    proof (mail).
    """

    id: str
    version: int
    connector: str
    params: type[ParamsT]
    words: Callable[[ParamsT], str]
    """The action in one sentence for the person who signs it."""
    do: Callable[[PortT, ParamsT, str], Receipt]
    find: Callable[[PortT, ParamsT, str], Receipt | None] | None
    read_back: Callable[[PortT, ParamsT, Receipt], Mapping[str, str]] | None
    expected: Callable[[ParamsT], Mapping[str, str]]
    amount: Callable[[ParamsT], Money | None] | None = None
    """The money that the action moves, for approvers' limits and caps; None: it moves none."""
    inner: tuple[str, ...] = field(default=(), metadata=NO_CONTRACT)
    """Parameters that say nothing to who signs, or what the sentence says in better words: the
    page shows them among its details only."""
    editable: tuple[str, ...] = ()
    """Parameters that an approver may change; never a target or a recipient."""
    hints: Mapping[str, str] = field(default_factory=dict, metadata=NO_CONTRACT)
    """The form in which one of them is typed, by its name, in a sentence."""
    wording: tuple[str, ...] = field(default=(), metadata=NO_CONTRACT)
    """Those of them that are words and nothing else: they move no money, reach nobody else and say
    no time."""
    as_edited: Callable[[ParamsT], ParamsT] | None = None
    """What else is true of parameters that a person changed (a fixed text is a draft then)."""
    chooser_signs: bool = False
    """Whether who changes its parameters signs it by that: it only says where something of ours
    goes, and reaches nobody outside."""
    differences: Callable[[ParamsT, Records], tuple[Difference, ...]] | None = None
    """What changes at the target, against what Look found; None: it only adds something."""
    unfit: Callable[[ParamsT, Records], str] | None = field(default=None, metadata=NO_CONTRACT)
    """Why it must not be done by what Look found; empty: it may. Judged right before it runs, so
    that no target is asked again for what cannot have changed."""
    undo: Undo[ParamsT, PortT] | None = None
    """How the effect is taken back; None: it is irreversible."""
    inside: bool = field(default=False, metadata=NO_CONTRACT)
    """Whether all that comes of it stays with the job and goes with it: there is nothing outside to
    be taken back."""
    again: bool = field(default=False, metadata=NO_CONTRACT)
    """Whether a later plan may do it once more with other parameters: it keeps one thing as it
    should be, and adds none."""
    documents: Callable[[ParamsT], Mapping[str, str]] | None = field(
        default=None, metadata=NO_CONTRACT
    )
    """The texts that it keeps with the job, by the names of their files: who may read the job may
    fetch them. None: it keeps none."""
    prints: Callable[[ParamsT], tuple[str, ...]] | None = field(default=None, metadata=NO_CONTRACT)
    """Where below the job's documents it keeps files that are no texts: as `documents`."""
    leads_on: bool = field(default=False, metadata=NO_CONTRACT)
    """Whether another plan is made once it is verified: what came of it is planned with."""
    declared: Mapping[str, Any] | None = None
    """What its functions follow, where that is data: as much its contract as they are."""
    settle: timedelta = timedelta(0)
    """How long after an answer the target may still show what was there before."""

    def proposed(self, *, target: str, after: str = "", **params: Any) -> ProposedAction:
        """This action, wanted of `target` with these parameters. Raises ValidationError (a
        ValueError) when they break the contract."""
        return ProposedAction(self.id, self.params(**params), target, after)

    @property
    def reversible(self) -> bool:
        """Whether the effect can be taken back."""
        return self.undo is not None
