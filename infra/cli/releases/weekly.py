"""`countersign release weekly`: what the live releases say of their own cases, week by week; and
the cases that a deploy leaves for that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.releases.weekly import Changed, cases_key, key, week_of
from countersign.releases import measuring, weekly
from countersign.releases.measuring import written
from countersign.runtime.deps import Deps
from infra.cli.evaluate.inputs import case_subjects
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import safe, table


@dataclass(frozen=True)
class Week:
    """What a workflow's live release said this week."""

    workflow: str
    release: str
    answered: int
    changed: tuple[Changed, ...]


def weekly_(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show what each live release says of its own cases this week, and which verdicts are not those
    of the last week that has any.

    Example: countersign release weekly
    """
    found = list(_weeks(context.obj(target, stage).deps()))
    show(Group(*_shown(found)), {"workflows": [asdict(one) for one in found]}, as_json=as_json)


def keep_cases(deps: Deps) -> None:
    """Leave every workflow's cases where the function that asks about them finds them."""
    for name, flow in deps.workflows.items():
        body = written(case_subjects(flow, scripted=False))
        deps.payloads.put(cases_key(name), body)


def _weeks(deps: Deps) -> Iterator[Week]:
    week = week_of(deps.clock.now())
    for name in deps.workflows:
        release = weekly.live(deps, name)
        answered = len(deps.shadows.kept(key(release, week)))
        yield Week(name, release, answered, measuring.compared(deps, release, week))


def _shown(found: list[Week]) -> Iterator[RenderableType]:
    made = table("workflow", "release", "cases this week", "other verdicts")
    for one in found:
        made.add_row(safe(one.workflow), one.release[:12], str(one.answered), str(len(one.changed)))
    yield made
    for one in found:
        for case in one.changed:
            yield Text(
                f"{one.workflow} {case.case}: {_told(case.before)} → {_told(case.after)}",
                style="yellow",
            )


def _told(verdicts: Mapping[str, str]) -> str:
    return ", ".join(f"{action} {way}" for action, way in verdicts.items()) or "nothing"
