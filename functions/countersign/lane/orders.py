"""What people say of a file that is worked through: pause, resume, cancel.

The word is a row that each child reads before each item, so that all of them stop at the next one;
nobody has to stop an execution, which would not stop its children.
"""

from __future__ import annotations

from contextlib import suppress

from countersign.domain.errors import ContractBroken, StoreConflict
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.lane.control import Control, Word, ordered
from countersign.domain.lane.run import Run
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.cancelling import CANCELLED, Cancellation
from countersign.jobs.cancelling import in_charge
from countersign.jobs.resume import go_on
from countersign.runtime.connectors import BULK
from countersign.runtime.deps import UPDATE_TRIES, Deps

_UNDER_WAY = frozenset({Status.PARKED, Status.RETRYING, Status.PROCESSING})


def is_worked_through(record: JobRecord) -> bool:
    """Whether the job waits for the items of its file, they for the model, or the job is on its way
    from one run over them to the next."""
    begun = (one.connector == BULK and one.status is ActionStatus.CLAIMED for one in record.ledger)
    return record.job.status in _UNDER_WAY and ("items" in record.due or any(begun))


def order(deps: Deps, job_id: str, word: Word, *, by: str, reason: str) -> Run:
    """Say it; the run as it is then. Raises NotFound, NotPermitted for who may not roll the job
    back, ContractBroken for a word that may not follow, StoreConflict when somebody was quicker.
    """
    record = deps.store.load(job_id)
    in_charge(deps, record, by)
    _run(deps, record)
    held = deps.lanes.control(job_id)
    said = ordered(held, word, by=by, reason=reason, at=deps.clock.now())
    if word is Word.CANCELLED:
        _cancels(deps, job_id, said)
    deps.lanes.keep_control(job_id, held, said)
    run = _run(deps, record)
    if word is not Word.PAUSED and run.ended_at:
        _goes_on(deps, job_id, said)
    return run


def _goes_on(deps: Deps, job_id: str, said: Control) -> None:
    """A run that ended before the word was stored has left its job to whoever says it. One that is
    on its way to the next run may have read the word before, and be about to park: written to, its
    step is entered again. Who is quicker, `tick` or the run's own end, takes it up instead."""
    for _ in range(UPDATE_TRIES):
        record = deps.store.load(job_id)
        with suppress(StoreConflict):
            if record.job.status is Status.PARKED:
                go_on(deps, record)
            elif is_worked_through(record):
                deps.commit(record, Change(event=f"items {said.word}", actor=f"person:{said.by}"))
            return


def _run(deps: Deps, record: JobRecord) -> Run:
    run = deps.lanes.run(record.job.job_id)
    if run is None or not is_worked_through(record):
        raise ContractBroken(f"no items of it are worked on: it is {record.job.status}")
    return run


def _cancels(deps: Deps, job_id: str, said: Control) -> None:
    """The job says so too: nothing else of it is begun once its items are left alone."""

    def change(_: JobRecord) -> Change:
        return Change(
            event=CANCELLED,
            actor=f"person:{said.by}",
            fields={CANCELLED: said.reason},
            results={CANCELLED: Cancellation(by=said.by, reason=said.reason)},
        )

    deps.update(job_id, change)
