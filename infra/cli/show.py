"""Jobs on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from countersign.portal.timeline import Moment
from countersign.portal.trace import ENDED
from infra.cli.job_view import age

SHORT = 10
"""Characters of a job's id that a list shows, and that name it."""
_COLOURS = {
    "COMPLETED": "green",
    "REJECTED": "dim",
    "SHADOWED": "cyan",
    "WAITING_FOR_REVIEW": "yellow",
    "PARKED": "yellow",
    "ESCALATED": "red",
    "FAILED": "red",
}


def table(*headings: str) -> Table:
    """An empty table without a frame. A word that is too long for its column goes on below: two
    names that begin alike are not the same."""
    made = Table(show_edge=False, pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def shortened(most: int, cut: Sequence[str]) -> Iterator[Text]:
    """A remark where not all jobs of some statuses were read."""
    if cut:
        yield Text(f"Only the latest {most} were read of: {', '.join(cut)}", style="yellow")


def jobs(found: Sequence[Mapping[str, Any]], now: datetime) -> RenderableType:
    """A table of jobs, their ages as of `now`."""
    if not found:
        return Text("No jobs. Send one with `countersign submit FILE --workflow NAME`.")
    table = Table(show_edge=False, pad_edge=False)
    for name in ("job", "status", "begun", "about"):
        table.add_column(name, no_wrap=name != "about")
    for job in found:
        begun = f"{age(datetime.fromisoformat(job['created_at']), now)} ago"
        table.add_row(job["job_id"][:SHORT], _status(job["status"]), begun, _about(job))
    return table


def found(rows: Sequence[Mapping[str, Any]], now: datetime, more: str) -> RenderableType:
    """What a search found, and whether there is more."""
    if not rows:
        return Text("No job is found by that.")
    return Group(jobs(rows, now), Text(more, style="dim"))


def _about(job: Mapping[str, Any]) -> Text:
    """Whom it is about and how much, whom it waits for, and why it stands so."""
    cell = safe(job["about"] or job["workflow"])
    waits = f"waits for {job['waits_for']}" if job["waits_for"] else ""
    for more in (waits, job["reason"]):
        if more:
            cell.append(f"\n{_flat(more)}", style="dim")
    return cell


def job(data: Mapping[str, Any], moments: Sequence[Moment]) -> RenderableType:
    """One job: how it stands, its story, its actions and its record."""
    return Group(
        *_head(data),
        *_section("The message", data["message"]),
        *_section("Understood", {name: one["value"] for name, one in data["facts"].items()}),
        Text(),
        _story(moments),
        Text(),
        *_calls(data),
        _actions(data),
        *_foot(data),
    )


def _section(title: str, rows: Mapping[str, str]) -> Iterator[RenderableType]:
    if not rows:
        return
    yield Text(f"\n{title}", style="bold")
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, max_width=24)
    table.add_column()
    for name, text in rows.items():
        table.add_row(safe(name.replace("_", " ")), lines(text))
    yield table


def _calls(data: Mapping[str, Any]) -> Iterator[RenderableType]:
    """What was asked of the model, of which size and why, and what it cost."""
    for one in data["model_calls"]:
        used, seconds = one["usage"], one["milliseconds"] / 1000
        cached = f" ({used['cached_tokens']} cached)" if used["cached_tokens"] else ""
        tokens = f"{used['input_tokens']}{cached} + {used['output_tokens']} tokens"
        line = f"{_flat(one['model'])} ({one['size']}), {ENDED[one['ended']]}, {tokens}"
        line += f", US$ {used['usd']}, {seconds:.1f} s, request {one['request'][:12]}"
        faults = "".join(f"\nwrong: {_flat(fault)}" for fault in one["faults"])
        yield Text.assemble("Model: ", _flat(one["why"]), (f"\n{line}{faults}", "dim"))
    for name, said in data["dropped"].items():
        yield safe(f"Left out, since the message does not say it: {name.replace('_', ' ')}: {said}")
    if data["model_calls"]:
        yield Text(f"Release {data['release'][:12]}\n", style="dim")


def _head(data: Mapping[str, Any]) -> Iterator[Text]:
    yield Text.assemble(_status(data["status"]), "  ", data["job_id"], "  ", data["workflow"])
    if data["about"]:
        yield safe(data["about"])
    if data["reason"]:
        yield safe(data["reason"])
    if data["waits_for"]:
        yield Text(f"Waits for {data['waits_for']}.")
    yield from _kin(data)


def _kin(data: Mapping[str, Any]) -> Iterator[Text]:
    """The jobs that this one came from or led to."""
    if data["parent"]:
        yield Text(f"Handed over by {data['parent']}.")
    if data["rerun_of"]:
        yield Text(f"Runs {data['rerun_of']} again.")
    if data["rerun_as"]:
        yield Text(f"Run again as {data['rerun_as']}.")
    for one in data["children"]:
        yield safe(f"Handed over to {one['to']}: {one['job_id']}")


def _story(moments: Sequence[Moment]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for moment in moments:
        what = Text(moment.what)
        for name, value in moment.details:
            what.append(f"\n{_flat(name)}: {_flat(value)}", style="dim")
        table.add_row(f"{moment.since:.1f} s", safe(moment.who), what)
    return table


def _actions(data: Mapping[str, Any]) -> RenderableType:
    if not data["actions"]:
        return Text("No actions.", style="dim")
    table, plan = Table.grid(padding=(0, 2)), 1
    for action in data["actions"]:
        if action["plan"] != plan:
            plan = action["plan"]
            table.add_row("", Text(f"Plan {plan}, after a failure:", style="dim"))
        why = (f"asked: {_flat(one['told'])}" for one in _asking(data, action))
        more = "".join(f"\n{line}" for line in (*why, *_attempt(action)))
        table.add_row(
            f"{action['index'] + 1}.", Text.assemble(_flat(action["words"]), (more, "dim"))
        )
    return table


def _asking(data: Mapping[str, Any], action: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Why it needed a signature."""
    of = (one for one in data["decisions"] if one["digest"] == action["digest"])
    return (reason for one in of if one["answer"] == "ask" for reason in one["reasons"])


def _attempt(action: Mapping[str, Any]) -> Iterator[str]:
    """How it stands, each attempt, what it changed, and what kept it from being undone."""
    note = f" ({_flat(action['note'])})" if action["note"] else ""
    yield f"{action['status_words']}{note}"
    yield from (_flat(one["words"]) for one in action["attempts"])
    for one in action["changed"]:
        yield f"{_flat(one['name'])}: {_quoted(one['before'])} → {_quoted(one['after'])}"
    for one in action["seen"]:
        wanted = f"wanted {_quoted(one['before'])}, " if one["before"] else ""
        yield f"{_flat(one['name'])}: {wanted}seen {_quoted(one['after'])}"
    for one in action["conflict"]:
        found = f"left as {_quoted(one['before'])}, found as {_quoted(one['after'])}"
        yield f"changed since: {_flat(one['name'])}, {found}"


def _quoted(text: str) -> str:
    return f"“{_flat(text)}”" if text else "nothing"


def _foot(data: Mapping[str, Any]) -> Iterator[Text]:
    cost, held = data["cost"], data["audit"]
    intact = "intact" if held["verified"] else f"BROKEN: {'; '.join(held['faults'])}"
    offline = " (offline model)" if cost["offline"] else ""
    yield Text()
    yield Text(
        f"{len(held['entries'])} audit entries, {intact}; model calls: {cost['calls']}"
        f"{offline}, US$ {cost['usd']}",
        style="dim" if held["verified"] else "red",
    )


def _status(status: str) -> Text:
    return Text(status, style=_COLOURS.get(status, ""))


def lines(text: str) -> Text:
    """Text from outside for a terminal, its lines kept."""
    return Text("\n".join(_flat(line) for line in text.splitlines()))


def safe(text: str) -> Text:
    """Text from outside for a terminal, on one line."""
    return Text(_flat(text))


def _flat(text: str) -> str:
    """Text from outside on one line and without anything that a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)
