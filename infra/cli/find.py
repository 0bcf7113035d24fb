"""`countersign find`: the jobs that a contact, an order, a rule, a release, a day leads to."""

from __future__ import annotations

from typing import Annotated

import typer

from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.search import searched
from countersign.jobs.finding import find as found_by
from countersign.runtime.deps import Deps
from infra.cli import show as tables
from infra.cli.job_view import row
from infra.cli.known import check, check_workflow
from infra.cli.options import AsJson, Place, Stage, Where, show

_MORE = "there are more: name a status, a workflow or a day"


def find(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Option(help="a job's whole id")] = "",
    contact: Annotated[str, typer.Option(help="the mail address of whoever wrote")] = "",
    order: Annotated[str, typer.Option(help="an order's number")] = "",
    rule: Annotated[str, typer.Option(help="a rule that stopped something")] = "",
    release: Annotated[str, typer.Option(help="a release's whole digest")] = "",
    workflow: Annotated[str, typer.Option(help="a workflow", callback=check_workflow)] = "",
    status: Annotated[str, typer.Option(help="a status")] = "",
    day: Annotated[str, typer.Option(help="as 2026-11-30; UTC's")] = "",
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Find jobs by what leads to them, however old: by an index, so that it costs the same however
    many there are. Without anything but workflow, status and day: those of that day, or the latest.

    Example: countersign find --order 1053 --status ESCALATED
    """
    deps: Deps = context.obj(target, stage).deps()
    named = {"job": job, "contact": contact, "order": order, "rule": rule, "release": release}
    try:
        wanted = searched({**named, "workflow": workflow, "status": status, "day": day})
    except ContractBroken as refused:
        raise typer.BadParameter(str(refused)) from None
    found = found_by(deps, wanted, frozenset(deps.workflows), lambda _: True)
    if wanted.rule and not found.records:
        check("rule", wanted.rule, _rules(deps))
    rows = [row(record, deps.workflows) for record in found.records]
    data = {"jobs": rows, "more": found.more}
    show(tables.found(rows, deps.clock.now(), _MORE if found.more else ""), data, as_json=as_json)


def _rules(deps: Deps) -> set[str]:
    """What may have stopped something: rules, caps that a line names, and lines without a rule."""
    flows = deps.workflows.values()
    named = {line.when for flow in flows for line in flow.policy.lines if line.when}
    return {"always", "default", *named, *(rule.id for flow in flows for rule in flow.rules)}
