"""What an approver is shown: a view made from the stored bytes alone, after checking them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from countersign.approvals.views.actions import Item, Seen, approved, item
from countersign.approvals.views.later import Spoken, written_later
from countersign.approvals.views.signatures import Rejection, Signing, names_of, rejected, signing
from countersign.domain.approvals.approval import Approval, Choice, Person
from countersign.domain.approvals.questions import Question, no_more
from countersign.domain.contract import Contract
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.signable import signable_entries
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.proposal import Fact, Proposal, Usage, flat
from countersign.domain.policy.records import EARLIER, Record, Records
from countersign.domain.policy.rules import Finding, Findings
from countersign.domain.workflow import Dealing, Workflow, money_facts
from countersign.web.headline import named
from countersign.web.text import (
    UTC,
    Pieces,
    counted,
    highlighted,
    label,
    moment,
    plainly,
    span,
    sum_of,
    until,
    visible,
    zone_name,
)
from countersign.web.wording import in_words, status_words

_NUMBERED = re.compile(r"(.+) ([0-9]{1,9})")
_WHOM = frozenset({"Customer", "From"})
"""Evidence that names whom a request is about."""
_LONG = 120
"""Characters above which a part gets a block of its own."""


@dataclass(frozen=True)
class SourcePart:
    """One part: a field of a form, a mail's subject, its text."""

    label: str
    text: Pieces
    long: bool


def source(
    given: Contract, workflow: Workflow[Any], proposal: Proposal | None = None
) -> tuple[SourcePart, ...]:
    """The parts of an input, quotes of the proposal's facts highlighted."""
    quotes = [q for fact in proposal.facts.values() for q in fact.quotes] if proposal else []
    return tuple(_parts(workflow.source_parts(given), quotes))


def _parts(parts: Iterable[tuple[str, str]], quotes: list[str]) -> Iterable[SourcePart]:
    for name, text in parts:
        told, long = plainly(text), len(text) > _LONG or "\n" in text
        yield SourcePart(label(name), highlighted(told, map(plainly, quotes)), long)


@dataclass(frozen=True)
class KnownFact:
    """A fact with the quotes that support it and say more than it does, and who corrected it."""

    label: str
    value: Pieces
    quotes: tuple[Pieces, ...]
    derived: bool
    by: str


@dataclass(frozen=True)
class Told:
    """An action in words, and how it stands."""

    words: Pieces
    status: str
    note: Pieces


@dataclass(frozen=True)
class UnderstoodSource:
    """The message, and what was made of it."""

    findings: tuple[Finding, ...]
    facts: tuple[KnownFact, ...]
    confidence: str
    model: str
    offline: bool
    cost: str
    source: tuple[SourcePart, ...]
    language: str
    """ISO 639 code of the message, for screen readers; empty when not known."""


@dataclass(frozen=True)
class Past:
    """Something earlier with this contact."""

    title: Pieces
    details: Pieces


@dataclass(frozen=True)
class QuestionAsked:
    """A question to the internal contact, and what they said."""

    text: Pieces
    by: str
    contact: str
    when: str
    answer: Pieces
    answered: bool
    answered_when: str


@dataclass(frozen=True)
class AskBack:
    """The questions so far, and whether one more may be asked, of whom."""

    questions: tuple[QuestionAsked, ...]
    contact: str
    """Name of who would answer; empty when no (more) question may be asked."""
    moves_deadline: bool


@dataclass(frozen=True)
class Deadline:
    """Until when, for who reads it: `7 hours`, `12:26 today`, `Berlin time`, and in full."""

    left: str
    until: str
    zone: str
    whole: str
    at: str
    """ISO 8601."""


@dataclass(frozen=True)
class RequestPage(UnderstoodSource):
    """The page."""

    workflow: str
    job_id: str
    person: str
    signing: Signing
    about: Pieces
    """Name and company of whom the message is about; empty where it names nobody."""
    deadline: Deadline
    actions: tuple[Item, ...]
    noticed: tuple[Pieces, ...]
    """What the rules found besides, and asks for nothing here."""
    rejected: Mapping[str, tuple[Rejection, ...]]
    """Who has rejected an action already, by its digest: it needs no choice any more."""
    earlier: tuple[Told, ...]
    past: tuple[Past, ...]
    later: tuple[Spoken, ...]
    ask_back: AskBack

    @property
    def whom(self) -> Pieces:
        """Whom it is about, as the message or the evidence names them; no row says it again."""
        rows = (row for one in self.actions for row in one.evidence if row.label in _WHOM)
        return self.about or next((row.value for row in rows), ())

    @property
    def next(self) -> int:
        """The number of the first action that needs a choice; 1 where none does."""
        open_ = (one.number for one in self.actions if one.digest not in self.rejected)
        return next(open_, 1)

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
) -> RequestPage:
    """A request that waits. `contact` answers questions, `known` are names by id, `zone` is theirs.
    Raises NotAuthorised or UnknownVersion: nothing of what is stored may be signed."""
    entries, names = signable_entries(record, approval, now), names_of(record, known or {})
    return RequestPage(
        **vars(understood(record, workflow)),
        workflow=workflow.title,
        job_id=record.job.job_id,
        person=person.name,
        signing=signing(approval, person, names, zone),
        about=visible(named(record.result("proposal", Proposal))),
        deadline=_deadline(approval.deadline, now, zone),
        actions=_actions(entries, Seen(record, workflow, names, now, zone)),
        noticed=_noticed(record, entries),
        rejected={one: by for one in approval.digests if (by := rejected(one, approval, person))},
        earlier=told((h for h in record.ledger if h.digest not in approval.digests), workflow),
        past=past(record, workflow),
        later=written_later(record, zone, approval.requested_at),
        ask_back=ask_back(record, approval, person, contact, now, zone=zone),
    )


def _deadline(at: datetime, now: datetime, zone: str) -> Deadline:
    left, named = span(at - now), zone_name(zone)
    return Deadline(left, until(at, now, zone), named, moment(at, zone), at.isoformat())


def _actions(entries: Iterable[LedgerEntry], seen: Seen) -> tuple[Item, ...]:
    """In their order; a reason that several have is told once."""
    told: set[str] = set()
    items: list[Item] = []
    for number, held in enumerate(entries, 1):
        items.append(item(number, held, seen, told))
        told.update(reason.told for reason in held.verdict.reasons)
    return tuple(items)


def said_before(record: JobRecord, approval: Approval, person: Person) -> Mapping[str, str]:
    """What `person` has said already, by digest, of what is asked again because something changed:
    chosen until they choose otherwise."""
    asked = (held for held in record.ledger if held.digest in approval.digests and held.since)
    again = (held.digest for held in asked if person.id in approved(held, record))
    return dict.fromkeys(again, Choice.APPROVE.value)


def _noticed(record: JobRecord, entries: Iterable[LedgerEntry]) -> tuple[Pieces, ...]:
    why = {reason.rule for held in entries for reason in held.verdict.reasons}
    found = record.result("findings", Findings).found
    return tuple(visible(one.told) for one in found if one.rule not in why)


def understood(record: JobRecord, workflow: Workflow[Any]) -> UnderstoodSource:
    """The message and its facts. Raises UnknownVersion."""
    proposal = record.result("proposal", Proposal)
    return UnderstoodSource(
        findings=record.result("findings", Findings).found,
        facts=known_facts(proposal, workflow),
        confidence=f"{proposal.confidence * 100:.0f} %",
        model=proposal.model,
        offline=proposal.offline,
        cost=cost(proposal.usage),
        source=source(record.result("input", workflow.input), workflow, proposal),
        language=_language(proposal),
    )


def told(entries: Iterable[LedgerEntry], workflow: Workflow[Any]) -> tuple[Told, ...]:
    """Actions that need no choice (any more): in words where this code can read them."""
    return tuple(
        Told(visible(in_words(held, workflow)), status_words(held), visible(held.note))
        for held in entries
    )


def known_facts(proposal: Proposal, workflow: Workflow[Any] | None) -> tuple[KnownFact, ...]:
    """The facts as pages show them: a sum is one, with its currency."""
    sums = {money_facts(word): word for word in workflow.money.values()} if workflow else {}
    facts = dict(proposal.facts)
    for (amount, currency), word in sums.items():
        if amount in facts and currency in facts:
            one, other = facts[amount], facts.pop(currency)
            quotes = tuple(dict.fromkeys((*one.quotes, *other.quotes)))
            told = {"value": sum_of(one.value, other.value), "quotes": quotes}
            facts = {word if k == amount else k: v for k, v in facts.items()}
            facts[word] = one.model_copy(update=told)
    return tuple(_known_fact(name, facts[name]) for name in _in_order(facts))


def _in_order(names: Mapping[str, Fact]) -> list[str]:
    """As they stand, but of numbered ones a second before a tenth."""
    parts = {name: _NUMBERED.fullmatch(name) for name in names}
    of = {name: found[1] if found else name for name, found in parts.items()}
    place = {one: at for at, one in reversed([*enumerate(of.values())])}
    numbers = {name: int(found[2]) if found else 0 for name, found in parts.items()}
    return sorted(parts, key=lambda name: (place[of[name]], numbers[name]))


def _known_fact(name: str, fact: Fact) -> KnownFact:
    """A fact as pages show it."""
    return KnownFact(
        label=label(name),
        value=visible(plainly(fact.value)),
        quotes=tuple(visible(q) for q in fact.quotes if flat(q) != flat(fact.value)),
        derived=fact.derived,
        by=fact.by,
    )


def _language(proposal: Proposal) -> str:
    said = (proposal.value("language") or "").lower()
    return said if said.isascii() and said.isalpha() and len(said) in (2, 3) else ""


def cost(usage: Usage) -> str:
    """`1 model call, 1,200 tokens, 0.0008 USD`."""
    if not usage.calls:
        return "no model call"
    tokens = usage.input_tokens + usage.output_tokens
    return f"{counted(usage.calls, 'model call')}, {tokens:,} tokens, {usage.usd:.4f} USD"


def past(record: JobRecord, workflow: Workflow[Any]) -> tuple[Past, ...]:
    """What was before with this contact, as Look found it."""
    if "records" not in record.results:
        return ()
    ours = frozenset(held.key for held in record.ledger)
    records = record.results["records"].as_(Records)
    found = (*map(_earlier_job, records.all(EARLIER)), *workflow.history(records, ours))
    return tuple(Past(visible(one.title), visible(" · ".join(one.details))) for one in found)


def _earlier_job(held: Record) -> Dealing:
    """A job of the same correspondent: which it is, where it stands, what we sent."""
    said = held.fields.get
    signs = {
        "follows": "this message goes back to it",
        "case": "a person has its case",
        "asked": "we asked a question",
        "replied": "we wrote back",
    }
    told = (words for name, words in signs.items() if said(name))
    details = (held.id, said("status", ""), said("since", ""), *told)
    return Dealing(title=label(said("workflow", "")), details=tuple(filter(None, details)))


def ask_back(
    record: JobRecord,
    approval: Approval,
    person: Person,
    contact: Person | None,
    now: datetime,
    *,
    zone: str = UTC,
) -> AskBack:
    """What was asked back about this job, its earlier requests included."""
    asked = sorted(record.questions.values(), key=lambda one: one.asked_at)
    closed = no_more(approval, asked, person, contact, now)
    return AskBack(
        questions=tuple(_asked(one, zone) for one in asked),
        contact="" if closed or contact is None else contact.name,
        moves_deadline=not approval.extended,
    )


def _asked(one: Question, zone: str) -> QuestionAsked:
    return QuestionAsked(
        text=visible(one.text),
        by=one.by.name,
        contact=one.contact.name,
        when=moment(one.asked_at, zone),
        answer=visible(one.answer),
        answered=one.answered,
        answered_when=moment(one.answered_at, zone) if one.answered_at else "",
    )
