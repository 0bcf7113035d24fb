"""What a saved file leads to in `make run`, by the place where it lies."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.build.code import SOURCE
from infra.build.synth import SynthesisError
from infra.local import reload
from infra.local.cloud.fork_server import LIBRARIES, first_fault
from infra.local.reload import LOCAL, Reloader, Watch, modules
from infra.settings import CDK_JSON, ROOT, context


@dataclass
class Running:
    """A cloud that says what was asked of it; `fault` is what the imports run into."""

    fault: str = ""
    wrecked: bool = False
    did: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def check(self) -> str:
        self.did.append("check")
        return self.fault

    def update(self) -> None:
        self.did.append("update")
        if self.wrecked:
            raise SynthesisError("it does not synthesize")

    def reloader(self, code: Path, changes: Callable[[], list[Path]]) -> Reloader:
        class Told(Watch):
            def changes(self) -> list[Path]:
                return changes()

        return Reloader(
            code=code,
            watch=Told(()),
            say=self.said.append,
            check=self.check,
            renew=lambda: self.did.append("renew"),
            update=self.update,
            clock=iter((10.0, 10.75) * 9).__next__,
        )


def looked(running: Running, *paths: Path, code: Path = SOURCE) -> Running:
    running.reloader(code, lambda: list(paths)).look()
    return running


STEP = SOURCE / "countersign" / "steps" / "nowhere.py"


def test_a_change_of_code_renews_the_functions_and_says_when_they_are_ready() -> None:
    """One line: what changed, and the seconds until the next invocation runs it."""
    running = looked(Running(), STEP)
    assert running.did == ["check", "renew"]
    assert running.said == ["functions/countersign/steps/nowhere.py reloaded, ready in 0.8 s"]


def test_code_that_does_not_import_is_told_and_heals_on_the_next_save() -> None:
    """What ran before runs on; nothing is renewed until it imports."""
    running = looked(Running(fault="functions/x.py:3: SyntaxError: invalid syntax"), STEP)
    assert running.did == ["check"]
    assert running.said[0].endswith(
        "until the next save: functions/x.py:3: SyntaxError: invalid syntax"
    )
    running.fault = ""
    assert looked(running, STEP).did == ["check", "check", "renew"]


@pytest.mark.parametrize("path", [CDK_JSON, ROOT / "infra" / "stack" / "stack.py"])
def test_a_change_of_the_stack_updates_it_in_place(path: Path) -> None:
    """Only then is anything synthesized; code that was saved with it is renewed too."""
    running = looked(Running(), path, STEP)
    assert running.did == ["update", "check", "renew"]
    assert running.said == [f"{path.relative_to(ROOT)} stack updated, ready in 0.8 s"]


def test_a_stack_that_does_not_synthesize_is_told() -> None:
    """The session goes on with the stack as it was."""
    running = looked(Running(wrecked=True), CDK_JSON)
    assert running.did == ["update"]
    assert running.said[0].endswith("it does not synthesize")


def test_a_change_of_the_local_cloud_itself_needs_a_restart_and_says_so() -> None:
    """The process that would have to reload it is the one that looks."""
    running = looked(Running(), LOCAL / "session.py")
    assert running.did == []
    assert running.said == ["infra/local/session.py changed: start `make run` again to see it"]


def test_a_change_elsewhere_and_no_change_lead_to_nothing() -> None:
    """The command line is not part of what runs."""
    assert looked(Running(), ROOT / "infra" / "cli" / "main.py").said == []
    assert looked(Running()).did == []


def test_a_look_at_nothing_new_does_not_go_through_what_the_stack_is_made_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is made four times a second. Control: the first that sees something goes through it."""
    asked: list[str] = []

    def inputs() -> tuple[Path, ...]:
        asked.append("asked")
        return ()

    monkeypatch.setattr(reload, "inputs", inputs)
    looked(Running())
    assert asked == []
    looked(Running(), STEP)
    assert asked == ["asked"]


def test_the_watch_sees_what_is_made_changed_and_removed(tmp_path: Path) -> None:
    """Each once; what editors and Python write beside a file does not count."""
    (tmp_path / "room" / "__pycache__").mkdir(parents=True)
    kept, gone, made = (tmp_path / "room" / name for name in ("kept.py", "gone.py", "made.j2"))
    kept.write_text("1")
    gone.write_text("1")
    watch = Watch((tmp_path, tmp_path / "missing"))
    assert watch.changes() == []
    kept.write_text("22")
    made.write_text("1")
    gone.unlink()
    for beside in ("__pycache__/kept.pyc", ".kept.py.swp", "kept.py~"):
        (tmp_path / "room" / beside).write_text("1")
    assert watch.changes() == [gone, kept, made]
    assert watch.changes() == []


def _printed(folder: Path) -> str:
    command = [sys.executable, "-c", "import said; print(said.WORD)"]
    writes = {"PYTHONDONTWRITEBYTECODE": "", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        command, cwd=folder, env=writes, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _saved_twice_in_a_second(folder: Path) -> Path:
    """A module that was imported, and then saved anew with the same size and second."""
    path = folder / "said.py"
    for word in ("old", "new"):
        path.write_text(f"WORD = '{word}'\n")
        os.utime(path, (1_800_000_000, 1_800_000_000))
        if word == "old":
            assert _printed(folder) == "old"
    return path


def test_what_was_saved_twice_in_a_second_runs_as_saved_last(tmp_path: Path) -> None:
    """The bytecode of a changed source goes before the source is imported."""
    path = _saved_twice_in_a_second(tmp_path)
    looked(Running(), path, code=tmp_path)
    assert _printed(tmp_path) == "new"


@pytest.mark.control
def test_control_python_alone_runs_what_was_saved_first(tmp_path: Path) -> None:
    """Python compares whole seconds and the size: left alone, it takes the old bytecode."""
    _saved_twice_in_a_second(tmp_path)
    assert _printed(tmp_path) == "old"


def test_every_module_that_ships_is_checked() -> None:
    """Packages by their own name; a business's workflows too, and no cases."""
    found = set(modules(SOURCE))
    assert {"countersign", "countersign.steps.close", "workflows"} <= found
    assert not any(".cases." in name for name in found)


def imported(folder: Path) -> set[str]:
    """The top names of everything that the modules below import while they run."""
    trees = [ast.parse(path.read_text()) for path in folder.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
    names |= {one.name for n in nodes if isinstance(n, ast.Import) for one in n.names}
    return {name.partition(".")[0] for name in names}


ONLY_ONE_ASKS = {"fpdf", "mcp", "mcp_types"}
"""Loading them takes seconds of CPU, for one function each that few jobs come to: they load them
themselves."""


def test_every_library_that_the_code_imports_is_loaded_before_the_fork() -> None:
    """One that is missing would be imported anew in each process."""
    ours = {"countersign", "workflows"}
    found = imported(SOURCE) - set(sys.stdlib_module_names) - ours
    needed = {name for name in found - ONLY_ONE_ASKS if not name.startswith("types_")}
    assert found >= ONLY_ONE_ASKS
    assert needed <= {name.partition(".")[0] for name in LIBRARIES}


def test_a_fault_of_the_workflows_is_told_before_anything_runs_them() -> None:
    """Code that imports is not enough: what lint finds is the first fault, too."""
    asked = {"code": str(SOURCE), "modules": ["workflows"], "stage": "local"}
    assert first_fault({**asked, "stages": list(context()["stages"])}) == ""
    told = first_fault({**asked, "stages": ["local", "moon"]})
    assert told == "workflows/stages/dev.toml: cdk.json has no stage dev; it has local, moon"
    assert first_fault({**asked, "modules": ["workflows.nothing"]}).endswith("'workflows.nothing'")
