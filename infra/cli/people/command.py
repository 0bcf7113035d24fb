"""`countersign people`: who may decide. It is data: a change counts at once, without a deploy."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table
from rich.text import Text

from countersign.approvals.access import mail_again
from countersign.domain.approvals.directory import Member
from countersign.runtime.deps import Deps
from infra.cli.known import unknown
from infra.cli.options import AsJson, Place, Stage, Where, say, show
from infra.cli.people import changes
from infra.cli.people.changes import look_again
from infra.cli.people.words import absence, entry_of, member_of

ResultT = TypeVar("ResultT")

Id = Annotated[str, typer.Argument(metavar="ID", help="the person's id")]
Name = Annotated[str | None, typer.Option(help="as approvals show it")]
Address = Annotated[str | None, typer.Option(help="where approval mails go")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="repeat it for each role")]
Limits = Annotated[
    list[str] | None, typer.Option("--limit", help='repeat it: "payments.*=500 EUR"')
]
Zone = Annotated[str | None, typer.Option(help="IANA time zone, for example Europe/Berlin")]
Days = Annotated[str | None, typer.Option(help="mon-fri, or mon,wed,fri")]
Hours = Annotated[str | None, typer.Option(help="09:00-17:00")]

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.command("list")
def list_people(
    context: typer.Context,
    everybody: Annotated[bool, typer.Option("--all", help="those who left, too")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """List who may decide.

    Example: countersign people list
    """
    deps = _deps(context, target, stage)
    found = [m for m in deps.people.directory().members if everybody or not m.left]
    found.sort(key=lambda member: member.person.id)
    data = {"people": [entry_of(member) for member in found]}
    show(_table(found, deps.clock.now()), data, as_json=as_json)


@app.command("show")
def show_person(
    context: typer.Context,
    person: Id,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Show one person: roles, limits, hours, absences.

    Example: countersign people show kim
    """
    entry = entry_of(changes.known(_deps(context, target, stage).people, person))
    show(
        "\n".join(f"{name}: {_cell(value)}" for name, value in entry.items()),
        entry,
        as_json=as_json,
    )


@app.command()
def add(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    person: Id,
    name: Annotated[str, typer.Option(help="as approvals show it")],
    address: Annotated[str, typer.Option(help="where approval mails go")],
    role: Roles = None,
    limit: Limits = None,
    zone: Zone = None,
    days: Days = None,
    hours: Hours = None,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Add somebody. Without a limit they approve nothing that moves money.

    Example: countersign people add kim --name 'Kim Sato' --address kim@example.com --role refunds
    """
    given = _given(name, address, role, limit, zone, days, hours)
    member = _read(lambda: member_of({"id": person, "roles": [], **given}))
    deps = _deps(context, target, stage)
    _check_roles(deps, member)
    _tell(changes.add(deps, member), "added", as_json=as_json)


@app.command("set")
def change(  # noqa: PLR0917 - as add
    context: typer.Context,
    person: Id,
    name: Name = None,
    address: Address = None,
    role: Roles = None,
    limit: Limits = None,
    zone: Zone = None,
    days: Days = None,
    hours: Hours = None,
    rejoin: Annotated[bool, typer.Option("--rejoin", help="they left and are back")] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Change somebody. What is named is replaced whole: all roles, all limits.

    Example: countersign people set kim --limit 'payments.*=500 EUR'
    """
    given = _given(name, address, role, limit, zone, days, hours) | (
        {"left": False} if rejoin else {}
    )
    if not given:
        raise typer.BadParameter("say what to change, for example --role sales")
    deps = _deps(context, target, stage)
    held = entry_of(changes.known(deps.people, person))
    member = _read(lambda: member_of({**held, **given}))
    _check_roles(deps, member)
    _tell(changes.save(deps, member), "changed", as_json=as_json)


@app.command()
def away(  # noqa: PLR0917 - as add
    context: typer.Context,
    person: Id,
    until: Annotated[str, typer.Option(help="the last day, or an instant")],
    deputy: Annotated[str, typer.Option(help="id of who decides instead")],
    since: Annotated[str, typer.Option("--from", help="the first day, or an instant; now")] = "",
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Let a deputy decide for a time, what waits already included. Bare dates are whole days in the
    person's own zone.

    Example: countersign people away kim --until 2026-12-24 --deputy ana
    """
    deps = _deps(context, target, stage)
    now = deps.clock.now()
    member = changes.known(deps.people, person)
    begin = since or now.isoformat()
    gone = _read(lambda: absence(begin, until, deputy, member.hours.zone))
    done = changes.goes_away(deps, member, gone)
    look_again(deps, person, max(now, gone.since))
    _tell(done, "away", as_json=as_json)


@app.command()
def back(
    context: typer.Context,
    person: Id,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """End the absence now, and forget those to come.

    Example: countersign people back kim
    """
    deps = _deps(context, target, stage)
    member = changes.known(deps.people, person)
    _tell(changes.comes_back(deps, member), "back", as_json=as_json)


@app.command()
def leave(
    context: typer.Context,
    person: Id,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Cut somebody off at once: their open links stop working, nothing of theirs counts, and where
    too few are left to sign the next are asked.

    Example: countersign people leave kim
    """
    deps = _deps(context, target, stage)
    gone = changes.known(deps.people, person).model_copy(update={"left": True})
    done = changes.save(deps, gone)
    look_again(deps, person, deps.clock.now())
    _tell(done, "gone", as_json=as_json)


@app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="as export writes it")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Add and replace the people of FILE; all of it is checked before any of it is written.

    Whoever is not in FILE stays as they are.

    Example: countersign people import people.json
    """
    members = changes.read_file(file)
    deps = _deps(context, target, stage)
    _check_roles(deps, *members)
    _tell(changes.save(deps, *members), "imported", as_json=as_json)


@app.command("export")
def export(context: typer.Context, target: Where = Place.LOCAL, stage: Stage = "dev") -> None:
    """Print everybody as JSON that import takes, those who left too.

    Example: countersign people export > people.json
    """
    members = _deps(context, target, stage).people.directory().members
    found = sorted(members, key=lambda member: member.person.id)
    data = {"people": [entry_of(member) for member in found]}
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def _deps(context: typer.Context, target: Place, stage: str) -> Deps:
    deps: Deps = context.obj(target, stage).deps()
    return deps


def _check_roles(deps: Deps, *members: Member) -> None:
    """Raises typer.BadParameter for roles that nothing asks and their people did not have before:
    a typo would take somebody's say away without a word."""
    before = {m.person.id: m.roles for m in deps.people.directory().members}
    there = changes.roles_of(deps.workflows)
    faults = (
        unknown("role", role, there)
        for member in members
        for role in sorted(set(member.roles) - {*before.get(member.person.id, ())})
    )
    wrong = list(dict.fromkeys(fault for fault in faults if fault))
    if wrong:
        raise typer.BadParameter(f"nothing was changed: {'; '.join(wrong)}")


def _given(
    name: str | None,
    address: str | None,
    roles: list[str] | None,
    limits: list[str] | None,
    *when: str | None,
) -> dict[str, Any]:
    """The options that were given, under the names of the file's entries."""
    said = {"name": name, "address": address, "roles": roles, "limits": limits}
    said |= dict(zip(("zone", "days", "hours"), when, strict=True))
    return {key: value for key, value in said.items() if value is not None}


def _read(made: Callable[[], ResultT]) -> ResultT:
    try:
        return made()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _tell(done: changes.Changed, what: str, *, as_json: bool) -> None:
    for warning in done.warnings:
        say(f"Warning: {warning}.")
    data = {"people": [entry_of(m) for m in done.members], "warnings": list(done.warnings)}
    show(f"{what}: {', '.join(m.person.id for m in done.members)}", data, as_json=as_json)


@app.command("link")
def mail_link(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="a job that waits for a signature")],
    person: Id,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
) -> None:
    """Mail a new link to somebody who was asked, when theirs was closed by too many codes.

    Nobody but them sees it. Without any link they can sign in and decide in the inbox.

    Example: countersign people link j-3xk7wq2p kim
    """
    deps = _deps(context, target, stage)
    asked = mail_again(deps, job, person, "command line")
    say(f"A new link goes to {asked.address} within a minute.")


def _table(members: Iterable[Member], now: datetime) -> Table:
    """Each with their whole limits: 80 columns hold them one below the other."""
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("who", "roles", "limits", "hours"):
        table.add_column(heading, overflow="fold")
    for member in members:
        entry = entry_of(member)
        cells = (
            (entry["id"], entry["name"], _state(member, now)),
            entry["roles"],
            entry["limits"],
            (entry["days"], entry["hours"], entry["zone"]),
        )
        table.add_row(*(Text("\n".join(filter(None, map(str, cell)))) for cell in cells))
    return table


def _state(member: Member, now: datetime) -> str:
    deputy = member.deputy(now)
    return "left" if member.left else f"away, {deputy} decides" if deputy else ""


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
