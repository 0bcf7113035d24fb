"""`countersign cancel`: end a job that waits."""

from __future__ import annotations

from typing import Annotated

import typer

from countersign.domain.lane.control import Word
from countersign.jobs.cancelling import cancel as cancel_job
from countersign.lane.orders import is_worked_through
from infra.cli.hands.items import say_word
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show


def cancel(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="the id of a job that waits or is parked")],
    by: Annotated[str, typer.Option(help="your id in the directory of people")],
    reason: Annotated[str, typer.Option(help="why, for the audit trail and whoever was asked")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """End a job that is parked, or waits for a signature or its sender: REJECTED where nothing of
    it ran, else COMPLETED with what it did. An open request is withdrawn, and its people are told.
    Of a job whose file is worked through, the items that are left stay undone.

    Example: countersign cancel j-3xk7wq2p --by kim --reason "they called: it is settled"
    """
    deps = context.obj(target, stage).deps()
    held = load(deps.store, job, deps.clock.now())
    job = held.job.job_id
    if is_worked_through(held):
        say_word(deps, job, Word.CANCELLED, by, reason)
        show(f"the items of {job} stop, and it ends", {"cancelled": job}, as_json=as_json)
        return
    record, untold = cancel_job(deps, job, by=by, reason=reason)
    status = record.job.status
    ran = status != "REJECTED"
    told = f"{job} is {status}"
    if ran:
        told += f"; what it did stays: `countersign rollback {job}` undoes it once it has ended"
    if untold:
        told += f"; could not be told: {', '.join(untold)}"
    data = {"job_id": job, "status": status, "something_ran": ran, "untold": list(untold)}
    show(told, data, as_json=as_json)
