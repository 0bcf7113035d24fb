"""What an approver is shown: a view made from the stored bytes alone, after checking them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from countersign.domain.actions import ActionStatus, LedgerEntry, params_of
from countersign.domain.approvals import Approval, Person
from countersign.domain.canonical import digest
from countersign.domain.change import JobRecord
from countersign.domain.contract import ContractT
from countersign.domain.errors import NotAuthorised, UnknownVersion
from countersign.domain.intact import check_bytes
from countersign.domain.proposal import Fact, Proposal, flat
from countersign.domain.rules import Finding, Findings
from countersign.domain.workflow import Workflow, action_for
from countersign.pages import items
from countersign.pages.context import (
    AskBack,
    Past,
    Signing,
    ask_back,
    cost,
    names_of,
    past,
    signing,
)
from countersign.pages.items import Item, item
from countersign.pages.signatures import Rejection, rejected
from countersign.pages.source import Part, source
from countersign.pages.text import UTC, Pieces, counted, label, moment, span, visible

SHORT = items.SHORT

STATUS_WORDS = {
    ActionStatus.PLANNED: "waits for a signature",
    ActionStatus.AUTHORISED: "about to run",
    ActionStatus.CLAIMED: "is running",
    ActionStatus.VERIFIED: "done and checked",
    ActionStatus.FAILED: "failed",
    ActionStatus.UNKNOWN: "not known whether it took effect",
    ActionStatus.REJECTED: "did not run",
    ActionStatus.EXPIRED: "did not run",
    ActionStatus.FORBIDDEN: "not allowed by policy, will not run",
    ActionStatus.DROPPED: "does not run any more",
    ActionStatus.UNDO: "done; to be undone",
    ActionStatus.UNDOING: "is being undone",
    ActionStatus.UNDONE: "undone and checked",
    ActionStatus.KEPT: "done and not undone",
}


@dataclass(frozen=True)
class Known:
    """A fact with the quotes that support it and say more than it does."""

    label: str
    value: Pieces
    quotes: tuple[Pieces, ...]
    derived: bool


@dataclass(frozen=True)
class Told:
    """An action in words, and how it stands."""

    words: Pieces
    status: str
    note: Pieces


@dataclass(frozen=True)
class Understood:
    """The message, and what was made of it."""

    findings: tuple[Finding, ...]
    facts: tuple[Known, ...]
    confidence: str
    model: str
    offline: bool
    cost: str
    source: tuple[Part, ...]
    language: str
    """ISO 639 code of the message, for screen readers; empty when not known."""


@dataclass(frozen=True)
class Request(Understood):
    """The page."""

    workflow: str
    job_id: str
    person: str
    signing: Signing
    deadline: str
    deadline_at: str
    left: str
    actions: tuple[Item, ...]
    rejected: Mapping[str, tuple[Rejection, ...]]
    """Who has rejected an action already, by its digest: it needs no choice any more."""
    earlier: tuple[Told, ...]
    past: tuple[Past, ...]
    ask_back: AskBack

    @property
    def waits(self) -> str:
        """`2 actions wait`: those that need a choice."""
        number = len(self.actions) - len(self.rejected)
        return f"{counted(number, 'action')} {'waits' if number == 1 else 'wait'}"


def request(
    record: JobRecord,
    approval: Approval,
    person: Person,
    workflow: Workflow[Any],
    now: datetime,
    *,
    contact: Person | None = None,
    known: Mapping[str, str] | None = None,
    zone: str = UTC,
) -> Request:
    """A request that waits. `contact` answers questions, `known` are names by id, `zone` is theirs.
    Raises NotAuthorised or UnknownVersion: nothing of what is stored may be signed."""
    entries = asked(record, approval, now)
    names = names_of(record, known or {})
    return Request(
        **vars(understood(record, workflow)),
        workflow=workflow.title,
        job_id=record.job.job_id,
        person=person.name,
        signing=signing(approval, person, names, zone),
        deadline=moment(approval.deadline, zone),
        deadline_at=approval.deadline.isoformat(),
        left=span(approval.deadline - now),
        actions=tuple(item(n, held, record, workflow, names) for n, held in enumerate(entries, 1)),
        rejected={one: by for one in approval.digests if (by := rejected(one, approval, person))},
        earlier=told((h for h in record.ledger if h.digest not in approval.digests), workflow),
        past=past(record, workflow),
        ask_back=ask_back(record, approval, person, contact, now, zone=zone),
    )


def understood(record: JobRecord, workflow: Workflow[Any]) -> Understood:
    """The message and its facts. Raises UnknownVersion."""
    proposal = stored(record, "proposal", Proposal)
    return Understood(
        findings=stored(record, "findings", Findings).found,
        facts=tuple(_known(name, fact) for name, fact in proposal.facts.items()),
        confidence=f"{proposal.confidence * 100:.0f} %",
        model=proposal.model,
        offline=proposal.offline,
        cost=cost(proposal.usage),
        source=source(stored(record, "input", workflow.input), workflow, proposal),
        language=_language(proposal),
    )


def asked(record: JobRecord, approval: Approval, now: datetime) -> tuple[LedgerEntry, ...]:
    """The asked entries in the approval's order, their bytes checked. Raises NotAuthorised."""
    by_digest = {held.digest: held for held in record.ledger}
    entries = []
    for one in approval.digests:
        held = by_digest.get(one)
        if held is None:
            raise NotAuthorised("the stored bytes are not the ones that were asked about")
        check_bytes(held, record.job.job_id, now)
        if held.status is not ActionStatus.PLANNED:
            raise NotAuthorised(f"action {held.index} does not wait for a signature")
        entries.append(held)
    return tuple(entries)


def told(entries: Iterable[LedgerEntry], workflow: Workflow[Any]) -> tuple[Told, ...]:
    """Actions that need no choice (any more): in words where this code can read them."""
    return tuple(
        Told(visible(in_words(held, workflow)), STATUS_WORDS[held.status], visible(held.note))
        for held in entries
    )


def in_words(held: LedgerEntry, workflow: Workflow[Any]) -> str:
    """The action's sentence; its id and digest when its bytes or its version cannot be read."""
    if digest(held.body.encode()) != held.digest:
        return f"{held.action} ({held.digest[:SHORT]}), which cannot be read any more"
    try:
        action = action_for(workflow, held)
        return action.words(params_of(held, action))
    except UnknownVersion:
        return f"{held.action} v{held.action_version} ({held.digest[:SHORT]})"


def stored(record: JobRecord, name: str, kind: type[ContractT]) -> ContractT:
    """A stored result. Raises UnknownVersion when it is missing or of another version."""
    if name not in record.results:
        raise UnknownVersion(f"nothing is stored as {name}")
    return record.results[name].as_(kind)


def _known(name: str, fact: Fact) -> Known:
    return Known(
        label=label(name),
        value=visible(fact.value),
        quotes=tuple(visible(q) for q in fact.quotes if flat(q) != flat(fact.value)),
        derived=fact.derived,
    )


def _language(proposal: Proposal) -> str:
    said = (proposal.value("language") or "").lower()
    return said if said.isascii() and said.isalpha() and len(said) in (2, 3) else ""
