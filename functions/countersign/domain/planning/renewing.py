"""What waits under a version of an action that this code does not have: it is asked again, from its
stored bytes, in the version that there is.

`make deploy` refuses to lose such a version; a way back to older code may still meet one. Nothing
of it runs by itself any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from countersign.domain.canonical import plain
from countersign.domain.errors import ContractBroken, NotAuthorised, UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.action import Action, Difference
from countersign.domain.ledger.entry import NOT_BEGUN, LedgerEntry
from countersign.domain.ledger.integrity import check_intact
from countersign.domain.ledger.told import texts
from countersign.domain.planning.edits import rewritten
from countersign.domain.policy.policy import Answer, Reason, Verdict, joined
from countersign.domain.workflow import Workflow, known

VERSION_GONE = "version.gone"
"""It was planned by a version of its action that is gone."""
_WHY = "it was planned as {value|another version}, and the program knows another version now"


def lost(workflow: Workflow[Any], record: JobRecord) -> tuple[LedgerEntry, ...]:
    """The entries that wait under a version that this code does not have, and whose bytes are the
    ones that were planned."""
    waits = (held for held in record.ledger if held.status in NOT_BEGUN and not held.attempt)
    gone = (held for held in waits if known(workflow, held) is None)
    return tuple(held for held in gone if _is_intact(held, record.job.job_id))


def _is_intact(held: LedgerEntry, job_id: str) -> bool:
    try:
        check_intact(held, job_id)
    except NotAuthorised:
        return False
    return True


def renewed(workflow: Workflow[Any], record: JobRecord) -> tuple[LedgerEntry, ...]:
    """The same entries in the version that there is, waiting for a signature, with what differs of
    their parameters. Raises UnknownVersion where there is no such action any more, or where what is
    stored says too little for it."""
    return tuple(_renewed(workflow, held) for held in lost(workflow, record))


def _renewed(workflow: Workflow[Any], held: LedgerEntry) -> LedgerEntry:
    planned = f"{held.action} v{held.action_version}"
    action = workflow.actions.get(held.action)
    if action is None:
        raise UnknownVersion(f"planned {planned}; this code has no such action")
    params = _read(action, held, planned)
    reason = Reason(line=VERSION_GONE, rule=VERSION_GONE, sentence=_WHY, value=planned)
    verdict = joined(held.verdict, Verdict(answer=Answer.ASK, reasons=(reason,)))
    made = rewritten(held, action, params, verdict, workflow.policy.version)
    kept = {
        "edited_by": held.edited_by,
        "edited_before": held.edited_before,
        "edited_from": held.edited_from,
        "basis": held.basis,
        "since": (*held.since, *_differences(held, plain(params))),
    }
    return made.model_copy(update=kept)


def _read(action: Action[Any, Any], held: LedgerEntry, planned: str) -> Any:
    """What is stored of the parameters that the contract has now."""
    stored, fields = held.content()["params"], action.params.model_fields
    try:
        return action.params.read({name: stored[name] for name in fields if name in stored})
    except ContractBroken as broken:
        raise UnknownVersion(f"planned {planned}; as v{action.version} {broken}") from None


def _differences(held: LedgerEntry, now: dict[str, Any]) -> Iterator[Difference]:
    before, after = texts(held.content()["params"]), texts(now)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name, "") != after.get(name, ""):
            yield Difference(name=name, before=before.get(name, ""), after=after.get(name, ""))
