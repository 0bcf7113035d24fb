"""What must be said of a workflow, and stand around it, before anything of it goes live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from countersign.domain.workflow import Workflow

SCOPE: Mapping[str, str] = {
    "scope.takes": "what it takes",
    "scope.gives": "what comes out of it",
    "scope.incomplete": "what becomes of an input that lacks something",
    "scope.ambiguous": "what becomes of one that can be read in two ways",
    "scope.refuses": "what it refuses",
}
"""The parts of a scope page, as lists of the release."""
GREEN = "the integration suite has not run green on this code: `make integration`"


@dataclass(frozen=True)
class Around:
    """What a stage has for a workflow."""

    owned: bool
    """Somebody in the directory answers for it."""
    alarmed: bool
    """Alarms tell somebody."""
    shown: bool
    """It has a row of the dashboard."""
    heard: bool
    """Somebody has confirmed that the alarms' topic reaches them."""
    green: str
    """Digest of the code on which the shared integration suite ran green last, if it is this one;
    empty: it is not."""


def unstated(flow: Workflow[Any]) -> Iterator[str]:
    """What its stage file does not say and must."""
    if not flow.success:
        yield "no [[success]]: when it does well"
    if not flow.thresholds:
        yield "no [[thresholds]]: when its owner must act"
    for name, words in SCOPE.items():
        if not flow.release.limits.lists.get(name):
            yield f"[scope] lacks {name.removeprefix('scope.')}: {words}"


def missing(flow: Workflow[Any], around: Around) -> tuple[str, ...]:
    """What is missing before it may go live in the stage, in sentences."""
    lacks = {
        f"nobody has the role {flow.owner}: `countersign people add`": not around.owned,
        "no alarm tells anybody anything": not around.alarmed,
        "the dashboard has no row for it": not around.shown,
        "nobody has confirmed the alarms' address: follow the link in AWS's mail": not around.heard,
        GREEN: not around.green,
    }
    return (*unstated(flow), *(words for words, is_missing in lacks.items() if is_missing))
