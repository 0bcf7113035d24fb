"""What a release was made for: digests of the code, policy, contracts and cases around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from countersign.domain.canonical import canonical, digest
from countersign.domain.workflow import Workflow
from infra.build.contracts import locked


def made_for(workflow: Workflow[Any]) -> Mapping[str, str]:
    """By name: `rules` are the folder's code, `policy` its lines, `contracts` all that are locked,
    `cases` the files of its cases."""
    folder = resources.files(f"workflows.{workflow.id}")
    contracts = {name: repr(held) for name, held in locked().items()}
    return {
        "rules": _digest(_files(folder, ".py")),
        "policy": digest(canonical([workflow.policy.version, *map(repr, workflow.policy.lines)])),
        "contracts": digest(canonical(contracts)),
        "cases": _digest(_files(folder / "cases", ".json")),
    }


def _files(folder: Traversable, ending: str) -> Iterable[Traversable]:
    """Those of a folder and of the ones in it, the cases apart, by name."""
    for one in sorted(folder.iterdir(), key=lambda file: file.name):
        if one.is_dir() and one.name not in {"cases", "stages", "__pycache__"}:
            yield from _files(one, ending)
        elif one.name.endswith(ending):
            yield one


def _digest(files: Iterable[Traversable]) -> str:
    return digest(canonical({one.name: digest(one.read_bytes()) for one in files}))
