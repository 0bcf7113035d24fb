"""A business's own workflows: one folder each, found by being there.

A folder with an `__init__.py` that says `WORKFLOW = workflow(…)` and a `prompt.md` is a workflow.
`stages/` holds what is true of the company in each stage, and is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from countersign.domain.errors import DefinitionBroken
from countersign.domain.workflow import Workflow
from countersign.workflow import Definition


class _Register(Mapping[str, Workflow[Any]]):
    """The workflows of one stage, each made when it is first asked for."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._names = tuple(sorted(one.name for one in iter_modules(__path__) if one.ispkg))
        self._made: dict[str, Workflow[Any]] = {}

    def __getitem__(self, name: str) -> Workflow[Any]:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = definition(name).at(f"{__name__}.{name}", self._stage)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a folder: a door asks, and nothing has to be made for that."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def registered(stage: str) -> Mapping[str, Workflow[Any]]:
    """All workflows as they are in `stage`."""
    return _Register(stage)


def definition(name: str) -> Definition:
    """What the folder states. Raises DefinitionBroken for a folder that states no workflow, or one
    of another name."""
    found = getattr(import_module(f"{__name__}.{name}"), "WORKFLOW", None)
    if not isinstance(found, Definition):
        raise DefinitionBroken(f"workflows/{name}/__init__.py says no WORKFLOW = workflow(…)")
    if found.id != name:
        raise DefinitionBroken(f"workflows/{name} calls itself {found.id}: name it as its folder")
    return found


WORKFLOWS = registered("local")
"""The same on a developer's machine, and in tests."""
