"""Cases: the ways out of ESCALATED and FAILED, whichever way they are taken: page or command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.domain.jobs.cases import Case, Resolution, Way, resolve
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import NOT_BEGUN, ActionStatus, LedgerEntry
from countersign.domain.planning.charge import may_resolve, why_rejected
from countersign.domain.planning.corrections import corrected, facts_of
from countersign.domain.planning.inquiry import SILENCE
from countersign.domain.planning.joining import another_plan, given_up
from countersign.domain.planning.replan import OBSERVED, Observations, Round, observed
from countersign.domain.planning.resume import freed, resumed, settled
from countersign.domain.planning.rollback import ended_by_order, ending, stands
from countersign.domain.policy.proposal import Proposal
from countersign.runtime.deps import Deps

_GoesOn = Callable[[Deps, JobRecord, Case, str, Mapping[str, str]], Change]
_WAITING = frozenset({Status.ESCALATED, Status.FAILED})


def take_out(
    deps: Deps,
    job_id: str,
    way: Way,
    *,
    by: str,
    words: str,
    facts: Mapping[str, str],
    happened: bool | None = None,
) -> JobRecord:
    """End the job's case. `facts` are corrections, for `resume` only. `happened` is what the person
    found of actions whose outcome was unknown; `done` without it says that they took effect. A
    REJECTED job can be resumed too, with a reason: nothing of it ran, and nobody signed against it.

    Raises NotFound, NotPermitted for who may not, AlreadyDecided, or ContractBroken with what is
    missing.
    """
    record = deps.store.load(job_id)
    _check_way(record, way, words)
    _judge(deps, record, by)
    resolution = Resolution(way=way, by=by, at=deps.clock.now(), words=words)
    case = resolve(_case(deps, record), resolution)
    if way != "resume":
        found = True if way == "done" and happened is None else happened
        return deps.commit(record, _ended(record, case, by, found))
    corrections = _corrections(deps, record, facts)
    goes_on = _goes_on(record, corrections)
    record = deps.commit(record, goes_on(deps, record, case, by, corrections))
    deps.executions.start(record.job.execution, job_id)
    return record


def _goes_on(record: JobRecord, corrections: Mapping[str, str]) -> _GoesOn:
    """What people rejected binds every plan that is made anew, however often that happens."""
    if SILENCE in record.results:
        return _without_answer
    anew = record.job.status is Status.REJECTED or (corrections and not stands(record.ledger))
    return _against if anew and why_rejected(record) else _resumed


def _check_way(record: JobRecord, way: Way, words: str) -> None:
    if record.job.status in _WAITING:
        return
    if record.job.status is not Status.REJECTED or way != "resume":
        raise ContractBroken(f"the job is {record.job.status}; only ESCALATED or FAILED has a case")
    if record.approvals and not why_rejected(record):
        raise ContractBroken("nobody rejected it: it stays as it ended")
    if not words.strip():
        raise ContractBroken("taking up a rejected job needs a reason")


def _judge(deps: Deps, record: JobRecord, by: str) -> None:
    workflow = deps.workflows.get(record.job.workflow)
    judged = may_resolve(deps.people.directory().acting(by, deps.clock.now()), record, workflow)
    if not judged.allowed:
        raise NotPermitted(f"{by} may not end this case: {judged.reason}")


def _case(deps: Deps, record: JobRecord) -> Case:
    """The open case; a killed execution leaves none, so it is opened here."""
    if record.case is not None and record.case.resolution is None:
        return record.case
    now = deps.clock.now()
    return Case(
        job_id=record.job.job_id,
        reason=record.job.reason,
        owner="operations",
        opened_at=now,
        due_at=now,
    )


def _ended(record: JobRecord, case: Case, by: str, happened: bool | None) -> Change:
    """Done by hand is COMPLETED; closed is REJECTED unless something ran or may have, and
    ROLLED_BACK if all of that was undone. What was unknown is settled by what the person found."""
    way, words = (case.resolution.way, case.resolution.words) if case.resolution else ("close", "")
    found: tuple[LedgerEntry, ...] = ()
    if happened is not None:
        found = settled(record.ledger, by=by, words=words, happened=happened)
    after = {held.index: held for held in (*record.ledger, *found)}
    return Change(
        event=f"case {way}",
        actor=f"person:{by}",
        status=Status.COMPLETED if way == "done" else ending(after.values()),
        reason=words,
        fields={f"{one.index} {one.action}": f"{one.status} {one.note}" for one in found},
        ledger=found,
        case=case,
    )


def _corrections(deps: Deps, record: JobRecord, typed: Mapping[str, str]) -> Mapping[str, str]:
    """Under the names that the job's workflow reads. Raises ContractBroken."""
    workflow = deps.workflows.get(record.job.workflow)
    return facts_of(workflow, typed) if workflow else typed


def _resumed(
    deps: Deps, record: JobRecord, case: Case, by: str, facts: Mapping[str, str]
) -> Change:
    if ended_by_order(record):
        raise ContractBroken(
            "the job was to be undone and does not go on: order the rollback again, or end the "
            "case as done or closed"
        )
    again = freed(record, deps.people.directory())
    proposal = record.results.get("proposal")
    ran = stands(record.ledger)
    if facts and (proposal is None or ran):
        raise ContractBroken("facts can be corrected once they exist and before anything ran")
    escalated = any(held.verdict.escalate for held in record.ledger)
    replan = bool(facts) or (escalated and not ran) or record.job.status is Status.REJECTED
    right = {"proposal": corrected(proposal.as_(Proposal), facts, by)} if proposal and facts else {}
    answers = tuple(name for name in record.results if name.startswith("answer."))
    return resumed(
        record,
        f"person:{by}",
        deps.clock.now(),
        fields={f"corrected {name}": value for name, value in facts.items()},
        results=right,
        dropped=() if proposal else answers,
        ledger=() if replan else again,
        unplanned=tuple(held.index for held in record.ledger) if replan else (),
        case=case,
        parked=0,
    )


def _against(
    deps: Deps, record: JobRecord, case: Case, by: str, facts: Mapping[str, str]
) -> Change:
    """Another plan after people rejected one: what they said binds it, and the word of who takes it
    up; nothing comes back as it was."""
    words = case.resolution.words if case.resolution else ""
    why = "; ".join(one for one in (why_rejected(record), words) if one)
    rounds = (*observed(record).rounds, Round(observations=(), rejected=why))
    proposal = corrected(record.result("proposal", Proposal), facts, by)
    return resumed(
        record,
        f"person:{by}",
        deps.clock.now(),
        fields={f"corrected {name}": value for name, value in facts.items()},
        results={"proposal": proposal, OBSERVED: Observations(rounds=rounds)},
        ledger=tuple(_ended_with_its_plan(record.ledger)),
        case=case,
        parked=0,
    )


def _ended_with_its_plan(ledger: Iterable[LedgerEntry]) -> Iterator[LedgerEntry]:
    """What waited, or waited too long: the next plan may want it anew, judged no milder."""
    update = {"status": ActionStatus.DROPPED, "note": "planned anew: people rejected the plan"}
    for held in ledger:
        if held.status in NOT_BEGUN or held.status is ActionStatus.EXPIRED:
            yield held.model_copy(update=update)


def _without_answer(
    deps: Deps, record: JobRecord, case: Case, by: str, facts: Mapping[str, str]
) -> Change:
    """A person knows better than to wait for the sender: a new plan, by the facts that they say.
    The question is not asked again."""
    proposal = corrected(record.result("proposal", Proposal), facts, by)
    return resumed(
        record,
        f"person:{by}",
        deps.clock.now(),
        fields={f"corrected {name}": value for name, value in facts.items()},
        results={"proposal": proposal, OBSERVED: another_plan(record)},
        dropped=(SILENCE,),
        ledger=given_up(record.ledger),
        case=case,
        parked=0,
    )
