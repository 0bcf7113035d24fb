"""Starting executions no faster than the account has functions for them: a row of its own, where
the stage names a limit. Without one nobody waits and nothing is asked."""

from __future__ import annotations

from datetime import timedelta

from countersign.domain.limits.pace import Wish
from countersign.runtime.deps import Deps
from countersign.runtime.pace import SOON, Paced

STARTS = "starts"
"""The key of that row, and what jobs wait for that had no turn."""


def take_a_turn(deps: Deps, within: timedelta = SOON) -> None:
    """Wait for it so long, usually a second. Raises NotYourTurn, with when it comes, where that
    is later."""
    if STARTS not in deps.settings.connector_limits:
        return
    paced = Paced(deps, STARTS)
    grant = paced.takes_soon(Wish(1, STARTS), within)
    paced.waits_until(grant.start)
