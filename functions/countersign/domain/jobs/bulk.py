"""A bulk operation: one order over many jobs, counted first and worked through at its pace.

Which jobs it is about is frozen when it is ordered: what begins to fit later is not touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken

MOST = 1_000
"""Jobs of one operation: it is one row."""
_LONGEST = 120


class Kind(StrEnum):
    """What is done with each job."""

    REDRIVE = "redrive"
    CANCEL = "cancel"
    RESUME = "resume"


class State(StrEnum):
    """Where an operation stands."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    DONE = "done"


_LEGAL: Mapping[State, frozenset[State]] = {
    State.RUNNING: frozenset({State.SUSPENDED, State.CANCELLED}),
    State.SUSPENDED: frozenset({State.RUNNING, State.CANCELLED}),
    State.CANCELLED: frozenset(),
    State.DONE: frozenset(),
}
"""What people may do; it is DONE by itself."""


class Bulk(Contract):
    """Who ordered what, over which jobs, and how far it is. `version` grows with every write."""

    CONTRACT: ClassVar[str] = "bulk"
    VERSION: ClassVar[int] = 1

    bulk_id: str
    kind: Kind
    by: str
    """A person's id: each job is judged by what that person may do when its turn comes."""
    reason: str
    chosen_by: str
    """The filter, in words."""
    at: datetime
    jobs: tuple[str, ...]
    """Their ids, the oldest first."""
    state: State = State.RUNNING
    version: int = 0
    done: int = 0
    """How many of `jobs` have had their turn."""
    failed: Mapping[str, str] = {}
    """Why, by the ids of those that were refused."""
    changed_by: str = ""
    """Who last suspended, resumed or cancelled it, and why."""

    @property
    def ok(self) -> int:
        """Jobs with which it was done."""
        return self.done - len(self.failed)

    @property
    def pending(self) -> int:
        """Jobs that still wait for their turn; of a cancelled one they are left as they are."""
        return len(self.jobs) - self.done

    @property
    def words(self) -> str:
        """The reason as each job keeps it."""
        return f"{self.reason} (bulk {self.bulk_id})"


def ordered(bulk: Bulk) -> Bulk:
    """The order, as it is stored. Raises ContractBroken for one that says too little or wants too
    much."""
    if not bulk.reason.strip():
        raise ContractBroken("a bulk operation needs a reason: say why in your own words")
    if not bulk.jobs:
        raise ContractBroken("no job fits the filter")
    if len(bulk.jobs) > MOST:
        raise ContractBroken(f"more than {MOST} jobs fit the filter: narrow it")
    return bulk


def stepped(bulk: Bulk, refused: str | None) -> Bulk:
    """The operation after its next job; `refused` says why that one was not done."""
    job_id, done = bulk.jobs[bulk.done], bulk.done + 1
    failed = bulk.failed if refused is None else {**bulk.failed, job_id: refused[:_LONGEST]}
    state = State.DONE if done == len(bulk.jobs) else bulk.state
    more = {"done": done, "failed": failed, "state": state, "version": bulk.version + 1}
    return bulk.model_copy(update=more)


def turned(bulk: Bulk, to: State, by: str, reason: str) -> Bulk:
    """The operation as a person wants it. Raises ContractBroken for what is not to be had."""
    if to not in _LEGAL[bulk.state]:
        raise ContractBroken(f"{bulk.bulk_id} is {bulk.state}: it cannot become {to}")
    said = f"{by}: {reason}"
    return bulk.model_copy(update={"state": to, "changed_by": said, "version": bulk.version + 1})
