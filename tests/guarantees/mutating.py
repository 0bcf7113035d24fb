"""Small changes of a module's meaning, one at a time: what a test should notice.

Our own sixty lines: the kept tools either patch every function with a trampoline, which our
architecture tests refuse, or start a service with a database for what is a loop over a folder.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

_COMPARED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COUNTED: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
}


@dataclass(frozen=True)
class Mutant:
    """The whole source with one change, and where and what that is."""

    line: int
    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every change of `source`, in order. Docstrings, types and words stay as they are."""
    for at in range(sum(1 for _ in _changes(ast.parse(source)))):
        tree = ast.parse(source)
        line, change, apply = next(each for n, each in enumerate(_changes(tree)) if n == at)
        apply()
        yield Mutant(line, change, ast.unparse(tree))


def _changes(tree: ast.Module) -> Iterator[tuple[int, str, Callable[[], object]]]:
    for node in ast.walk(tree):
        change = _CHANGES.get(type(node))
        said = change(node) if change else ""
        if change and said:
            yield getattr(node, "lineno", 0), said, partial(change, node, really=True)


def _compare(node: ast.Compare, *, really: bool = False) -> str:
    kind = type(node.ops[0])
    if really:
        node.ops[0] = _COMPARED[kind]()
    return kind.__name__ if kind in _COMPARED else ""


def _connect(node: ast.BoolOp, *, really: bool = False) -> str:
    said = type(node.op).__name__
    if really:
        node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    return said


def _unsay(node: ast.UnaryOp, *, really: bool = False) -> str:
    if really:
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
    return "not" if isinstance(node.op, ast.Not) else ""


def _count(node: ast.BinOp, *, really: bool = False) -> str:
    kind = type(node.op)
    if really:
        node.op = _COUNTED[kind]()
    return kind.__name__ if kind in _COUNTED else ""


def _turn(node: ast.IfExp, *, really: bool = False) -> str:
    if really:
        node.body, node.orelse = node.orelse, node.body
    return "if-else"


_CHANGES: Mapping[type[ast.AST], Callable[..., str]] = {
    ast.Compare: _compare,
    ast.BoolOp: _connect,
    ast.UnaryOp: _unsay,
    ast.BinOp: _count,
    ast.IfExp: _turn,
}
"""What is changed in each kind of node; without `really` it only says what that would be."""
