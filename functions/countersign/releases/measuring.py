"""A live release is asked about its workflow's cases, with new answers and within a budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from countersign import observability
from countersign.domain.contract import Value
from countersign.domain.errors import NotFound, Unavailable
from countersign.domain.jobs.job import Pointer
from countersign.domain.releases import weekly
from countersign.domain.releases.comparing import Subject
from countersign.domain.releases.past import line_of, of_line
from countersign.releases.evaluating import OverBudget, made, proposed
from countersign.releases.shadowing import asked
from countersign.runtime.deps import Deps
from countersign.runtime.releases import release_at

AT_ONCE = timedelta(seconds=50)
"""No further case is begun after that: the rest is the next message's."""


class _Case(Value):
    """One line of the file of cases."""

    name: str
    past: str


def written(subjects: Iterable[Subject]) -> bytes:
    """Cases as the payload bucket holds them."""
    lines = (_Case(name=one.name, past=line_of(one.past).decode()) for one in subjects)
    return "\n".join(line.model_dump_json() for line in lines).encode()


def measure(deps: Deps, workflow: str, digest: str, week: str) -> None:
    """What the release says of its cases now. Raises Unavailable while cases are left, and what a
    model raises: the message comes again."""
    flow = replace(deps.workflows[workflow], release=release_at(deps, digest))
    name, ends = weekly.key(digest, week), deps.clock.now() + AT_ONCE
    kept = {*deps.shadows.kept(name)}
    ask = partial(asked, deps, name, weekly.may_cost(flow.release))
    for subject in (one for one in _cases(deps, workflow) if one.name not in kept):
        _check_time(deps, ends)
        try:
            found = made(flow, subject, partial(proposed, ask=ask))
        except OverBudget:
            observability.count("ShadowsLeftOut")
            break
        deps.shadows.keep(name, subject.name, found)
    _tell(deps, workflow, digest, week)


def _check_time(deps: Deps, ends: datetime) -> None:
    if deps.clock.now() > ends:
        raise Unavailable("cases are left: the next message goes on with them")


def _tell(deps: Deps, workflow: str, release: str, week: str) -> None:
    found = compared(deps, release, week)
    if found:
        cases = [one.case for one in found]
        observability.logger().warning("verdicts changed", workflow=workflow, cases=cases)
        observability.count("VerdictsChanged", len(found))


def _cases(deps: Deps, workflow: str) -> Iterator[Subject]:
    """Those that the last deploy left; none before the first."""
    try:
        body = deps.payloads.get(Pointer(bucket="", key=weekly.cases_key(workflow)))
    except NotFound:
        return
    for line in body.splitlines():
        held = _Case.model_validate_json(line)
        yield Subject(held.name, "case", of_line(held.past.encode()))


def compared(deps: Deps, release: str, week: str) -> tuple[weekly.Changed, ...]:
    """What the release says otherwise than in the last week of which there are answers."""
    now = deps.shadows.kept(weekly.key(release, week))
    earlier = (one for one in weekly.weeks_before(deps.clock.now()) if one < week)
    held = (deps.shadows.kept(weekly.key(release, one)) for one in earlier)
    return weekly.changed(next(filter(None, held), {}), now)
