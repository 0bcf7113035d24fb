"""`countersign compare`: two jobs side by side, and where they part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.runtime.deps import Deps
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.questions.explain import explained
from infra.cli.show import safe, table


def compare(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="JOB", help="a job's id, or the beginning of one")],
    other: Annotated[str, typer.Argument(metavar="JOB", help="the other one's")],
    every: Annotated[bool, typer.Option("--all", help="also what is the same of both")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Where two jobs part: outcome, versions, facts, findings, what policy said of each action, and
    what became of it. A job and its rerun, or two that should have gone the same way.

    Example: countersign compare j-3xk7wq2p j-m5c2dtea
    """
    deps: Deps = context.obj(target, stage).deps()
    ids, sides = [], []
    for named in (one, other):
        record = load(deps.store, named, deps.clock.now())
        ids.append(record.job.job_id)
        sides.append(parts(explained(record, deps.workflows)))
    names = dict.fromkeys((*sides[0], *sides[1]))
    lines = [(name, sides[0].get(name, ""), sides[1].get(name, "")) for name in names]
    wanted = [line for line in lines if every or line[1] != line[2]]
    data = [{"what": what, "one": left, "other": right} for what, left, right in wanted]
    same = sum(left == right for _, left, right in lines)
    show(_shown(ids, wanted, same), {"jobs": ids, "differs": data, "same": same}, as_json=as_json)


def parts(story: Mapping[str, Any]) -> dict[str, str]:
    """What can differ between two jobs, by name; several of a name are told together."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, said in _told(story):
        found[name].append(str(said))
    return {name: "; ".join(said) for name, said in found.items()}


def _told(story: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    yield from ((name, story["output"][name]) for name in ("status", "reason"))
    yield from ((name, story["versions"][name]) for name in ("release", "policy", "model"))
    yield from ((f"fact {name}", fact["value"]) for name, fact in story["facts"].items())
    yield from ((f"found {one['rule']}", one["told"]) for one in story["findings"])
    yield from ((f"policy of {one['action']}", one["answer"]) for one in story["decisions"])
    yield from (
        (f"became of {one['action']}", f"{one['status']} {one['note']}".strip())
        for one in story["effects"]
    )


def _shown(ids: list[str], lines: Iterable[tuple[str, str, str]], same: int) -> RenderableType:
    made = table("what", *ids)
    for line in lines:
        made.add_row(*map(safe, line))
    return Group(made, Text(f"{same} other parts are the same.", style="dim"))
