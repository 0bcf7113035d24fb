"""Import modules with nothing but the given folders on the path; run by `python -I -S`.

Arguments: the folders, joined by the path separator, and the modules, joined by commas. What a
function of ours imports when it is first called is imported too, except the composition root's
choice of adapters: which of them a function gets is said by the caller. Where a function asks for
the workflows, all of them are imported.
"""

import ast
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT_MODULES = frozenset({"countersign.runtime.deps"})


def late_imports(module: ModuleType) -> Iterator[str]:
    """The modules that functions of `module` import."""
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
        if isinstance(node, ast.FunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import):
                    yield from (alias.name for alias in inner.names)
                elif isinstance(inner, ast.ImportFrom) and inner.module:
                    yield inner.module


def makes_workflows(names: set[str]) -> bool:
    """Whether any of these modules asks for the workflows, which are found in their folder."""
    trees = (ast.parse(Path(str(sys.modules[name].__file__)).read_text()) for name in names)
    nodes = (node for tree in trees for node in ast.walk(tree))
    return any(isinstance(node, ast.Attribute) and node.attr == "workflows" for node in nodes)


def workflows() -> list[str]:
    """The workflows that ship."""
    package = importlib.import_module("workflows")
    return [f"workflows.{one.name}" for one in pkgutil.iter_modules(package.__path__) if one.ispkg]


def load(names: list[str]) -> None:
    """Import `names` and, until nothing is new, what functions of our modules would import."""
    seen: set[str] = set()
    while names:
        for name in names:
            importlib.import_module(name)
        ours = {
            n for n in sys.modules if n.startswith(("countersign.", "workflows."))
        } - ROOT_MODULES
        new = sorted(ours - seen)
        seen |= ours
        names = [late for name in new for late in late_imports(sys.modules[name])]
        if "workflows" not in sys.modules and makes_workflows(set(new)):
            names += workflows()


if __name__ == "__main__":
    folders, modules = sys.argv[1:]
    sys.path[:0] = folders.split(os.pathsep)
    load(modules.split(","))
