"""Caps: how much money may move in a day without a signature, counted exactly in minor units.

A cap binds what policy lets run by itself. What a person signed is neither stopped by it nor
counted in it: that money is bounded by the signer's own limit and by four eyes, and one large
signed refund must not stop all small ones for the rest of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Protocol

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.money import Money
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.rules import Finding

REACHED = "cap.reached"
"""The rule id under which a policy says what happens then. A policy that lets the action run all
the same ends the job as a case."""

_BOUND = ("job", "action", "version", "params", "target")
"""What makes an action the same one when Decide plans it again: all but policy and expiry."""


@dataclass(frozen=True)
class Cap:
    """At most `most` in one day under one key. `key` is opaque; `sentence` is what a person reads
    when the cap is reached."""

    key: str
    day: str
    most: Money
    sentence: str

    @property
    def counter(self) -> str:
        """The name of the counter: a new one for each day."""
        return f"{self.key}/{self.day}"


class Reservation(Contract):
    """A part of one or more caps, held by one action of one job.

    `attempt` is who wrote it last: a write that "fails" but left our attempt behind is ours, and
    whoever frees it names the attempt that they read. It counts on the day on which policy let the
    action run, even if the action ends after midnight.
    """

    CONTRACT: ClassVar[str] = "cap.reservation"
    VERSION: ClassVar[int] = 1

    key: str
    job_id: str
    attempt: str
    amount: Money
    counters: tuple[str, ...]
    reserved_at: datetime


class Caps(Protocol):
    """Counters that never go beyond their cap, and who holds how much of them."""

    def reserve(self, caps: Sequence[Cap], wanted: Reservation) -> Finding | None:
        """Reserve in all of `caps`, or in none: then the cap that is reached.

        In one write with the reservation, which the job has from then on, and a due row that looks
        after it. What the same action holds already is not counted again; what it held of another
        day is counted on the new one. Raises Throttled when too many write to a cap at once.
        """

    def release(self, held: Reservation) -> bool:
        """Give back, in one write, what `held` counts; False, and nothing is given back, when it is
        gone or another attempt has renewed it. Raises Throttled."""


def day_of(at: datetime) -> str:
    """The day to which `at` belongs, in UTC: 24 hours on every date and the same everywhere, where
    a local day has 23 or 25 twice a year and a stage that moves its zone has one day twice."""
    return at.astimezone(UTC).date().isoformat()


def runs_alone(held: LedgerEntry) -> bool:
    """Whether policy alone authorised the entry and it may still run: what caps bind."""
    return held.status is ActionStatus.AUTHORISED and held.verdict.answer is Answer.RUN


def action_key(held: LedgerEntry) -> str:
    """The same for the same action of the same plan, however often it is planned: a Decide that was
    killed before it stored its plan comes back with another expiry, and must not count twice."""
    content = held.content()
    bound = {name: content[name] for name in _BOUND}
    return digest(canonical({**bound, "index": held.index}))[:32]


def reserving(
    held: LedgerEntry, caps: Iterable[Cap], amount: Money, attempt: str, now: datetime
) -> Reservation:
    """What `held` needs of `caps`. Raises ValueError for an amount below zero or a
    cap in another currency."""
    listed = tuple(caps)
    if amount.minor < 0:
        raise ValueError("a negative amount would make room for others")
    if any(cap.most.currency != amount.currency for cap in listed):
        raise ValueError("a cap is in the currency of the amount that it counts")
    return Reservation(
        key=action_key(held),
        job_id=held.content()["job"],
        attempt=attempt,
        amount=amount,
        counters=tuple(cap.counter for cap in listed),
        reserved_at=now,
    )


def reached(caps: Iterable[Cap], totals: Mapping[str, int], amount: Money) -> Finding | None:
    """The first cap that `amount` would go beyond; None when there is room in all of them.

    `totals` are the counters so far, in minor units; one that is not there is at zero.
    """
    for cap in caps:
        total = totals.get(cap.counter, 0) + amount.minor
        if total > cap.most.minor:
            would_be = Money.model_validate({"minor": total, "currency": amount.currency})
            return Finding(
                rule=REACHED,
                sentence=cap.sentence,
                value=str(would_be),
                threshold=str(cap.most),
            )
    return None
