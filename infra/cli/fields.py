"""`countersign fields`: what the workflows read and write of the CRM, against its live schema."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich.console import RenderableType
from rich.table import Table

from countersign.actions.field_map import Fields, Mismatch, Names, compare, used
from countersign.actions.registry import FIELDS
from countersign.domain.errors import CountersignError
from countersign.domain.workflow import Workflows
from countersign.runtime.deps import Deps
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, show
from infra.cli.show import safe


def needed(workflows: Workflows) -> Fields:
    """What all workflows together use of the CRM."""
    flows = tuple(workflows.values())
    actions = (name for flow in flows for name in flow.actions)
    return used(FIELDS["crm"], actions, reads=any("crm" in flow.connectors for flow in flows))


def check(deps: Deps) -> tuple[Mismatch, ...]:
    """What does not match. Raises Refused when the reading key is not set or has too few rights,
    Throttled or Unavailable."""
    return compare(needed(deps.workflows), Names(deps.fields("crm")), deps.crm_schema.schema)


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


def fields(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Compare the fields that the workflows use with the CRM as it is now."""
    deps = context.obj(target, stage).deps()
    found = check(deps)
    shown = told(found, needed(deps.workflows), Names(deps.fields("crm")))
    show(shown, {"mismatches": [one.model_dump() for one in found]}, as_json=as_json)
    if found:
        raise typer.Exit(FAILED)


def told(found: Sequence[Mismatch], fields: Fields, names: Names) -> RenderableType:
    """One line for each mismatch, with nothing of the CRM's that a terminal would obey; or all the
    fields that match."""
    if found:
        return "\n".join(safe(one.sentence).plain for one in found)
    table = Table(show_edge=False, pad_edge=False, title="All fields match.", title_justify="left")
    for name in ("object", "field", "its name there", "written by"):
        table.add_column(name, no_wrap=True)
    for kind, of_kind in fields.items():
        for one in of_kind:
            theirs = names.theirs(kind, one.name)
            there = theirs if theirs != one.name else "the same"
            table.add_row(kind, one.name, safe(there), ", ".join(one.by))
    return table
