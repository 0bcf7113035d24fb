"""`countersign senders`: the systems that may post signed events.

What each may do stands in `cdk.json` and holds from the next deployment; its secret is good within
minutes. A secret is printed once, when it is made: its sender needs it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError
from rich.table import Table

from countersign.domain.errors import ContractBroken, NotFound
from countersign.domain.jobs import senders as domain
from countersign.domain.jobs.senders import Held, MayPropose, Sender
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import table
from infra.cli.submit import new_secret
from infra.cli.target import Target
from infra.settings import load, save_senders

RowT = TypeVar("RowT", bound=MayPropose | Sender)
app = typer.Typer(help=__doc__, no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="the sender's id")]


@app.command("list")
def list_senders(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """List the senders, what each may do, and how many of its secrets are good.

    Example: countersign senders list
    """
    there: Target = context.obj(target, stage)
    held = _held(there)
    found = [{**_row(one), "secrets": len(domain.keys(held, one.id))} for one in _rows(there)]
    show(_table(found), {"senders": found}, as_json=as_json)


@app.command()
def add(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    sender: Id,
    workflow: Annotated[
        list[str] | None, typer.Option(help="where it may post; repeat it, `*`: all")
    ] = None,
    proposes: Annotated[
        list[str] | None,
        typer.Option(metavar="JSON", help="an action it may propose, and how far; repeat it"),
    ] = None,
    reads_answers: Annotated[bool, typer.Option("--reads-answers", help="it mends a 422")] = False,
    vouches_for_address: Annotated[
        bool, typer.Option("--vouches-for-address", help="it knows whose address it sends")
    ] = False,
    requests_a_minute: Annotated[int, typer.Option(min=0, help="0: no limit of its own")] = 0,
    status_address: Annotated[
        bool, typer.Option("--status-address", help="it may ask how its jobs stand")
    ] = False,
    outcomes_to: Annotated[
        str, typer.Option(metavar="URL", help="where it is told how its jobs ended")
    ] = "",
    answers: Annotated[
        str, typer.Option(metavar="WHOSE", help="an execution that waits: stateMachine:<name>")
    ] = "",
    by_queue: Annotated[bool, typer.Option("--by-queue", help="it also comes by a queue")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Add a sender, and show its secret.

    Example: countersign senders add web-shop --workflow refund_request --status-address

    An agent's: countersign senders add helper --proposes '{"action": "payments.refund", "most":
    {"EUR": "300"}}'; docs/howto/agents.md says what each part means.
    """
    there: Target = context.obj(target, stage)
    row = _sender(
        id=sender,
        workflows=tuple(workflow or ()),
        proposes=tuple(map(_action, proposes or ())),
        reads_answers=reads_answers,
        vouches_for_address=vouches_for_address,
        requests_a_minute=requests_a_minute,
        status_address=status_address,
        outcomes_to=outcomes_to,
        answers=answers,
        by_queue=by_queue,
    )
    rows = _rows(there)
    if domain.named(rows, sender):
        raise ContractBroken(f"there is a sender {sender} already")
    _save(there, (*rows, row))
    secret = _renew(there, sender)
    said = f"{sender} posts to {_doors(row)} and signs with {secret}\n{_deploy(there)}"
    show(said, {"sender": sender, "secret": secret}, as_json=as_json)


@app.command()
def rotate(  # noqa: PLR0917 - as add
    context: typer.Context,
    sender: Id,
    revoke: Annotated[bool, typer.Option("--revoke", help="end the older one")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Replace a sender's secret: both are good until the older one is revoked.

    Example: countersign senders rotate web-shop
    """
    there: Target = context.obj(target, stage)
    _known(there, sender)
    if revoke:
        _write(there, domain.revoked(_held(there), sender))
        show(f"only {sender}'s current secret is good now", {"sender": sender}, as_json=as_json)
        return
    secret = _renew(there, sender)
    said = (
        f"{sender}'s new secret is {secret}\nBoth are good. When the sender uses it: "
        f"`countersign senders rotate {sender} --revoke`"
    )
    show(said, {"sender": sender, "secret": secret}, as_json=as_json)


@app.command()
def token(  # noqa: PLR0917 - as add
    context: typer.Context,
    sender: Id,
    revoke: Annotated[bool, typer.Option("--revoke", help="end the older one")] = False,
    retire: Annotated[bool, typer.Option("--retire", help="end all of them")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Issue the bearer token of a caller that speaks MCP, or replace it: both are good until the
    older one is revoked. Only its hash is kept.

    Example: countersign senders token assistant
    """
    there: Target = context.obj(target, stage)
    rows = _known(there, sender)
    if not any(one.proposes for one in rows if one.id == sender):
        raise ContractBroken(f"{sender} proposes nothing: `countersign senders add --proposes`")
    if retire or revoke:
        _ended(there, sender, all_of_them=retire)
        left = "no token" if retire else "only the current token"
        show(f"{left} of {sender} is good within five minutes", {"sender": sender}, as_json=as_json)
        return
    made = domain.new_token(sender, secrets.token_urlsafe(32))
    _write_tokens(there, domain.renewed(_tokens(there), sender, domain.hashed(made), "token"))
    said = f"{sender} calls /mcp with the bearer token {made}\nIt is not shown again."
    show(said, {"sender": sender, "token": made}, as_json=as_json)


@app.command()
def retire(
    context: typer.Context,
    sender: Id,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """End a sender: its secrets are gone at once, its row with the next deployment.

    Example: countersign senders retire web-shop
    """
    there: Target = context.obj(target, stage)
    rows = _known(there, sender)
    _write(there, domain.retired(_held(there), sender))
    if there.settings.callers_secret and domain.has_any(_tokens(there), sender):
        _ended(there, sender, all_of_them=True)
    _save(there, [one for one in rows if one.id != sender])
    said = f"what {sender} signs is refused within five minutes\n{_deploy(there)}"
    show(said, {"sender": sender}, as_json=as_json)


def _sender(**parts: Any) -> Sender:
    return _made(lambda: Sender(**parts))


def _action(text: str) -> MayPropose:
    return _made(lambda: MayPropose.model_validate_json(text))


def _made(make: Callable[[], RowT]) -> RowT:
    """Raises ContractBroken with the first of what is wrong."""
    try:
        return make()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(map(str, (wrong.title, *first["loc"])))
        raise ContractBroken(f"{where}: {first['msg']}") from None


def _doors(row: Sender) -> str:
    """The paths that it may post to."""
    posts = f"/webhooks/WORKFLOW/{row.id}" if row.workflows else ""
    return " and ".join(filter(None, (posts, f"/propose/{row.id}" if row.proposes else "")))


def _rows(there: Target) -> tuple[Sender, ...]:
    return load(there.settings.stage, there.cdk_json).senders


def _known(there: Target, sender: str) -> tuple[Sender, ...]:
    """All rows. Raises NotFound when this one is not among them."""
    rows = _rows(there)
    if not domain.named(rows, sender):
        raise NotFound(f"there is no sender {sender}: {', '.join(one.id for one in rows)}")
    return rows


def _save(there: Target, rows: Sequence[Sender]) -> None:
    save_senders(there.settings.stage, rows, there.cdk_json)


def _held(there: Target) -> Held:
    return domain.held(there.vault().read(there.settings.webhook_secret))


def _write(there: Target, held: Held) -> None:
    there.vault().write(there.settings.webhook_secret, json.dumps(held))


def _tokens(there: Target) -> Held:
    """Raises ContractBroken where the stage was deployed without callers."""
    if not there.settings.callers_secret:
        raise ContractBroken("this stage has no callers yet: deploy the row that proposes, first")
    return domain.held(there.vault().read(there.settings.callers_secret))


def _write_tokens(there: Target, held: Held) -> None:
    there.vault().write(there.settings.callers_secret, json.dumps(held))


def _ended(there: Target, sender: str, *, all_of_them: bool) -> None:
    ends = domain.retired if all_of_them else domain.revoked
    _write_tokens(there, ends(_tokens(there), sender))


def _renew(there: Target, sender: str) -> str:
    secret = new_secret(secrets.token_bytes(33))
    _write(there, domain.renewed(_held(there), sender, secret))
    return secret


def _deploy(there: Target) -> str:
    stage, file = there.settings.stage, there.cdk_json.name
    if stage == "local":
        return (
            f"{file} has changed: it holds from the next `make run`, whose secrets are its own; "
            "`countersign senders rotate` shows one."
        )
    return f"{file} has changed: it holds after `make deploy STAGE={stage}`."


def _row(one: Sender) -> dict[str, Any]:
    return one.model_dump(mode="json")


_SAID = {
    "reads_answers": "reads answers",
    "vouches_for_address": "addresses are vouched for",
    "status_address": "may ask how its jobs stand",
    "outcomes_to": "is told how they ended",
}


def _holds(row: dict[str, Any]) -> Iterator[str]:
    yield from (words for name, words in _SAID.items() if row[name])
    yield from (f"may propose {one['action']}" for one in row["proposes"])


def _table(found: Sequence[dict[str, Any]]) -> Table:
    shown = table("sender", "workflows", "what holds for it", "a minute", "secrets")
    for row in found:
        shown.add_row(
            row["id"],
            ", ".join(row["workflows"]),
            "\n".join(_holds(row)) or "nothing more",
            str(row["requests_a_minute"] or "any"),
            ("NONE", "1", "2 (rotating)")[row["secrets"]],
        )
    return shown
