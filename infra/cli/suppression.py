"""`countersign suppression`: who gets no mail from any workflow. Rows hold digests of addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.table import Table

from countersign.domain.errors import NotFound
from countersign.domain.jobs.matters import contact_key
from countersign.domain.jobs.suppression import Suppressed, suppressed
from countersign.runtime.deps import Deps
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import table

_SHORT = 12

app = typer.Typer(help=__doc__, no_args_is_help=True)
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="a mail address")]
By = Annotated[str, typer.Option(metavar="PERSON", help="your id in the directory of people")]


@app.command("list")
def list_suppressed(
    context: typer.Context,
    address: Annotated[str, typer.Option(help="only this one")] = "",
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """List who gets no mail: since when, why, and by which job or person.

    Example: countersign suppression list
    """
    deps: Deps = context.obj(target, stage).deps()
    key = contact_key(address) if address else ""
    found = [row for row in deps.suppression.rows() if key in ("", row.key)]
    nobody = "Nobody is on it: everybody may be mailed."
    show(
        _table(found) if found else nobody,
        {"suppressed": [_row(one) for one in found]},
        as_json=as_json,
    )


@app.command()
def add(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    address: Address,
    by: By,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Send no mail to ADDRESS any more.

    Example: countersign suppression add maria@example.com --by kim
    """
    deps: Deps = context.obj(target, stage).deps()
    row = suppressed(address, "by hand", deps.clock.now(), _known(deps, by))
    deps.suppression.add(row)
    show("no mail is sent there any more", _row(row), as_json=as_json)


@app.command()
def remove(
    context: typer.Context,
    address: Address,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Let mail go to ADDRESS again, because its owner asked for it.

    Example: countersign suppression remove maria@example.com
    """
    deps: Deps = context.obj(target, stage).deps()
    key = contact_key(address)
    if not deps.suppression.remove(key):
        raise NotFound("this address is not on the list")
    show("mail may be sent there again", {"key": key}, as_json=as_json)


def _known(deps: Deps, person: str) -> str:
    member = deps.people.directory().member(person)
    if member is None:
        raise NotFound(f"nobody has the id {person}: see `countersign people list`")
    return member.person.id


def _row(one: Suppressed) -> dict[str, Any]:
    return one.model_dump(mode="json")


def _table(found: Sequence[Suppressed]) -> Table:
    shown = table("contact (digest)", "why", "since", "by")
    for one in found:
        shown.add_row(one.key[:_SHORT], one.why, f"{one.since:%Y-%m-%d %H:%M} UTC", one.by)
    return shown
