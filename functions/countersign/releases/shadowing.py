"""What a candidate in shadow makes of a live job that is shown to it, by a message of its own.

The job does not know of it. What goes wrong here costs a sample, never a job.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from countersign import observability
from countersign.domain.errors import Unavailable
from countersign.domain.policy.release import Size
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.domain.releases.candidate_shadow import (
    is_judged,
    may_cost,
    never_judged,
)
from countersign.domain.releases.comparing import subject_of
from countersign.domain.releases.past import past
from countersign.releases.evaluating import SECONDS, OverBudget, made, proposed
from countersign.runtime.deps import Deps
from countersign.runtime.releases import release_at


def shadow(deps: Deps, job_id: str, digest: str) -> None:
    """What the candidate makes of the job, kept under the candidate. Raises Unavailable while the
    job is not judged, and what a model raises: the message comes again."""
    record = deps.store.load(job_id)
    if never_judged(record) or deps.shadows.has(digest, job_id):
        return
    if not is_judged(record):
        raise Unavailable("the job is not judged yet: there is nothing to compare with")
    release = release_at(deps, digest)
    workflow = replace(deps.workflows[record.job.workflow], release=release)
    within = partial(asked, deps, digest, may_cost(release))
    try:
        found = made(workflow, subject_of(past(record)), partial(proposed, ask=within))
    except OverBudget:
        observability.count("ShadowsLeftOut")
        return
    deps.shadows.keep(digest, job_id, found)


def asked(
    deps: Deps, name: str, most: Decimal, request: ModelRequest, size: Size
) -> tuple[ModelAnswer, int]:
    """The answer within what may be spent under that name: the worst case is held back, and what
    was not needed given back. Raises OverBudget; without an answer nobody knows what it cost."""
    worst, began = size.price.most(request.most), deps.clock.now()
    if not deps.shadows.spend(name, worst, most):
        raise OverBudget
    answer = deps.model.answer(request, SECONDS)
    cost = size.price.priced(answer.usage, offline=answer.offline).usd
    deps.shadows.give_back(name, worst - cost)
    return answer, (deps.clock.now() - began) // timedelta(milliseconds=1)
