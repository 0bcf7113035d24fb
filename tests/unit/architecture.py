"""What the architecture test looks for, each check one function over a module's syntax tree."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

PURE = {
    *("domain", "actions", "parsing", "extraction", "stages", "model"),
    *("rulebook", "workflow", "workflows"),
}
"""Packages that take values and return values: rooms of the engine, and a business's workflows."""
OURS = {"workflows", *(f"countersign.{name}" for name in PURE - {"workflows"})}
"""The same by their import names."""
SDKS = {"boto3", "botocore", "fpdf", "openai", "httpx", "pycurl", "stripe"}
THIRD_PARTY = {"pydantic", "phonenumbers", "email_validator", "selectolax", "yaml"}
"""All that pure packages may import beside the standard library and each other."""
WORLD = {
    *("os", "sys", "subprocess", "shutil", "tempfile", "platform", "getpass"),
    *("socket", "ssl", "http", "asyncio", "smtplib", "ftplib", "select", "selectors"),
    *("urllib.request", "time", "random", "secrets", "uuid", "threading", "multiprocessing"),
}
"""Standard modules that reach the machine, the net, the clock or chance."""
NOW = {"now", "utcnow", "today"}

AT_IMPORT = {
    *("dataclass", "field", "cache", "lru_cache", "TypeVar"),
    *("ConfigDict", "Field", "StringConstraints", "AfterValidator", "BeforeValidator"),
    *("field_validator", "model_validator"),
    *("frozenset", "tuple", "set", "range", "bytes", "re.compile", "timedelta", "Decimal"),
    "ContextVar",  # the name of a place
    *("Connector", "Key", "Look", "Act"),  # rows of the register of connectors
    "Config",  # botocore's: time-outs as a value; it opens nothing
    *("step", "handler_of"),  # wrap a function; what they wrap runs when Lambda calls
}
"""Calls that declare something or make a value. Anything else at module level is work."""
ON_TABLES = {"split", "items", "values", "join", "lower", "fromkeys", "action"}
"""Methods by which a literal table is written more legibly; `action` writes a row of a system."""
DECLARING = PURE | {"approvals", "portal", "web"}
"""Packages whose own names may be called at module level: they have no world to touch."""

MAX_FILE = 400
MAX_FUNCTION = 30
EXCEPTIONS: dict[str, str] = {
    "countersign/workflow.py:workflow": "its parameters are the page that a business fills in",
    "countersign/actions/http_request/row.py:action": "as above: they are the row",
}
"""Longer ones, `path` or `path:function`, with the reason. A file is one concept that is read at a
sitting: none is cut to please the number."""

Check = Callable[[Path, ast.Module], Iterator[str]]


@cache
def parsed(text: str) -> ast.Module:
    """Each check looks at all modules, and changes none."""
    return ast.parse(text)


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All of a module's syntax tree: most checks go over it."""
    return tuple(ast.walk(tree))


def package(path: Path) -> str:
    """The room of a module below `functions/`: `domain`, `steps`, `workflows`, or its own name."""
    parts = path.parts[1:] if path.parts[0] == "countersign" else path.parts
    return parts[0] if len(parts) > 1 else path.stem


def imports(tree: ast.Module) -> Iterator[str]:
    """Full names of everything that is imported anywhere in a module, for typing too."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, roots: set[str]) -> bool:
    """Whether a dotted name is one of `roots` or lies below one."""
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def impure(path: Path, tree: ast.Module) -> Iterator[str]:
    """What a pure module imports or reads that is not a value."""
    if package(path) not in PURE:
        return
    known = set(sys.stdlib_module_names) | THIRD_PARTY | OURS
    for name in imports(tree):
        if within(name, WORLD) or not within(name, known):
            yield f"imports {name}"
    called = (node.func for node in nodes(tree) if isinstance(node, ast.Call))
    clocks = (func for func in called if isinstance(func, ast.Attribute) and func.attr in NOW)
    yield from (f"reads the clock: {ast.unparse(clock)}" for clock in clocks)


def domain_looks_outward(path: Path, tree: ast.Module) -> Iterator[str]:
    """What the domain imports beside the standard library, pydantic and itself."""
    if package(path) == "domain":
        known = {*sys.stdlib_module_names, "pydantic", "countersign.domain"}
        yield from (f"imports {name}" for name in imports(tree) if not within(name, known))


def sdk_outside_connectors(path: Path, tree: ast.Module) -> Iterator[str]:
    """SDKs that are imported anywhere but in connectors/."""
    if package(path) != "connectors":
        yield from (f"imports {name}" for name in imports(tree) if within(name, SDKS))


def engine_imports_a_workflow(path: Path, tree: ast.Module) -> Iterator[str]:
    """What the engine imports of a business's workflows: they are handed in."""
    if path.parts[0] == "countersign":
        yield from (f"imports {name}" for name in imports(tree) if within(name, {"workflows"}))


def at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Every call that runs when the module is imported; bodies of functions do not."""
    if isinstance(node, ast.Lambda):
        return
    inside = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d)]
        inside = [*node.decorator_list, *defaults]
    if isinstance(node, ast.Call):
        yield node
    for child in inside:
        yield from at_import(child)


def own_names(path: Path, tree: ast.Module) -> set[str]:
    """Names in a module that come from packages which may be called at import."""
    names = set[str]()
    for node in nodes(tree):
        if isinstance(node, ast.ImportFrom) and within(str(node.module), OURS):
            names |= {alias.asname or alias.name for alias in node.names}
    if package(path) in DECLARING:
        defined = (ast.ClassDef, ast.FunctionDef)
        names |= {node.name for node in nodes(tree) if isinstance(node, defined)}
    return names


def work_at_import(path: Path, tree: ast.Module) -> Iterator[str]:
    """Calls at module level that are no declaration."""
    ours = own_names(path, tree)
    for call in at_import(tree):
        name = ast.unparse(call.func)
        on_table = isinstance(call.func, ast.Attribute) and call.func.attr in ON_TABLES
        if name not in AT_IMPORT and not on_table and name.partition(".")[0] not in ours:
            yield f"line {call.lineno}: calls {name[:60]}"


def statements_at_import(path: Path, tree: ast.Module) -> Iterator[str]:  # noqa: ARG001 - a check
    """Statements at module level that do more than declare: loops, tries, with."""
    working = (ast.For, ast.While, ast.With, ast.Try, ast.Raise, ast.Assert, ast.Delete)
    for node in tree.body:
        if isinstance(node, working):
            yield f"line {node.lineno}: {type(node).__name__}"


def too_long(path: Path, tree: ast.Module) -> Iterator[str]:
    """Functions beyond the limit, and the file's own last line."""
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION and f"{path}:{node.name}" not in EXCEPTIONS:
                yield f"{node.name} has {lines} lines"
    last = max((getattr(node, "end_lineno", 0) or 0 for node in tree.body), default=0)
    if last > MAX_FILE and str(path) not in EXCEPTIONS:
        yield f"the file has {last} lines"


def reaching_into_act(path: Path, tree: ast.Module) -> Iterator[str]:
    """Whoever outside imports more of Act's inside than its handler."""
    if path.parts[:3] != ("countersign", "steps", "act"):
        inside = (name for name in imports(tree) if within(name, {"countersign.steps.act"}))
        allowed = {"countersign.steps.act.handler"}
        yield from (f"imports {name}" for name in inside if not within(name, allowed))


def ruleless_tests(path: Path, tree: ast.Module) -> Iterator[str]:
    """Tests that do not state their rule in one sentence."""
    if not path.name.startswith("test_"):
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = ast.get_docstring(node) or ""
            if not said.rstrip('"”').endswith((".", "?", ":")):
                yield f"{node.name} states no rule"


def faults(check: Check, root: Path) -> list[str]:
    """What `check` finds in the modules under `root`, each with its path."""
    found = []
    for path in sorted(root.rglob("*.py")):
        tree, where = parsed(path.read_text()), path.relative_to(root)
        found += [f"{where}: {fault}" for fault in check(where, tree)]
    return found
