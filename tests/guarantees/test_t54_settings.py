"""T54: a setting that a function's code reads is one that its row grants.

Read off the code: whatever the function's handler imports, and every setting named there. What the
adapters of one process read is theirs to say (`runtime/`): they are chosen by the rows themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from infra.build.code import SOURCE
from infra.steps import MCP, ROWS, UNSUBSCRIBE, Row, rows

pytestmark = pytest.mark.guarantee("T54")
_OF_ADAPTERS = ("countersign.runtime.", "countersign.connectors.")
_ALWAYS = frozenset({"stage", "workflows_package", "jobs_table", "task", "secret_names"})
"""What every function is told, and what is made of that."""
_UNUSED = {
    ("Ask", "case_owner"): "who answers a question is looked for where one is asked: on the pages",
    ("LookCrm", "mail_inbound"): "Prepare alone asks to which job an answer belongs",
    ("LookPayments", "mail_inbound"): "as LookCrm",
    ("Mcp", "webhook_secret"): "a token lets its callers in: no signature is checked, none made",
    ("Unsubscribe", "public_base_url"): "it takes the refusal of `forms`, and no form by them:"
    " receivers' servers post to it too, from no page of ours",
}
"""Read by code that the function imports and does not reach, each with its reason."""


@cache
def tree(module: str) -> ast.Module | None:
    """The module's code; None for what is none of ours."""
    stem = Path(SOURCE) / module.replace(".", "/")
    for file in (stem.with_suffix(".py"), stem / "__init__.py"):
        if file.exists():
            return ast.parse(file.read_text("utf-8"))
    return None


@cache
def imported(module: str) -> tuple[str, ...]:
    """The modules of ours that it imports."""
    held = tree(module)
    return tuple(
        name if tree(name) else node.module
        for node in (ast.walk(held) if held else ())
        if isinstance(node, ast.ImportFrom) and node.module
        for name in (f"{node.module}.{one.name}" for one in node.names)
    )


@cache
def reached(module: str) -> frozenset[str]:
    """Everything that comes with it, adapters apart."""
    found, left = set[str](), [module]
    while left:
        one = left.pop()
        if one in found or not one.startswith("countersign") or one.startswith(_OF_ADAPTERS):
            continue
        found.add(one)
        left.extend(imported(one))
    return frozenset(found)


@cache
def read(module: str) -> frozenset[str]:
    """The settings that it names: `….settings.public_base_url`."""
    held = tree(module)
    nodes = (one for one in ast.walk(held) if isinstance(one, ast.Attribute)) if held else ()
    return frozenset(one.attr for one in nodes if _is_settings(one.value))


def _is_settings(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "settings"


def missing(held: Iterable[Row]) -> list[str]:
    """Settings that a function reads and its row does not name."""
    return [
        f"{row.name} reads {name} in {module}"
        for row in held
        for module in sorted(reached(row.handler))
        for name in sorted(read(module) - _ALWAYS)
        if name.upper() not in row.env and (row.name, name) not in _UNUSED
    ]


def test_every_setting_that_is_read_is_granted() -> None:
    """A function without one would read its empty default: a mail without a host. The stage has
    all that a stage may have."""
    everything = rows(
        (), shows=True, lane=True, items=True, callers=True, campaigns=True, verdicts=True
    )
    assert missing(everything) == []


def test_no_exception_has_outlived_its_reason() -> None:
    """Each names a setting that the function's code still holds and its row does not."""
    held = {
        (row.name, name)
        for row in (*ROWS, MCP, UNSUBSCRIBE)
        for one in reached(row.handler)
        for name in read(one)
    }
    assert set(_UNUSED) <= held


@pytest.mark.control
@pytest.mark.parametrize(
    ("name", "setting"),
    [("Escalate", "PUBLIC_BASE_URL"), ("Tick", "CASE_OWNER"), ("Prepare", "MAIL_AUTHSERV_ID")],
)
def test_control_a_row_that_lacks_one_is_named(name: str, setting: str) -> None:
    """The same check over a row without it, as Escalate's was."""
    row = next(one for one in ROWS if one.name == name)
    lacks = replace(row, env=tuple(one for one in row.env if one != setting))
    assert any(f"{name} reads {setting.lower()} in" in one for one in missing([lacks]))
