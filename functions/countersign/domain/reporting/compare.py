"""Where two jobs part: outcome, versions, facts, findings, policy's word and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVar

from countersign.domain.contract import Contract
from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.rules import Findings
from countersign.domain.reporting.export import versions

_Kind = TypeVar("_Kind", bound=Contract)
Line = tuple[str, str, str]
"""What, of the one, of the other; empty where a job has nothing of it."""


def compared(one: JobRecord, other: JobRecord) -> tuple[Line, ...]:
    """Everything that either of them has, in the order in which it came about."""
    left, right = parts(one), parts(other)
    names = dict.fromkeys((*left, *right))
    return tuple((name, left.get(name, ""), right.get(name, "")) for name in names)


def parts(record: JobRecord) -> Mapping[str, str]:
    """What can differ between two jobs, by name; several of a name are told together."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, said in _told(record):
        found[name].append(said)
    return {name: "; ".join(said) for name, said in found.items()}


def _told(record: JobRecord) -> Iterator[tuple[str, str]]:
    proposal, findings = _held(record, "proposal", Proposal), _held(record, "findings", Findings)
    yield "status", record.job.status.value
    yield "reason", record.job.reason
    yield "release", record.job.release
    yield "policy", "; ".join(versions(record)["policy"])
    yield "model", proposal.model if proposal else ""
    for name, fact in (proposal.facts if proposal else {}).items():
        yield f"fact {name}", fact.value
    for one in findings.found if findings else ():
        yield f"found {one.rule}", one.told
    for held in record.ledger:
        yield f"policy of {held.action}", held.verdict.answer.value
    for held in record.ledger:
        yield f"became of {held.action}", f"{held.status.value} {held.note}".strip()


def _held(record: JobRecord, name: str, kind: type[_Kind]) -> _Kind | None:
    """None for what is not there, or is of other code."""
    held = record.results.get(name)
    try:
        return held.as_(kind) if held else None
    except UnknownVersion:
        return None
