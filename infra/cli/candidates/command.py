"""`countersign cases`: make cases of what people changed, rejected, corrected and found wrong.

Each is shown with everybody in it invented; a person keeps it, drops it or merges it. What is kept
is a file of the workflow's `cases/`: `make test` runs it, and `countersign evaluate` asks a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.errors import ContractBroken, NotFound, NotPermitted
from countersign.domain.jobs.reviews import Review
from countersign.domain.releases.candidates import Candidate, candidate
from countersign.domain.releases.past import Past, of_line, past
from countersign.jobs.originals import audited_reading
from countersign.runtime.deps import Deps
from infra.cli.backtest.jobs import stored, within
from infra.cli.candidates.drawn import LOCAL, Drawn, decided, drawn, merged, reviewed, text_of
from infra.cli.known import check_stage, check_workflow, workflow_of
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import lines, safe
from infra.settings import ROOT

WORKFLOWS = ROOT / "functions" / "workflows"
MOST_REVIEWS = 1_000
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

app = typer.Typer(help=__doc__, no_args_is_help=True)

_Workflow = Annotated[str, typer.Argument(help="its id", callback=check_workflow)]
_Id = Annotated[str, typer.Argument(metavar="ID", help="the id that `review` shows")]
_By = Annotated[str, typer.Option(metavar="PERSON", help="your id in the directory of people")]
_Jobs = Annotated[
    Path | None,
    typer.Option("--jobs", exists=True, dir_okay=False, help="an export; else the stage is read"),
]
_Since = Annotated[str, typer.Option(help="jobs changed in so long: 30d, 12h")]
_Into = Annotated[Path, typer.Option(file_okay=False, help="where the workflows' folders are")]
_Replace = Annotated[
    list[str] | None, typer.Option("--replace", help="REAL=INVENTED, for whoever is still named")
]


@dataclass(frozen=True)
class _Found:
    """The candidates of a workflow that nobody has looked at yet."""

    deps: Deps | None
    stage: str
    """Whose jobs they are."""
    folder: Path
    new: tuple[tuple[Candidate, Past], ...]

    def one(self, wanted: str) -> tuple[Candidate, Past]:
        """Raises NotFound."""
        found = next((pair for pair in self.new if pair[0].id == wanted), None)
        if found is None:
            raise NotFound(f"no candidate {wanted} is left to look at")
        return found


@app.command()
def review(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    workflow: _Workflow,
    jobs: _Jobs = None,
    since: _Since = "30d",
    replace: _Replace = None,
    into: _Into = WORKFLOWS,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show the next candidate of WORKFLOW: what the model said, what a person made of it and why,
    field by field, and the message with everybody in it invented.

    Example: countersign cases review refund_request
    """
    found = _found(context, target, stage, workflow, jobs, since, into)
    if not found.new:
        show("Nothing to look at.", {"candidate": None, "left": 0}, as_json=as_json)
        return
    one, of = found.new[0]
    case = drawn(workflow_of(workflow, LOCAL), one, of.judged_at, _pairs(replace), found.stage)
    data = _as_data(one, case, len(found.new))
    show(Group(*_shown(workflow, data)), data, as_json=as_json)


@app.command()
def keep(  # noqa: PLR0917 - as review
    context: typer.Context,
    workflow: _Workflow,
    candidate_id: _Id,
    name: Annotated[str, typer.Option(help="of the file: what-it-shows, in small letters")],
    by: _By,
    why: Annotated[str, typer.Option(help="why its outcome is right; else what people said")] = "",
    jobs: _Jobs = None,
    since: _Since = "30d",
    replace: _Replace = None,
    into: _Into = WORKFLOWS,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Write a candidate into the workflow's cases. Read it first: `--replace REAL=INVENTED` takes
    out whoever is still named.

    Example: countersign cases keep refund_request c-0f3a9c1d --name the-wrong-order --by kim
    """
    found = _found(context, target, stage, workflow, jobs, since, into)
    one, of = found.one(candidate_id)
    file = found.folder / f"{_named(name)}.json"
    if file.exists():
        raise ContractBroken(f"there is a case {name}: `cases merge` adds to it")
    case = drawn(workflow_of(workflow, LOCAL), one, of.judged_at, _pairs(replace), found.stage)
    _told(found.deps, one, by)
    held = case.case.model_copy(update={"reason": why}) if why else case.case
    file.write_text(text_of(held), encoding="utf-8")
    decided(found.folder, one.id, f"kept as {name}")
    red = f"; `make test` is red until {', '.join(case.red)} asks" if case.red else ""
    show(f"{file} is written{red}", {"file": str(file), "red": list(case.red)}, as_json=as_json)


@app.command()
def merge(  # noqa: PLR0917 - as review
    context: typer.Context,
    workflow: _Workflow,
    candidate_id: _Id,
    case: Annotated[str, typer.Argument(metavar="CASE", help="the name of a case that is there")],
    by: _By,
    jobs: _Jobs = None,
    since: _Since = "30d",
    replace: _Replace = None,
    into: _Into = WORKFLOWS,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
) -> None:
    """Add what people said of a candidate to a case that shows the same.

    Example: countersign cases merge refund_request c-0f3a9c1d the-wrong-order --by kim
    """
    found = _found(context, target, stage, workflow, jobs, since, into)
    one, of = found.one(candidate_id)
    file = found.folder / f"{_named(case)}.json"
    if not file.exists():
        raise NotFound(f"there is no case {case}")
    new = drawn(workflow_of(workflow, LOCAL), one, of.judged_at, _pairs(replace), found.stage).case
    _told(found.deps, one, by)
    file.write_text(merged(found.folder, case, new), encoding="utf-8")
    decided(found.folder, one.id, f"merged into {case}")
    show(f"{file} says it too", None, as_json=False)


@app.command()
def drop(  # noqa: PLR0917 - as review
    context: typer.Context,
    workflow: _Workflow,
    candidate_id: _Id,
    why: Annotated[str, typer.Option(help="why it shows nothing")],
    jobs: _Jobs = None,
    since: _Since = "30d",
    into: _Into = WORKFLOWS,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
) -> None:
    """Never show a candidate again.

    Example: countersign cases drop refund_request c-0f3a9c1d --why 'a matter of taste'
    """
    found = _found(context, target, stage, workflow, jobs, since, into)
    one, _ = found.one(candidate_id)
    decided(found.folder, one.id, f"dropped: {' '.join(why.split())}")
    show(f"{one.id} is dropped", None, as_json=False)


def _deps(context: typer.Context, target: Place, stage: str, jobs: Path | None) -> Deps | None:
    """None where a file is read instead."""
    return None if jobs else context.obj(target, stage).deps()


def _found(  # noqa: PLR0917 - what every command is told
    context: typer.Context,
    target: Place,
    stage: str,
    workflow: str,
    jobs: Path | None,
    since: str,
    into: Path,
) -> _Found:
    """`stage` is an export's too; where neither it nor AWS is read, they are the local cloud's."""
    deps = _deps(context, target, stage, jobs)
    whose = LOCAL if deps and target is Place.LOCAL else check_stage(stage)
    folder = into / workflow / "cases"
    flow, known = workflow_of(workflow, LOCAL), reviewed(folder)
    reviews = _reviews(deps, since)
    pairs = (
        (candidate(flow, one.record, reviews.get(one.record.job.job_id)), one)
        for one in _pasts(deps, jobs, since)
        if one.record.job.workflow == workflow
    )
    new = tuple((held, one) for held, one in pairs if held and held.id not in known)
    return _Found(deps, whose, folder, new)


def _pasts(deps: Deps | None, jobs: Path | None, since: str) -> Iterable[Past]:
    if jobs is not None:
        return map(of_line, jobs.read_bytes().splitlines())
    return map(past, stored(deps, within(since))) if deps else ()


def _reviews(deps: Deps | None, since: str) -> Mapping[str, Review]:
    """Answers to reviews by job; an export has none."""
    if deps is None:
        return {}
    now = deps.clock.now()
    found = deps.reviews.reviewed(now - within(since), now, MOST_REVIEWS)
    return {one.job_id: one for one in found}


def _told(deps: Deps | None, one: Candidate, by: str) -> None:
    """The job's trail says who made a case of it; an export's jobs said so when they were taken
    out. Raises NotPermitted for who is not in the directory."""
    if deps is None:
        return
    if deps.people.directory().member(by) is None:
        raise NotPermitted(f"nobody in the directory has the id {by}")
    audited_reading(deps, one.record, by, "made a case")


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise typer.BadParameter("a case is called what-it-shows, in small letters")
    return name


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = [one.partition("=") for one in given or ()]
    if not all(real and instead for real, _, instead in pairs):
        raise typer.BadParameter("--replace takes REAL=INVENTED")
    return {real: instead for real, _, instead in pairs}


def _as_data(one: Candidate, case: Drawn, left: int) -> dict[str, Any]:
    return {
        "candidate": one.id,
        "left": left,
        "people": [held.model_dump() for held in case.case.people],
        "input": case.case.input,
        "expect": case.case.expect.model_dump(exclude_defaults=True),
        "instead": dict(case.instead),
        "red": list(case.red),
    }


def _shown(workflow: str, data: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield Text.assemble((data["candidate"], "bold"), f"  {workflow}, {data['left']} to look at\n")
    for held in data["people"]:
        yield from _said(held)
    yield Text("\nThe message, everybody in it invented", style="bold")
    for name, value in data["input"].items():
        if value:
            yield Text(f"  {name}: ", style="dim").append_text(lines(str(value)))
    verdicts = ", ".join(f"{a} {way}" for a, way in data["expect"].get("verdicts", {}).items())
    yield safe(f"\nMust come of it: {verdicts or 'nothing'}")
    if data["red"]:
        yield Text(f"`make test` is red until {', '.join(data['red'])} asks.", style="yellow")
    names = ", ".join(f"{real} → {new}" for real, new in data["instead"].items())
    yield safe(f"Invented: {names or 'nobody'}. Whoever is still named: --replace REAL=INVENTED")
    first = f"countersign cases keep {workflow} {data['candidate']} --name …"
    yield Text(f"{first} | merge … CASE | drop … --why …", style="dim")


def _said(held: Mapping[str, str]) -> Iterator[Text]:
    """What the model said, what the person made of it, and why."""
    yield safe(": ".join(text for text in (f"{held['what']}, {held['how']}", held["why"]) if text))
    for who in ("model", "person"):
        if held[who]:
            yield Text(f"  {who}: ", style="dim").append_text(lines(held[who]))
