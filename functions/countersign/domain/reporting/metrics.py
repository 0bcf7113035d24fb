"""Numbers about approvals: how long people take, what they say, and which rules ask for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from countersign.domain.approvals.approval import Approval, Decision
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.reviews import OpenRequest
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.reporting.sampling import Rate, wilson
from countersign.domain.reporting.usage import proposal_of

QUICK = timedelta(seconds=3)
"""A decision this soon after the page was opened was not read: a rubber stamp."""

Choice = Literal["approve", "edit", "reject"]
"""`edit`: approved as a person changed it. What is not `approve` overrides the proposal."""
CHOICES: tuple[Choice, ...] = ("approve", "edit", "reject")
Outcome = Literal["approve", "edit", "reject", "expired", "open"]


@dataclass(frozen=True)
class Waiting:
    """Open requests of one workflow and tier: their ages in seconds, at least one."""

    workflow: str
    tier: str
    ages: tuple[float, ...]

    @property
    def oldest(self) -> float:
        """The highest age."""
        return max(self.ages)

    @property
    def median(self) -> float:
        """The age in the middle."""
        return quantile(self.ages, 0.5)


@dataclass(frozen=True)
class RuleCount:
    """How often one rule asked for a signature, and what came of it."""

    rule: str
    outcomes: Mapping[Outcome, int]

    @property
    def asked(self) -> int:
        """All of them."""
        return sum(self.outcomes.values())

    @property
    def overruled(self) -> float | None:
        """The share of its decided questions to which a person said: as proposed. Such a rule asks
        for nothing. None when nobody decided."""
        said = [self.outcomes.get(one, 0) for one in CHOICES]
        return said[0] / sum(said) if sum(said) else None


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` (at least one) lie, between the nearest two."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def waiting(
    asked: Iterable[OpenRequest], tier_of: Callable[[str, int], str], now: datetime
) -> tuple[Waiting, ...]:
    """The open requests by workflow and tier; `tier_of(workflow, number)` names the tier."""
    ages: dict[tuple[str, str], list[float]] = {}
    for one in asked:
        key = one.workflow, tier_of(one.workflow, one.tier)
        ages.setdefault(key, []).append((now - one.requested_at).total_seconds())
    return tuple(Waiting(*key, ages=tuple(found)) for key, found in sorted(ages.items()))


def decisions(approval: Approval) -> tuple[Decision, ...]:
    """What people said to a request, each once; nothing that time decided."""
    said = approval.signatures or ((approval.decision,) if approval.decision else ())
    return tuple(one for one in said if one.via != "expiry")


def seconds_to_decide(approval: Approval, decision: Decision) -> float:
    """From the request to what this person said."""
    return (decision.at - approval.requested_at).total_seconds()


def choices(ledger: Iterable[LedgerEntry], decision: Decision) -> Counter[Choice]:
    """How often this person said what, by action."""
    edited = {held.digest for held in ledger if held.edited_by}
    return Counter(
        ("edit" if one in edited else "approve") if decision.approves(one) else "reject"
        for one in decision.choices
    )


def quick(decision: Decision) -> bool:
    """Whether the person decided sooner than they can have read the page."""
    return decision.opened_at is not None and decision.at - decision.opened_at <= QUICK


def rules(records: Iterable[JobRecord]) -> tuple[RuleCount, ...]:
    """What came of the questions of each rule; who asks most comes first."""
    counts: dict[str, Counter[Outcome]] = {}
    for record in records:
        for rule, outcome in _questions(record):
            counts.setdefault(rule, Counter())[outcome] += 1
    found = [RuleCount(rule, dict(said)) for rule, said in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.asked, one.rule)))


@dataclass(frozen=True)
class Override:
    """How often people changed or rejected what was proposed, of all that they decided of one
    rule, reader or workflow; with the 95 % interval of the rate behind it."""

    name: str
    seen: Rate


NOBODY = "no model"
"""Whose reading it was where no proposal is stored."""


def reader_of(record: JobRecord) -> str:
    """Who read the message, as its endpoint names it."""
    proposal = proposal_of(record)
    return (proposal.model if proposal else "") or NOBODY


def by_rule(counts: Iterable[RuleCount]) -> tuple[Override, ...]:
    """Of the questions of each rule that somebody decided; who is overridden most comes first."""
    said = {one.rule: Counter({c: one.outcomes.get(c, 0) for c in CHOICES}) for one in counts}
    return _overrides(said)


def by(name_of: Callable[[JobRecord], str], records: Iterable[JobRecord]) -> tuple[Override, ...]:
    """Of the choices of every signature, by what `name_of` calls the job."""
    said: dict[str, Counter[Choice]] = {}
    for record in records:
        for approval in record.approvals.values():
            for one in decisions(approval):
                said.setdefault(name_of(record), Counter()).update(choices(record.ledger, one))
    return _overrides(said)


def _overrides(said: Mapping[str, Counter[Choice]]) -> tuple[Override, ...]:
    found = []
    for name, counted in said.items():
        n = counted.total()
        hits = n - counted["approve"]
        if n:
            found.append(Override(name, Rate(hits, n, *wilson(hits, n))))
    return tuple(sorted(found, key=lambda one: (-one.seen.low, one.name)))


def least_overruled(counts: Iterable[RuleCount]) -> RuleCount | None:
    """The rule whose questions people find most reason in; None when nobody decided anything."""
    decided = [
        (one.overruled, -one.asked, one.rule, one) for one in counts if one.overruled is not None
    ]
    return min(decided)[3] if decided else None


def _questions(record: JobRecord) -> Iterator[tuple[str, Outcome]]:
    """(rule, what came of it) for every action that was put to people."""
    for approval in record.approvals.values():
        for held in record.ledger:
            if held.digest in approval.digests and not approval.superseded:
                outcome = _outcome(approval, held)
                yield from ((rule, outcome) for rule in sorted(held.verdict.rules))


def _outcome(approval: Approval, held: LedgerEntry) -> Outcome:
    if approval.decision is None:
        return "open"
    if approval.decision.via == "expiry":
        return "expired"
    if not approval.decision.approves(held.digest):
        return "reject"
    return "edit" if held.edited_by else "approve"
