"""What somebody with a link of their own learns when there is nothing to decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from countersign.approvals.access import LinkHolder
from countersign.approvals.views.signatures import (
    Rejection,
    Signature,
    names_of,
    rejected,
    signatures,
    signed,
    signed_notice,
)
from countersign.domain.approvals.approval import EXPIRY, Approval, Decision, Person
from countersign.domain.jobs.audit import Entry
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.planning import charge
from countersign.domain.planning.cancelling import CANCELLED
from countersign.domain.workflow import Workflow
from countersign.web import notices
from countersign.web.http import Response
from countersign.web.notices import REPLACED, Notice
from countersign.web.paths import INBOX, Way, case_path
from countersign.web.responses import notice, page
from countersign.web.text import UTC, Pieces, moment, one_line, visible
from countersign.web.wording import in_words, status_words

EDITED = "edited by a person"
"""The event of an edit in the job's history."""
_NAME = 60


FOLLOWED = timedelta(minutes=2)
"""For how long a page follows what it set off."""
_EVERY = "3"
"""Seconds from one look to the next."""
_MOVING = frozenset({Status.WAITING_FOR_REVIEW, Status.PROCESSING, Status.RETRYING})


def closed(here: LinkHolder, status: int, *, home: Way = INBOX) -> Response:
    """Who decided what, when and why, and how far it is; or that time, an edit, or another
    signature, is what counts now. `home` leads on. While it moves the same page is asked for again
    by itself, without a script. A status of 409 answers a form: it changed nothing."""
    decision = here.approval.decision
    extra = {"refresh": _EVERY} if _follows(here) else {}
    if decision is not None:
        view = decided(
            here.record, here.approval, decision, here.person, here.workflow, zone=here.zone
        )
        view = replace(view, takes=_takes(here), again=status == HTTPStatus.CONFLICT)
        return page(status, "decided.html.j2", extra=extra, it=view, home=home)
    found = _notice(here, again=status == HTTPStatus.CONFLICT)
    return notice(found, status, home=home, extra=extra)


def _follows(here: LinkHolder) -> bool:
    """Whether somebody signed just now, and what they signed has not come to rest."""
    last = max((one.at for one in signed(here.approval)), default=None)
    moves = here.record.job.status in _MOVING and not _asked_again(here.record, here.approval)
    waits = here.standing in {"signed", "decided"} and moves
    return waits and last is not None and here.now < last + FOLLOWED


def _notice(here: LinkHolder, *, again: bool) -> Notice:
    match here.standing:
        case "signed":
            return signed_notice(here.approval, here.person, again=again)
        case "replaced":
            return replaced_notice(here.record, here.approval, here.person, here.zone)
        case "expired":
            return notices.EXPIRED
        case _:
            return notices.MOVED_ON


def replaced_notice(
    record: JobRecord, approval: Approval, person: Person, zone: str = UTC
) -> Notice:
    """Who cancelled the job, or edited what it asked for, and when, or that what it was about
    changed; and how it went on."""
    ended = next((entry for entry in record.audit if entry.event == CANCELLED), None)
    if ended:
        who = _who(record, ended, person)
        at = moment(ended.at, zone)
        return Notice(REPLACED.status, "This job was cancelled", (f"{who} cancelled it on {at}.",))
    edit = next((entry for entry in record.audit if _edits(entry, approval)), None)
    lines = (_why(record, edit, person, zone), *REPLACED.lines, _since(record, approval, zone))
    return Notice(REPLACED.status, REPLACED.title, lines)


def _edits(entry: Entry, approval: Approval) -> bool:
    about = entry.fields.get("approval")
    return entry.event == EDITED and about is not None and about.value == approval.approval_id


def _why(record: JobRecord, edit: Entry | None, person: Person, zone: str) -> str:
    if edit is None:
        return "What it was about changed before it was decided, so it was asked for anew."
    return f"{_who(record, edit, person)} edited what it asks for on {moment(edit.at, zone)}."


def _who(record: JobRecord, entry: Entry, reader: Person) -> str:
    by = entry.actor.partition(":")[2]
    return "You" if by == reader.id else one_line(names_of(record, {}).get(by, by), _NAME)


def _since(record: JobRecord, approval: Approval, zone: str) -> str:
    newer = [one for one in record.approvals.values() if _is_newer(one, approval)]
    if not newer:
        return "If a signature is still needed, a new request goes out by mail."
    last = max(newer, key=lambda one: one.requested_at)
    if last.decision is None:
        return "A new request went out; whoever may sign it has a newer mail."
    if last.decision.by == EXPIRY:
        return "A new request went out, and nobody decided it in time."
    return f"A new request went out, and it was decided on {moment(last.decision.at, zone)}."


def _is_newer(one: Approval, than: Approval) -> bool:
    return one.approval_id != than.approval_id and one.requested_at >= than.requested_at


@dataclass(frozen=True)
class DecidedAction:
    """One action, what became of it, and who is the cause if it was rejected."""

    number: int
    words: Pieces
    approved: bool
    status: str
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True)
class Decided:
    """Who said what, when and why, and what follows. `by_time`: the signatures did not come in
    time, so it is not approved. `you`: whether who reads signed."""

    workflow: str
    job_id: str
    who: tuple[str, ...]
    you: bool
    by_time: bool
    when: str
    when_at: str
    moving: bool
    now: str
    """How far it is, in a sentence."""
    takes: str
    """Where this person says what becomes of what was rejected; empty where they cannot (yet)."""
    signatures: tuple[Signature, ...]
    chosen: tuple[DecidedAction, ...]
    again: bool = False
    """Whether this answers one more form, from another tab or by a second press."""


def decided(
    record: JobRecord,
    approval: Approval,
    decision: Decision,
    person: Person,
    workflow: Workflow[Any],
    *,
    zone: str = UTC,
) -> Decided:
    """The view of a decision for `person`, who had a link of their own, in their `zone`."""
    given = signatures(approval, person, zone)
    held = {entry.digest: entry for entry in record.ledger}
    return Decided(
        workflow=workflow.title,
        job_id=record.job.job_id,
        who=tuple(one.name for one in given),
        you=any(one.you for one in given),
        by_time=decision.by == EXPIRY,
        when=moment(decision.at, zone),
        when_at=decision.at.isoformat(),
        moving=_is_moving(record, approval, decision),
        now=_now(record, approval, decision),
        takes="",
        signatures=given,
        chosen=tuple(
            _chosen(number, held[one], approval, person, workflow)
            for number, one in enumerate(approval.digests, 1)
            if one in held
        ),
    )


def _takes(here: LinkHolder) -> str:
    judged = charge.may_resolve(here.member, here.record, here.workflow)
    may = charge.rejected(here.record) and judged.allowed
    return case_path(here.record.job.job_id) if may else ""


def _approved(record: JobRecord, decision: Decision) -> tuple[LedgerEntry, ...]:
    return tuple(held for held in record.ledger if decision.approves(held.digest))


def _is_moving(record: JobRecord, approval: Approval, decision: Decision) -> bool:
    waits = record.job.status in _MOVING and not _asked_again(record, approval)
    return waits and bool(_approved(record, decision))


def _asked_again(record: JobRecord, approval: Approval) -> bool:
    """Whether the same actions wait for signatures once more: what they stand on changed."""
    asked = record.pending.digests if record.pending else ()
    return record.pending is not approval and not set(asked).isdisjoint(approval.digests)


def _now(record: JobRecord, approval: Approval, decision: Decision) -> str:
    approved = _approved(record, decision)
    if not approved:
        return "Nothing of it runs."
    if _asked_again(record, approval):
        return "Something changed after that, so it is asked again: a newer mail says what changed."
    if _is_moving(record, approval, decision):
        return "It is being carried out now. This page follows it by itself for two minutes."
    if record.job.status is Status.PARKED:
        return "It waits for its turn and goes on by itself."
    if all(held.status is ActionStatus.VERIFIED for held in approved):
        return "Everything that was approved is done and checked."
    return "Not everything ended as it was approved: each action says how it stands."


def _chosen(
    number: int,
    held: LedgerEntry,
    approval: Approval,
    person: Person,
    workflow: Workflow[Any],
) -> DecidedAction:
    decision = approval.decision
    return DecidedAction(
        number=number,
        words=visible(in_words(held, workflow)),
        approved=decision is not None and decision.approves(held.digest),
        status=status_words(held),
        rejections=rejected(held.digest, approval, person),
    )
