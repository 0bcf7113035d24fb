"""What operators paused, as jobs read it: a workflow has a row of its own, which Start asks now and
then."""

from __future__ import annotations

from datetime import timedelta

from countersign.runtime.deps import Deps

READ_AGAIN = timedelta(seconds=15)
"""So long a process that starts jobs believes what it read last."""


def pauses_of(workflow: str) -> str:
    """The key of a workflow's own row: what its parked jobs wait for."""
    return f"workflow:{workflow}"


def paused_by(deps: Deps, workflow: str) -> str:
    """Who paused the workflow, and why; empty: nobody."""
    return deps.limits.state(pauses_of(workflow)).paused.get("", "")


def lately_paused_by(deps: Deps, workflow: str) -> str:
    """The same, as this process read it at most 15 seconds ago."""
    now = deps.wall.now()
    read, said = deps.memory.paused.get(workflow, (None, ""))
    if read is None or now - read > READ_AGAIN:
        said = paused_by(deps, workflow)
        deps.memory.paused[workflow] = now, said
    return said
