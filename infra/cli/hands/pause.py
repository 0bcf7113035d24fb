"""`countersign pause` and `resume`: stop a workflow or a connector until a person lets it go on."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from countersign.domain.approvals.directory import Member
from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.domain.lane.control import Word
from countersign.domain.planning.charge import may_pause
from countersign.jobs import pausing
from countersign.runtime.deps import Deps
from infra.cli.hands.items import JOB, say_word
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, table

By = Annotated[str, typer.Option(help="your id in the directory of people")]


def pause(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="a workflow, connector or job; none: list them")] = "",
    by: By = "",
    reason: Annotated[str, typer.Option(help="why, for everybody who finds a job parked")] = "",
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Stop a workflow, or all that use a connector; without a name say what is paused.

    Jobs are parked before their next look or action, new ones of a workflow within 15 seconds
    before they begin. A visit under way ends; people can go on deciding. Nothing resumes by itself.
    Of a job whose file is worked through, the items stop: each child ends with the one it is at.

    Example: countersign pause payments --by kim --reason "Stripe maintenance"
    """
    deps = context.obj(target, stage).deps()
    if name.startswith(JOB):
        job = say_word(deps, name, Word.PAUSED, by, reason)
        show(f"the items of {job} stop at the next one", {"paused": job}, as_json=as_json)
        return
    if name:
        if not reason.strip():
            raise ContractBroken("a pause needs a reason: give it with --reason")
        who = _allowed(deps, name, by).person.name
        pausing.pause(deps, name, f"{who}: {reason.strip()}")
    held = pausing.paused(deps)
    show(_shown(held), {"paused": held}, as_json=as_json)


def resume(  # noqa: PLR0917 - as pause
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="a workflow, a connector or a job")],
    by: By,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Let a workflow or a connector go on: jobs that waited for it are woken within a minute, the
    oldest first, at the pace of what they need.

    Example: countersign resume payments --by kim
    """
    deps = context.obj(target, stage).deps()
    if name.startswith(JOB):
        job = say_word(deps, name, Word.RUNNING, by, "it goes on")
        show(f"the items of {job} go on", {"resumed": job}, as_json=as_json)
        return
    _allowed(deps, name, by)
    pausing.resume(deps, name)
    held = pausing.paused(deps)
    show(f"{name} goes on", {"resumed": name, "paused": held}, as_json=as_json)


def _allowed(deps: Deps, name: str, by: str) -> Member:
    member = deps.people.directory().member(by)
    judged = may_pause(member, deps.workflows.get(name))
    if member is None or not judged.allowed:
        raise NotPermitted(f"{by or 'nobody'} may not pause or resume {name}: {judged.reason}")
    return member


def _shown(held: dict[str, str]) -> RenderableType:
    if not held:
        return Text("Nothing is paused.")
    found = table("paused", "by whom, and why")
    for name, said in held.items():
        found.add_row(safe(name), safe(said))
    return found
