"""`countersign explain`: what led to a job's output, from what came to what took effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from countersign.domain.jobs.change import JobRecord
from countersign.domain.reporting.export import versions
from countersign.domain.workflow import Workflows
from countersign.jobs.originals import told_once
from infra.cli.job_view import as_dict
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show
from infra.cli.show import lines, safe, table


def explain(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="a job's id, or the beginning of one")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """What inputs led to this output: what came, each fact with its quotes, what rules found, which
    versions judged, who decided, and what took effect. Its trail says who had it told.

    Example: countersign explain j-3xk7wq2p --json
    """
    there = context.obj(target, stage)
    deps = there.deps()
    record = told_once(deps, load(deps.store, job, deps.clock.now()), there.operator)
    data = explained(record, deps.workflows)
    show(Group(*_shown(data)), data, as_json=as_json)


def explained(record: JobRecord, workflows: Workflows) -> dict[str, Any]:
    """The chain from input to effect, in that order."""
    whole = as_dict(record, workflows)
    return {
        "job_id": whole["job_id"],
        "output": {"status": whole["status"], "reason": whole["reason"]},
        "input": {"source": whole["source"], "message": whole["message"]},
        "facts": whole["facts"],
        "findings": whole["findings"],
        "versions": {**versions(record), "model": whole["cost"]["model"]},
        "decisions": [_decided(one, whole["approvals"]) for one in whole["decisions"]],
        "effects": [_effect(one) for one in whole["actions"]],
    }


def _decided(verdict: Mapping[str, Any], approvals: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Policy's word on an action with its rules, and what each person said to its bytes."""
    people = [
        {
            "name": one["decision"]["name"],
            "choice": one["decision"]["choices"].get(verdict["digest"], ""),
            "at": one["decision"]["at"],
            "reason": one["decision"]["reason"],
        }
        for one in approvals
        if one["decision"] and verdict["digest"] in one["digests"]
    ]
    return {**verdict, "people": people}


def _effect(action: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("action", "words", "status", "note", "key", "receipt", "changed")
    return {name: action[name] for name in kept}


def _shown(data: Mapping[str, Any]) -> Iterator[RenderableType]:
    reason = f": {data['output']['reason']}" if data["output"]["reason"] else ""
    yield Text.assemble((data["job_id"], "bold"), f"  {data['output']['status']}", reason)
    yield from _titled("What came", _came(data["input"]))
    yield from _titled("What was understood", _facts(data["facts"]))
    yield from _titled("What rules found", ((one["rule"], one["told"]) for one in data["findings"]))
    yield from _titled("Who judged", _judges(data["versions"]))
    yield from _titled("What was decided", _decisions(data["decisions"]))
    yield from _titled("What took effect", _effects(data["effects"]))


def _titled(title: str, rows: Iterator[tuple[str, str]]) -> Iterator[RenderableType]:
    found = [(name, text) for name, text in rows if text]
    if not found:
        return
    yield Text(f"\n{title}", style="bold")
    grid = table("", "")
    grid.show_header = False
    grid.columns[0].max_width = 24
    for name, text in found:
        grid.add_row(safe(name), lines(text))
    yield grid


def _came(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    source = said["source"]
    yield "door", f"{source['door']}, {source['sender']}, {source['received_at']}"
    yield "digest", f"{source['body_digest']} ({source['size']} bytes)"
    yield from said["message"].items()


def _facts(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, fact in facts.items():
        quotes = " … ".join(f"“{quote}”" for quote in fact["quotes"])
        by = f", corrected by {fact['by']}" if fact["by"] else ""
        yield name, f"{fact['value']}\n  from {quotes}{by}"


def _judges(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "release", said["release"]
    yield "model", said["model"]
    yield "policy", ", ".join(said["policy"])
    yield "actions", ", ".join(said["actions"])
    yield "contracts", ", ".join(f"{name} {held}" for name, held in said["results"].items())


def _decisions(decided: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in decided:
        rules = [f"{reason['rule']}: {reason['told']}" for reason in one["reasons"]]
        people = [
            f"{said['name']}: {said['choice']} at {said['at']} {said['reason']}".rstrip()
            for said in one["people"]
        ]
        yield one["action"], "\n".join([one["answer"], *rules, *people])


def _effects(effects: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in effects:
        receipt = f", {one['receipt']['id']}" if one["receipt"] else ""
        note = f" ({one['note']})" if one["note"] else ""
        changed = [f"{c['name']}: {c['before']} → {c['after']}" for c in one["changed"]]
        yield one["action"], "\n".join([f"{one['status']}{note}{receipt}", *changed])
