"""`countersign release impact`: what a stored release touches, and who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.console import Group, RenderableType

from countersign.domain.releases.impact import Component, signers
from countersign.releases.ordering import impact
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.releases.change import Id, found
from infra.cli.show import safe, table


def impact_(
    context: typer.Context,
    release: Id,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show what RELEASE touches: workflows, prompts, rules, contracts and connectors, each with the
    role that answers for it; and the roles of each of which somebody must sign.

    Example: countersign release impact 3f9a0c21
    """
    deps = context.obj(target, stage).deps()
    held = found(deps, release)
    touches = impact(deps, held)
    sign = signers(touches, held.author, deps.people.directory())
    data = {"touches": [asdict(one) for one in touches], "sign": list(sign)}
    show(_shown(touches, sign), data, as_json=as_json)


def _shown(touches: Sequence[Component], sign: Sequence[str]) -> RenderableType:
    made = table("what", "name", "answers for it")
    for one in touches:
        made.add_row(one.kind, safe(one.name), safe(one.owner or "nobody is named"))
    return Group(made, safe(f"Somebody of each must sign: {', '.join(sign) or 'nobody more'}."))
