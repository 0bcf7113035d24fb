"""Shadow: what a job would have done, in words, and the mark that a person gives it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.reviews import Review, review_id_of
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.planning.cancelling import CANCELLED
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.release import Limits
from countersign.domain.policy.states import SHADOW, state_of
from countersign.domain.reporting.sampling import Rate, rate_of

IN_SHADOW = "in shadow: "
_WOULD = {
    Answer.RUN: "would have run {} by itself",
    Answer.ASK: "would have asked for a signature on {}",
    Answer.FORBID: "would not have allowed {}",
}


def in_shadow(record: JobRecord) -> bool:
    """Whether the job was judged in shadow, and no person has ended it before."""
    if "findings" not in record.results or CANCELLED in record.results:
        return False
    try:
        return state_of(record.result("limits", Limits)) == "shadow"
    except UnknownVersion:  # other code wrote it: what the ledger holds was written with it
        return any(held.verdict.would is not None for held in record.ledger)


def would_have(ledger: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The actions that would have run, or been asked about: those that presuppose one which would
    not have been allowed are left out."""
    entries = tuple(ledger)
    never = {held.action for held in entries if held.verdict.would is Answer.FORBID}
    wanted = (held for held in entries if held.verdict.would in (Answer.RUN, Answer.ASK))
    return tuple(held for held in wanted if held.after not in never)


def told(record: JobRecord) -> str:
    """How a job in shadow ended, in one line without anything of its message."""
    said = "; ".join(_told(record.ledger)) or "nothing was to be done"
    return f"{IN_SHADOW}it {said}" if record.ledger else f"{IN_SHADOW}{said}"


def _told(ledger: Sequence[LedgerEntry]) -> Iterator[str]:
    handed = [held.verdict for held in ledger if held.verdict.escalate]
    if handed:
        why = "; ".join(one.bare for one in handed[0].reasons if one.rule != SHADOW)
        yield f"would have handed the case to a person ({why})"
    for answer, words in _WOULD.items():
        names = dict.fromkeys(h.action for h in ledger if h.verdict.would is answer)
        if names:
            yield words.format(", ".join(names))


def mark_asked(record: JobRecord, now: datetime) -> Review:
    """The question to people whether what would have been done is right: every job in shadow gets
    it, and nothing in it is put in on purpose."""
    job = record.job
    return Review(
        review_id=review_id_of(job.job_id),
        job_id=job.job_id,
        workflow=job.workflow,
        planted=False,
        shadow=True,
        sampled_at=now,
    )


def marks(reviews: Iterable[Review], workflow: str) -> Rate:
    """How many of the workflow's marks say wrong, with the 95 % interval of the rate behind it."""
    said = [
        one.answer.verdict
        for one in reviews
        if one.shadow and one.workflow == workflow and one.answer
    ]
    return rate_of(said.count("wrong"), len(said) - said.count("void"))
