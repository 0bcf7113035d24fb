"""`countersign secrets`: which are set, setting one, replacing one. Values are never printed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.table import Table

from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.targets import HTTP
from countersign.domain.limits.circuit_breaker import mended
from countersign.runtime.connectors import CONNECTORS, MODEL, MODEL_KEY, system
from countersign.runtime.deps import Deps
from countersign.runtime.settings import SECRETS
from infra.cli.fields import after_change
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, show
from infra.cli.secrets import shapes
from infra.cli.show import table
from infra.cli.target import Target

MOST_JOBS = 500
"""Parked jobs that are looked through, latest first; the others go on by their own due rows."""

app = typer.Typer(help=__doc__, invoke_without_command=True)
Name = Annotated[
    str, typer.Argument(metavar="NAME", help=f"{', '.join(SECRETS)}; http-… of a system of yours")
]


@app.callback()
def without_a_command(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Which secrets are set, setting one, replacing one; without a command as `list`."""
    if not context.invoked_subcommand:
        list_secrets(context, target, stage, as_json)


@app.command("list")
def list_secrets(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """List which secrets are set.

    Example: countersign secrets list
    """
    there: Target = context.obj(target, stage)
    vault = there.vault()
    arns = there.settings.secret_arns
    found = [
        {"name": name, "set": bool(vault.read(arn)), "changed": _day(vault.changed_at(arn))}
        for name, arn in arns.items()
    ]
    show(_table(found), {"secrets": found}, as_json=as_json)


@app.command("set")
def set_secret(
    context: typer.Context,
    name: Name,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Set a secret; its value is asked for without showing it, or read from standard input.

    Example: countersign secrets set webhook --target aws --stage prod
    """
    there: Target = context.obj(target, stage)
    arn = _known(there, name)
    there.vault().write(arn, shapes.checked(name, _typed(name)))
    fits, said = _compared(there, name, f"--target {target.value} --stage {stage}")
    told = {"name": name} | ({"fields": said} if said else {})
    shown = f"{name} is set. {said}" if said else f"{name} is set"
    _tell(shown, told, awake(there.deps(), name), as_json=as_json)
    if not fits:
        raise typer.Exit(FAILED)


def _compared(there: Target, name: str, where: str) -> tuple[bool, str]:
    """The CRM's reading key is what its fields can be compared with, and nobody could before."""
    return after_change(there.deps(), where) if name == "crm-read" else (True, "")


@app.command()
def rotate(
    context: typer.Context,
    name: Name,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Replace a secret.

    Example: countersign secrets rotate webhook --target aws --stage prod
    """
    there: Target = context.obj(target, stage)
    arn, vault = _known(there, name), there.vault()
    if not vault.read(arn):
        raise ContractBroken(f"{name} is not set: use `countersign secrets set {name}`")
    own = name == "page-key"
    vault.write(arn, shapes.new_page_key() if own else shapes.checked(name, _typed(name)))
    told = awake(there.deps(), name)
    _tell(_after_rotation(name), {"name": name}, told, as_json=as_json)


def _after_rotation(name: str) -> str:
    if name == "page-key":
        return "page-key is new: pages that are open now have to be opened again"
    return (
        f"{name} is replaced; functions use it within five minutes. Then revoke the old one where "
        "it was issued. Secrets Manager keeps it as AWSPREVIOUS until the next change."
    )


def awake(deps: Deps, name: str) -> Sequence[str]:
    """Jobs that wait for what this secret opens are due at once, and whoever is first finds out
    whether it is taken; their ids."""
    places = {key: system for system, key in _opened_by(name)}
    waiting = [
        job.job_id
        for job in deps.store.live({Status.PARKED}, MOST_JOBS)
        if any(said in job.reason for said in (name, *places))
    ]
    for key in places if waiting else ():
        breaker = deps.limits.state(key).breaker
        if breaker.misconfigured:
            deps.limits.replace(breaker, mended(breaker))
    systems = frozenset(places.values())
    return [job_id for job_id in waiting if _due_now(deps, job_id, name, systems)]


def _opened_by(name: str) -> Iterator[tuple[str, str]]:
    """The systems that the secret is a key of, each with what keeps its pace."""
    if name == MODEL_KEY.name:
        yield MODEL, MODEL
    own = (system(name),) if name.startswith(HTTP) else ()
    for row in (*CONNECTORS.values(), *own):
        yield from (
            (row.id, side.paced_by) for side in row.sides if side.key and side.key.name == name
        )


def _due_now(deps: Deps, job_id: str, name: str, systems: frozenset[str]) -> bool:
    def change_of(record: JobRecord) -> Change | None:
        held = record.due.get("parked")
        if record.job.status is not Status.PARKED or held is None or held.waits_for not in systems:
            return None  # it waits for something else, or `tick` was first
        due = held.model_copy(update={"at": deps.clock.now()})
        return Change(event="secret set", actor="operator", fields={"secret": name}, due=(due,))

    _, change = deps.update(job_id, change_of)
    return change is not None


def _tell(said: str, data: dict[str, str], awake: Sequence[str], *, as_json: bool) -> None:
    jobs = "\n".join(f"goes on within a minute: {job_id}" for job_id in awake)
    show(f"{said}\n{jobs}".strip(), {**data, "jobs": list(awake)}, as_json=as_json)


def _typed(name: str) -> str:
    """From a prompt that shows nothing, or from standard input; never an argument, which other
    programs on the machine can read."""
    if sys.stdin.isatty():
        return str(typer.prompt(f"Value of {name}", hide_input=True)).strip()
    return sys.stdin.read().strip()


def _known(there: Target, name: str) -> str:
    own = [one.connector for one in there.settings.http_targets]
    if name not in (*SECRETS, *own):
        raise typer.BadParameter(f"there is no secret {name!r}: {', '.join((*SECRETS, *own))}")
    if name not in (*shapes.SHAPES, *own):
        raise ContractBroken("each sender has a secret of its own: see `countersign senders`")
    arn = _arn(there, name)
    if not arn:
        raise ContractBroken(f"this stage has no secret {name}: deploy it anew")
    return arn


def _arn(there: Target, name: str) -> str:
    return there.settings.secret_arns.get(name, "")


def _day(at: object) -> str:
    return f"{at:%Y-%m-%d}" if at else ""


def _table(found: Sequence[dict[str, object]]) -> Table:
    shown = table("secret", "", "changed")
    for row in found:
        shown.add_row(str(row["name"]), "set" if row["set"] else "NOT SET", str(row["changed"]))
    return shown
