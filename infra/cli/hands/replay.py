"""`countersign replay`: read a job's stored answers again, or ask its model again, and act on
nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.errors import ContractBroken, NotFound, NotPermitted
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.policy.proposal import Proposal
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.jobs.originals import audited_reading
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call
from countersign.steps.propose import propose
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, table

LONGEST = timedelta(minutes=10)
_ANSWERS = ("call.", "answer.")


def replay(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="a job's id")],
    by: Annotated[str, typer.Option(metavar="PERSON", help="your id in the directory of people")],
    fresh: Annotated[bool, typer.Option("--fresh", help="ask the model again, and pay")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Understand a job once more, under its own release, and show what differs, fact by fact: from
    its stored answers by the code as it is now, or with --fresh by asking its model again. Nothing
    is stored of it and nothing is done; the job's audit trail says who looked.

    Example: countersign replay j-3xk7wq2p --by kim --fresh
    """
    deps = context.obj(target, stage).deps()
    record = load(deps.store, job, deps.clock.now())
    if deps.people.directory().member(by) is None:
        raise NotPermitted(f"nobody in the directory has the id {by}")
    held = record.results.get("proposal")
    if held is None:
        raise ContractBroken("the job has no proposal yet: there is nothing to compare with")
    audited_reading(deps, record, by, "asked again" if fresh else "replayed")
    before, after = held.as_(Proposal), again(deps, record, fresh=fresh)
    show(_shown(before, after), _as_data(before, after), as_json=as_json)


def again(deps: Deps, record: JobRecord, *, fresh: bool) -> Proposal:
    """What the step that asks makes of the job now, on a copy of it. Raises what the step does, and
    NotFound where an answer was to be read that is not stored."""
    apart: dict[str, Any] = {"store": _Nowhere()} | ({} if fresh else {"model": _NoModel()})
    there = copy.copy(deps)
    vars(there).update(apart)
    gone = ("proposal", *(_ANSWERS if fresh else ()))
    kept = {name: one for name, one in record.results.items() if not name.startswith(gone)}
    ends = deps.clock.now() + LONGEST
    call = Call(
        job_id=record.job.job_id, execution=record.job.execution, state="Propose", ends_at=ends
    )
    working = record.job.model_copy(update={"status": Status.PROCESSING})
    with redirect_stdout(StringIO()):  # a function's metrics are no command's output
        done = propose(there, replace(record, job=working, results=kept), call)
    if done.change is None:
        raise ContractBroken("the step has nothing to say about this job")
    proposal = done.change.results["proposal"]
    if not isinstance(proposal, Proposal):
        raise ContractBroken("the step said something that is no proposal")
    return proposal


class _Nowhere:
    """What would be stored of the job is not."""

    def write(self, *_: object) -> None:
        """Keep nothing."""


class _NoModel:
    """Answers nothing: only what is stored is read."""

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:  # noqa: ARG002 - the port's
        raise NotFound("an answer is not stored: --fresh asks for it")


def differences(before: Proposal, after: Proposal) -> Iterator[tuple[str, str, str]]:
    """(what, then, now) for all that is not the same; empty where one of them has none."""
    for name in sorted({*before.facts, *after.facts}):
        yield name, before.value(name) or "", after.value(name) or ""
    for name in sorted({*before.drafts, *after.drafts}):
        yield f"draft of {name}", before.drafts.get(name, ""), after.drafts.get(name, "")
    yield "actions", ", ".join(before.wishes), ", ".join(after.wishes)
    yield "confidence", str(before.confidence), str(after.confidence)
    yield "model", before.model, after.model


def _changed(before: Proposal, after: Proposal) -> list[tuple[str, str, str]]:
    return [one for one in differences(before, after) if one[1] != one[2]]


def _as_data(before: Proposal, after: Proposal) -> Mapping[str, Any]:
    used = after.usage
    return {
        "changed": [
            {"what": what, "then": then, "now": now} for what, then, now in _changed(before, after)
        ],
        "calls": used.calls,
        "usd": str(used.usd),
    }


def _shown(before: Proposal, after: Proposal) -> RenderableType:
    found = _changed(before, after)
    cost = Text(f"{after.usage.calls} calls, US$ {after.usage.usd}. Nothing was done.", style="dim")
    if not found:
        return Group(Text("Understood as before."), cost)
    made = table("what", "then", "now")
    for row in found:
        made.add_row(*(safe(text.replace("\n", " ")) for text in row))
    return Group(made, cost)
