"""`countersign forget`: erase what the stage keeps of a contact, by your own rights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Group

from countersign.domain.jobs.traces import spellings
from countersign.jobs.forgetting import Plan, check, planned
from countersign.jobs.forgetting import forget as forget_
from infra.cli.forget.reach import kept_cases, out_of_reach
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show
from infra.cli.show import safe

_EVERY = 10
"""Jobs between two words about how far it is."""


def forget(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    contact: Annotated[list[str], typer.Argument(help="their mail addresses, each +tag by name")],
    by: Annotated[str, typer.Option(metavar="PERSON", help="your id in the directory of people")],
    job: Annotated[
        list[str] | None, typer.Option(help="also this job of theirs, which no address leads to")
    ] = None,
    only_plan: Annotated[bool, typer.Option("--plan", help="say what would be erased")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Erase what is kept of a contact: inputs with all their versions, results, documents, rows by
    which they are found. A tombstone of each job stays, with its digests and its trail, and their
    row on the suppression list. Files of many items are read for the address and lose its lines.
    It counts first and asks; nothing brings it back.

    Example: countersign forget maria@example.com --by kim --plan
    """
    asks = not (yes or only_plan)
    if as_json and asks:
        raise typer.BadParameter("--json asks nothing: add --yes to order it, or --plan")
    there = context.obj(target, stage)
    deps, hands = there.deps(), there.hands()
    addresses = tuple(dict.fromkeys(one for said in contact for one in spellings(said)))
    check(deps, by)
    plan = planned(deps, hands.objects, addresses, job or ())
    data = {**_as_data(plan), "out_of_reach": out_of_reach(plan, there.settings.stage)}
    if not as_json:
        show(Group(*map(safe, _told(plan))), None, as_json=False)
    if only_plan or plan.refused or not plan.count:
        _planned_only(plan, data, as_json=as_json)
    if asks:
        _confirmed()
    for number, _ in enumerate(forget_(deps, hands, plan, by), 1):
        _say_how_far(number, plan.count)
    show(
        Group(*map(safe, _done(plan, data["out_of_reach"]))),
        {**data, "erased": True},
        as_json=as_json,
    )
    _nothing_left(planned(deps, hands.objects, addresses))


def _planned_only(plan: Plan, data: dict[str, Any], *, as_json: bool) -> NoReturn:
    """Ends the command: with 1 where something is in the way."""
    if as_json:
        show("", {**data, "erased": False}, as_json=True)
    raise typer.Exit(FAILED if plan.refused else 0)


def _confirmed() -> None:
    if not typer.confirm("Erase this for good?"):
        say("Nothing was erased.")
        raise typer.Exit(FAILED)


def _say_how_far(number: int, count: int) -> None:
    if number % _EVERY == 0 or number == count:
        say(f"{number} of {count} jobs")


def _nothing_left(plan: Plan) -> None:
    if plan.count:
        say(f"{plan.count} came meanwhile, or are more than one order takes: order it again.")
        raise typer.Exit(FAILED)


def _as_data(plan: Plan) -> dict[str, Any]:
    return {
        "addresses": list(plan.traces.addresses),
        "jobs": [one.job.job_id for one in plan.own],
        "cut": [one.job.job_id for one in plan.shared],
        "look_at": list(plan.others),
        "refused": dict(plan.refused),
        "versions": sum(map(len, plan.versions.values())),
        "answers": len(plan.answers),
        "no_text": list(plan.unread),
        "tagged": dict(plan.tagged),
        "suppressed": plan.suppressed,
        "cases": list(kept_cases(one.job.job_id for one in plan.own)),
    }


def _told(plan: Plan) -> Sequence[str]:
    """The plan for a person."""
    data = _as_data(plan)
    lines = [
        f"Looked for: {', '.join(plan.traces.addresses)}",
        f"To be erased: {len(plan.own)} jobs of theirs",
        f"  with {data['versions']} versions of objects, {len(plan.answers)} kept answers",
        f"To be cut out of: {len(plan.shared)} jobs of others",
    ]
    lines += [
        f"  {bare}: {n} jobs; name it too, if it is theirs" for bare, n in data["tagged"].items()
    ]
    lines += [f"  {one}: not now, {why}" for one, why in plan.refused.items()]
    return [*lines, *_also(data)]


def _also(data: dict[str, Any]) -> Sequence[str]:
    said = {
        "look_at": "Somebody else wrote into a matter of theirs; look at these yourself",
        "no_text": "No text, so nothing is cut out of it; look at these yourself",
        "cases": "Kept as cases of a workflow, with invented people",
    }
    return [f"{words}: {', '.join(data[name])}" for name, words in said.items() if data[name]]


def _done(plan: Plan, rest: Sequence[str]) -> Sequence[str]:
    kept = "stays on the suppression list" if plan.suppressed else "was not suppressed, and is not"
    head = f"Erased: {len(plan.own)} jobs; cut out of {len(plan.shared)}. The contact {kept}."
    return (head, "What this could not reach:", *(f"  - {one}" for one in rest))
