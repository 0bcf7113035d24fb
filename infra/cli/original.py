"""The original of a job, as it came, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countersign.domain.errors import NotPermitted
from countersign.jobs.originals import file_name, in_words
from countersign.jobs.originals import original as read_original
from infra.cli.jobs import load
from infra.cli.options import AsJson, Place, Stage, Where, show


def original(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="a job's id")],
    by: Annotated[str, typer.Option(metavar="PERSON", help="your id in the directory of people")],
    to: Annotated[
        Path | None, typer.Option(help="the file; else one of the job's name, here")
    ] = None,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Write what came, as it came, into a file. The job's audit trail says who read it.

    Example: countersign original j-3xk7wq2p --by kim --to letter.eml
    """
    deps = context.obj(target, stage).deps()
    record = load(deps.store, job, deps.clock.now())
    if deps.people.directory().member(by) is None:
        raise NotPermitted(f"nobody in the directory has the id {by}")
    content, file = read_original(deps, record, by), to or Path(file_name(record))
    file.write_bytes(content)
    told = f"{file}: {in_words(len(content))}"
    show(told, {"file": str(file), "bytes": len(content)}, as_json=as_json)
