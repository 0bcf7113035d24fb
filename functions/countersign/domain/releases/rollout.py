"""A stored release of a workflow: who made it and why, how far it has come, whose jobs it gets.

What ships with the code is the ground. A stored release stands over exactly one ground: after a
deploy that ships another one it stands over nothing, and jobs get what the code ships.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar, Protocol

from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken
from countersign.domain.releases.canary import Metric, Trial, assigned, unfit

ASSIGNED = "canary"
"""The name of the result that says of a job how it came to its release."""
MOST_SHARE = Decimal("0.5")
"""Of a canary: beyond it the release that is known to be good is the small arm."""


_WHOLE = 2**64


class State(StrEnum):
    """How far a stored release has come."""

    DRAFT = "draft"
    SHADOW = "shadow"
    CANARY = "canary"
    LIVE = "live"
    ABORTED = "aborted"
    RETIRED = "retired"


LEGAL: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SHADOW, State.CANARY, State.LIVE, State.ABORTED}),
    State.SHADOW: frozenset({State.SHADOW, State.CANARY, State.LIVE, State.ABORTED}),
    State.CANARY: frozenset({State.CANARY, State.LIVE, State.ABORTED}),
    State.LIVE: frozenset({State.RETIRED}),
    # Stopped is stopped: who was in it may not be drawn anew. The same change is a new release.
    State.ABORTED: frozenset(),
    # A promotion is taken back: the former one is live again.
    State.RETIRED: frozenset({State.LIVE}),
}
RUNNING = frozenset({State.SHADOW, State.CANARY, State.LIVE})
"""In these, jobs come to it."""


class Ramp(Value):
    """A share of the canary, and how long it is looked at before the next one."""

    share: Decimal
    """Of new jobs, 0 to 1."""
    hours: int


class Statement(Value):
    """What is said before a release may leave its draft."""

    better: str
    """What it shall make better, in a sentence."""
    smallest: Decimal
    """The smallest rise of what people change or reject that matters, as a share of all jobs."""
    dearer: Decimal = Decimal(2)
    """It fails at so many times the model's cost for a job."""
    slower: Decimal = Decimal(2)
    """It fails at so many times the time in which 95 % of the answers come."""
    alpha: Decimal = Decimal("0.05")
    """How often one that does no harm is stopped, at most."""
    days: int = 30
    """How long its canary runs at the longest."""
    told: str
    """A person's id: who is mailed."""
    alarms: tuple[str, ...] = ()
    """Alarms of the stage, by their names in the runbook: one that rings stops its canary."""


class Moved(Value):
    """One change of state. `key` is that of the action that made it; empty: it came by itself."""

    at: datetime
    to: State
    share: Decimal = Decimal(0)
    by: str
    why: str
    key: str = ""


class Rollout(Contract):
    """One row: a stored release. Its bytes lie in the payload bucket; `version` grows by one with
    every write."""

    CONTRACT: ClassVar[str] = "rollout"
    VERSION: ClassVar[int] = 1

    workflow: str
    digest: str
    ground: str
    """Digest of the release that the code ships, over which this one stands."""
    over: str
    """Digest of the release that it shall replace: the ground, or a stored one."""
    changes: tuple[str, ...]
    """Which parts it changes: `prompt`, `models`, `fallbacks`, `limits`, `tiers`."""
    author: str
    """A person's id: whoever wrote it is not its only signer."""
    owner: str
    """The role that answers for the workflow."""
    reason: str
    at: datetime
    statement: Statement
    ramp: tuple[Ramp, ...] = ()
    closes_hours: int
    """After so many hours no decision of a job is open any more."""
    state: State = State.DRAFT
    share: Decimal = Decimal(0)
    """Of new jobs, in shadow and as a canary."""
    moves: tuple[Moved, ...] = ()
    made_for: Mapping[str, str] = {}
    """Digests of what it was made for: rules, policy, contracts, the cases that it passed."""
    evaluation: str = ""
    """Digest of the last evaluation; empty: there was none."""
    told: str = ""
    """What was last mailed to who is told."""
    version: int = 0

    @property
    def owes_a_mail(self) -> bool:
        """Whether it was stopped by itself and nobody has been told."""
        by_itself = self.state is State.ABORTED and not self.moves[-1].key
        return by_itself and self.told != State.ABORTED

    @property
    def since(self) -> datetime:
        """When it came into its state, or its share."""
        return self.moves[-1].at if self.moves else self.at

    @property
    def began(self) -> datetime | None:
        """When its canary began; None: it never did."""
        return next((one.at for one in self.moves if one.to is State.CANARY), None)


class Assigned(Contract):
    """How a job came to its release while a canary ran, whichever arm it is in."""

    CONTRACT: ClassVar[str] = "canary_assigned"
    VERSION: ClassVar[int] = 1

    canary: str
    """Digest of the release that runs as a canary."""
    share: Decimal


class Closed(Value):
    """What became of one job of a canary, in either arm, when all of it was decided."""

    job_id: str
    at: datetime
    share: Decimal
    canary: bool
    unit: str
    """Whose it is: of several jobs of one contact the first counts."""
    asked: bool
    harm: tuple[Metric, ...] = ()
    usd: Decimal = Decimal(0)
    """What the model cost."""
    milliseconds: int = 0
    """How long the model's answers took together."""

    @property
    def trial(self) -> Trial:
        """The same as the test takes it."""
        return Trial(
            unit=self.unit,
            at=self.at,
            share=float(self.share),
            canary=self.canary,
            asked=self.asked,
            harm=frozenset(self.harm),
        )


class Alarms(Protocol):
    """The alarms of the stage."""

    def ringing(self, names: Sequence[str]) -> Sequence[str]:
        """Which of these ring now."""


@dataclass(frozen=True)
class Pick:
    """The release of a new job; with a canary, how it came to it and when all is decided."""

    release: str
    assigned: Assigned | None = None
    closes_after: timedelta = timedelta(0)


def current(rows: Iterable[Rollout], workflow: str, ground: str) -> str:
    """Digest of the release that jobs of the workflow get where no canary runs."""
    live = (one for one in _over(rows, workflow, ground) if one.state is State.LIVE)
    return next((one.digest for one in live), ground)


def canary_of(rows: Iterable[Rollout], workflow: str, ground: str) -> Rollout | None:
    """The release that runs as a canary there; of a workflow one does."""
    there = _over(rows, workflow, ground)
    return next((one for one in there if one.state is State.CANARY and one.share), None)


def pick(rows: Iterable[Rollout], workflow: str, ground: str, door: str, job_id: str) -> Pick:
    """The release that a new job is pinned to."""
    known = tuple(rows)
    now, canary = current(known, workflow, ground), canary_of(known, workflow, ground)
    if canary is None or canary.over != now:
        return Pick(now)
    is_canary = assigned(canary.digest, door, job_id, Fraction(canary.share))
    return Pick(
        release=canary.digest if is_canary else now,
        assigned=Assigned(canary=canary.digest, share=canary.share),
        closes_after=timedelta(hours=canary.closes_hours),
    )


def shown_to(rows: Iterable[Rollout], workflow: str, ground: str, job_id: str) -> str:
    """Digest of the candidate that a new job is shown to; empty where there is none."""
    known = tuple(rows)
    over = current(known, workflow, ground)
    there = (one for one in _over(known, workflow, ground) if one.over == over)
    shown = (one.digest for one in there if one.state is State.SHADOW and _drawn(one, job_id))
    return next(shown, "")


def _drawn(candidate: Rollout, job_id: str) -> bool:
    """By hash, with a word of its own: a place in a canary says nothing about a place here."""
    place = hashlib.sha256(f"shadow\n{candidate.digest}\n{job_id}".encode()).digest()[:8]
    return int.from_bytes(place) < Fraction(candidate.share) * _WHOLE


def moved(held: Rollout, said: Moved) -> Rollout:
    """The release after a change of state. Raises ContractBroken for one that is not legal."""
    if said.to not in LEGAL[held.state]:
        raise ContractBroken(f"a release that is {held.state} cannot become {said.to}")
    after = {
        "state": said.to,
        "share": said.share,
        "moves": (*held.moves, said),
        "version": held.version + 1,
    }
    return held.model_copy(update=after)


Change = tuple[Rollout | None, Rollout]
"""A row before and after; None: there was none."""


def changes(rows: Iterable[Rollout], held: Rollout, said: Moved) -> tuple[Change, ...]:
    """What is written for a change of state: one release is live, and who was it is retired; where
    a promotion is taken back, the one that it replaced is live again. Raises ContractBroken."""
    now = [one for one in _over(rows, held.workflow, held.ground) if one.digest != held.digest]
    own = (held, moved(held, said))
    if said.to is State.LIVE:
        others = [one for one in now if one.state is State.LIVE]
        goes = said.model_copy(update={"to": State.RETIRED, "share": Decimal(0)})
    elif said.to is State.RETIRED:
        others = [one for one in now if one.digest == held.over and one.state is State.RETIRED]
        goes = said.model_copy(update={"to": State.LIVE, "share": Decimal(0)})
    else:
        return (own,)
    return (own, *((one, moved(one, goes)) for one in others))


def refusal(rows: Iterable[Rollout], held: Rollout, said: Moved, ground: str) -> str:
    """Why the change may not be made; empty when it may."""
    known = tuple(rows)
    if said.to not in LEGAL[held.state]:
        return f"a release that is {held.state} cannot become {said.to}"
    if said.to in {State.ABORTED, State.RETIRED}:
        return ""
    if held.ground != ground or held.over != _without(known, held, ground):
        return "the release that it was made to replace is not what jobs get now: make it anew"
    return _of_canary(known, held, said) if said.to is State.CANARY else ""


def _without(rows: Iterable[Rollout], held: Rollout, ground: str) -> str:
    return current((one for one in rows if one.digest != held.digest), held.workflow, ground)


def _of_canary(rows: Iterable[Rollout], held: Rollout, said: Moved) -> str:
    other = canary_of(
        (one for one in rows if one.digest != held.digest), held.workflow, held.ground
    )
    if other:
        return f"{other.digest[:12]} runs as a canary of {held.workflow}: one at a time"
    if not 0 < said.share <= MOST_SHARE:
        return "the share of a canary is above 0 and at most a half"
    return unfit(held.changes)


def ramped(held: Rollout, now: datetime) -> Decimal | None:
    """The share that follows, when the present one has been looked at for long enough."""
    at = next((n for n, one in enumerate(held.ramp) if one.share == held.share), None)
    if held.state is not State.CANARY or at is None or at + 1 == len(held.ramp):
        return None
    over = now - held.since >= timedelta(hours=held.ramp[at].hours)
    return held.ramp[at + 1].share if over else None


def _over(rows: Iterable[Rollout], workflow: str, ground: str) -> list[Rollout]:
    return [one for one in rows if one.workflow == workflow and one.ground == ground]
