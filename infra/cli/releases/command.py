"""`countersign release`: which states and releases a stage has, and what may follow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.canonical import plain
from countersign.domain.errors import NotFound
from countersign.domain.policy.release import Release
from countersign.domain.policy.states import state_of
from countersign.domain.releases.diff import Difference, difference
from countersign.domain.releases.gate import percent
from countersign.domain.releases.rollout import Rollout, State
from countersign.domain.reporting.owner_review import OwnerReview
from countersign.domain.reporting.sampling import Rate
from countersign.reporting.monthly import open_drafts
from countersign.runtime.deps import Deps
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.releases import change
from infra.cli.releases.impact import impact_
from infra.cli.releases.progress import canary_status
from infra.cli.releases.shadowed import beside_real, shadow_data, shadow_shown
from infra.cli.releases.standing import Standing, standings
from infra.cli.releases.stored import MOST, Used, jobs_of, stored, used
from infra.cli.releases.weekly import weekly_
from infra.cli.show import safe, shortened, table

SHORT, _WHOLE = 12, 64
"""Characters of a digest that a list shows, and that it has."""

app = typer.Typer(help=__doc__, no_args_is_help=True)
app.command("new")(change.new)
app.command("promote")(change.promote)
app.command("abort")(change.abort)
app.command("retire")(change.retire)
app.command("canary")(canary_status)
app.command("weekly")(weekly_)
app.command("impact")(impact_)


@app.command()
def status(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show each workflow's state, what it has shown in shadow and on probation with the 95 %
    interval (Wilson), and whether the gate lets its stage file be deployed.

    Example: countersign release status
    """
    found = standings(context.obj(target, stage).deps())
    show(_shown(found), {"workflows": [_as_data(one) for one in found]}, as_json=as_json)


def _as_data(one: Standing) -> dict[str, Any]:
    """Shares from 0 to 1."""
    return {
        "workflow": one.workflow,
        "runs": one.runs,
        "file": one.file,
        "state_reason": one.reason,
        "marks": _rate(one.shown.marks),
        "decisions": _rate(one.shown.decisions),
        "refused": one.refused,
    }


def _rate(seen: Rate) -> dict[str, Any]:
    return {"wrong": seen.hits, "of": seen.n, "low": seen.low, "high": seen.high}


def _shown(found: Sequence[Standing]) -> RenderableType:
    made = table("workflow", "runs", "file", "wrong in shadow", "wrong on probation")
    for one in found:
        cells = (one.runs or "nothing yet", one.file)
        made.add_row(safe(one.workflow), *cells, _told(one.shown.marks), _told(one.shown.decisions))
    kept = (safe(f"{one.workflow}: {one.reason}") for one in found if one.reason)
    refused = (safe(f"{one.workflow} may not go on: {one.refused}") for one in found if one.refused)
    return Group(made, *kept, *(Text(str(one), style="yellow") for one in refused))


def _told(seen: Rate) -> str:
    return f"{seen.hits} of {seen.n} (≤ {percent(seen.high)})" if seen.n else "nothing decided"


@app.command("list")
def list_(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """List the releases that jobs of the last 400 days are pinned to, the one used last first; and
    those that were stored apart from a deploy, with how far each has come: also drafts without
    content yet, which a month's review opened.

    Example: countersign release list
    """
    deps = context.obj(target, stage).deps()
    records, cut = jobs_of(deps)
    found = used(deps, records)
    kept = [one for workflow in deps.workflows for one in deps.rollouts.of(workflow)]
    drafts = open_drafts(deps)
    data = {
        "releases": [_used(one) for one in found],
        "stored": [plain(one) for one in kept],
        "open": [_open(one) for one in drafts],
    }
    show(Group(_listed(found, cut), *_kept(kept, drafts)), data, as_json=as_json)


def _open(one: OwnerReview) -> dict[str, str]:
    return {"workflow": one.workflow, "month": one.month, "by": one.by, "words": one.words}


def _kept(found: Sequence[Rollout], drafts: Sequence[OwnerReview]) -> Iterator[RenderableType]:
    made = table("stored", "workflow", "state", "changes", "by", "why")
    for one in found:
        told = (one.state.value, ", ".join(one.changes), one.author)
        made.add_row(one.digest[:SHORT], safe(one.workflow), *told, safe(one.reason))
    for review in drafts:
        told = (State.DRAFT.value, "nothing yet", review.by)
        made.add_row(f"of {review.month}", safe(review.workflow), *told, safe(review.words))
    if found or drafts:
        yield made


@app.command("show")
def show_(
    context: typer.Context,
    release: Annotated[str, typer.Argument(help="the digest, its beginning, or a workflow's name")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show a whole release: prompt, models, limits, lists. A workflow's name is the one that the
    working tree would release.

    Example: countersign release show refund_request
    """
    found = meant(context.obj(target, stage).deps(), release)
    held = plain(found)
    show(json.dumps(held, ensure_ascii=False, indent=1), held, as_json=as_json)


@app.command()
def diff(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="a digest, its beginning, or a workflow's name")],
    after: Annotated[str, typer.Argument(help="the same; a name is the working tree's release")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Say what changed between two releases: the prompt line by line, everything else by name.

    Example: countersign release diff 3f9a0c21 refund_request
    """
    deps = context.obj(target, stage).deps()
    found = difference(meant(deps, before), meant(deps, after))
    data = {"prompt": list(found.prompt), "values": [vars(one) for one in found.values]}
    show(_different(found), data, as_json=as_json)


@app.command()
def shadowed(
    context: typer.Context,
    release: Annotated[str, typer.Argument(help="the digest of a candidate, or its beginning")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show what a candidate in shadow made of live jobs: first what it would look up elsewhere and
    what it would let run although people said no, then per fact, action and verdict what is the
    same, what differs, and what people decided on the real one.

    Example: countersign release shadowed 3f9a0c21
    """
    deps = context.obj(target, stage).deps()
    found = beside_real(deps, meant(deps, release))
    show(shadow_shown(found), shadow_data(found), as_json=as_json)


def meant(deps: Deps, name: str) -> Release:
    """The release of that name. Raises NotFound for a name that is nothing's, or several's."""
    if name in deps.workflows:
        return deps.workflows[name].release
    exact = stored(deps, name) if len(name) == _WHOLE else None
    if exact:
        return exact
    pinned = (one.digest for one in used(deps, jobs_of(deps)[0]))
    kept = (one.digest for workflow in deps.workflows for one in deps.rollouts.of(workflow))
    among = {one for one in (*pinned, *kept) if one.startswith(name)}
    found = stored(deps, *among) if len(among) == 1 else None
    if found:
        return found
    raise NotFound(f"{len(among)} releases begin with {name}: see `countersign release list`")


def _used(one: Used) -> dict[str, Any]:
    return {
        "digest": one.digest,
        "workflow": one.workflow,
        "state": state_of(one.release.limits) if one.release else None,
        "jobs": one.jobs,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
    }


def _listed(found: Sequence[Used], cut: Sequence[str]) -> RenderableType:
    made = table("release", "workflow", "hands", "jobs", "first job", "last job")
    for one in found:
        state = state_of(one.release.limits) if one.release else "gone"
        begun = (f"{at:%Y-%m-%d %H:%M}" for at in (one.first, one.last))
        made.add_row(one.digest[:SHORT], safe(one.workflow), state, str(one.jobs), *begun)
    return Group(made, *shortened(MOST, cut))


def _different(found: Difference) -> RenderableType:
    if found.is_empty:
        return Text("No difference.", style="green")
    made = table("what", "before", "after")
    for one in found.values:
        made.add_row(safe(one.name), safe(one.before), safe(one.after))
    lines = (safe(line) for line in found.prompt)
    return Group(*lines, *((made,) if found.values else ()))
