"""`countersign redrive`: let jobs go on that stand still, and send dead letters again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer

from countersign.domain.errors import ContractBroken, CountersignError
from countersign.domain.jobs.job import Status
from countersign.jobs.finding import latest
from countersign.jobs.redriving import redrive as redrive_job
from countersign.runtime.deps import Deps
from infra.cli.jobs import load
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show
from infra.cli.target import DEAD_LETTERS, FAILED_EVENTS, LOST_OUTCOMES

MOST = 500
_EACH = 50
"""Progress is said so often."""


class From(StrEnum):
    """Where letters are."""

    DLQ = "dlq"
    EVENTS = "events"
    CAMPAIGNS = "campaigns"


_QUEUES = {
    From.DLQ: DEAD_LETTERS,
    From.EVENTS: FAILED_EVENTS,
    From.CAMPAIGNS: LOST_OUTCOMES,
}


def redrive(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="a job's id; none with the options below")] = "",
    failed: Annotated[bool, typer.Option("--failed", help="all FAILED jobs of the window")] = False,
    since: Annotated[int, typer.Option(min=1, help="the window of --failed in hours")] = 24,
    letters: Annotated[
        From | None,
        typer.Option(
            help="dlq: jobs that did not begin; campaigns: what became of their mails;"
            " events: all others"
        ),
    ] = None,
    by: Annotated[str, typer.Option(help="your id in the directory; not for letters")] = "",
    reason: Annotated[str, typer.Option(help="what was mended, for the audit trail")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Let JOB go on in a new execution, or all that FAILED, or send dead letters again. What was
    done before stays done. Several are counted first, and no more than those are touched.

    Example: countersign redrive --failed --since 6 --by kim --reason "the CRM is back"
    """
    if sum((bool(job), failed, letters is not None)) != 1:
        raise typer.BadParameter("say a JOB, --failed, or --letters dlq|events|campaigns")
    there = context.obj(target, stage)
    if letters:
        queue = there.letters(_QUEUES[letters])
        wanted = queue.count()
        _confirm(f"{wanted} letters of {letters}", wanted, yes=yes or as_json)
        _told(queue.sent_again(wanted), wanted, as_json=as_json)
        return
    deps = there.deps()
    if not reason.strip():
        raise ContractBroken("a redrive needs a reason: say what was mended with --reason")
    if job:
        record = redrive_job(deps, _whole(deps, job), by=by, reason=reason)
        said = {"job_id": record.job.job_id, "status": record.job.status.value}
        show(f"{record.job.job_id} is {record.job.status}", said, as_json=as_json)
        return
    ids = _failed(deps, since)
    _confirm(f"{len(ids)} jobs that failed in the last {since} h", len(ids), yes=yes or as_json)
    _told((_goes_on(deps, one, by, reason) for one in ids), len(ids), as_json=as_json)


def _whole(deps: Deps, job: str) -> str:
    return load(deps.store, job, deps.clock.now()).job.job_id


def _failed(deps: Deps, hours: int) -> list[str]:
    now = deps.clock.now()
    since = now - timedelta(hours=hours)
    jobs = latest(deps.store, {Status.FAILED}, since, now, MOST)
    return [one.job_id for one in jobs if one.updated_at >= since]


def _goes_on(deps: Deps, job_id: str, by: str, reason: str) -> bool:
    try:
        redrive_job(deps, job_id, by=by, reason=reason)
    except CountersignError as refused:
        say(f"{job_id}: {refused}")
        return False
    return True


def _confirm(what: str, count: int, *, yes: bool) -> None:
    say(f"To be redriven: {what}.")
    if count and not yes and not typer.confirm("Go on?"):
        say("Nothing was done.")
        raise typer.Exit(FAILED)


def _told(done: Iterable[bool], wanted: int, *, as_json: bool) -> None:
    """Progress, and how it ended: 1 where not all went well."""
    ok = bad = 0
    for went in done:
        ok, bad = ok + went, bad + (not went)
        if (ok + bad) % _EACH == 0:
            say(f"{ok + bad} of {wanted}")
    left = wanted - ok - bad
    counts = {"ok": ok, "failed": bad, "pending": left}
    show(f"{ok} ok, {bad} failed, {left} pending", counts, as_json=as_json)
    if bad:
        raise typer.Exit(FAILED)
