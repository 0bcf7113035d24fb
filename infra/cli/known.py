"""Names that a person types: one that nobody knows is refused with those that there are."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import typer

from countersign.domain.workflow import Workflow
from infra.settings import SettingsError, load
from workflows import registered


def unknown(kind: str, name: str, there: Iterable[str]) -> str:
    """`there is no workflow lead_intak; there are lead_intake, refund_request: did you mean …?`;
    empty for a name that is there."""
    known = sorted(there)
    if name in known:
        return ""
    near = get_close_matches(name, known, n=1)
    meant = f": did you mean {near[0]}?" if near else ""
    return f"there is no {kind} {name}; there are {', '.join(known)}{meant}"


def check(kind: str, name: str, there: Iterable[str]) -> None:
    """Raises typer.BadParameter (exit code 2) for a name that is not there."""
    wrong = unknown(kind, name, there)
    if wrong:
        raise typer.BadParameter(wrong)


def check_workflow(name: str) -> str:
    """The name of a workflow, as Typer's callback of such a parameter; empty names none. Raises
    typer.BadParameter."""
    if name:
        check("workflow", name, registered("local"))
    return name


def check_stage(stage: str) -> str:
    """A stage of cdk.json, as `check_workflow`."""
    try:
        return load(stage).stage
    except SettingsError as wrong:
        raise typer.BadParameter(str(wrong)) from None


def workflow_of(name: str, stage: str) -> Workflow[Any]:
    """The workflow as it is in a stage. Raises typer.BadParameter, and DefinitionBroken for one
    that cannot be read."""
    there = registered(stage)
    check("workflow", name, there)
    return there[name]
