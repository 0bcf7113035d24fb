"""Tests that assert nothing, by themselves or through a function that they call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.unit.architecture import parsed

_ASSERTING = {"assert", ".raises", ".fail", "AssertionError"}


def assertless_tests(root: Path) -> list[str]:
    """Tests below `root` that assert nothing. What they call counts where all of its name do."""
    found = [
        (path.name, *one)
        for path in sorted(root.rglob("*.py"))
        for one in _functions(parsed(path.read_text()))
    ]
    asserting, before = _ASSERTING, set[str]()
    while asserting != before:
        before = asserting
        silent = {name for _, name, said in found if not said & before}
        asserting = _ASSERTING | {name for _, name, _ in found} - silent
    tests = (one for one in found if one[1].startswith("test_"))
    return [f"{path}: {name}" for path, name, said in tests if not said & asserting]


def _functions(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """Each function, and each method with a dot before its name, and what it calls."""
    for top in tree.body:
        inside = top.body if isinstance(top, ast.ClassDef) else [top]
        for one in (each for each in inside if isinstance(each, ast.FunctionDef)):
            yield one.name if one is top else f".{one.name}", _says(one)


def _says(function: ast.FunctionDef) -> set[str]:
    inside = list(ast.walk(function))
    funcs = [one.func for one in inside if isinstance(one, ast.Call)]
    called = {f".{f.attr}" if isinstance(f, ast.Attribute) else ast.unparse(f) for f in funcs}
    return called | {"assert" for one in inside if isinstance(one, ast.Assert)}
