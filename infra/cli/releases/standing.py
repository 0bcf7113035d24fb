"""How each workflow stands in a stage: its state, what it has shown, and what the gate says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from countersign.connectors.clock import MOVABLE
from countersign.domain.jobs.job import KEPT_DAYS
from countersign.domain.policy.release import Release
from countersign.domain.policy.states import REASON, State, state_of
from countersign.domain.releases.gate import Shown, Step, decided, refusal
from countersign.domain.releases.shadow import marks
from countersign.domain.reporting.sampling import rate_of
from countersign.domain.workflow import Workflows
from countersign.runtime.deps import Deps
from infra.cli.releases.stored import jobs_of, used

MOST_MARKS = 1_000
"""Marks that are read, the latest."""
NOTHING = Shown(marks=rate_of(0, 0), decisions=rate_of(0, 0))


@dataclass(frozen=True)
class Standing:
    """One workflow in one stage."""

    workflow: str
    runs: State | None
    """The state of the release that its newest job is pinned to; None before its first job."""
    file: State
    """What its stage file says now."""
    reason: str
    """Why a step was left out, as the file says."""
    shown: Shown
    refused: str
    """Why the gate does not let the file be deployed; empty: it does."""


def standings(deps: Deps) -> tuple[Standing, ...]:
    """How the workflows of this code stand where `deps` works."""
    records, _ = jobs_of(deps)
    now = deps.clock.now()
    answered = deps.reviews.reviewed(now - timedelta(days=KEPT_DAYS), now, MOST_MARKS)
    running: dict[str, Release] = {}
    for one in used(deps, records):
        if one.release:
            running.setdefault(one.workflow, one.release)
    shown = {
        name: Shown(marks(answered, name), decided(r for r in records if r.job.workflow == name))
        for name in deps.workflows
    }
    found = _standings(deps.workflows, running, shown)
    # On one machine nothing is at stake: the gate stands before every other stage.
    return tuple(replace(one, refused="") if deps.stage == MOVABLE else one for one in found)


def before_the_first(workflows: Workflows) -> tuple[Standing, ...]:
    """How they stand where nothing was ever deployed."""
    return tuple(_standings(workflows, {}, {}))


def refusals(found: Iterable[Standing], stage: str) -> tuple[str, ...]:
    """Why the stage files may not be deployed, a sentence for each workflow."""
    return tuple(
        f"{one.workflow} may not be {one.file} in {stage}: {one.refused}"
        for one in found
        if one.refused
    )


def _standings(
    workflows: Workflows, running: Mapping[str, Release], shown: Mapping[str, Shown]
) -> Iterator[Standing]:
    for name, workflow in workflows.items():
        release, seen = running.get(name), shown.get(name, NOTHING)
        before = state_of(release.limits) if release else None
        after, reason = state_of(workflow.release.limits), _reason(workflow.release)
        new = "" if release and reason == _reason(release) else reason
        below = (release or workflow.release).limits.errors_below
        refused = refusal(Step(before, after, new), seen, below)
        yield Standing(name, before, after, reason, seen, refused)


def _reason(release: Release) -> str:
    return next(iter(release.limits.lists.get(REASON, ())), "")
