"""The plan: which actions a job wants, what policy says to each, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from countersign.domain.errors import InternalError, NotAuthorised
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Move
from countersign.domain.ledger.action import Difference
from countersign.domain.ledger.entry import (
    IN_EFFECT,
    NOT_BEGUN,
    TO_UNDO,
    ActionStatus,
    LedgerEntry,
    entry,
    params_of,
)
from countersign.domain.planning.inquiry import was_asked
from countersign.domain.policy.policy import Answer, Verdict, stricter
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Records
from countersign.domain.policy.release import Limits
from countersign.domain.policy.rules import Finding, Situation
from countersign.domain.policy.states import SHADOW
from countersign.domain.workflow import Workflow, action_for, known

NEW_REASON = "new reason"
"""The name under which a reason stands that nobody had seen who signed."""
HARD_EXPIRY = timedelta(days=45)
"""After this no action of the plan may run, whoever signed it."""
_A = ActionStatus
_OPEN = frozenset({_A.AUTHORISED, _A.CLAIMED})
_NEVER = frozenset({_A.REJECTED, _A.FORBIDDEN, _A.DROPPED, _A.UNDONE})
_STUCK = {
    _A.UNKNOWN: "it is not known whether an action took effect",
    _A.FAILED: "an action failed",
    _A.EXPIRED: "nobody decided in time",
}


def situation(workflow: Workflow[Any], record: JobRecord, now: datetime) -> Situation[Any]:
    """What rules judge a stored job by, people's edits included. Raises UnknownVersion when what
    is stored was written by other code."""
    return Situation(
        job_id=record.job.job_id,
        input=record.results["input"].as_(workflow.input),
        proposal=record.results["proposal"].as_(Proposal),
        records=record.results["records"].as_(Records),
        limits=record.results["limits"].as_(Limits),
        now=now,
        ours=frozenset(held.key for held in record.ledger),
        received_at=record.job.source.received_at,
        asked=was_asked(record.ledger),
        evidence={
            held.action: held.receipt.evidence
            for held in record.ledger
            if held.status is _A.VERIFIED and held.receipt
        },
        edited=tuple(
            params_of(held, action_for(workflow, held)) for held in record.ledger if held.edited_by
        ),
    )


def build(
    workflow: Workflow[Any],
    situation: Situation[Any],
    found: Sequence[Finding],
    expires_at: datetime,
) -> tuple[LedgerEntry, ...]:
    """The first ledger of a job: every wanted action with its fixed bytes and its verdict."""
    return tuple(
        entry(
            index,
            wanted,
            workflow.actions[wanted.action],
            workflow.policy.verdict(wanted.action, found),
            job_id=situation.job_id,
            policy=workflow.policy.version,
            expires_at=expires_at,
        )
        for index, wanted in enumerate(workflow.want(situation))
    )


def reconsider(
    workflow: Workflow[Any], ledger: Sequence[LedgerEntry], found: Sequence[Finding]
) -> tuple[LedgerEntry, ...]:
    """The entries that policy now judges more strictly than what they were authorised under.

    Nothing becomes milder: what was forbidden or asked stays so.
    """
    changed = []
    for held in ledger:
        now = workflow.policy.verdict(held.action, found)
        if held.status in NOT_BEGUN and stricter(held.verdict, now):
            changed.append(_tightened(held, now))
    return tuple(changed)


def next_connector(workflow: Workflow[Any], record: JobRecord) -> str:
    """The connector after the first that is still to be looked at before anything is judged; empty
    when every lookup has its answer. Raises InternalError for a lookup at one that the workflow
    does not name."""
    given = record.results["input"].as_(workflow.input)
    wanted = workflow.lookups(given, record.results["proposal"].as_(Proposal))
    foreign = {lookup.connector for lookup in wanted} - set(workflow.connectors)
    if foreign:
        raise InternalError(f"{workflow.id} looks at {', '.join(foreign)} and does not name it")
    found = record.results["records"].as_(Records).found
    left = {lookup.connector for lookup in wanted if lookup.name not in found}
    return next((one for one in workflow.connectors[1:] if one in left), "")


def merged(held: Sequence[LedgerEntry], changed: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The ledger with the changed entries in the places of the old ones."""
    by_index = {one.index: one for one in held} | {one.index: one for one in changed}
    return tuple(by_index[index] for index in sorted(by_index))


def comes_next(
    workflow: Workflow[Any], ledger: Sequence[LedgerEntry], found: Sequence[Finding], plan: int = 0
) -> Move:
    """Where a judged job goes. A plan that wants nothing, the first or a later one, is not done for
    that: what was found decides, unless the job that it runs again has done what is wanted."""
    move = next_move(ledger, workflow.reads)
    wanted = any(held.plan == plan or held.of or _led_on(workflow, held) for held in ledger)
    return move if wanted or move.state != "Close" else nothing_wanted(workflow, found)


def nothing_wanted(workflow: Workflow[Any], found: Sequence[Finding]) -> Move:
    """Where a job goes of which nothing is wanted: to a person when something was found that would
    ask, or that no line hears; it ends quietly when policy forbids everything, or nothing objects.

    A finding has a voice without an action: what is not understood must not look finished. A
    workflow in shadow hands nothing over.
    """
    if any(one.rule == SHADOW for one in found):
        return Move("Close")
    verdicts = [workflow.policy.verdict(action, found) for action in workflow.actions]
    forbidden = all(_forbids(verdict) for verdict in verdicts)
    escalates = any(verdict.escalate for verdict in verdicts)
    why = "; ".join(one.bare for one in found if one.rule not in workflow.notes)
    quiet = not why or (verdicts and forbidden and not escalates)
    return Move("Close") if quiet else Move("Escalate", reason=why)


def _led_on(workflow: Workflow[Any], held: LedgerEntry) -> bool:
    """Whether the plan after it need not want anything: that was the matter itself."""
    action = known(workflow, held)
    return action is not None and action.leads_on and held.status is _A.VERIFIED


def _forbids(verdict: Verdict) -> bool:
    """Whether a line forbids, and not only that none allows."""
    return verdict.answer is Answer.FORBID and verdict.rules != {"default"}


def next_move(ledger: Sequence[LedgerEntry], reads: str = "") -> Move:
    """What comes next, from the ledger alone: act, ask, hand over, or close. What was cut off is
    looked for before a person gets the job.

    `reads` is the connector whose records are looked at again after a signature.
    """
    taken_back = next((held for held in reversed(ledger) if held.status in TO_UNDO), None)
    if taken_back:
        return Move("Act", connector=taken_back.connector)
    why = handed(ledger)
    opened = next(iter(_open_now(ledger)), None)
    if why and opened is None:
        return Move("Escalate", reason=why)
    if opened:
        return Move("Act", connector=opened.connector)
    waits = any(held.status is _A.PLANNED for held in ledger)
    return Move("Ask", connector=reads) if waits else Move("Close")


def check_plan(
    workflow: Workflow[Any],
    ledger: Sequence[LedgerEntry],
    found: Sequence[Finding],
    held: LedgerEntry,
) -> None:
    """The last look at one entry beside its neighbours, before it runs. Raises NotAuthorised.

    Policy must still say what the stored verdict says, and the same bytes must not have run under
    another entry: one authority is one effect, however many rows carry it.
    """
    if stricter(held.verdict, workflow.policy.verdict(held.action, found)):
        raise NotAuthorised(f"action {held.index}: policy asks for more than its verdict says")
    first = _presupposed(ledger, held)
    if first is not None and first.status is not _A.VERIFIED:
        raise NotAuthorised(f"action {held.index}: {held.after} comes first and is {first.status}")
    twins = [other for other in ledger if other.digest == held.digest and other.index != held.index]
    if any(other.status in IN_EFFECT for other in twins):
        raise NotAuthorised(f"action {held.index}: the same bytes have run already")


def check_records(workflow: Workflow[Any], records: Records, held: LedgerEntry) -> None:
    """What Look found must bear the action. Raises NotAuthorised, UnknownVersion."""
    why = unfit(workflow, records, held)
    if why:
        raise NotAuthorised(f"action {held.index}: {why}")


def unfit(workflow: Workflow[Any], records: Records, held: LedgerEntry) -> str:
    """What keeps the action from running as it is, whoever signs it; empty where what Look found
    bears it. Raises UnknownVersion."""
    action = action_for(workflow, held)
    return action.unfit(params_of(held, action), records) if action.unfit else ""


def visit(ledger: Sequence[LedgerEntry], connector: str) -> tuple[LedgerEntry, ...]:
    """What one Act visit works on: the next consecutive open actions of one connector."""
    return _consecutive(_open_now(ledger), connector)


def undo_visit(ledger: Sequence[LedgerEntry], connector: str) -> tuple[LedgerEntry, ...]:
    """What one Act visit takes back: the last effects first, as far as one connector has them."""
    return _consecutive([h for h in reversed(ledger) if h.status in TO_UNDO], connector)


def dropped(ledger: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The entries that can never run, because what they presuppose will not happen."""
    gone: list[LedgerEntry] = []
    for held in ledger:
        first = _presupposed([*gone, *ledger], held)  # of the same index the first one counts
        if held.status in NOT_BEGUN and first and first.status in _NEVER:
            note = f"it presupposes {first.action}, which is {first.status}"
            gone.append(held.model_copy(update={"status": _A.DROPPED, "note": note}))
    return tuple(gone)


def _open_now(ledger: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """What Act works on; of a job that a person gets, only what may have taken effect already."""
    if handed(ledger):
        return [held for held in ledger if held.status is _A.CLAIMED]
    return _opened(ledger)


def handed(ledger: Sequence[LedgerEntry]) -> str:
    """Why a person gets a job with this ledger; empty: nobody has to."""
    return _stuck(ledger) or _handed_over(ledger)


def _opened(ledger: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """What may run now: authorised, and what it presupposes is done or comes just before."""
    return [held for held in ledger if held.status in _OPEN and _follows(ledger, held)]


def _follows(ledger: Sequence[LedgerEntry], held: LedgerEntry) -> bool:
    """Whether what it presupposes is done or may run, and so on down to what presupposes none."""
    first = _presupposed(ledger, held)
    if first is None or first.status is _A.VERIFIED:
        return True
    rest = [other for other in ledger if other is not held]
    return first.status in _OPEN and _follows(rest, first)


def _presupposed(ledger: Sequence[LedgerEntry], held: LedgerEntry) -> LedgerEntry | None:
    """The latest entry of the action that must come before `held`."""
    named = (other for other in ledger if held.after and other.action == held.after)
    return max(named, key=lambda other: other.index, default=None)


def _consecutive(entries: Sequence[LedgerEntry], connector: str) -> tuple[LedgerEntry, ...]:
    return tuple(takewhile(lambda held: held.connector == connector, entries))


def _stuck(ledger: Sequence[LedgerEntry]) -> str:
    """What no machine can bring on; what could not be undone is named, with why, after what was."""
    kept = [f"{h.action} is not undone ({h.note})" for h in ledger if h.status is _A.KEPT]
    undone = ", ".join(held.action for held in ledger if held.status is _A.UNDONE)
    taken_back = (f"taken back: {undone}",) if kept and undone else ()
    others = (_STUCK[held.status] for held in ledger if held.status in _STUCK)
    return "; ".join(dict.fromkeys((*others, *taken_back, *kept)))


def _tightened(held: LedgerEntry, now: Verdict) -> LedgerEntry:
    """What was signed says what is new since."""
    status = _A.FORBIDDEN if now.answer is Answer.FORBID else _A.PLANNED
    new = [reason.told for reason in now.reasons if reason.rule not in held.verdict.rules]
    since = [Difference(name=NEW_REASON, before="", after=told) for told in new]
    update = {"verdict": now, "status": status, "approval": ""}
    return held.model_copy(update=update | ({"since": tuple(since)} if held.approval else {}))


def _handed_over(ledger: Sequence[LedgerEntry]) -> str:
    """Why policy hands the whole job to a person; empty when it does not, or is in shadow."""
    live = (held for held in ledger if held.status is not _A.DROPPED)
    handing = [one.verdict for one in live if one.verdict.escalate and one.verdict.would is None]
    return "; ".join(reason.bare for reason in handing[0].reasons) if handing else ""
