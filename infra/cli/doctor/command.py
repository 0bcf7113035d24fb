"""The command."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.doctor.after import after_deploy
from infra.cli.doctor.before import before_deploy
from infra.cli.doctor.cloud import Aws
from infra.cli.doctor.line import Line
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, show
from infra.cli.target import Target
from infra.settings import load


def doctor(
    context: typer.Context,
    before: Annotated[
        bool, typer.Option("--before-deploy", help="only what needs no deployed stage")
    ] = False,
    target: Where = Place.AWS,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Say what would go wrong in this account, a line each, with the way to mend it.

    Looks and changes nothing. It ends with 1 where something has to be mended.

    Example: countersign doctor --stage prod
    """
    local = target is Place.LOCAL
    settings = load("local" if local else stage)
    # On one machine there is no account: what is seen there is the stage itself.
    lines = [] if local else list(before_deploy(settings, Aws()))
    if local or not before:
        lines += _deployed(context.obj(target, stage), settings.stack_name)
    for one in () if as_json else lines:
        show(str(one), None, as_json=False)
    if as_json:
        show("", {"lines": [vars(one) for one in lines]}, as_json=True)
    if any(one.state == "problem" for one in lines):
        raise typer.Exit(FAILED)


def _deployed(there: Target, stack: str) -> list[Line]:
    return list(after_deploy(there.deps(), stack, there.vault(), there.cloud(), there.dead))
