"""`countersign audit`: a job's record as a file, and checking such a file without us."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import boto3
import typer

from countersign.domain.reporting.export import erased, exported, redacted, sealed_in
from countersign.domain.reporting.export import verify as faults_of
from countersign.reporting.sealing import sealed
from infra.cli.audit.proof import outside, pem
from infra.cli.job_view import cost_of
from infra.cli.jobs import load
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, say, show

app = typer.Typer(help=__doc__, no_args_is_help=True)
_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="an exported record")]
_BY = (" and proven by what was given", " and the one of this root")
_LOUD = (
    "NOT PROVEN: neither --root, --sealed nor --key was given. The file agrees with itself, and "
    "anybody can make such a file. Take a root or the key from elsewhere than the file."
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
    way = sealed(deps, record)
    data, root = exported(record, cost_of(record), deps.ids.salt, way)
    file = to or Path(f"{record.job.job_id}.jsonl")
    file.write_bytes(data)
    lines = data.count(b"\n")
    hour = way.seal.root if way else ""
    said = {"file": str(file), "lines": lines, "root": root, "sealed": hour}
    told = f"sealed under {hour}" if hour else "its hour is not sealed yet: export it again later"
    show(f"{file}: {lines} lines, root {root}\n{told}", said, as_json=as_json)


@app.command()
def verify(
    file: _File,
    root: Annotated[str, typer.Option(help="the root that was printed when it was made")] = "",
    hour: Annotated[
        str, typer.Option("--sealed", help="the root of its hour, out of a daily mail")
    ] = "",
    key: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="the public key that signs hours, as PEM"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a file without any connection: each line's place and body, the job's own trail, every
    action's signed bytes, and its way to the root of its hour. Exit code 1 when something is wrong;
    it is named. What proves it comes from outside: a root, or the key.

    Example: countersign audit verify record.jsonl --sealed 5f0c… --key seals.pem
    """
    data = file.read_bytes()
    faults = faults_of(data, root)
    if not faults and (hour or key):
        faults = outside(sealed_in(data), hour, key.read_bytes() if key else b"")
    proven = bool(root or hour or key) and not faults
    if not (root or hour or key):
        say(_LOUD)
    gone = [] if faults else erased(data)
    whole = (f"{file} is intact{_BY[bool(root)] if proven else ''}", *gone)
    said = {"faults": faults, "proven": proven, "erased": gone}
    show("\n".join(faults or whole), said, as_json=as_json)
    if faults:
        raise typer.Exit(FAILED)


@app.command("key")
def public_key(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="the file, as PEM")],
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
) -> None:
    """Write the public half of the key that signs hours into a file, for whoever checks records.

    Example: countersign audit key --to seals.pem --target aws --stage prod
    """
    name = context.obj(target, stage).settings.seal_key
    if not name:
        raise typer.BadParameter("this stage was deployed by older code: it seals nothing yet")
    held = boto3.client("kms").get_public_key(KeyId=name)["PublicKey"]
    to.write_bytes(pem(held))
    show(
        f"{to}: give it to whoever checks records, by another way than the records",
        None,
        as_json=False,
    )


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
