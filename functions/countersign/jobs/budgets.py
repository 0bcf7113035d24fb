"""The model's budgets as operators see and raise them: a day's by its row, a job's by its trail."""

from __future__ import annotations

from dataclasses import dataclass

from countersign.domain.errors import ContractBroken, NotFound, NotPermitted
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.spending import raising
from countersign.domain.limits.budgets import ACCOUNT, ALL, Amount, Counter, Most, Raise
from countersign.domain.limits.caps import day_of
from countersign.domain.planning.charge import may_pause
from countersign.runtime.deps import Deps


@dataclass(frozen=True)
class Standing:
    """How one budget of a day stands. `scope` is a workflow's id or ACCOUNT."""

    scope: str
    most: Most
    counter: Counter


def standing(deps: Deps) -> list[Standing]:
    """Today's budgets: the account's, and each workflow's; also those that bound nothing."""
    counter = deps.budgets.counter(day_of(deps.clock.now()))
    of_all = next((one.budgets.account for one in deps.workflows.values()), Most())
    own = [Standing(name, one.budgets.day, counter) for name, one in deps.workflows.items()]
    return [Standing(ACCOUNT, of_all, counter), *own]


def raise_day(deps: Deps, name: str, more: Amount, *, by: str, reason: str) -> Counter:
    """Let today's calls of a workflow, or of all together, cost so much more. Jobs that wait for it
    are woken within a minute. Raises NotFound, NotPermitted, or ContractBroken for what would add
    nothing."""
    workflow = None if name == ALL else deps.workflows.get(name)
    if workflow is None and name != ALL:
        known = ", ".join((ALL, *sorted(deps.workflows)))
        raise NotFound(f"there is no budget of {name}; there are those of {known}, and of jobs")
    _check(deps, workflow.id if workflow else "", more, by, reason)
    now = deps.clock.now()
    scope = workflow.id if workflow else ACCOUNT
    added = Raise(scope=scope, by=by, reason=reason.strip(), at=now, amount=more)
    return deps.budgets.add(day_of(now), added)


def raise_job(deps: Deps, job_id: str, more: Amount, *, by: str, reason: str) -> JobRecord:
    """Let one job's calls cost so much more. Its case is resumed as any other. Raises NotFound,
    NotPermitted, or ContractBroken for what would add nothing."""
    record = deps.store.load(job_id)
    _check(deps, record.job.workflow, more, by, reason)
    change = raising(more, by=by, reason=reason.strip())
    return deps.update(job_id, lambda _: change)[0]


def _check(deps: Deps, workflow: str, more: Amount, by: str, reason: str) -> None:
    judged = may_pause(deps.people.directory().member(by), deps.workflows.get(workflow))
    if not judged.allowed:
        raise NotPermitted(f"{by or 'nobody'} may not raise this budget: {judged.reason}")
    if not reason.strip():
        raise ContractBroken("a budget is raised for a reason: give it with --reason")
    if min(more.nano_usd, more.tokens) < 0 or not (more.nano_usd or more.tokens):
        raise ContractBroken("say how much more: --usd, --tokens or both, above zero")
