"""The CDK CLI, pinned: installed from the npm registry once, and run on our own Node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.build.synth import NODE
from infra.settings import ROOT

VERSION = "2.1148.1"
INTEGRITY = (
    "sha512-K3d02L17IwmAuiBWNuX1DzYhKUs9GrKYI7bZnGJfJ1bKz9ymXFxfudBOL3rUb8JAusDN"
    "SULiQU2fsJH7kyY2XA=="
)
HOME = ROOT / ".local" / "cdk-cli"
NPM = NODE.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
CLI = HOME / "node_modules" / "aws-cdk" / "bin" / "cdk"


class CliError(RuntimeError):
    """The CDK CLI could not be installed; the message says what to do."""


def cdk(verb: str, *arguments: str) -> int:
    """The exit code of one command; what it says goes where ours does."""
    sys.stdout.flush()
    command = [str(NODE / "node"), str(CLI), verb, *arguments]
    return subprocess.run(command, check=False, env=_environment()).returncode  # noqa: S603 - ours


def install() -> None:
    """The pinned CLI, its content checked before anything of it runs. Raises CliError."""
    if CLI.exists() and (HOME / "version").read_text() == VERSION:
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = _npm("pack", f"aws-cdk@{VERSION}", "--json", "--pack-destination", folder)
        found = json.loads(packed)[0]
        if found["integrity"] != INTEGRITY:
            raise CliError("The CDK CLI that the registry gave is not the one that was pinned.")
        archive = Path(folder) / found["filename"]
        _npm("install", "--prefix", str(HOME), "--no-save", "--no-package-lock", str(archive))
    (HOME / "version").write_text(VERSION)


def _npm(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - npm of our own Node
        [str(NODE / "node"), str(NPM), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=_environment(),
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "complete log" not in line]
        why = " ".join(line.removeprefix("npm error ").strip() for line in said[:3]) or "no word"
        raise CliError(f"The CDK CLI could not be installed from the npm registry: {why}")
    return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
