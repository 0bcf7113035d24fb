"""`countersign workflows`: what there is, who answers for it, and which versions run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from countersign.domain.workflow import Workflow
from countersign.stages.stage_files import company, stage_file, stages
from infra.cli.known import check_stage
from infra.cli.options import AsJson, show
from workflows import registered


def workflows(
    stage: Annotated[str, typer.Option(help="as it is there", callback=check_stage)] = "local",
    as_json: AsJson = False,
) -> None:
    """List the workflows of this code: owner, who signs, actions, policy, connectors, stages.

    Example: countersign workflows
    """
    data = [row(one, stage) for one in registered(stage).values()]
    show(shown(data), {"workflows": data}, as_json=as_json)


def row(workflow: Workflow[Any], stage: str) -> dict[str, Any]:
    """One workflow as data."""
    package, of = f"workflows.{workflow.id}", company("workflows", stage)
    teams = of.teams if of else {}
    return {
        "id": workflow.id,
        "title": workflow.title,
        "owner": workflow.owner,
        "team": teams[workflow.owner].name if workflow.owner in teams else "",
        "tiers": [
            {"role": tier.role, "hours": tier.within.total_seconds() / 3600}
            for tier in workflow.tiers
        ],
        "actions": {action.id: action.version for action in workflow.actions.values()},
        "policy": workflow.policy.version,
        "connectors": list(workflow.connectors),
        "release": workflow.release.digest,
        "scope": stage_file(package, stage).scope.model_dump(mode="json"),
        "stages": list(stages(package)),
    }


def shown(data: Sequence[Mapping[str, Any]]) -> RenderableType:
    """The same for a person, a block for each workflow."""
    return Group(*(_block(one) for one in data))


def _block(one: Mapping[str, Any]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, value in _cells(one):
        table.add_row(f"  {name}", value)
    return Group(Text.assemble((one["id"], "bold"), f"  {one['title']}"), table, Text())


def _cells(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for verb in ("takes", "refuses"):
        yield verb, "; ".join(one["scope"][verb]) or "not said"
    yield "owner", f"{one['owner']} ({one['team']})" if one["team"] else one["owner"]
    yield "signs", ", then ".join(f"{t['role']} ({t['hours']:g} h)" for t in one["tiers"])
    yield "actions", ", ".join(f"{name} v{version}" for name, version in one["actions"].items())
    yield "policy", one["policy"]
    yield "connectors", ", ".join(one["connectors"])
    yield "stages", ", ".join(one["stages"]) or "all, with the engine's defaults"
