"""What every command shares: where it works, and how it prints."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console

FAILED = 1
UNREACHABLE = 2


class Place(StrEnum):
    """Where a command works."""

    LOCAL = "local"
    AWS = "aws"


Where = Annotated[Place, typer.Option("--target", help="the local cloud, or a stage on AWS")]
Stage = Annotated[str, typer.Option(help="the stage, with --target aws")]
Most = Annotated[
    int, typer.Option("--most", min=1, max=10_000, help="read so many jobs of each status")
]
"""The latest of each; what has more is told."""
AsJson = Annotated[bool, typer.Option("--json", help="print JSON instead of text")]


def show(shown: object, data: Any, *, as_json: bool) -> None:
    """`data` as JSON, or `shown` for a person."""
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    else:
        Console(highlight=False, markup=False).print(shown, soft_wrap=isinstance(shown, str))


def say(text: str) -> None:
    """A remark beside the answer, where it does not disturb JSON."""
    sys.stderr.write(text + "\n")
