"""Import modules with nothing but the given folders on the path; run by `python -I -S`.

Arguments: our code, and the folder that every function has besides. What is in the latter is
imported once. Each line of the input is JSON, further folders and modules; a fork of its own
imports these, and one line of JSON tells the traceback, or nothing. What a function of ours imports
when it is first called is imported too, except the composition root's choice of adapters: which of
them a function gets is said by the caller. Where a function asks for the workflows, all of them are
imported.
"""

import ast
import importlib
import json
import os
import pkgutil
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

ROOT_MODULES = frozenset({"countersign.runtime.deps", "countersign.runtime.external"})
OF_EVERY_FUNCTION = ("aws_lambda_powertools", "boto3", "pydantic", "countersign.runtime.deps")


def late_imports(tree: ast.Module) -> Iterator[str]:
    """The modules that functions of a module import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import):
                    yield from (alias.name for alias in inner.names)
                elif isinstance(inner, ast.ImportFrom) and inner.module:
                    yield inner.module


def asks_for_workflows(node: ast.AST) -> bool:
    """`deps.workflows`, whatever holds the deps; a sender has workflows too."""
    if not (isinstance(node, ast.Attribute) and node.attr == "workflows"):
        return False
    held = node.value
    return "deps" in (held.id if isinstance(held, ast.Name) else getattr(held, "attr", ""))


class Code:
    """Our modules, read once for all forks."""

    def __init__(self, folder: Path) -> None:
        self._late: dict[str, list[str]] = {}
        self._asks: set[str] = set()
        for path in folder.rglob("*.py"):
            tree = ast.parse(path.read_text())
            self._late[str(path)] = list(late_imports(tree))
            if any(map(asks_for_workflows, ast.walk(tree))):
                self._asks.add(str(path))

    def late(self, names: set[str]) -> Iterator[str]:
        """What functions of these modules import. The workflows are found in their folder."""
        files = {str(sys.modules[name].__file__) for name in names}
        for file in sorted(files):
            yield from self._late[file]
        if "workflows" not in sys.modules and self._asks & files:
            package = importlib.import_module("workflows")
            found = pkgutil.iter_modules(package.__path__)
            yield from (f"workflows.{one.name}" for one in found if one.ispkg)

    def load(self, names: list[str]) -> None:
        """Import `names` and, until nothing is new, what functions of our modules would import."""
        seen: set[str] = set()
        while names:
            for name in names:
                importlib.import_module(name)
            ours = {n for n in sys.modules if n.startswith(("countersign.", "workflows."))}
            new = ours - ROOT_MODULES - seen
            seen |= new
            names = list(self.late(new))


def fault(ours: Code, folders: list[str], modules: list[str]) -> str:
    """The traceback of importing `modules` with `folders` on the path, or nothing."""
    sys.path[:0] = folders
    try:
        ours.load(modules)
    except ImportError:
        return traceback.format_exc()
    return ""


def main(code: str, core: str) -> None:
    """Answer line by line, until the input ends."""
    sys.path[:0] = [code, core]
    for name in OF_EVERY_FUNCTION:
        importlib.import_module(name)
    ours = Code(Path(code))
    for line in sys.stdin:
        if os.fork() == 0:
            print(json.dumps(fault(ours, *json.loads(line))), flush=True)  # noqa: T201 - the answer
            os._exit(0)
        os.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
