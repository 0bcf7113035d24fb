"""What each function of the second machine would repeat around its work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from countersign import observability
from countersign.domain.contract import Value
from countersign.domain.errors import CountersignError, InternalError
from countersign.domain.lane.batches import Batch
from countersign.runtime.deps import Deps
from countersign.runtime.step import USUAL_SECONDS, Handler, production


class RunCall(Value):
    """What the machine hands to Split and Collect."""

    job_id: str
    execution: str
    """Of the run."""
    state: str
    retries: int = 0
    """How often the machine has tried this state before."""
    ends_at: datetime | None = None

    def seconds_left(self, now: datetime) -> float:
        """Until the function's time-out."""
        return (self.ends_at - now).total_seconds() if self.ends_at else USUAL_SECONDS


class BatchCall(RunCall):
    """What it hands to a child."""

    batch: Batch


CallT = TypeVar("CallT", bound=RunCall)


def handler_of(work: Callable[[Deps, CallT], dict[str, Any]], kind: type[CallT]) -> Handler:
    """A Lambda handler around `work`."""

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        deps = production()
        left = timedelta(milliseconds=context.get_remaining_time_in_millis())
        deps.deadline.begins(left.total_seconds())
        call = kind.model_validate({**event, "ends_at": deps.clock.now() + left})
        with observability.invocation(call.state, job_id=call.job_id, execution=call.execution):
            return run(deps, work, call)

    return handler


def run(deps: Deps, work: Callable[[Deps, CallT], dict[str, Any]], call: CallT) -> dict[str, Any]:
    """Do it; the machine knows every error by its class."""
    try:
        return work(deps, call)
    except CountersignError as error:
        observability.step_failed(call.state, call.job_id, error)
        raise
    except Exception as defect:  # noqa: BLE001 - whatever it is, the machine must know its class
        observability.defect(call.state)
        told = InternalError(f"{type(defect).__name__} in {call.state}; the log has it")
        observability.step_failed(call.state, call.job_id, told)
        raise told from None
