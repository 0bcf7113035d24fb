"""Cold starts: the CPU that a fresh process uses until it has loaded a function, over what it uses
for a bare one. From bytecode, with the row's own layers, on this machine's Python."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.bench.figures import Figures
from infra.build import bytecode, code, layers
from infra.local.stand import Say
from infra.steps import ROWS

RUNS = 5
BARE = """
import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from pydantic import BaseModel
class Event(BaseModel):
    job_id: str
"""
CLIENT_OF = {
    "Propose": "from countersign.connectors.openai.client import OpenAIModel\n"
    "OpenAIModel('http://127.0.0.1:9', 'key', None)\n",
}
"""What is opened beside the handler's own import."""
_PROGRAM = "import sys, time; sys.path[:0] = {folders!r}; begin = time.process_time()\n{loads}\n"
_SAYS = "sys.stdout.write(str(time.process_time() - begin))"


def figures(say: Say) -> Figures:
    """By function. Raises LayerError."""
    with tempfile.TemporaryDirectory() as folder:
        found = _seconds(_built(Path(folder)))
    bare = found.pop("")
    say(f"a bare function loads in {1000 * bare:.0f} ms of CPU")
    return {"cold_start_ratio": {name: round(took / bare, 2) for name, took in found.items()}}


def _seconds(built: Mapping[str, Path]) -> dict[str, float]:
    """The least of all runs, by the first row with a handler; of the bare function under no name.
    They take turns, so that a busy machine slows all of them down."""
    every = [built["code"], built["core"]]
    programs = {"": (every, BARE)}
    for row in {one.handler: one for one in reversed(ROWS)}.values():
        folders = [built["code"], *(built[name] for name in row.layers)]
        programs[row.name] = (folders, f"import {row.handler}\n{CLIENT_OF.get(row.name, '')}")
    took: dict[str, float] = {}
    for _ in range(RUNS):
        for name, (folders, loads) in programs.items():
            took[name] = min(took.get(name, 60.0), _once(folders, loads))
    return took


def _once(folders: Sequence[Path], loads: str) -> float:
    program = _PROGRAM.format(folders=[str(one) for one in folders], loads=loads) + _SAYS
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-I", "-S", "-B", "-c", program],
        env={"PATH": os.defpath, "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _built(folder: Path) -> dict[str, Path]:
    """The layers and our code, with this Python's bytecode."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    built = {name: folder / name for name in layers.GROUPS}
    for name, into in built.items():
        layers.install_layer(name, version, layers.platform_of(name, platform.machine()), into)
    built["code"] = folder / "code"
    code.copy(built["code"])
    for into in built.values():
        bytecode.compile_tree(into, sys.executable)
    return built
