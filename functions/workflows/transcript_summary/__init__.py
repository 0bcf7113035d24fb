"""transcript_summary: a call becomes a structured record: topics, decisions, who does what."""

from __future__ import annotations

from typing import ClassVar, Literal

from countersign.actions import crm, files, notify
from countersign.domain.workflow import Raw, Segmented
from countersign.extraction import transcripts
from countersign.extraction.transcripts import Call, SegmentAnswer
from countersign.workflow import Answer, Chosen, Language, Situation, Summary, ask, run, workflow
from workflows.transcript_summary.document import propose
from workflows.transcript_summary.offline import items, offline
from workflows.transcript_summary.promises import held_out


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


def read(raw: Raw) -> Transcript:
    """Raises Quarantined for what is no transcript."""
    return transcripts.read(raw, Transcript)


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
