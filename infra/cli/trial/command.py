"""`countersign try`: the whole judgement of one input, in a second and without the cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from countersign.domain.contract import explain
from countersign.domain.errors import CountersignError
from countersign.domain.ledger.told import texts
from countersign.domain.policy.proposal import flat
from countersign.domain.policy.records import CLAIM_HOLDER
from countersign.domain.workflow import Ours, Workflow
from countersign.stages.stage_files import company
from infra.build import lint
from infra.build.code import SOURCE
from infra.cli.known import check_stage, check_workflow, workflow_of
from infra.cli.options import FAILED, AsJson, say, show
from infra.cli.show import lines, safe
from infra.cli.submit import is_json
from infra.cli.trial.inputs import Judgement, Tried, judgement
from infra.cli.trial.judged import Rows
from infra.local.cloud.fork_server import fault
from infra.settings import context, load

_ROWS: TypeAdapter[Rows] = TypeAdapter(dict[str, list[dict[str, str]]])
_OF_JOBS = {CLAIM_HOLDER}
"""Records that Look finds without a lookup: an earlier job that holds this one's claim."""
_NEXT = {
    "Act": "runs it",
    "Ask": "asks for a signature",
    "Close": "ends the job",
    "Escalate": "opens a case for a person",
}
_SIGNERS = {"one": "one signature", "two": "two signatures", "all": "everybody's signature"}
_COLOURS = {"run": "green", "ask": "yellow", "forbid": "red"}


def try_(  # noqa: PLR0917 - Typer turns each parameter into an option
    name: Annotated[str, typer.Argument(help="a workflow", callback=check_workflow)],
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="a form as JSON, a mail, a text")
    ],
    records: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="what lookups find, as JSON: name of the lookup to a list of records' fields",
        ),
    ] = None,
    answer: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="a model's answer; heuristics without it"),
    ] = None,
    stage: Annotated[str, typer.Option(help="whose limits", callback=check_stage)] = "local",
    page: Annotated[
        Path | None, typer.Option(dir_okay=False, help="where to write the approval page")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge FILE as the workflow NAME would, without the cloud: what is read, understood, found,
    decided and asked.

    Nothing is stored or sent. Caps count as empty. The page is what the first of the demo's people
    would be asked with; somebody stands in for a role that none of them has.

    Example: countersign try refund_request letter.eml
    """
    of = company("workflows", stage)
    tried = Tried(
        body=file.read_bytes(),
        door="webhook" if is_json(file.name) else "upload",
        rows=_rows(records) if records else {},
        answer=answer.read_text(encoding="utf-8") if answer else "",
        authserv_id=load(stage).mail_authserv_id,
        now=datetime.now(UTC),
        ours=of.ours if of else Ours(),
    )
    for one in lint.faults(lint.PACKAGE, stage, context()["stages"]):
        say(f"Warning: {one}")
    found = _judgement(workflow_of(name, stage), tried)
    _warn(found.data, tried.rows)
    data = {**found.data, "stage": stage, "page": _written(found, page)}
    show(shown(data), data, as_json=as_json)
    if found.refused:
        raise typer.Exit(FAILED)


def _judgement(workflow: Workflow[Any], tried: Tried) -> Judgement:
    """Raises Exit, with the place in the workflow's code, for a fault of that."""
    try:
        return judgement(workflow, tried)
    except CountersignError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a folder's code raises
        say(f"{workflow.id} failed: {fault(error, SOURCE)}")
        raise typer.Exit(FAILED) from None


def _rows(file: Path) -> Rows:
    try:
        return _ROWS.validate_json(file.read_bytes())
    except ValidationError as broken:
        raise typer.BadParameter(
            f"{explain(file.name, broken)}. Write the name of a lookup and the fields of what it"
            ' finds: {"contact": [{"email": "ada@example.com"}]}'
        ) from None


def _warn(data: Mapping[str, Any], rows: Rows) -> None:
    asked = {one["name"] for one in data.get("lookups", ())}
    for name in sorted(set(rows) - asked - _OF_JOBS):
        there = ", ".join(sorted(asked)) or "none"
        say(f"Warning: nothing is looked up as {name} here; lookups: {there}.")


def _written(found: Judgement, page: Path | None) -> str:
    """The path of the page; empty when there is none, or nobody wants it."""
    if page is None or found.page is None:
        return ""
    page.write_text(found.page.html, encoding="utf-8")
    return str(page)


def shown(data: Mapping[str, Any]) -> RenderableType:
    """The judgement for a person, in the order of the states."""
    return Group(*_lines(data))


def _lines(data: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield Text.assemble((data["workflow"], "bold"), f"  {data['title']}  ", (data["stage"], "dim"))
    for word in ("refused", "dismissed"):
        if data[word]:
            yield Text(f"\nThe input is {word}: ").append(safe(data[word]))
    if data["input"]:
        yield from _section("Read", _read(data["input"], data["text"]))
    if "facts" in data:
        yield from _judged(data)
    yield from _section("Next", _next(data))


def _judged(data: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield from _section(f"Understood by {data['model']}", _facts(data))
    yield from _section("Looked up", map(_lookup, data["lookups"]))
    yield from _section("Found", map(_finding, data["findings"]))
    yield from _section("Actions", (_action(n, one) for n, one in enumerate(data["actions"], 1)))


def _section(title: str, rows: Any) -> Iterator[RenderableType]:
    listed = list(rows) or [Text("nothing", style="dim")]
    yield Text(f"\n{title}", style="bold")
    yield from (Padding(row, (0, 0, 0, 2)) for row in listed)


def _read(given: Mapping[str, Any], text: Mapping[str, str]) -> Iterator[RenderableType]:
    vouched = "vouched for" if given.get("authenticated") else "nobody vouches for the sender"
    sender = given.get("sender") or "nobody"
    yield safe(f"{given.get('channel', 'input')} from {sender}, {vouched}")
    table = _grid()
    for name, part in text.items():
        if part:
            table.add_row(safe(name), lines(part))
    yield table
    yield from (safe(f"repaired: {one}") for one in given.get("defects", ()))


def _facts(data: Mapping[str, Any]) -> Iterator[RenderableType]:
    table = _grid()
    for fact in data["facts"]:
        kind = " (derived)" if fact["derived"] else ""
        cell = safe(f"{fact['value']}{kind}")
        for quote in (one for one in fact["quotes"] if flat(one) != flat(fact["value"])):
            cell.append("\n").append_text(Text(f"“{safe(quote)}”", style="dim"))
        for one in fact["faults"]:
            cell.append(f"\n{one}", style="red")
        table.add_row(safe(fact["name"]), cell)
    if data["facts"]:
        yield table
    for one in data["dropped"]:
        quotes = ", ".join(f"“{quote}”" for quote in one["quotes"])
        what = "no fact" if one["whole"] else "dropped"
        yield Text(f"{what}: {safe(one['part'])}, {safe(quotes)} does not say it", style="red")
    yield Text(f"confidence {data['confidence']}")


def _lookup(one: Mapping[str, Any]) -> Text:
    asked = f"{one['connector']} {one['kind']}, {one['field']} = {one['value']}"
    return safe(f"{one['name']}: {asked}: {one['found']} given")


def _finding(one: Mapping[str, Any]) -> Text:
    """With the rule's id: whoever tries a workflow also writes its rules."""
    return safe(f"{one['rule']}: {one['told']}")


def _action(number: int, one: Mapping[str, Any]) -> RenderableType:
    verdict = one["verdict"]
    signers = f", {_SIGNERS[one['quorum']]}" if verdict == "ask" else ""
    head = Text.assemble(
        f"{number}. {one['action']} v{one['version']}  ", (verdict + signers, _COLOURS[verdict])
    )
    table = _grid()
    table.add_row("target", safe(one["target"]))
    for name, text in texts(one["params"]).items():
        table.add_row(safe(name), lines(text))
    reasons = (safe(reason["told"]) for reason in one["reasons"])
    more = [Text(one["note"])] if one["note"] else []
    rows: list[RenderableType] = [safe(one["words"]), *reasons, *more, table]
    return Group(head, *(Padding(row, (0, 0, 0, 3)) for row in rows))


def _next(data: Mapping[str, Any]) -> Iterator[RenderableType]:
    step = data["next"]
    at = f" at {step['connector']}" if step["state"] == "Act" else ""
    told = data["refused"] or data["dismissed"]
    reason = f": {step['reason']}" if step["reason"] and not told else ""
    yield safe(f"{step['state']} {_NEXT[step['state']]}{at}{reason}")
    if any(one["status"] == "planned" for one in data.get("actions", ())):
        yield from _asking(data, "then " if step["state"] == "Act" else "")


def _asking(data: Mapping[str, Any], then: str) -> Iterator[RenderableType]:
    if data["nobody"]:
        yield safe(f"{then}Escalate opens a case for a person: {data['nobody']}")
    elif data["page"]:
        yield safe(f"{then}the approval page: {data['page']}")
    else:
        yield Text(f"{then}a signature: --page FILE writes the approval page", style="dim")


def _grid() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, max_width=24)
    table.add_column()
    return table
