"""`countersign export`: the jobs of a time as a file that can be judged again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from countersign.domain.errors import NotPermitted
from countersign.domain.releases.past import line_of
from countersign.parsing.masking import mask
from infra.cli.backtest.jobs import exported, within
from infra.cli.options import AsJson, Place, Stage, Where, show

_OWNER_ALONE = 0o600


def export(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="where to write them")],
    by: Annotated[str, typer.Option(metavar="PERSON", help="your id in the directory of people")],
    since: Annotated[str, typer.Option(help="jobs changed in so long: 30d, 12h")] = "30d",
    masked: Annotated[
        bool, typer.Option("--masked", help="numbers of cards, accounts and persons masked")
    ] = False,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Write the jobs of a time into FILE, one line of JSON each: what came, was found and answered,
    every action with its verdict, and what people decided, as it is stored.

    The trail of every job says who took it out. It holds customers' words: the file is for you
    alone. With --masked a message that held such a number may be judged otherwise.

    Example: countersign export --since 30d --by kim jobs.jsonl
    """
    deps = context.obj(target, stage).deps()
    if deps.people.directory().member(by) is None:
        raise NotPermitted(f"nobody in the directory has the id {by}")
    count = 0
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ALONE), "wb") as out:
        for one in exported(deps, within(since), by):
            line = line_of(one)
            out.write((_masked(line) if masked else line) + b"\n")
            count += 1
    size = file.stat().st_size
    told = f"{file}: {count:,} jobs, {size:,} bytes"
    show(told, {"file": str(file), "jobs": count, "bytes": size}, as_json=as_json)


def _masked(line: bytes) -> bytes:
    """Texts of people, masked; what names something of ours stays as it is."""
    return json.dumps(_of(json.loads(line)), ensure_ascii=False).encode()


def _of(held: Any) -> Any:
    """Stored values are texts of JSON in JSON: those are masked inside."""
    if isinstance(held, dict):
        return {name: _of(value) for name, value in held.items()}
    if isinstance(held, list):
        return [_of(one) for one in held]
    return _text(held) if isinstance(held, str) else held


def _text(held: str) -> str:
    if held.startswith(("{", "[")):
        try:
            return json.dumps(_of(json.loads(held)), ensure_ascii=False)
        except ValueError:
            pass  # it only looks like JSON: a text of somebody's
    return mask(held)
