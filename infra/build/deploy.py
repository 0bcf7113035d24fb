"""`make deploy` and `make destroy`: one command of the CDK CLI on the synthesized assembly."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from countersign.runtime.deps import Deps
from infra.build import demo
from infra.build.lint import of_directory
from infra.build.synth import NODE, SynthesisError, default_out, synthesize, without_bytecode
from infra.cli import fields
from infra.cli.target import chosen
from infra.settings import ROOT, SettingsError, load

CLI_VERSION = "2.1148.1"
CLI_INTEGRITY = (
    "sha512-K3d02L17IwmAuiBWNuX1DzYhKUs9GrKYI7bZnGJfJ1bKz9ymXFxfudBOL3rUb8JAusDN"
    "SULiQU2fsJH7kyY2XA=="
)
HOME = ROOT / ".local" / "cdk-cli"
NPM = NODE.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
CLI = HOME / "node_modules" / "aws-cdk" / "bin" / "cdk"

LEFT_BEHIND = (
    "the CDK bootstrap stack (CDKToolkit) with the assets it holds",
    "the SES identity's verification records in your DNS",
    "log groups that Lambda made anew after their deletion, if something was still running",
)
KEPT_DATA = (
    "the jobs and idempotency tables",
    "the uploads and payloads buckets",
    "the secrets",
    "the intake queue and its DLQ",
)
BUCKETS = (
    "the uploads and payloads buckets, unless they are empty: empty them first, or delete by hand"
)


class CliError(RuntimeError):
    """The CDK CLI could not be installed; the message says what to do."""


def main() -> int:
    """The exit code of `cdk deploy` or `cdk destroy`; 1 for a CRM that lacks a field which the
    workflows use, 2 for wrong settings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="dev", help="a stage of cdk.json")
    parser.add_argument("--destroy", action="store_true", help="delete the stack instead")
    options = parser.parse_args()
    try:
        settings = load(options.stage)
        if not options.destroy:
            demo.check(settings)
        assembly = synthesize(options.stage, default_out(options.stage))
        _install()
    except (SettingsError, SynthesisError, CliError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not options.destroy:
        if slower := without_bytecode(options.stage):
            sys.stderr.write(f"{slower}\n")
        outputs = ROOT / ".local" / f"outputs-{options.stage}.json"
        code = _cdk("deploy", assembly, settings.stack_name, "--outputs-file", str(outputs))
        return code or _look_at(chosen("aws", options.stage).deps(), options.stage)
    code = _cdk("destroy", assembly, settings.stack_name)
    if code == 0:
        _say_what_is_left(keeps_data=settings.keep_data)
    return code


def _look_at(deps: Deps, stage: str) -> int:
    """0, or 1 when the CRM of the deployed stage lacks a field. A role that nobody has is a
    warning: people are added once the stage is there."""
    for fault in of_directory(deps.workflows, deps.people.directory().members):
        sys.stdout.write(f"Warning: {fault}. `countersign people add` gives it to somebody.\n")
    fits, said = fields.after_deploy(deps, stage)
    sys.stdout.write(f"{said}\n")
    return 0 if fits else 1


def _cdk(verb: str, assembly: Path, stack: str, *more: str) -> int:
    command = [str(NODE / "node"), str(CLI), verb, "--app", str(assembly), stack, *more]
    return subprocess.run(command, check=False, env=_environment()).returncode  # noqa: S603 - ours


def _install() -> None:
    """The pinned CLI from the npm registry, its content checked before anything of it runs."""
    if CLI.exists() and (HOME / "version").read_text() == CLI_VERSION:
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = _npm("pack", f"aws-cdk@{CLI_VERSION}", "--json", "--pack-destination", folder)
        found = json.loads(packed)[0]
        if found["integrity"] != CLI_INTEGRITY:
            raise CliError("The CDK CLI that the registry gave is not the one that was pinned.")
        archive = Path(folder) / found["filename"]
        _npm("install", "--prefix", str(HOME), "--no-save", "--no-package-lock", str(archive))
    (HOME / "version").write_text(CLI_VERSION)


def _npm(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - npm of our own Node
        [str(NODE / "node"), str(NPM), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=_environment(),
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no word"]
        raise CliError(f"The CDK CLI could not be installed from the npm registry: {said[-1]}")
    return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def _say_what_is_left(*, keeps_data: bool) -> None:
    left = (*(KEPT_DATA if keeps_data else (BUCKETS,)), *LEFT_BEHIND)
    sys.stdout.write("Left in the account:\n" + "".join(f"  - {thing}\n" for thing in left))


if __name__ == "__main__":
    sys.exit(main())
