"""transcript_summary: a call becomes a structured record: topics, decisions, who does what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from countersign.actions import crm, files, notify
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.workflow import Raw, Segmented
from countersign.extraction.calls import transcripts
from countersign.extraction.calls.heuristics import items, offline
from countersign.extraction.calls.promises import heard
from countersign.extraction.calls.record import CallRecord
from countersign.extraction.calls.transcripts import Call, ItemKind, SegmentAnswer
from countersign.workflow import Answer, Chosen, Language, Situation, Summary, ask, run, workflow


class Transcript(Call):
    """What somebody uploads: a call of up to three hours."""

    CONTRACT: ClassVar[str] = "transcript_summary.input"
    VERSION: ClassVar[int] = 1


class Says(Answer):
    """What the model writes about the whole call, from the items alone."""

    CONTRACT: ClassVar[str] = "transcript_summary.answer"
    VERSION: ClassVar[int] = 1

    summary: Summary | None
    sentiment: Chosen[Literal["positive", "neutral", "negative", "mixed"]] | None
    language: Language | None


def not_read(s: Situation[Transcript]) -> tuple[str, str] | None:
    """A part of the call had no valid answer."""
    share = s.proposal.covered
    return (f"{share:.0%} of the lines", "all of them") if share < 1 else None


def held_out(s: Situation[Transcript]) -> tuple[str, str] | None:
    """What the model calls a promise, or what sounds like one in a line, whoever said it."""
    named = next((f.quotes[0] for n, f in s.proposal.facts.items() if n.startswith("promise ")), "")
    words = named or heard(s.input)
    return (f"“{words}”", "nothing") if words else None


def propose(s: Situation[Transcript]) -> Iterator[ProposedAction]:
    """The document; a note on the customer's contact, where the file names one that the CRM knows;
    a word to the team that listens to calls."""
    record = CallRecord(s.input, s.proposal, *s.limits.lists.get("company.languages", ())[:1])
    parts = record.parts(_DOCUMENT)
    for number, part in enumerate(parts, start=1):
        name = f"call-summary-{number}" if len(parts) > 1 else "call-summary"
        words, data = part.markdown(), part.as_json()
        yield files.STORE.proposed(target=name, name=name, markdown=words, data=data)
    if s.records.all("contact"):
        head = f"{record.title}\n\n{record.summary}"
        email, words = s.input.sender, record.plain(head, _NOTED)[:_NOTE]
        yield crm.ADD_NOTE.proposed(target=email, email=email, text=words, at=s.now)
    for channel in s.limits.lists.get("destination.call", ()):
        words = record.plain(record.summary, ("action",))[:_PUSHED] or record.title
        yield notify.PUSH.proposed(
            target=channel, channel=channel, title=record.title[:_TITLE], text=words
        )


def read(raw: Raw) -> Transcript:
    """Raises Quarantined for what is no transcript."""
    return transcripts.read(raw, Transcript)


_NOTED: tuple[ItemKind, ...] = ("decision", "action", "promise")
_TITLE, _PUSHED, _NOTE, _DOCUMENT = 150, 1_800, 8_000, 100_000
"""Characters."""
ACTIONS = (files.STORE, crm.ADD_NOTE, notify.PUSH)

WORKFLOW = workflow(
    "transcript_summary",
    title="Summary of a call",
    owner="sales-ops",
    tiers=["sales", "sales-lead"],
    source=Transcript,
    read=read,
    answer=Says,
    actions=ACTIONS,
    lookups=[("crm", "contact")],
    needs=["summary"],
    destinations=["call"],
    propose=propose,
    # Who uploads a call is one of ours: the customer in it has sent nothing.
    without=["sender.unauthenticated"],
    policy=[
        run(ACTIONS, "a call that was read whole is recorded by itself"),
        ask(ACTIONS, "not the whole call was read, but {value}", not_read),
        ask(ACTIONS, "something was held out to the customer: {value}", held_out),
    ],
    offline=offline,
    segmented=Segmented(
        answer=SegmentAnswer,
        split=transcripts.split,
        faults=transcripts.faults,
        join=transcripts.join,
        offline=items,
    ),
)
