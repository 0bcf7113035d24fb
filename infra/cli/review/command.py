"""`countersign review`: look at automatic actions afterwards, blind, and report how often they err.

A share of the jobs whose actions ran without a signature, and every job in shadow, is shown as
message and actions, without our confidence, findings or verdict. Some items have a mistake put in
on purpose; the report says how many of those were found, and so what its error rate is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from countersign.domain.errors import ContractBroken, NotFound
from countersign.domain.jobs.job import KEPT_DAYS
from countersign.domain.jobs.reviews import Review, ReviewAnswer
from countersign.domain.reporting.sampling import Rate, Report, reports
from countersign.jobs.reviews import answer_review
from countersign.runtime.deps import Deps
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.review.month import month
from infra.cli.review.view import shown
from infra.cli.show import safe

MOST = 1_000
"""Reviews in a report, the latest."""
LOOKS_AT = 20
"""Items that are tried until one can be shown."""


class ReviewVerdict(StrEnum):
    """What a reviewer may say."""

    OK = "ok"
    WRONG = "wrong"


app = typer.Typer(help=__doc__, no_args_is_help=True)


app.command("month")(month)


@app.command("next")
def next_item(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show the item that has waited longest.

    Example: countersign review next
    """
    item = _next(context.obj(target, stage).deps())
    if item is None:
        show("Nothing to review.", {"review": None}, as_json=as_json)
    else:
        show(_item(item), item, as_json=as_json)


@app.command()
def answer(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    review: Annotated[str, typer.Argument(metavar="ID", help="the id that `next` shows")],
    verdict: Annotated[
        ReviewVerdict, typer.Argument(help="whether all its actions fit the message")
    ],
    why: Annotated[str, typer.Option(help="what is wrong; needed with wrong")] = "",
    did: Annotated[str, typer.Option(help="of a job in shadow: what was done by hand")] = "",
    by: Annotated[str, typer.Option(help="your id")] = "operator",
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Say whether the actions were right. It counts once and is not told what it was about.

    What is found wrong becomes a case of the workflow's owner.

    Example: countersign review answer r-0f3a9c1d wrong --why 'not our customer' --by kim
    """
    if verdict is ReviewVerdict.WRONG and not why.strip():
        raise typer.BadParameter("say what is wrong with --why")
    deps = context.obj(target, stage).deps()
    said = ReviewAnswer(by=by, at=deps.clock.now(), verdict=verdict.value, why=why, did=did)
    answer_review(deps, review, said)
    show(f"{review}: {verdict}", {"review": review, "verdict": verdict.value}, as_json=as_json)


@app.command()
def report(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=KEPT_DAYS, help="answers of so many days")] = 90,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Report the error rate of automatic actions with its 95 % interval, and the attention.

    Example: countersign review report --days 30
    """
    deps = context.obj(target, stage).deps()
    now = deps.clock.now()
    found = reports(deps.reviews.reviewed(now - timedelta(days=days), now, MOST))
    show(_reports(found), {"workflows": [_report(one) for one in found]}, as_json=as_json)


def _next(deps: Deps) -> Mapping[str, Any] | None:
    """The oldest item that can be shown; those before it that cannot are settled as void."""
    for review in deps.reviews.to_review(LOOKS_AT):
        item = _shown(deps, review)
        if item is not None:
            return item
        void = ReviewAnswer(by="system", at=deps.clock.now(), verdict="void", why="cannot be shown")
        deps.reviews.answer(review.model_copy(update={"answer": void}))
    return None


def _shown(deps: Deps, review: Review) -> Mapping[str, Any] | None:
    try:
        return shown(review, deps.store.load(review.job_id), deps.workflows)
    except (NotFound, ContractBroken):
        return None


def _item(item: Mapping[str, Any]) -> RenderableType:
    return Group(*_lines(item))


def _lines(item: Mapping[str, Any]) -> Iterator[Text]:
    shadow = "  in shadow: this would have been done" if item["shadow"] else ""
    yield Text(f"{item['review']}  {item['workflow']}{shadow}\n")
    yield from (safe(line) for line in item["message"].splitlines())
    for number, action in enumerate(item["actions"], 1):
        yield Text(f"\n{number}. ").append(safe(action["words"]))
        for name, value in action["parameters"].items():
            yield Text(f"   {name}: ", style="dim").append(safe(str(value)))
    if not item["actions"]:
        yield Text("\nNothing.")
    yield Text(f"\ncountersign review answer {item['review']} ok | wrong --why …", style="dim")


def _reports(found: tuple[Report, ...]) -> RenderableType:
    if not found:
        return Text("Nothing is reviewed yet. Begin with `countersign review next`.")
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("workflow", "reviewed", "errors", "error rate (95 %)", "known-bad found"):
        table.add_column(heading)
    for one in found:
        errors, seen = one.errors, one.attention
        attention = f"{seen.hits} of {seen.n} ({_percent(seen)})" if seen.n else "none shown yet"
        table.add_row(one.workflow, str(errors.n), str(errors.hits), _percent(errors), attention)
    return table


def _percent(rate: Rate) -> str:
    if rate.rate is None:
        return "nothing reviewed"
    return f"{rate.rate:.1%}, {rate.low:.1%} to {rate.high:.1%}"


def _report(one: Report) -> dict[str, Any]:
    return {
        "workflow": one.workflow,
        "reviewed": one.errors.n,
        "errors": one.errors.hits,
        "error_rate": one.errors.rate,
        "interval_95": [one.errors.low, one.errors.high],
        "known_bad_shown": one.attention.n,
        "known_bad_found": one.attention.hits,
        "attention": one.attention.rate,
        "attention_interval_95": [one.attention.low, one.attention.high],
    }
