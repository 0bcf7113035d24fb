"""The `countersign` command: events, jobs, cases, people, reviews, numbers; here or on AWS.

Exit codes: 0 done, 1 it was refused or failed, 2 wrong use, or the target cannot be reached.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.main import get_command

from countersign.connectors.clock import MOVABLE
from countersign.domain.errors import CountersignError, Unavailable
from countersign.domain.jobs.job import KEPT_DAYS, Status
from countersign.domain.jobs.senders import DEFAULT
from countersign.jobs.originals import told_once
from countersign.portal.timeline import timeline
from infra.build.account import AccountError
from infra.build.synth import SynthesisError
from infra.cli import (
    cases,
    clock,
    fields,
    inputs,
    move,
    rollback,
    scan,
    senders,
    show,
    stats,
    submit,
    suppression,
)
from infra.cli.audit import command as audit
from infra.cli.backtest.command import backtest_
from infra.cli.backtest.export import export
from infra.cli.candidates import command as candidates
from infra.cli.daily import daily
from infra.cli.doctor.command import doctor
from infra.cli.evaluate.command import evaluate
from infra.cli.find import find
from infra.cli.forget.command import forget
from infra.cli.hands import budget, bulk
from infra.cli.hands.cancel import cancel
from infra.cli.hands.cost import cost
from infra.cli.hands.follow import follow
from infra.cli.hands.items import items
from infra.cli.hands.pause import pause, resume
from infra.cli.hands.redrive import redrive
from infra.cli.hands.replay import replay
from infra.cli.hands.rerun import rerun
from infra.cli.job_view import as_dict, waits_for
from infra.cli.jobs import LISTED_DAYS, SHOWN, Wanted, list_jobs, load
from infra.cli.known import check_workflow
from infra.cli.options import FAILED, UNREACHABLE, AsJson, Place, Stage, Where, say
from infra.cli.options import show as show_
from infra.cli.original import original
from infra.cli.people import command as people
from infra.cli.questions.calibration import calibration
from infra.cli.questions.compare import compare
from infra.cli.questions.explain import explain
from infra.cli.questions.failing import failing_steps
from infra.cli.questions.overrides import overrides
from infra.cli.questions.stuck import stuck_jobs
from infra.cli.releases import command as releases
from infra.cli.releases.canary import canary
from infra.cli.review import command as review
from infra.cli.rulebook import command as rulebook
from infra.cli.scaffold.command import new
from infra.cli.secrets import command as secrets_
from infra.cli.smoke import smoke
from infra.cli.target import Target, TargetError, chosen
from infra.cli.trial.command import try_
from infra.cli.upgrade import upgrade
from infra.cli.upload_link import upload_link
from infra.cli.workflows import workflows
from infra.settings import SettingsError
from workflows import WORKFLOWS

_WELL = frozenset({Status.COMPLETED, Status.WAITING_FOR_REVIEW})
Choose = Callable[[str, str], Target]
"""(target, stage) → where to work. Raises TargetError."""

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)


@app.command("submit")
def submit_event(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON, or a mail")],
    workflow: Annotated[
        str, typer.Option(help=f"one of {', '.join(WORKFLOWS)}", callback=check_workflow)
    ],
    event_id: Annotated[str, typer.Option("--id", help="the same id is the same event")] = "",
    sender: Annotated[str, typer.Option(help="who signs JSON: see `senders list`")] = DEFAULT,
    wait: Annotated[
        int, typer.Option(min=0, help="seconds to wait for the job to end, or for a person")
    ] = 0,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Send FILE through its door: JSON to the signed webhook, everything else as an upload.

    Example: countersign submit order.json --workflow refund_request --wait 60. With --wait it ends
    with 1 for a job that failed, was rejected, or needs a person to take it up.
    """
    there = context.obj(target, stage)
    answer = submit.through_a_door(there, file, workflow, event_id or secrets.token_hex(8), sender)
    told = f"{answer.status} job {answer.job_id}" if answer.job_id else _refusal(answer)
    show_(told, {"status": answer.status, **answer.body}, as_json=as_json)
    if not answer.job_id:
        raise typer.Exit(FAILED)
    if wait:
        _awaited(there, answer.job_id, wait)


def _awaited(there: Target, job_id: str, seconds: int) -> None:
    """Says how the job came to rest; exit code 1 unless it is complete or waits for a signature."""
    record = submit.outcome(there.deps().store, job_id, seconds)
    waits = waits_for(record)
    told = "; ".join(filter(None, (record.job.reason, f"waits for {waits}" if waits else "")))
    say(f"{record.job.status}: {told}" if told else record.job.status)
    if record.job.status not in _WELL:
        raise typer.Exit(FAILED)


@app.command()
def jobs(  # noqa: PLR0917 - as submit_event
    context: typer.Context,
    status: Annotated[Status | None, typer.Option(help="only jobs of this status")] = None,
    workflow: Annotated[
        str, typer.Option(help="only jobs of this workflow", callback=check_workflow)
    ] = "",
    days: Annotated[
        int,
        typer.Option(
            "--days", "--since", min=1, max=KEPT_DAYS, help="finished jobs of so many days"
        ),
    ] = LISTED_DAYS,
    search: Annotated[str, typer.Option(help="words of whom it is about, how much, or why")] = "",
    limit: Annotated[int, typer.Option(min=1, help="at most so many")] = SHOWN,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """List jobs, latest change first: all under way, and those finished lately.

    Example: countersign jobs --workflow refund_request --search 1053 --days 30
    """
    deps = context.obj(target, stage).deps()
    now = deps.clock.now()
    found = list_jobs(deps.store, deps.workflows, now, Wanted(status, workflow, search, days))
    show_(show.jobs(found[:limit], now), {"jobs": found[:limit]}, as_json=as_json)
    if len(found) > limit:
        say(f"{len(found) - limit} more: --limit {len(found)} lists them.")


@app.command("show")
def show_job(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="a job's id")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Tell one job's story: what came, was understood, decided, signed and done. Its trail says who
    had it told, once a day.

    Example: countersign show j-3xk7wq2p. The beginning of an id is enough where one job has it.
    """
    there = context.obj(target, stage)
    deps = there.deps()
    record = told_once(deps, load(deps.store, job, deps.clock.now()), there.operator)
    data = as_dict(record, deps.workflows)
    show_(show.job(data, timeline(record)), data, as_json=as_json)


@app.command()
def case(  # noqa: PLR0917 - as submit_event
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="the id of an escalated or failed job")],
    way: Annotated[cases.Out, typer.Argument(help="how the case ends")],
    by: Annotated[str, typer.Option(metavar="PERSON", help="your id in the directory of people")],
    words: Annotated[str, typer.Option(help="why, or what was done and where it can be seen")] = "",
    correct: Annotated[
        list[str] | None, typer.Option("--set", help="fact=value, with resume only")
    ] = None,
    did_not_happen: Annotated[
        bool, typer.Option("--did-not-happen", help="what was unknown, with done or close only")
    ] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """End a case: correct and resume, done by hand, or close.

    An action whose outcome was unknown is settled by `done`: it took effect, or, with
    --did-not-happen, it did not. Look at the target first.

    Example: countersign case j-3xk7wq2p close --by kim --words 'answered by phone'
    """
    said = cases.Said(
        by=by,
        words=words,
        facts=cases.corrections(way, correct or []),
        happened=cases.found(way, did_not_happen=did_not_happen),
    )
    deps = context.obj(target, stage).deps()
    record = cases.end(deps, job, way, said)
    show_(f"{job} is {record.job.status}", as_dict(record, deps.workflows), as_json=as_json)


@app.command("clock", context_settings={"ignore_unknown_options": True})  # for -1h
def move_clock(
    context: typer.Context,
    move: Annotated[str, typer.Argument(help="+48h, -1h, +1d12h, now, reset")] = "now",
    as_json: AsJson = False,
) -> None:
    """Move the time that everything on this machine sees; what is due then happens in a minute.

    Only on the local cloud. `countersign submit` and the start page sign their events in the moved
    time; a sender of your own does not, and is turned away (401) until `countersign clock reset`.

    Example: countersign clock +48h
    """
    deps = context.obj(Place.LOCAL, MOVABLE).deps()
    offset = clock.moved(deps, move)
    now = deps.clock.now()
    by = f", moved by {clock.by(offset)}" if offset else ", not moved"
    show_(f"{now:%a %d %b %Y %H:%M:%S} UTC{by}", clock.as_data(now, offset), as_json=as_json)


app.command("try")(try_)
app.command("workflows")(workflows)
app.command("new")(new)
app.command("scan-test")(scan.scan_test)
app.command("stats")(stats.stats)
app.command("failing")(failing_steps)
app.command("stuck")(stuck_jobs)
app.command("overrides")(overrides)
app.command("calibration")(calibration)
app.command("canary")(canary)
app.command("explain")(explain)
app.command("compare")(compare)
app.command("find")(find)
app.command("forget")(forget)
app.command("pause")(pause)
app.command("cancel")(cancel)
app.command("replay")(replay)
app.command("redrive")(redrive)
app.command("rerun")(rerun)
app.command("cost")(cost)
app.command("follow")(follow)
app.command("items")(items)
app.command("resume")(resume)
app.command("rollback")(rollback.rollback)
app.command("original")(original)
app.command("fields")(fields.fields)
app.command("doctor")(doctor)
app.command("smoke")(smoke)
app.command("upgrade")(upgrade)
app.command("upload-link")(upload_link)
app.command("move")(move.move)
app.command("inputs")(inputs.inputs)
app.command("daily")(daily)
app.command("export")(export)
app.command("evaluate")(evaluate)
app.command("backtest")(backtest_)
app.add_typer(audit.app, name="audit")
app.add_typer(budget.app, name="budget")
app.add_typer(candidates.app, name="cases")
app.add_typer(bulk.app, name="bulk")
app.add_typer(people.app, name="people")
app.add_typer(releases.app, name="release")
app.add_typer(review.app, name="review")
app.add_typer(rulebook.app, name="rulebook")
app.add_typer(secrets_.app, name="secrets")
app.add_typer(senders.app, name="senders")
app.add_typer(suppression.app, name="suppression")


def _refusal(answer: submit.DoorAnswer) -> str:
    return f"The door refused it: {answer.status} {answer.body.get('message', '')}".rstrip()


@lru_cache(maxsize=1)
def _command() -> Any:
    """All commands, made of their functions' signatures: once for all that a process runs."""
    return get_command(app)


def run(arguments: Sequence[str], choose: Choose) -> None:
    """One command; it ends with SystemExit, and with one line for what a person can mend."""
    try:
        _command()(args=list(arguments), obj=choose, prog_name="countersign")
    except (TargetError, AccountError, submit.UnreachableError) as error:
        _end(UNREACHABLE, str(error))
    except (BotoCoreError, Unavailable) as error:
        _end(UNREACHABLE, f"{error} Is it running? Locally, start it with `make run`.")
    except ClientError as error:
        _end(UNREACHABLE, f"AWS refuses: {error}. Check the credentials, the region, the stage.")
    except (CountersignError, submit.SubmitError, SettingsError, SynthesisError) as error:
        _end(FAILED, str(error))


def main() -> None:
    """The `countersign` command."""
    run(sys.argv[1:], chosen)


def _end(code: int, message: str) -> None:
    sys.stderr.write(message.strip() + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
