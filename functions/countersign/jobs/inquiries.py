"""A question to whoever wrote, while nobody answers: one reminder, and then the end of the wait."""

from __future__ import annotations

from countersign import observability
from countersign.actions.mail import ASK_SENDER, Inquiry
from countersign.domain.errors import Ambiguous
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.matters import Matter, contact_key, mail_key
from countersign.domain.ledger.entry import LedgerEntry, params_of
from countersign.domain.mail import Email, JobMailer
from countersign.domain.planning.inquiry import SILENCE, Silence, open_question
from countersign.domain.planning.replan import observed
from countersign.domain.planning.resume import resumed
from countersign.extraction.inquiries import reminded
from countersign.jobs.resume import TICK, settled
from countersign.runtime.deps import Deps
from countersign.runtime.pace import post

REMINDED = "sender-reminded"
"""The mark that the reminder has left."""


def remind_sender(deps: Deps, record: JobRecord) -> None:
    """Repeat the question, once; the mark follows the mail. Raises Throttled and Unavailable:
    nothing was sent. UnknownVersion, where this code cannot read the question."""
    held = open_question(record.ledger, len(observed(record).rounds))
    if record.job.status is not Status.WAITING_FOR_SENDER or held is None:
        settled(deps, record, "inquiry")
        return
    rows: tuple[Matter, ...] = ()
    asked = params_of(held, ASK_SENDER)
    if deps.suppression.has(contact_key(asked.to)):
        deps.commit(record, Change(event="no reminder is wanted", actor=TICK, done=("inquiry",)))
        return
    if REMINDED not in record.notes:
        rows = _sent(deps, record, held, asked)
        deps.store.note(record.job.job_id, REMINDED)
    change = Change(event="sender reminded", actor=TICK, done=("inquiry",), matters=rows)
    deps.commit(record, change)


def _sent(deps: Deps, record: JobRecord, held: LedgerEntry, asked: Inquiry) -> tuple[Matter, ...]:
    """The row by which an answer to the reminder is found; none where the provider's answer was
    lost: then it counts as sent."""
    job = record.job
    mailer = JobMailer(post(deps), job.job_id, deps.settings.mail_inbound)
    try:
        mail_id = mailer.send(_reminder(asked, held.key))
    except Ambiguous:
        observability.logger().warning("a reminder may not have been sent")
        return ()
    return (Matter(key=mail_key(mail_id), job_id=job.job_id, since=job.created_at),)


def _reminder(asked: Inquiry, key: str) -> Email:
    """The very question again, under a line that says so."""
    return Email(
        to=asked.to,
        subject=asked.subject,
        text=reminded(asked.language, asked.text),
        in_reply_to=asked.in_reply_to,
        about={"part": key},
    )


def end_wait(deps: Deps, record: JobRecord) -> None:
    """Nobody answered in time: a new execution ends the job as its workflow says."""
    if record.job.status is not Status.WAITING_FOR_SENDER:
        settled(deps, record, "silence")
        return
    now = deps.clock.now()
    over = resumed(
        record, TICK, now, results={SILENCE: Silence(at=now)}, done=("inquiry", "silence")
    )
    record = deps.commit(record, over)
    deps.executions.start(record.job.execution, record.job.job_id)
