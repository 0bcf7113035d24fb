"""How far a workflow's hands reach in a stage: in shadow, on probation, live.

The state is part of the release, and so every job keeps the one that it began with. It is judged in
one place: `policy.held_back`, over what the lines of the policy say.
"""

from __future__ import annotations

from typing import Literal

from countersign.domain.policy.release import Limits

State = Literal["shadow", "probation", "live"]
ORDER: tuple[State, ...] = ("shadow", "probation", "live")
"""The way of a workflow: one step after the other."""

STATE = "release.state"
"""The list of a release that holds the state; without it the workflow is live."""
REASON = "release.reason"
"""The list that holds why a step was left out on the way to the state."""
SHADOW, PROBATION = "state.shadow", "state.probation"
"""What is found in these two states, by the ids of rules."""
SENTENCES = {
    SHADOW: "the workflow is in shadow: nothing is done, whatever policy says",
    PROBATION: "the workflow is on probation: a person signs what would run by itself",
}
_FOUND = {"shadow": SHADOW, "probation": PROBATION}


def state_of(limits: Limits) -> State:
    """The state that a release was made for; an unknown word acts on nothing."""
    said = next(iter(limits.lists.get(STATE, ("live",))), "shadow")
    return next((one for one in ORDER if one == said), "shadow")


def found_in(limits: Limits) -> str:
    """The id of what the state makes rules find; empty where the workflow is live."""
    return _FOUND.get(state_of(limits), "")
