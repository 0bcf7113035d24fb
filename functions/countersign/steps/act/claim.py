"""The claim: a conditional write before every effect and every undo, and how entries move on.

Actions that follow each other and have keys at their target are claimed in one write. What a visit
that is cut off has claimed and not sent is looked for by its key, as what it may have sent is.
"""

from __future__ import annotations

from typing import Any

from countersign import observability
from countersign.domain.errors import CountersignError, StoreConflict
from countersign.domain.jobs.attempts import NO_OUTCOME, label, number
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.suppression import recipients
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.runtime.step import committed
from countersign.steps.act.visit import Visit

NOTHING_SENT = "put back: nothing was sent"
"""The note of an entry whose claim is undone."""


def claimed(
    visit: Visit,
    record: JobRecord,
    claim: LedgerEntry,
    ended: tuple[LedgerEntry, ...],
    along: tuple[LedgerEntry, ...] = (),
) -> JobRecord:
    """The record with `claim` under a new attempt, with those that are claimed `along` and with
    `ended`, the actions before it, in the same write. The turn that the job kept is used. Raises
    StoreConflict, and NotWanted for a mail to somebody who wants none: then nothing is stored."""
    undoing = claim.status is ActionStatus.UNDOING
    begun = {label(one): f"{one.status} {number(record.audit, one)}" for one in (claim, *along)}
    change = Change(
        event="undo claimed" if undoing else "claimed",
        actor=f"state:{visit.call.state}",
        status=Status.PROCESSING,
        fields={**told(ended), **begun},
        ledger=(*ended, claim, *along),
        turns=dict.fromkeys(record.job.turns),
        wanted_by=recipients(claim),
    )
    try:
        return visit.deps.commit(record, change)
    except StoreConflict:
        return _ours(visit, record, claim)


def _ours(visit: Visit, record: JobRecord, claim: LedgerEntry) -> JobRecord:
    """The record, if the claim that stands is our own attempt: its answer was lost, and the write
    that was sent again met itself. Raises StoreConflict for somebody else's."""
    stored = visit.deps.store.load(record.job.job_id)
    mine = any(held.attempt == claim.attempt for held in stored.ledger)
    if stored.job.execution != record.job.execution or not mine:
        raise StoreConflict("somebody else wrote the job first")
    return stored


def keep(visit: Visit, record: JobRecord, ended: tuple[LedgerEntry, ...]) -> None:
    """Nothing is claimed, so nothing else would store what ended before."""
    if ended:
        _store(visit, record, "acted", ended)


def own_claim(record: JobRecord, held: LedgerEntry) -> LedgerEntry | None:
    """The claim of `held` that this visit wrote with another one's; None: it wrote none."""
    now = next(one for one in record.ledger if one.index == held.index)
    return now if now.attempt != held.attempt else None


def unsent(record: JobRecord, behind: tuple[LedgerEntry, ...]) -> tuple[LedgerEntry, ...]:
    """Those of `behind` that this visit claimed and does not come to, as they stood before."""
    return tuple(
        held.model_copy(update={"note": NOTHING_SENT}) for held in behind if own_claim(record, held)
    )


def put_back(
    visit: Visit,
    record: JobRecord,
    claim: LedgerEntry,
    why: Exception,
    others: tuple[LedgerEntry, ...],
) -> None:
    """Nothing was sent and the target has no keys: without this, the retry would say unknown."""
    free = moved(claim, ActionStatus.AUTHORISED, f"{NOTHING_SENT} ({why})")
    _store(visit, record, "put back", (*others, free))


def tell_why(
    visit: Visit,
    record: JobRecord,
    claim: LedgerEntry,
    why: Exception,
    others: tuple[LedgerEntry, ...],
) -> None:
    """An attempt has no outcome and another one follows: the reason, for who reads the job, and
    how the `others` of the visit stand. What goes wrong here must not hide it."""
    change = Change(
        event="attempt ended",
        actor=f"state:{visit.call.state}",
        fields={**told(others), label(claim): f"{NO_OUTCOME}{why}"},
        ledger=others,
    )
    try:
        visit.deps.commit(record, change)
    except CountersignError:
        observability.defect("telling why an attempt ended")


def _store(visit: Visit, record: JobRecord, event: str, ledger: tuple[LedgerEntry, ...]) -> None:
    change = Change(
        event=event, actor=f"state:{visit.call.state}", fields=told(ledger), ledger=ledger
    )
    committed(visit.deps, visit.call, record, change)


def moved(held: LedgerEntry, status: ActionStatus, note: str = "", **more: Any) -> LedgerEntry:
    """The entry in another status; its note says why."""
    return held.model_copy(update={"status": status, "note": note, **more})


def told(entries: tuple[LedgerEntry, ...]) -> dict[str, str]:
    """The entries for the audit trail."""
    return {label(e): f"{e.status} {e.note}".strip() for e in entries}
