"""Read the cloud assembly that synthesis leaves in `cdk.out`, and pack its assets."""

import io
import json
import shlex
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from infra.local.cloud.templates import Template


class AssemblyError(RuntimeError):
    """The folder is not the assembly of one stack."""


@dataclass(frozen=True)
class Asset:
    """A file or folder of the cloud assembly and the key that the template knows it by."""

    key: str
    source: Path


@dataclass(frozen=True)
class Assembly:
    """The one stack of a `cdk.out` folder."""

    stack: str
    template: Template
    assets: list[Asset]


def read_assembly(cdk_out: Path) -> Assembly:
    """Read what synthesis left in `cdk_out`. Raises AssemblyError if it has not one stack."""
    if not (cdk_out / "manifest.json").exists():
        raise AssemblyError(f"{cdk_out} has no cloud assembly: run `make synth`.")
    artifacts = json.loads((cdk_out / "manifest.json").read_text())["artifacts"]
    stacks = {k: v for k, v in artifacts.items() if v["type"] == "aws:cloudformation:stack"}
    if len(stacks) != 1:
        raise AssemblyError(
            f"{cdk_out} has {len(stacks)} stacks; the local cloud deploys exactly one."
        )
    name, stack = stacks.popitem()
    template = json.loads((cdk_out / stack["properties"]["templateFile"]).read_text())
    manifest = json.loads((cdk_out / f"{name}.assets.json").read_text())
    assets = [
        Asset(place["objectKey"], cdk_out / entry["source"]["path"])
        for entry in manifest["files"].values()
        for place in entry["destinations"].values()
    ]
    return Assembly(stack["properties"].get("stackName", name), template, assets)


def packed(source: Path, *, with_bootstrap: bool) -> bytes:
    """The bytes of a file, or of a folder as a zip; if asked with the entry point of our runtime.

    A file that is to get the entry point is a zip already.
    """
    buffer = io.BytesIO(source.read_bytes() if source.is_file() else b"")
    if source.is_dir():
        _add_files(buffer, source)
    if with_bootstrap:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr(entry, bootstrap_script(sys.executable))
    return buffer.getvalue()


def _add_files(buffer: io.BytesIO, folder: Path) -> None:
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))


def bootstrap_script(python: str) -> str:
    """The entry point of a custom runtime: a process of the fork server, asked for by `python`."""
    client = shlex.join([python, "-I", "-S", str(Path(__file__).with_name("fork_client.py"))])
    return f'#!/bin/sh\nexec {client} "$FORK_SERVER" "${{LIVE_CODE:-$LAMBDA_TASK_ROOT}}"\n'
