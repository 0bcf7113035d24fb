"""A business that is not the demo's: `tests/stages` beside a copy of the other stage files."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import invalidate_caches
from pathlib import Path
from typing import Any

from countersign.domain.workflow import Workflow
from countersign.stages.company import Company
from countersign.stages.stage_files import company
from infra.build.code import SOURCE
from workflows import WORKFLOWS, definition

STAGE = "cranes"
PACKAGE = "cranes_of_the_tests"
FILES = Path(__file__).parent / "stages"


@dataclass(frozen=True)
class Business:
    """Its workflows, and what is true of it."""

    workflows: Mapping[str, Workflow[Any]]
    company: Company


@contextmanager
def business(folder: Path) -> Iterator[Business]:
    """The engine's and the demo's code, with the other company's stage files."""
    root = folder / PACKAGE
    for name in ("", *WORKFLOWS):
        place = root / name
        shutil.copytree(SOURCE / "workflows" / name / "stages", place / "stages")
        (place / "__init__.py").touch()
        stated = FILES / f"{name or 'company'}.toml"
        shutil.copy(stated, place / "stages" / f"{STAGE}.toml")
        if name:
            shutil.copy(SOURCE / "workflows" / name / "prompt.md", place)
    sys.path.insert(0, str(folder))
    invalidate_caches()
    try:
        held = company(PACKAGE, STAGE)
        assert held
        flows = {name: definition(name).at(f"{PACKAGE}.{name}", STAGE) for name in WORKFLOWS}
        yield Business(flows, held)
    finally:
        sys.path.remove(str(folder))
