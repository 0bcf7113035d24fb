"""Edits: a person changes parameters before they are signed; new bytes, judged as the old were."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from countersign.domain.approvals.directory import Member
from countersign.domain.canonical import plain
from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken, EditForbidden, NotAuthorised
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.action import Action, ProposedAction
from countersign.domain.ledger.entry import NOT_BEGUN, ActionStatus, LedgerEntry, entry
from countersign.domain.ledger.fields import changed, faults, inputs, value
from countersign.domain.ledger.integrity import check_bytes
from countersign.domain.planning.plan import merged, situation
from countersign.domain.policy.policy import Answer, Verdict, joined
from countersign.domain.policy.rules import Finding, findings
from countersign.domain.workflow import Workflow, action_for


def edited(
    workflow: Workflow[Any],
    record: JobRecord,
    held: LedgerEntry,
    texts: Mapping[str, str],
    *,
    by: Member,
    now: datetime,
) -> LedgerEntry:
    """`held` with what `by` typed: same target, same hard expiry, new bytes, a new digest.

    Raises ContractBroken, with a sentence for the person, for no change, a field or a contract that
    is broken, an amount above their limit, and what policy forbids; NotAuthorised when the stored
    bytes moved or do not wait for a signature.
    """
    check_bytes(held, record.job.job_id, now)
    if held.status is not ActionStatus.PLANNED:
        raise NotAuthorised(f"action {held.index} does not wait for a signature")
    action = action_for(workflow, held)
    _check_not_sent(held, action)
    params = _params(held, action, texts, now)
    _within_limit(action, params, by)
    verdict = _judged(workflow, record, held, params, now)
    made = rewritten(held, action, params, verdict, workflow.policy.version)
    if made.digest in {other.digest for other in record.ledger if other.index != held.index}:
        raise ContractBroken("another action of this job is exactly the same")
    return made.model_copy(update=_marks(held, by))


_UNWANTED = "the plan as it was changed does not want it"


def followed(
    workflow: Workflow[Any], record: JobRecord, made: LedgerEntry, *, by: Member, now: datetime
) -> tuple[LedgerEntry, ...]:
    """What else of the plan follows from an edit of the action that leads it: made anew from the
    parameters as `by` left them, dropped where they do not want it any more, added where they do.
    Nothing for an edit of any other action; what has begun stays as it is.

    No verdict is milder than the one before.
    """
    if made.action != workflow.leads:
        return ()
    ledger = merged(record.ledger, (made,))
    seen = situation(workflow, replace(record, ledger=ledger), now)
    found = findings(workflow.rules, seen)
    wanted = {(w.action, w.target): w for w in workflow.want(seen) if w.action != made.action}
    rest = [
        held
        for held in ledger
        if held.plan == made.plan and held.index != made.index and held.status in NOT_BEGUN
    ]
    begun = {(h.action, h.content()["target"]) for h in ledger if h not in rest}
    changed_ones = [
        _follows(workflow, held, wanted.pop(_place(held), None), found, by) for held in rest
    ]
    start = 1 + max(held.index for held in ledger)
    new = [one for place, one in wanted.items() if place not in begun]
    added = [_added(workflow, made, one, start + at, found) for at, one in enumerate(new)]
    return (*(one for one in changed_ones if one), *added)


def _place(held: LedgerEntry) -> tuple[str, str]:
    return held.action, str(held.content()["target"])


def _follows(
    workflow: Workflow[Any],
    held: LedgerEntry,
    wanted: ProposedAction | None,
    found: Sequence[Finding],
    by: Member,
) -> LedgerEntry | None:
    """The entry as it follows; None: as it was."""
    if wanted is None:
        return held.model_copy(update={"status": ActionStatus.DROPPED, "note": _UNWANTED})
    if plain(wanted.params) == held.content()["params"]:
        return None
    verdict = joined(held.verdict, workflow.policy.verdict(held.action, found))
    action = action_for(workflow, held)
    made = rewritten(held, action, wanted.params, verdict, workflow.policy.version)
    return made.model_copy(update=_marks(held, by))


def _added(
    workflow: Workflow[Any],
    lead: LedgerEntry,
    wanted: ProposedAction,
    index: int,
    found: Sequence[Finding],
) -> LedgerEntry:
    """A new entry of the plan, by whoever edited what leads it."""
    content = lead.content()
    made = entry(
        index,
        wanted,
        workflow.actions[wanted.action],
        workflow.policy.verdict(wanted.action, found),
        job_id=content["job"],
        policy=workflow.policy.version,
        expires_at=datetime.fromisoformat(content["expires_at"]),
        plan=lead.plan,
    )
    return made.model_copy(update={"edited_by": lead.edited_by, "edited_from": made.body})


def _marks(held: LedgerEntry, by: Member) -> Mapping[str, Any]:
    """Who edited it, what it was at first, and what had changed since people were asked."""
    return {
        "edited_by": by.person.id,
        "edited_before": editors(held),
        "edited_from": held.edited_from or held.body,
        "since": held.since,
    }


def editors(held: LedgerEntry) -> tuple[str, ...]:
    """Ids of all who changed the parameters, each once."""
    return tuple(dict.fromkeys(one for one in (*held.edited_before, held.edited_by) if one))


def words_only(workflow: Workflow[Any], held: LedgerEntry) -> bool:
    """Whether all that people changed of it is wording, of an action that moves no money."""
    action = action_for(workflow, held)
    if not editors(held) or action.amount is not None:
        return False
    before, now = json.loads(held.edited_from)["params"], held.content()["params"]
    return all(name in action.wording for name in now if now[name] != before.get(name))


def rewritten(
    held: LedgerEntry, action: Action[Any, Any], params: Contract, verdict: Verdict, policy: str
) -> LedgerEntry:
    """The entry with other parameters, under this version of its action; job, target and hard
    expiry are what they were."""
    content = held.content()
    return entry(
        held.index,
        ProposedAction(
            action=held.action, params=params, target=content["target"], after=held.after
        ),
        action,
        verdict,
        job_id=content["job"],
        policy=policy,
        expires_at=datetime.fromisoformat(content["expires_at"]),
        plan=held.plan,
    )


def _check_not_sent(held: LedgerEntry, action: Action[Any, Any]) -> None:
    """Other bytes have another key, under which what was accepted would not be found again."""
    if held.receipt is not None and action.read_back is not None:
        raise ContractBroken("the target has accepted this once: approve or reject it as it is")


def changed_names(before: LedgerEntry, after: LedgerEntry) -> tuple[str, ...]:
    """The names of the parameters in which two versions of an entry differ."""
    old, new = before.content()["params"], after.content()["params"]
    return tuple(name for name in new if new[name] != old.get(name))


def _params(
    held: LedgerEntry, action: Action[Any, Any], texts: Mapping[str, str], now: datetime
) -> Contract:
    fields = inputs(held, action)
    wrong = faults(fields, texts, now)
    if wrong:
        raise ContractBroken("; ".join(f"{name} {fault}" for name, fault in wrong.items()))
    typed = changed(fields, texts)
    if not typed:
        raise ContractBroken("nothing was changed")
    values = {one.name: value(one, typed[one.name]) for one in fields if one.name in typed}
    params: Contract = action.params.read({**held.content()["params"], **values})
    return action.as_edited(params) if action.as_edited else params


def _within_limit(action: Action[Any, Any], params: Contract, by: Member) -> None:
    amount = action.amount(params) if action.amount else None
    if not by.covers(action.id, amount):
        raise ContractBroken(f"{amount} is above what {by.person.name} may approve")


def _judged(
    workflow: Workflow[Any],
    record: JobRecord,
    held: LedgerEntry,
    params: Contract,
    now: datetime,
) -> Verdict:
    """The verdict on the new parameters, never milder than the one on the old."""
    others = tuple(other for other in record.ledger if other.index != held.index)
    seen = situation(workflow, replace(record, ledger=others), now)
    found = findings(workflow.rules, replace(seen, edited=(*seen.edited, params)))
    verdict = workflow.policy.verdict(held.action, found)
    if verdict.answer is Answer.FORBID:
        why = "; ".join(reason.bare for reason in verdict.reasons)
        told = tuple(reason.told for reason in verdict.reasons)
        raise EditForbidden(f"policy forbids this: {why}", told)
    return joined(held.verdict, verdict)
