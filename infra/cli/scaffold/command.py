"""`countersign new`: a workflow's folder from a prompt and a schema, green from the start."""

from __future__ import annotations

import json
import keyword
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib import invalidate_caches
from importlib.util import module_from_spec, spec_from_file_location
from inspect import isclass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from countersign.domain.errors import ContractBroken, CountersignError
from infra.build import contracts
from infra.cli.options import AsJson, show
from infra.cli.scaffold import facts
from infra.cli.scaffold.folder import KNOWN, Folder
from infra.local.front.samples import FOLDER as EVENTS
from infra.settings import ROOT
from workflows import registered

WORKFLOWS = ROOT / "functions" / "workflows"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 40
_RESERVED = frozenset({"stages"})
_HERE = ".venv/bin/countersign"
_SCHEMA = "schema_of_a_new_workflow"
"""The author's file as a module: under its own name it could hide one of Python's."""


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="in snake_case: warranty_claim")],
    prompt: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="your prompt, as text")
    ] = None,
    schema: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="what the model answers: a JSON Schema, or a .py whose last pydantic model it is",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a new workflow: its page, prompt, stages, a case and two sample events.

    Example: countersign new warranty_claim --prompt claim.md --schema claim.schema.json
    """
    _check(name)
    asked = read_schema(schema) if schema else facts.USUAL
    folder = Folder(name, facts.parts(asked), prompt.read_text("utf-8") if prompt else "")
    written = _write(name, folder)
    first = next(path for path in written if path.endswith("event.json"))
    then = {
        "try": f"{_HERE} try {name} {first}",
        "run": f"make run, then {_HERE} submit {first} --workflow {name}",
        "deploy": "make check, then make deploy STAGE=dev",
    }
    left = facts.left_out(asked)
    lines = [
        *(f"wrote {path}" for path in written),
        *([f"left out {', '.join(left)}: every message or answer has it anyway"] if left else []),
        *(f"{what:7}{how}" for what, how in then.items()),
    ]
    data = {"workflow": name, "written": written, "left_out": left, "next": then}
    show("\n".join(lines), data, as_json=as_json)


def read_schema(file: Path) -> Mapping[str, Any]:
    """The JSON Schema in `file`, or that of the last pydantic model in it. Raises ContractBroken
    for a file that holds neither."""
    if file.suffix == ".py":
        return _model(file).model_json_schema()
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise ContractBroken(f"{file}: no JSON: {error}") from None
    if not isinstance(found, dict):
        raise ContractBroken(f"{file}: a JSON Schema is an object")
    return found


def _model(file: Path) -> type[BaseModel]:
    spec = spec_from_file_location(_SCHEMA, file)
    if spec is None or spec.loader is None:
        raise ContractBroken(f"{file}: no module of Python")
    module = module_from_spec(spec)
    sys.modules[_SCHEMA] = module  # where pydantic looks for the names in annotations
    spec.loader.exec_module(module)
    models = [
        one
        for one in vars(module).values()
        if isclass(one) and issubclass(one, BaseModel) and one.__module__ == _SCHEMA
    ]
    if not models:
        raise ContractBroken(f"{file}: there is no pydantic model in it")
    return models[-1]


def _check(name: str) -> None:
    """Raises BadParameter (exit code 2) for a name that no folder may have, and ContractBroken for
    one that is taken."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise typer.BadParameter(
            f"{name!r}: small letters, digits and single underscores, at most {_LONGEST}, such as"
            " warranty_claim"
        )
    if keyword.iskeyword(name) or name in _RESERVED:
        raise typer.BadParameter(f"{name!r} means something else already; take another name")
    if (WORKFLOWS / name).exists():
        raise ContractBroken(f"functions/workflows/{name} is there already; nothing was written")


def _write(name: str, folder: Folder) -> list[str]:
    """Write everything, and lock its contracts; where that fails nothing is left behind."""
    home, events = WORKFLOWS / name, folder.events(_next(), _writing_about(KNOWN))
    files = {home / path: text for path, text in folder.files().items()}
    files |= {EVENTS / path: text for path, text in events.items()}
    made = {home, *((EVENTS / path).parent for path in events)}
    taken = [str(one) for one in made if one.exists()]
    if taken:
        raise ContractBroken(f"{', '.join(taken)} is there already; nothing was written")
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(formatted(text) if path.suffix == ".py" else text, "utf-8")
        invalidate_caches()
        registered.cache_clear()
        contracts.write(registered("local"))
    except CountersignError:
        for one in made:
            shutil.rmtree(one, ignore_errors=True)
        raise
    return [str(path.relative_to(ROOT)) for path in files]


def formatted(page: str) -> str:
    """The page as `ruff format` has it."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "page.py", "-"]
    done = subprocess.run(  # noqa: S603 - this project's own formatter
        command, input=page, capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout


def _next() -> int:
    """The number after the last event's."""
    numbers = (one.name.partition("-")[0] for one in EVENTS.iterdir() if one.is_dir())
    return max(map(int, numbers), default=0) + 1


def _writing_about(address: str) -> list[str]:
    """The events that are about the same contact: a new one comes after them."""
    found = {file.parent.name for file in EVENTS.glob("*/event.*") if _names(file, address)}
    return sorted(found)


def _names(file: Path, address: str) -> bool:
    return address.encode() in file.read_bytes()
