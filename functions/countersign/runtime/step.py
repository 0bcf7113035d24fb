"""`step`: what every state's function would repeat around its work; and the process's adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from countersign import observability, tracing
from countersign.domain.contract import Value
from countersign.domain.errors import (
    CountersignError,
    DefinitionBroken,
    InternalError,
    StaleExecution,
    Throttled,
    Unavailable,
)
from countersign.domain.jobs.change import Change, JobRecord
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings, traced

USUAL_SECONDS = 60.0
COMMIT_PAUSES = (0.2, 0.8, 2.0)
"""Seconds between the tries of a write that must not be lost."""
COMMIT_SECONDS = 5.0
"""Left for one more try."""

Handler = Callable[[dict[str, Any], Any], Any]


class Call(Value):
    """What the state machine hands to a step: pointers, never content."""

    job_id: str
    execution: str
    state: str
    input: Mapping[str, Any] = {}
    token: str = ""
    retries: int = 0
    """How often the state machine has tried this state before."""
    ends_at: datetime | None = None
    """When the function's own time-out comes; nothing waits past it."""

    def seconds_left(self, now: datetime) -> float:
        """Until the time-out, as of `now`."""
        return (self.ends_at - now).total_seconds() if self.ends_at else USUAL_SECONDS


@dataclass(frozen=True)
class Continued:
    """A step that committed on its way: the record as it is now, and the last change, if any."""

    record: JobRecord
    change: Change | None
    stored: bool = False
    """Whether the change is in the record already."""


Work = Callable[[Deps, JobRecord, Call], Change | Continued]


@lru_cache(maxsize=1)
def production() -> Deps:
    """The adapters of this process, made once."""
    return Deps(Settings.of_process())


def step(work: Work) -> Handler:
    """A Lambda handler around `work`: it owns what every step would repeat."""

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        left = timedelta(milliseconds=context.get_remaining_time_in_millis())
        production().deadline.begins(left.total_seconds())
        call = Call.model_validate({**event, "ends_at": production().clock.now() + left})
        tracing.begins(*traced(), job_id=call.job_id)
        with (
            observability.invocation(call.state, job_id=call.job_id, execution=call.execution),
            tracing.span(call.state),
        ):
            return run(production(), work, call)

    return handler


def run(deps: Deps, work: Work, call: Call) -> dict[str, Any]:
    """Load, check the owner, work, write state and audit entry at once; tell what comes next."""
    try:
        deps = deps.for_job(call.job_id)
        went = _worked(deps, work, call)
        change = went.change
        if change is not None:
            done = went.record if went.stored else committed(deps, call, went.record, change)
            observability.step_done(done.job, change)
    except CountersignError as error:
        if isinstance(error, DefinitionBroken):
            observability.defect(call.state)
        observability.step_failed(call.state, call.job_id, error)
        raise
    except Exception as defect:  # noqa: BLE001 - whatever it is, the machine must know its class
        observability.defect(call.state)
        told = InternalError(f"{type(defect).__name__} in {call.state}; the log has it")
        observability.step_failed(call.state, call.job_id, told)
        raise told from None
    return {"job_id": call.job_id, **_answer(change)}


def _worked(deps: Deps, work: Work, call: Call) -> Continued:
    record = deps.store.load(call.job_id)
    if record.job.execution != call.execution:
        raise StaleExecution(f"{record.job.execution} owns the job")
    result = work(deps, record, call)
    return result if isinstance(result, Continued) else Continued(record, result)


def committed(deps: Deps, call: Call, record: JobRecord, change: Change) -> JobRecord:
    """`change` stored, tried for some seconds as long as the call has them: an effect without a key
    that is not recorded is an unknown one, and entering the whole state again costs more.

    A try whose answer was lost may have been stored: then the next one raises StoreConflict, and
    the state that is entered again reads what it wrote.
    """
    for seconds in COMMIT_PAUSES:
        try:
            return deps.commit(record, change)
        except (Throttled, Unavailable):
            if call.seconds_left(deps.clock.now()) < seconds + COMMIT_SECONDS:
                raise
            deps.pause(seconds)
    return deps.commit(record, change)


def _answer(change: Change | None) -> dict[str, Any]:
    if change is None or change.move is None:
        return {}
    move = change.move
    waits = {"seconds": move.seconds} if move.seconds else {}
    return {"next": move.state, "connector": move.connector, "reason": move.reason, **waits}
