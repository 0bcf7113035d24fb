"""The rows of one job's file, as its one action on them knows them: runs of the second machine."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.actions.bulk import RunItems
from countersign.domain.errors import (
    BudgetSpent,
    CountersignError,
    ItemsUnderWay,
    JobBudgetSpent,
    Misconfigured,
    ModelAway,
    Refused,
)
from countersign.domain.lane.batches import Waits
from countersign.domain.lane.control import Control, Word
from countersign.domain.lane.items import Tally, evidence
from countersign.domain.lane.run import (
    UNBOUNDED,
    Run,
    again,
    died,
    first,
    is_over,
    told,
    verdict,
)
from countersign.domain.limits.budgets import Most
from countersign.runtime.budgets import left_for_items
from countersign.runtime.deps import Deps

DOCUMENT = "document:"
"""What stands before a document's name in the evidence."""


_MET: Mapping[str, type[CountersignError]] = {
    one.__name__: one
    for one in (BudgetSpent, ItemsUnderWay, JobBudgetSpent, Misconfigured, ModelAway)
}


def met(waits: Waits) -> CountersignError:
    """What a child met, for the job's own machine to hear: by its class and its sentence, as Lambda
    hands on an error too."""
    kind = _MET[waits.error]
    return kind.__new__(kind, waits.said)


class JobItems:
    """actions.bulk.Items."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def go_on(self, order: RunItems) -> None:
        """A run whose execution is over without having said so was killed: another one follows."""
        self._deps.meter.before()
        held, control = self._held(order), self._control
        if held and is_over(held, control):
            return
        if control.word is Word.PAUSED:
            raise ItemsUnderWay(f"paused by {control.by}: {control.reason}")
        if held and held.waits:
            self._kept(held, told(held))
            raise met(held.waits)
        run = self._begun(order, held)
        if not self._starts(run):
            run = self._next(self._kept(run, died(run, self._deps.clock.now())))
            self._starts(run)
        raise ItemsUnderWay(f"run {run.attempt} works through {run.seen.rows} rows")

    def outcome(self, order: RunItems) -> Mapping[str, str] | None:
        """As the last run counted it, and what was made of the results."""
        held, control = self._held(order), self._control
        if held is None or not is_over(held, control):
            return None
        made = {f"{DOCUMENT}{name}": digest for name, digest in held.documents.items()}
        return {**evidence(held.seen), **held.figures, **made, "word": control.word.value}

    def verdict(self, order: RunItems) -> str:
        """By what the order itself says may come to nothing."""
        held = self._held(order)
        return verdict(held, self._control, order.failed_at_most) if held else "it was never begun"

    def _begun(self, order: RunItems, held: Run | None) -> Run:
        """The run that is under way, or is to be: stored before it is started."""
        if held:
            return self._next(held) if held.ended_at else held
        unread = Tally(quarantined=order.quarantined, left=order.rows - order.quarantined)
        now = self._deps.clock.now()
        begun = first(self._deps.job_id, order.digest, unread, now, self._most())
        return self._kept(None, begun.model_copy(update={"terms": order.terms}))

    def _next(self, held: Run) -> Run:
        return self._kept(held, again(held, self._deps.clock.now(), self._most()))

    def _most(self) -> Most:
        """What the model may cost for what is left. Raises JobBudgetSpent."""
        record = self._deps.store.load(self._deps.job_id)
        lane = self._deps.workflows[record.job.workflow].lane
        return left_for_items(self._deps, record) if lane and lane.asks else UNBOUNDED

    def _kept(self, before: Run | None, after: Run) -> Run:
        self._deps.lanes.keep_run(before, after)
        return after

    def _starts(self, run: Run) -> bool:
        return self._deps.item_runs.start(run.name, run.job_id)

    def _held(self, order: RunItems) -> Run | None:
        held = self._deps.lanes.run(self._deps.job_id)
        if held and held.plan != order.digest:
            raise Refused("other rows of the job were begun than those of this order")
        return held

    @property
    def _control(self) -> Control:
        return self._deps.lanes.control(self._deps.job_id)
