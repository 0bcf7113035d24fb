"""Letting an execution of somebody else's go on that waits for how its proposal ended. What was
decided and done stands, whether or not it still waits."""

from __future__ import annotations

from dataclasses import replace

from countersign.domain.canonical import canonical
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import FINISHED, Status
from countersign.domain.jobs.outcomes import ANSWER, HEARD, hearing
from countersign.domain.jobs.proposals import told, whole
from countersign.domain.jobs.senders import named, sender_of
from countersign.jobs.handover import new_case
from countersign.jobs.resume import TICK
from countersign.runtime.deps import Deps


def answer(deps: Deps, record: JobRecord) -> None:
    """It hears what its caller would read. One that is not there any more, or of a row that is
    gone, is a case that says so: somebody else's process has not heard of what was done."""
    sender = named(deps.settings.senders, sender_of(record.job.source.sender))
    row = record.due[ANSWER]
    said = canonical(told(record, {})).decode()
    waits = bool(sender and sender.answers and deps.waiters.tell(sender.answers, row.token, said))
    event = "caller's execution told" if waits else "caller's execution gone"
    change = Change(event=event, actor=TICK, done=(ANSWER,), results={HEARD: hearing(record)})
    if waits or record.job.status not in FINISHED:
        deps.commit(record, change)
        return
    why = f"the execution that asked waits no more, and was not told: {whole(record)}"
    case, now = new_case(deps, record, why), Due(kind="case", at=deps.clock.now())
    deps.commit(record, replace(change, status=Status.ESCALATED, reason=why, case=case, due=(now,)))
