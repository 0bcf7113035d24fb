"""One decision, in one conditional write; only then may the waiting execution go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from countersign import observability
from countersign.approvals.access import AskedT
from countersign.approvals.decision_mails import owed
from countersign.approvals.form import Typed
from countersign.approvals.mailed_code import confirm
from countersign.approvals.metrics import decided
from countersign.domain.approvals.approval import Approval, Decision, apply_decision
from countersign.domain.approvals.authority import sign
from countersign.domain.canonical import instant
from countersign.domain.errors import NotPermitted
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.signable import signable_entries
from countersign.domain.planning.plan import unfit
from countersign.domain.policy.records import Records
from countersign.runtime.deps import Deps
from countersign.web.wording import SHORT

CALLBACK_AFTER = timedelta(minutes=2)
"""When `tick` looks whether the execution went on."""


def record_decision(
    deps: Deps, here: AskedT, decision: Decision, typed: Typed | None = None
) -> AskedT:
    """The visit after the write. Its approval holds `decision`, or somebody else's, or the job
    does not wait any more: the caller compares. `typed` is the code that was mailed, if it was.

    Raises NotPermitted when this person may not decide so, or what they approve could never run as
    it is; CodeAsked when they may and a mailed code is needed, NotAuthorised when the stored bytes
    are not what was shown, StoreConflict when other writers did not let go.
    """
    # Once, however often the write is tried: each look at a mailed code counts as a try.
    confirmed = cache(lambda: confirm(deps, here, decision, typed or Typed()))

    def signed(record: JobRecord) -> Change | None:
        now = here.at(record)
        if now.standing != "open":
            return None
        _bears(now, decision)
        approval = sign(deps.people.directory(), now.approval, decision)
        told = owed(deps, record, approval)
        return _change(now, approval, decision, confirmed=confirmed(), told=told)

    record, change = deps.update(here.record.job.job_id, signed)
    after = here.at(record)
    if change is not None:
        observability.step_done(record.job, change)
        if after.approval.decision is not None:
            go_on(deps, after)
        decided(record.job.workflow, record.ledger, after.approval, decision)
    return after


def _bears(here: AskedT, decision: Decision) -> None:
    """Raises NotPermitted for an approval of what Act would refuse."""
    entries = signable_entries(here.record, here.approval, here.now)
    found = here.record.results.get("records")
    if found is None:
        return
    for held in entries:
        why = unfit(here.workflow, found.as_(Records), held)
        if why and decision.approves(held.digest):
            raise NotPermitted(f"{why}; edit it, or reject it")


def _change(
    here: AskedT,
    approval: Approval,
    decision: Decision,
    *,
    confirmed: bool,
    told: tuple[Due, ...],
) -> Change:
    """A signature, and what follows from it once the signatures are enough."""
    signed = Change(
        event="signed by a person",
        actor=f"person:{decision.by}",
        fields=_fields(approval, decision) | ({"confirmed": "mailed code"} if confirmed else {}),
        approvals=(approval,),
    )
    if approval.decision is None:
        return signed
    return replace(
        signed,
        event="decided by a person",
        ledger=apply_decision(approval, here.record.ledger),
        done=("approval", "reminder"),
        due=(Due(kind="callback", at=here.now + CALLBACK_AFTER), *told),
    )


def _fields(approval: Approval, decision: Decision) -> dict[str, str]:
    opened: datetime = decision.opened_at or decision.at
    return {
        **{f"choice {one[:SHORT]}": str(choice) for one, choice in decision.choices.items()},
        "approval": approval.approval_id,
        "opened_at": instant(opened),
        "seconds": str(int((decision.at - opened).total_seconds())),
        **(
            {"own words": "edited and signed by the same person"}
            if _own(approval, decision)
            else {}
        ),
        **({"cause": decision.cause.value} if decision.cause else {}),
        **({"reason": decision.reason} if decision.reason else {}),
    }


def _own(approval: Approval, decision: Decision) -> bool:
    """Whether it approves words that the same person changed, as the stage allows."""
    return any(
        decision.approves(one) and decision.by in approval.editors.get(one, ())
        for one in approval.own_words
    )


def go_on(deps: Deps, here: AskedT) -> None:
    """Let the execution go on. The decision stands whatever happens here: the due row of kind
    `callback` stays until the execution was seen to go on, and `tick` repeats the call."""
    token = here.record.tokens.get(here.approval.approval_id, "")
    try:
        told = bool(token) and deps.executions.succeed(token, here.record.job.job_id)
    except Exception:  # noqa: BLE001 - logged and counted; the decision stands, the row heals
        observability.defect("Approvals.callback")
        told = False
    if not told:
        observability.count("CallbacksLost")
