"""When the live release of each workflow is asked about its cases, and what it said otherwise.

`tick` says when; the function that shows jobs to candidates asks, since it may ask the model. Where
a stage has none, there is no weekly evaluation.
"""

from __future__ import annotations

from countersign.domain.releases import weekly
from countersign.domain.releases.rollout import current
from countersign.runtime.deps import Deps
from countersign.runtime.intake import shipped


def live(deps: Deps, workflow: str) -> str:
    """Digest of the release that jobs get where no canary runs."""
    return current(deps.rollouts.of(workflow), workflow, shipped(deps, workflow).digest)


def look(deps: Deps) -> None:
    """Have each workflow asked of which nobody has asked this week."""
    if not deps.settings.shadow_queue_url:
        return
    week = weekly.week_of(deps.clock.now())
    for workflow in deps.workflows:
        release = live(deps, workflow)
        if deps.shadows.first(weekly.key(release, week)):
            deps.shadow_queue.measure(workflow, release, week)
