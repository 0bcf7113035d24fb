"""`countersign audit`: a job's record as a file, and checking such a file without us."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countersign.domain.reporting.export import exported, redacted
from countersign.domain.reporting.export import verify as faults_of
from infra.cli.job_view import cost_of
from infra.cli.jobs import load
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show

app = typer.Typer(help=__doc__, no_args_is_help=True)
_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="an exported record")]
_LOUD = (
    "NOT PROVEN: no --root was given. The file agrees with itself, and anybody can make such a "
    "file. Take the root from whoever exported it, by another way."
)


@app.command("export")
def export_record(  # noqa: PLR0917 - Typer turns each parameter into an option
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="a job's id, or the beginning of one")],
    to: Annotated[Path | None, typer.Option(help="the file; else JOB.jsonl")] = None,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Write all that is known of a job into one file of JSON lines, and print its root: keep that
    elsewhere, or give it to whoever shall check the file.

    Example: countersign audit export j-3xk7wq2p --to record.jsonl
    """
    deps = context.obj(target, stage).deps()
    record = load(deps.store, job, deps.clock.now())
    data, root = exported(record, cost_of(record), deps.ids.salt)
    file = to or Path(f"{record.job.job_id}.jsonl")
    file.write_bytes(data)
    lines = data.count(b"\n")
    said = {"file": str(file), "lines": lines, "root": root}
    show(f"{file}: {lines} lines, root {root}", said, as_json=as_json)


@app.command()
def verify(
    file: _File,
    root: Annotated[str, typer.Option(help="the root that was printed when it was made")] = "",
    as_json: AsJson = False,
) -> None:
    """Check a file without any connection: each line's place and body, the job's own trail, and
    every action's signed bytes. Exit code 1 when something is wrong; it is named.

    Example: countersign audit verify record.jsonl --root 5f0c…
    """
    faults = faults_of(file.read_bytes(), root)
    proven = bool(root) and not faults
    if not root:
        say(_LOUD)
    told = "\n".join(faults) or f"{file} is intact{' and the one of this root' if root else ''}"
    show(told, {"faults": faults, "proven": proven}, as_json=as_json)
    if faults:
        raise typer.Exit(FAILED)


@app.command()
def redact(
    file: _File,
    kinds: Annotated[list[str], typer.Option("--kind", help="result, action, approval, …")],
    to: Annotated[Path, typer.Option(help="the file without the bodies of these lines")],
) -> None:
    """Take the content out of lines of some kinds; the root stays what it was, and verifies.

    Example: countersign audit redact record.jsonl --kind result --to for-the-auditor.jsonl
    """
    to.write_bytes(redacted(file.read_bytes(), kinds))
    show(f"{to}: without the bodies of {', '.join(kinds)}", None, as_json=False)
