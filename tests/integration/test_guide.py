"""docs/first-workflow.md is executed line by line, in a scratch clone of this tree."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.guide import GUIDE, NAME, ROOT, Fence, clone, fences, ran, typed

pytestmark = pytest.mark.timeout(240)

ELSEWHERE: Mapping[str, str] = {
    "make run": "tests/e2e/test_local_run.py",
    ".venv/bin/countersign submit": "tests/e2e/test_local_run.py",
    ".venv/bin/countersign jobs": "tests/e2e/test_local_run.py",
    "make check": "tests/integration/test_guide.py",
}
"""Lines that need the local cloud, or minutes, each with the file that proves it: there the same
folder runs on a stand, its event is sent and signed; here what `make check` asks of a folder."""
FOLDER = f"functions/workflows/{NAME}"
LOCK = "functions/countersign/actions/contracts.lock.json"
CHECKED = (
    "tests/unit/test_contracts.py",
    "tests/unit/test_docs.py::test_the_readme_shows_what_the_run_prints",
    "tests/unit/test_docs.py::test_every_event_is_sent_to_a_workflow_and_each_workflow_has_one",
    "tests/unit/test_docs.py::test_every_event_says_why_it_ends_as_it_does",
    "tests/unit/workflows/test_register.py",
    "tests/unit/test_lint.py::test_the_workflows_of_every_stage_belong_together",
    "tests/unit/test_lint.py::test_every_role_has_somebody_in_the_demo",
)


def elsewhere(command: str) -> bool:
    """Whether another test proves the line."""
    return any(command.startswith(one) for one in ELSEWHERE)


def followed(guide: list[Fence], there: Path) -> list[str]:
    """What is not as the guide says when somebody does it there, line by line."""
    faults = list[str]()
    for fence in guide:
        if fence.file:
            (there / fence.file).write_text(fence.text, "utf-8")
        for command in fence.commands if fence.kind == "console" else ():
            done = None if elsewhere(command) else typed(command, there)
            if done and done.returncode:
                faults.append(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
            said = done.stdout.splitlines() if done else fence.shown
            faults += [f"{command} does not say {s}" for s in fence.shown if s not in said]
        if fence.kind == "python" and fence.text not in page(there):
            faults.append(f"not in the page: {fence.text}")
    return faults


def page(there: Path) -> str:
    """The page as it is now."""
    return (there / FOLDER / "__init__.py").read_text("utf-8")


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scratch clone."""
    return clone(tmp_path_factory.mktemp("clone"))


def test_every_line_of_the_guide_is_so(there: Path) -> None:
    """Files are saved, commands end well and print what is shown, and the page reads so."""
    guide = fences(GUIDE.read_text("utf-8"))
    assert len([one for one in guide if one.kind == "console"]) >= 5
    assert followed(guide, there) == []


@pytest.mark.soak
def test_what_new_wrote_is_green_where_make_check_looks(there: Path) -> None:
    """Formatter, linter, types, the lock, the documents and the register, after the guide's own
    changes."""
    words = [
        ["ruff", "check", FOLDER],
        ["ruff", "format", "--check", FOLDER],
        ["mypy", "--cache-dir", str(ROOT / ".mypy_cache"), FOLDER],
        ["pytest", "-q", *CHECKED],
    ]
    for command in words:
        done = ran([sys.executable, "-m", *command], there)
        assert done.returncode == 0, done.stdout + done.stderr


def test_lines_that_are_proved_elsewhere_are_in_the_guide() -> None:
    """What is not run here names a test that is there, and is a line of the guide."""
    lines = [line for one in fences(GUIDE.read_text("utf-8")) for line in one.commands]
    for start, proof in ELSEWHERE.items():
        assert [line for line in lines if line.startswith(start)], start
        assert (ROOT / proof).is_file()


@pytest.mark.control
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("console", "$ make coffee\n"),
        ("console", "$ true\nno such words\n"),
        ("python", "def propose(s): …\n"),
    ],
)
def test_control_a_line_that_is_not_so_is_found(kind: str, text: str, there: Path) -> None:
    """A command that fails, an output that is not printed, a page that reads otherwise."""
    assert len(followed([Fence(kind, text, "")], there)) == 1


def test_what_is_taken_out_again_leaves_nothing(there: Path) -> None:
    """Its contracts are locked in its own folder: without it and its events nothing names it."""
    assert (there / FOLDER / Path(LOCK).name).is_file()
    for folder in (there / FOLDER, *there.glob(f"events/*-{NAME.replace('_', '-')}*")):
        shutil.rmtree(folder)
    assert ran([sys.executable, "-m", "infra.build.contracts"], there).returncode == 0
    assert (there / LOCK).read_text("utf-8") == (ROOT / LOCK).read_text("utf-8")
