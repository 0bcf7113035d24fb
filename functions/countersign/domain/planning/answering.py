"""Answering: what people rejected ends with a text to whoever wrote, which a person signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any

from countersign.domain.approvals.approval import Person
from countersign.domain.canonical import plain
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import IN_EFFECT, LedgerEntry, entry, params_of
from countersign.domain.ledger.fields import changed, faults, inputs_of
from countersign.domain.planning.charge import ANSWER, rejected
from countersign.domain.planning.plan import HARD_EXPIRY, situation
from countersign.domain.planning.replan import observed
from countersign.domain.planning.resume import resumed
from countersign.domain.policy.policy import Answer, Reason, Verdict, joined
from countersign.domain.policy.rules import findings
from countersign.domain.workflow import Workflow, action_for

REPLY = "email.send_reply"
"""The action that answers whoever wrote."""


@dataclass(frozen=True)
class Written:
    """What a person makes of our fixed answer. Both hold `subject` and `text`."""

    by: Person
    at: datetime
    fixed: Mapping[str, str]
    typed: Mapping[str, str]


def offered(workflow: Workflow[Any], record: JobRecord, now: datetime) -> ProposedAction | None:
    """The reply to whoever wrote, as people were asked for it, or else as the plan has it; None
    where nobody can be answered, or somebody was. Raises UnknownVersion."""
    past = [held for held in record.ledger if held.action == REPLY]
    settled = any(held.status in IN_EFFECT for held in past)
    if settled or not rejected(record) or REPLY not in workflow.actions:
        return None
    if past:
        params = params_of(past[-1], action_for(workflow, past[-1]))
        return ProposedAction(REPLY, params, past[-1].content()["target"])
    wanted = workflow.want(situation(workflow, record, now))
    return next((replace(one, after="") for one in wanted if one.action == REPLY), None)


def answered(workflow: Workflow[Any], record: JobRecord, written: Written) -> Change:
    """The job goes on with an answer alone, which waits for a signature. What differs from the
    fixed answer is its writer's edit.

    Raises ContractBroken, with a sentence for the person, where nobody can be answered, for a text
    that is broken or that people rejected, and for what policy forbids.
    """
    reply = offered(workflow, record, written.at)
    if reply is None:
        raise ContractBroken("there is nobody whom this job can answer, or it has answered")
    first, words = _words(workflow, reply, written)
    last = _worded(workflow, reply, {**written.fixed, **words})
    _check_new(record, last)
    verdict = _verdict(workflow, record, last, written)
    made = _entry(workflow, record, last, verdict, written.at)
    if words:
        before = _entry(workflow, record, first, verdict, written.at).body
        made = made.model_copy(update={"edited_by": written.by.id, "edited_from": before})
    actor, told = f"person:{written.by.id}", {"answer": made.digest}
    change = resumed(record, actor, written.at, fields=told, ledger=(made,))
    return replace(change, event="answered by a person")


def _words(
    workflow: Workflow[Any], reply: ProposedAction, written: Written
) -> tuple[ProposedAction, Mapping[str, str]]:
    """The fixed answer, and what was typed otherwise, as its fields take it."""
    first = _worded(workflow, reply, written.fixed)
    fields = inputs_of(first.params, workflow.actions[REPLY])
    wrong = faults(fields, written.typed, written.at)
    if wrong:
        raise ContractBroken("; ".join(f"{name} {fault}" for name, fault in wrong.items()))
    return first, changed(fields, written.typed)


def _check_new(record: JobRecord, reply: ProposedAction) -> None:
    text = plain(reply.params)["text"]
    past = [held.content()["params"]["text"] for held in record.ledger if held.action == REPLY]
    if text in past:
        raise ContractBroken("people have rejected exactly this text: change it")


def _worded(
    workflow: Workflow[Any], reply: ProposedAction, words: Mapping[str, str]
) -> ProposedAction:
    """A text that a person chose for this message is a draft, whoever wrote it."""
    said = {**plain(reply.params), **words, "template": "draft"}
    return replace(reply, params=workflow.actions[REPLY].params.read(said))


def _entry(
    workflow: Workflow[Any],
    record: JobRecord,
    reply: ProposedAction,
    verdict: Verdict,
    at: datetime,
) -> LedgerEntry:
    return entry(
        1 + max(held.index for held in record.ledger),
        reply,
        workflow.actions[REPLY],
        verdict,
        job_id=record.job.job_id,
        policy=workflow.policy.version,
        expires_at=at + HARD_EXPIRY,
        plan=len(observed(record).rounds),
    )


def _verdict(
    workflow: Workflow[Any], record: JobRecord, reply: ProposedAction, written: Written
) -> Verdict:
    """Never milder than what was said of a reply before, and always a question."""
    seen = situation(workflow, record, written.at)
    found = findings(workflow.rules, replace(seen, edited=(*seen.edited, reply.params)))
    past = [held.verdict for held in record.ledger if held.action == REPLY]
    said = [*past, workflow.policy.verdict(REPLY, found)]
    forbidden = [
        reason.bare for one in said if one.answer is Answer.FORBID for reason in one.reasons
    ]
    if forbidden:
        raise ContractBroken(f"policy forbids an answer: {'; '.join(forbidden)}")
    why = f"{written.by.name} ends the matter with this answer, after a rejection"
    ask = Verdict(answer=Answer.ASK, reasons=(Reason(line=ANSWER, rule=ANSWER, sentence=why),))
    asked = (one for one in said if one.answer is Answer.ASK)
    return reduce(lambda all_of, one: joined(one, all_of), asked, ask)
