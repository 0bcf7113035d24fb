"""Every way to a decision, an edit, a question, a case's end and a rollback, found in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.unit.architecture import nodes, parsed

JUDGE = "domain/approvals/authority.py"
RECORDER = "approvals/decide.py"
TIME = "approvals/reminders.py"
EDITOR = "approvals/edit.py"
CASES = "jobs/cases.py"
ORDERS = "jobs/rollback.py"
RERUNS = "jobs/rerunning.py"
REJECTED = "jobs/rejected.py"
CHOOSING = "domain/planning/choosing.py"

ONLY_IN: Mapping[str, frozenset[str]] = {
    # Signs after `authority` has judged: the one caller of `decide`.
    "decide": frozenset({JUDGE}),
    # Judges a decision for `sign`: a page that asked it too would say nothing that counts.
    "authority": frozenset(),
    # Its callers: the recorder, in the one conditional write, and where a choice of the destination
    # of something of ours is its chooser's signature.
    "sign": frozenset({RECORDER, CHOOSING}),
    # Time's decision: "not approved", and nothing else.
    "expire": frozenset({TIME}),
    # The same before its time, when mail reaches nobody who may sign.
    "give_up": frozenset({TIME}),
    # Moves the ledger by a decision that stands.
    "apply_decision": frozenset({RECORDER, TIME, CHOOSING}),
    # An edit, judged by `may_edit` in its one recorder, reached by link and by inbox.
    "edited": frozenset({EDITOR}),
    "record_edit": frozenset(),
    "edit": frozenset({"approvals/handlers.py", "portal/request.py"}),
    # A question, by somebody who was asked and is there.
    "asked": frozenset({"approvals/questions.py"}),
    # A decision as the page's form has it: of a link, and of somebody signed in.
    "take": frozenset({"portal/request.py"}),
    "ask_back": frozenset({"approvals/handlers.py", "portal/request.py"}),
    # The end of a case, judged by `may_resolve`, reached by page and by command.
    "resolve": frozenset(
        {CASES, *(f"domain/planning/{one}.py" for one in ("rollback", "cancelling"))}
    ),
    "corrected": frozenset({CASES}),
    "take_out": frozenset(
        {"portal/case.py", "cli/cases.py"}
        | {f"jobs/{one}.py" for one in ("redriving", "bulk", "forgetting")}
    ),
    # What becomes of what people rejected, judged by `may_resolve`, by page or command; the demo's
    # player is a person's stand-in.
    "answered": frozenset({REJECTED}),
    "hand_to": frozenset({"portal/case.py", "cli/move.py", "local/player/play.py"}),
    # An order to undo, judged by `may_roll_back`; the demo's player is a person's stand-in.
    "ordered": frozenset({ORDERS}),
    "roll_back": frozenset(
        {"portal/job.py", "cli/rollback.py", "cli/smoke.py", "local/player/play.py"}
    ),
    # An order to run a job again, judged by whoever may undo what it did.
    "begins": frozenset({RERUNS}),
    "rerun": frozenset({"cli/hands/rerun.py"}),
}
"""Functions that decide, edit, ask, end a case or order, and where each may be called: below
`functions/countersign` or `infra`."""

JUDGES: Mapping[str, str] = {
    RECORDER: "sign",
    EDITOR: "may_edit",
    CASES: "may_resolve",
    REJECTED: "may_resolve",
    ORDERS: "may_roll_back",
    RERUNS: "may_roll_back",
}
"""Who asks which judge, in the place where what was allowed is written."""

ROUTES: Mapping[str, frozenset[str]] = {
    "approvals/handlers.py": frozenset({"link", "inbox"}),
    "portal/bulk.py": frozenset({"bulk"}),
}
"""Every module that may hand a decision to the one recorder, and the routes that come to it."""

_DECIDING = {
    "countersign.domain.approvals.approval": {"decide", "apply_decision", "expire", "give_up"},
    "countersign.domain.approvals.authority": {"authority", "sign"},
    "countersign.domain.planning.edits": {"edited"},
    "countersign.domain.approvals.questions": {"asked"},
    "countersign.domain.jobs.cases": {"resolve"},
    "countersign.domain.planning.corrections": {"corrected"},
    "countersign.domain.planning.rollback": {"ordered"},
    "countersign.domain.planning.rerun": {"begins"},
    "countersign.approvals.edit": {"record_edit", "edit"},
    "countersign.approvals.handlers": {"take"},
    "countersign.approvals.questions": {"ask_back"},
    "countersign.jobs.cases": {"take_out"},
    "countersign.jobs.rollback": {"roll_back"},
    "countersign.domain.planning.answering": {"answered"},
    "countersign.jobs.rejected": {"hand_to"},
    "countersign.jobs.rerunning": {"rerun"},
}
_MAKES = ("domain/approvals/approval.py",)
_FIELDS = {"decision", "signatures"}
_MAKERS = ("model_copy", "Approval")


@dataclass(frozen=True)
class Module:
    """What one module's syntax tree says."""

    imported: Mapping[str, str]
    called: frozenset[str]
    written: tuple[str, ...]


@cache
def module(path: Path) -> Module:
    """The module at `path`, read once however many tests ask: it does not change meanwhile."""
    tree = parsed(path.read_text())
    return Module(_imported(tree), frozenset(_called(tree)), tuple(_written(tree)))


def faults(root: Path) -> list[str]:
    """Every place below `root` that reaches a decision by another way than ONLY_IN and ROUTES."""
    return [fault for path in sorted(root.rglob("*.py")) for fault in _of(path, root)]


def recorders(root: Path) -> set[str]:
    """The modules that call `record_decision`."""
    return {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "record_decision" in module(path).called
    }


def unjudged(root: Path) -> list[str]:
    """The places of JUDGES that do not ask their judge."""
    return [where for where, judge in JUDGES.items() if judge not in module(root / where).called]


def callers(name: str, *roots: Path) -> set[str]:
    """The modules that name one of the functions of ONLY_IN."""
    found = set()
    for root in roots:
        for path in root.rglob("*.py"):
            names = {local for local, meant in module(path).imported.items() if meant == name}
            found |= {str(path.relative_to(root))} if names & module(path).called else set()
    return found


def _of(path: Path, root: Path) -> Iterator[str]:
    where, read = str(path.relative_to(root)), module(path)
    if where in _MAKES:
        return
    for called in sorted(read.called & set(read.imported)):
        meant = read.imported[called]
        if where not in ONLY_IN[meant]:
            yield f"{where} calls {meant}"
    for written in read.written:
        yield f"{where} writes an approval's {written}"


def _imported(tree: ast.Module) -> dict[str, str]:
    """Local names, dotted or not, of the functions that make decisions."""
    found: dict[str, str] = {}
    for node in nodes(tree):
        if isinstance(node, ast.ImportFrom):
            found |= _from(str(node.module), node.names)
    return found


def _from(module: str, names: list[ast.alias]) -> dict[str, str]:
    wanted = _DECIDING.get(module, set())
    found = {one.asname or one.name: one.name for one in names if one.name in wanted}
    for one in names:
        inside = _DECIDING.get(f"{module}.{one.name}", set())
        found |= {f"{one.asname or one.name}.{name}": name for name in inside}
    return found


def _called(tree: ast.Module) -> Iterator[str]:
    """Every name that is used anywhere: handing a function on is as good as calling it."""
    for node in nodes(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield _dotted(node)


def _dotted(node: ast.expr) -> str:
    """A name as it is written; what is asked of a value without one begins with a dot."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _written(tree: ast.Module) -> Iterator[str]:
    """Decisions put into an approval by hand."""
    for node in nodes(tree):
        if isinstance(node, ast.Call) and _dotted(node.func).endswith(_MAKERS):
            named = {str(word.arg) for word in node.keywords}
            yield from sorted(_FIELDS & (_keys(node) | named))


def _keys(node: ast.AST) -> set[str]:
    """The literal keys of all dicts in an expression."""
    dicts = (one for one in ast.walk(node) if isinstance(one, ast.Dict))
    return {str(key.value) for one in dicts for key in one.keys if isinstance(key, ast.Constant)}
