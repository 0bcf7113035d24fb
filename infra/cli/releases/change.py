"""`countersign release new | promote | abort | retire`: a stored release is made, and goes its way.

A change of state is a job of the workflow `release_change`: what lets new jobs run under a release
is signed, what stops one runs by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import redirect_stdout
from decimal import Decimal, InvalidOperation
from io import StringIO
from math import ceil
from pathlib import Path
from typing import Annotated, Literal

import typer

from countersign.domain.canonical import canonical, plain
from countersign.domain.errors import ContractBroken, NotFound
from countersign.domain.policy.release import Release, release_key
from countersign.domain.releases.diff import difference
from countersign.domain.releases.readiness import GREEN
from countersign.domain.releases.rollout import Ramp, Rollout, State, Statement, current
from countersign.releases.ordering import Ordered, order
from countersign.reporting.monthly import open_drafts
from countersign.runtime.deps import Deps
from countersign.runtime.intake import shipped
from infra.alarms import alarms, of_thresholds
from infra.build import green
from infra.cli.known import check, check_workflow
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.releases.stored import jobs_of, stored, used

SHORT, _PERCENT, _HOUR = 12, 100, 3_600
_WEEK, _WORKED = 168, 40
"""Hours of a week, and those of them that a tier's time counts."""
_PARTS = {"prompt": "prompt", "sizes": "models", "patience_seconds": "fallbacks"} | {
    "when_down": "fallbacks",
    "surer": "models",
    "limits": "limits",
    "texts": "rulebooks",
}
By = Annotated[str, typer.Option(metavar="PERSON", help="your id in the directory of people")]
Why = Annotated[str, typer.Option(help="why, in your own words; the record keeps it")]
Id = Annotated[str, typer.Argument(metavar="RELEASE", help="its digest, or the beginning of it")]


def new(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    workflow: Annotated[str, typer.Argument(help="its id", callback=check_workflow)],
    by: By,
    better: Annotated[str, typer.Option(help="what it shall make better, in a sentence")],
    told: Annotated[str, typer.Option(metavar="PERSON", help="who is mailed about it")],
    reason: Annotated[
        str, typer.Option(help="why; else what its owner decided to change in a month's review")
    ] = "",
    prompt: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="its prompt; else the working tree's"),
    ] = None,
    smallest: Annotated[
        int,
        typer.Option(min=1, max=50, help="percent: the smallest rise of overrides that matters"),
    ] = 5,
    dearer: Annotated[float, typer.Option(min=1.01, help="it fails at so many times the cost")] = 2,
    slower: Annotated[float, typer.Option(min=1.01, help="it fails at so many times the p95")] = 2,
    error: Annotated[
        int, typer.Option(min=1, max=20, help="percent: how often a harmless one may be stopped")
    ] = 5,
    ramp: Annotated[
        str, typer.Option(help="percent:hours of each step of its canary, as 10:24,30:24,50:48")
    ] = "",
    days: Annotated[int, typer.Option(min=1, max=90, help="how long its canary may run")] = 30,
    alarm: Annotated[
        list[str] | None,
        typer.Option(metavar="ALARM", help="one that stops its canary too; may be repeated"),
    ] = None,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Make a release of WORKFLOW: the working tree's, or the one that jobs get with another prompt.

    Example: countersign release new refund_request --prompt new.md --by robin --told sam
    --reason 'letters were too long' --better 'fewer edits'. It is a draft until it is promoted.
    """
    deps = context.obj(target, stage).deps()
    made, ground = _made(deps, workflow, prompt)
    over = current(deps.rollouts.of(workflow), workflow, ground)
    held = Rollout(
        workflow=workflow,
        digest=made.digest,
        ground=ground,
        over=over,
        changes=_changes(_there(deps, over), made),
        author=_member(deps, by),
        owner=deps.workflows[workflow].owner,
        reason=reason or _decided(deps, workflow),
        at=deps.clock.now(),
        statement=Statement(
            better=better,
            smallest=Decimal(smallest) / _PERCENT,
            dearer=Decimal(str(dearer)),
            slower=Decimal(str(slower)),
            alpha=Decimal(error) / _PERCENT,
            days=days,
            told=_member(deps, told),
            alarms=_alarms(deps, workflow, alarm or ()),
        ),
        ramp=_ramp(ramp),
        closes_hours=_closes(deps, workflow),
    )
    if held.digest == over:
        raise ContractBroken("it says what jobs run under already: nothing was made")
    if any(one.digest == held.digest for one in deps.rollouts.of(workflow)):
        raise ContractBroken(f"{held.digest[:SHORT]} is stored already: see `release list`")
    deps.payloads.put(release_key(held.digest), canonical(made))
    deps.rollouts.change([(None, held)])
    told = f"{held.digest[:SHORT]} is a draft: it changes {', '.join(held.changes)}."
    show(told, plain(held), as_json=as_json)


def _decided(deps: Deps, workflow: str) -> str:
    """The words of the draft that is open since a month's review. Raises ContractBroken."""
    for one in reversed(open_drafts(deps)):
        if one.workflow == workflow:
            return f"{one.words} ({one.by}, on {one.month})"
    raise ContractBroken("no month's review asks for this change: say --reason in your own words")


def _alarms(deps: Deps, workflow: str, more: Sequence[str]) -> tuple[str, ...]:
    """Those of the workflow's own thresholds, and what was named besides."""
    for name in more:
        check("alarm", name, (one.name for one in (*alarms(), *of_thresholds(deps.workflows))))
    own = (one.name for one in of_thresholds({workflow: deps.workflows[workflow]}))
    return tuple(dict.fromkeys((*own, *more)))


def promote(  # noqa: PLR0917 - as above
    context: typer.Context,
    release: Id,
    to: Annotated[Literal["shadow", "canary", "live"], typer.Option(help="how far it comes")],
    by: By,
    why: Why,
    share: Annotated[
        int, typer.Option(min=0, max=100, help="percent of new jobs, in shadow and as a canary")
    ] = 0,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Order that a stored release comes further; somebody else than its author signs.

    Example: countersign release promote 3f9a0c21 --to canary --share 20 --by sam --why 'evaluated'
    """
    deps = context.obj(target, stage).deps()
    held = found(deps, release)
    first = held.ramp[0].share if held.ramp and to == "canary" else Decimal(0)
    wanted = Ordered(State(to), Decimal(share) / _PERCENT or first, by, why, green.recorded())
    if to != "shadow" and not wanted.tests and target is not Place.LOCAL:
        raise ContractBroken(f"it cannot become {to}: {GREEN}")
    _order(deps, held, wanted, as_json)


def abort(  # noqa: PLR0917 - as above
    context: typer.Context,
    release: Id,
    by: By,
    why: Why,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Stop a release in shadow or canary for good: new jobs get the one before within a minute.

    Example: countersign release abort 3f9a0c21 --by sam --why 'customers complain'
    """
    deps = context.obj(target, stage).deps()
    _order(deps, found(deps, release), Ordered(State.ABORTED, Decimal(0), by, why), as_json)


def retire(  # noqa: PLR0917 - as above
    context: typer.Context,
    release: Id,
    by: By,
    why: Why,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Take a live release back: new jobs get the one before within a minute.

    Example: countersign release retire 3f9a0c21 --by sam --why 'refunds were too small'
    """
    deps = context.obj(target, stage).deps()
    _order(deps, found(deps, release), Ordered(State.RETIRED, Decimal(0), by, why), as_json)


def _order(deps: Deps, held: Rollout, wanted: Ordered, as_json: bool) -> None:
    with redirect_stdout(StringIO()):  # a function's metrics are no command's output
        job = order(deps, held, wanted)
    told = f"{held.digest[:SHORT]} of {held.workflow} → {wanted.to}: job {job}."
    data = {"job_id": job, "release": held.digest, "to": wanted.to}
    show(f"{told}\nFollow it: countersign follow {job}", data, as_json=as_json)


def _made(deps: Deps, workflow: str, prompt: Path | None) -> tuple[Release, str]:
    """The new release, and the digest of what the deployed code ships: with a prompt of its own the
    working tree is what runs; else it is the change, and the newest job says what runs."""
    tree = shipped(deps, workflow)
    if prompt is not None:
        text = prompt.read_text(encoding="utf-8")
        return tree.model_copy(update={"prompt": text}), tree.digest
    known = {one.digest for one in deps.rollouts.of(workflow)}
    runs = (one.digest for one in used(deps, jobs_of(deps)[0]) if one.workflow == workflow)
    return tree, next((one for one in runs if one not in known), tree.digest)


def _there(deps: Deps, digest: str) -> Release:
    """Raises NotFound where nothing was taken in under it yet."""
    found = stored(deps, digest)
    if found is None:
        raise NotFound("no job has run under the present release yet: send one first")
    return found


def _changes(before: Release, after: Release) -> tuple[str, ...]:
    found = difference(before, after)
    named = [_PARTS[one.name.partition(".")[0]] for one in found.values]
    return tuple(dict.fromkeys((*(["prompt"] if found.prompt else []), *named)))


def _member(deps: Deps, name: str) -> str:
    if deps.people.directory().member(name) is None:
        raise ContractBroken(f"{name} is not in the directory: see `countersign people list`")
    return name


def _closes(deps: Deps, workflow: str) -> int:
    """Hours after which the last tier has had its time, weekends and questions back included."""
    tiers, seconds = deps.workflows[workflow].tiers, deps.settings.approval_seconds
    if seconds:
        return ceil(2 * seconds * len(tiers) / _HOUR)
    worked = sum(tier.within.total_seconds() for tier in tiers) / _HOUR
    return ceil(worked * 1.5 * _WEEK / _WORKED) + _WEEK // 7


def _ramp(said: str) -> tuple[Ramp, ...]:
    """`10:24,30:24`. Raises ContractBroken."""
    try:
        pairs = [one.split(":") for one in said.split(",") if one]
        return tuple(Ramp(share=Decimal(p) / _PERCENT, hours=int(h)) for p, h in pairs)
    except (ValueError, InvalidOperation):
        raise ContractBroken("a ramp is percent:hours, as 10:24,30:24,50:48") from None


def found(deps: Deps, name: str) -> Rollout:
    """The stored release of that name. Raises NotFound for none, and for several."""
    among: Sequence[Rollout] = [
        one
        for flow in deps.workflows
        for one in deps.rollouts.of(flow)
        if one.digest.startswith(name)
    ]
    if len(among) != 1:
        raise NotFound(f"{len(among)} stored releases begin with {name}: see `release list`")
    return among[0]
