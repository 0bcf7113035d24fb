"""Ending a case from the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import typer

from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import JobRecord
from countersign.jobs.cases import take_out
from countersign.runtime.deps import Deps
from infra.cli import jobs


class Out(StrEnum):
    """The ways out of a case."""

    RESUME = "resume"
    DONE = "done"
    CLOSE = "close"


_NEEDED = {Out.DONE: "evidence of what was done", Out.CLOSE: "a reason"}


def corrections(way: Out, given: Sequence[str]) -> dict[str, str]:
    """`fact=value` pairs as a mapping. Raises BadParameter, which is exit code 2."""
    if given and way is not Out.RESUME:
        raise typer.BadParameter("--set corrects facts for resume only")
    pairs = [one.partition("=") for one in given]
    if not all(name and equals for name, equals, _ in pairs):
        raise typer.BadParameter("--set takes fact=value, for example --set country=Germany")
    return {name: value for name, _, value in pairs}


def found(way: Out, *, did_not_happen: bool) -> bool | None:
    """Whether what was unknown took effect; None: not said. Raises BadParameter."""
    if did_not_happen and way is Out.RESUME:
        raise typer.BadParameter("--did-not-happen goes with done or close")
    return False if did_not_happen else None


@dataclass(frozen=True)
class Said:
    """What the person gave beside the way out."""

    by: str
    words: str
    facts: Mapping[str, str]
    happened: bool | None


def end(deps: Deps, job_id: str, way: Out, said: Said) -> JobRecord:
    """The job after its case. Raises what `take_out` raises."""
    job_id = jobs.load(deps.store, job_id, deps.clock.now()).job.job_id
    if way in _NEEDED and not said.words.strip():
        raise ContractBroken(f"case {way} needs {_NEEDED[way]}: give it with --words")
    return take_out(deps, job_id, way.value, **vars(said))
