"""`countersign fields`: what the workflows and the company's files use of the CRM, against the
account as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.table import Table

from countersign.actions.field_map import (
    Field,
    Fields,
    Mismatch,
    Names,
    Schema,
    compare,
    used,
)
from countersign.actions.registry import FIELDS
from countersign.domain.errors import CountersignError
from countersign.domain.workflow import Workflows
from countersign.runtime.deps import Deps
from infra.cli.crm_account import differences
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show
from infra.cli.show import safe


def needed(workflows: Workflows) -> Fields:
    """What all workflows together use of the CRM."""
    flows = tuple(workflows.values())
    actions = (name for flow in flows for name in flow.actions)
    return used(FIELDS["crm"], actions, reads=any("crm" in flow.connectors for flow in flows))


def check(deps: Deps) -> tuple[Mismatch, ...]:
    """What does not match. Raises Refused when the reading key is not set or has too few rights,
    Throttled or Unavailable."""
    names, account = deps.names("crm"), deps.crm_schema
    kept: dict[str, Schema] = {}

    def schema(kind: str) -> Schema:
        return kept.setdefault(kind, account.schema(kind)) if kind not in kept else kept[kind]

    found = compare(needed(deps.workflows), names, schema)
    if deps.company is None:
        return found
    return (*found, *differences(deps.company, deps.workflows, names, account))


def to_make(deps: Deps) -> tuple[tuple[str, Field], ...]:
    """The properties that the account lacks and that can be made: texts of our own."""
    names, found = deps.names("crm"), []
    for kind, of_kind in needed(deps.workflows).items():
        there = {one.name for one in deps.crm_schema.schema(kind).properties}
        found += [
            (kind, one)
            for one in of_kind
            if one.type == "string" and names.theirs(kind, one.name) not in there
        ]
    return tuple(found)


def after_deploy(deps: Deps, stage: str) -> tuple[bool, str]:
    """Whether the deployment may be used, and what to say. A key that is not set yet is no fault:
    nobody has had the chance to set it before, and setting it compares."""
    return after_change(deps, f"--target aws --stage {stage}")


def after_change(deps: Deps, where: str) -> tuple[bool, str]:
    """Whether the CRM has what the workflows use, and what to say; True also when that cannot be
    seen now. `where` are the options under which the command looks there again."""
    again = f"`countersign fields {where}`"
    try:
        found = check(deps)
    except CountersignError as error:
        return True, f"The CRM's fields were not compared: {error}. Then run {again}."
    if not found:
        return True, "The CRM has every field that the workflows use."
    sentences = "\n".join(f"  - {one.sentence}" for one in found)
    return False, f"The CRM lacks what the workflows need:\n{sentences}\nThen run {again}."


def fields(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    create: Annotated[bool, typer.Option("--create", help="make the properties that lack")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="with --create: only say which")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare what the workflows and the company's files use with the CRM as it is now: properties,
    owners, pipelines, currencies, languages.

    Example: countersign fields --create --dry-run
    """
    deps = context.obj(target, stage).deps()
    if create:
        _make(deps, dry_run=dry_run)
    found = check(deps)
    shown = told(found, needed(deps.workflows), deps.names("crm"))
    show(shown, {"mismatches": [one.model_dump() for one in found]}, as_json=as_json)
    if found:
        raise typer.Exit(FAILED)


def _make(deps: Deps, *, dry_run: bool) -> None:
    """Each property that lacks, with the writing key; it says which."""
    missing = to_make(deps)
    for kind, field in missing:
        if not dry_run:
            deps.crm_setup.make(kind, field)
        unique = ", with unique values" if field.unique else ""
        say(f"{'Would make' if dry_run else 'Made'} {kind}.{field.name}{unique}.")
    if not missing:
        say("No property lacks.")


def told(found: Sequence[Mismatch], fields: Fields, names: Names) -> RenderableType:
    """One line for each mismatch, with nothing of the CRM's that a terminal would obey; or all the
    fields that match."""
    if found:
        return "\n".join(safe(one.sentence).plain for one in found)
    table = Table(show_edge=False, pad_edge=False, title="All fields match.", title_justify="left")
    for name in ("object", "field", "its name there", "written by"):
        table.add_column(name, no_wrap=name != "written by")
    for kind, of_kind in fields.items():
        for one in of_kind:
            theirs = names.theirs(kind, one.name)
            there = theirs if theirs != one.name else "the same"
            table.add_row(kind, one.name, safe(there), ", ".join(one.by))
    return table
