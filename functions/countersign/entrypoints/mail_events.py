"""Delivery: what became of a mail. A reply that came back has failed; an approver whose mail came
back is out of reach. What follows (a case, the next tier) is a due row, so that `tick` does it at
once, and again if it fails.

Events come late, twice, and about mails of long ago: each change is worked out from what is stored,
so that a second delivery of the same event changes nothing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from countersign import observability
from countersign.domain.errors import NotFound
from countersign.domain.jobs.cases import Case
from countersign.domain.jobs.change import Change, Due, JobRecord, Link
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.mail_events import (
    COMPLAINED,
    DELIVERY,
    Returned,
    failed_by,
    not_arrived,
    returned,
    unreached,
)
from countersign.domain.jobs.suppression import Suppressed, suppressed
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.mail import LINK
from countersign.runtime.deps import Deps
from countersign.runtime.step import production


def came_back(deps: Deps, told: Returned) -> bool:
    """Take note of it: whether anything changed. Raises StoreConflict when the job is written too
    often meanwhile; then the event comes again.

    What it is about is believed only as far as the tables bear it out: the job must have exactly
    this action, or the link must be of this job.
    """
    made: Change | None = None
    if told.job_id and not told.soft:
        with suppress(NotFound):
            _, made = deps.update(told.job_id, lambda record: _change(deps, record, told))
    if made is None:
        observability.logger().info("returned mail changes nothing", extra={"kind": told.kind})
        return False
    observability.logger().info(made.event, extra={"job_id": told.job_id, "kind": told.kind})
    return True


def count(told: Returned) -> None:
    """One more mail that came back, whatever it was about."""
    if told.soft:
        observability.count("MailsDelayed")
    elif told.kind == COMPLAINED:
        observability.count("MailComplaints")
    else:
        observability.count("MailsBounced")


def _change(deps: Deps, record: JobRecord, told: Returned) -> Change | None:
    """Raises NotFound for a link that is gone."""
    if told.part.startswith(LINK):
        link = deps.store.link(told.part.removeprefix(LINK))
        return _unreached(deps, record, link, told)
    return _failed(deps, record, told)


def _failed(deps: Deps, record: JobRecord, told: Returned) -> Change | None:
    """A reply has failed. A job that is on its way escalates by itself, since its ledger says so;
    of one that is complete `tick` makes a case; one that has a case, or was given up, keeps it. The
    case of a rollback says it too: there the reply was only named as what stays."""
    held = failed_by(record.ledger, told)
    if held is None:
        return None
    completed = record.job.status is Status.COMPLETED
    return Change(
        event="mail came back",
        actor=DELIVERY,
        fields={f"{held.index} {held.action}": f"{held.status} {told.words}"},
        ledger=(held,),
        case=_told_in_case(record, held),
        due=(Due(kind="returned", at=deps.clock.now()),) if completed else (),
        suppressed=_unwanted(deps, record, held, told),
    )


def _unwanted(
    deps: Deps, record: JobRecord, held: LedgerEntry, told: Returned
) -> tuple[Suppressed, ...]:
    """Whoever calls a mail of ours spam gets no other one."""
    if told.kind != COMPLAINED:
        return ()
    address, now = str(held.content()["target"]), deps.clock.now()
    return (suppressed(address, "complaint", now, record.job.job_id),)


def _told_in_case(record: JobRecord, held: LedgerEntry) -> Case | None:
    case = record.case
    if held.status is not ActionStatus.KEPT or case is None or case.resolution is not None:
        return None
    return case.model_copy(update={"reason": f"{case.reason}; {not_arrived(held)}"})


def _unreached(deps: Deps, record: JobRecord, link: Link, told: Returned) -> Change | None:
    """Somebody who was asked has no mail of it. A complaint is no such sign: that mail arrived."""
    ours = link.job_id == record.job.job_id and not link.question
    if not ours or told.kind == COMPLAINED:
        return None
    now = deps.clock.now()
    return unreached(record, link.approval_id, link.person_id, told.words, now)


def handler(event: dict[str, Any], context: Any) -> dict[str, bool]:  # noqa: ARG001 - Lambda's shape
    """EventBridge's event from the mail provider."""
    with observability.invocation("delivery"):
        told = returned(event)
        if told is None:
            observability.logger().warning("an event that is about no returned mail")
            return {"changed": False}
        changed = came_back(production(), told)
        count(told)
        return {"changed": changed}
