"""`countersign release canary`: how the canaries of a stage stand, drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.releases.canary import Conclusion, Metric, Verdict
from countersign.domain.releases.rollout import Rollout, State
from countersign.domain.releases.trials import plan_of
from countersign.releases.canaries import verdict_of
from countersign.runtime.deps import Deps
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, table

_WIDE = 40
_COLOURS = {Conclusion.HARM: "red", Conclusion.UNSOUND: "yellow", Conclusion.NO_HARM: "green"}
"""Characters of a bar."""


def canary_status(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show each canary: its share, the closed jobs of both arms, what people overrode, the evidence
    against it, and what follows.

    Example: countersign release canary
    """
    deps = context.obj(target, stage).deps()
    found = [(one, verdict_of(deps, one)) for one in _canaries(deps)]
    data = {"canaries": [_as_data(*one) for one in found]}
    none = Text("No canary has run in this stage.")
    show(Group(*(_drawn(deps, *one) for one in found)) if found else none, data, as_json=as_json)


def _canaries(deps: Deps) -> Iterator[Rollout]:
    for workflow in deps.workflows:
        yield from (one for one in deps.rollouts.of(workflow) if one.began)


def _as_data(held: Rollout, said: Verdict) -> dict[str, Any]:
    return {
        "release": held.digest,
        "workflow": held.workflow,
        "state": held.state,
        "share": str(held.share),
        "conclusion": said.conclusion,
        "because": said.because,
        "canary": said.canary,
        "control": said.control,
        "evidence": {one.name.lower(): value for one, value in said.evidence.items()},
    }


def _drawn(deps: Deps, held: Rollout, said: Verdict) -> RenderableType:
    made = table("", "closed", "overridden", "expired", "not as signed", "cases", "asked")
    jobs = deps.rollouts.closed(held.digest)
    for name, arm in (("canary", True), ("others", False)):
        mine = [one for one in jobs if one.canary is arm]
        harmed = (sum(metric in one.harm for one in mine) for metric in Metric)
        cells = (*harmed, sum(one.asked for one in mine))
        made.add_row(name, str(len(mine)), *(str(one) for one in cells))
    most = plan_of(held).smallest
    full = min(_WIDE, round(_WIDE * said.canary / most))
    state = f"{held.state} {held.share:.0%}" if held.state is State.CANARY else held.state
    head = f"{held.workflow} {held.digest[:12]}: {state}, since {held.since:%Y-%m-%d %H:%M} UTC"
    bar = f"{'█' * full}{'░' * (_WIDE - full)} {said.canary} of {most} closed jobs"
    told = Text(
        f"{said.conclusion}: {'; '.join(said.because)}", style=_COLOURS.get(said.conclusion, "")
    )
    return Group(
        safe(head), Text(bar), made, told, *(safe(_move(one)) for one in held.moves), Text()
    )


def _move(one: Any) -> str:
    share = f" {one.share:.0%}" if one.share else ""
    return f"  {one.at:%Y-%m-%d %H:%M} {one.to}{share}: {one.why} ({one.by})"
