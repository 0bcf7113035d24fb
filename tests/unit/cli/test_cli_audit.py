"""`countersign audit`: a file that says whether it is what was exported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.terminal import Terminal


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    terminal = Terminal(capsys)
    terminal.forgets()
    return terminal


def test_a_real_job_is_exported_verified_and_redacted(terminal: Terminal, tmp_path: Path) -> None:
    """With the root that was printed; a changed byte ends with 1 and its line; without its content
    the file is still the one of the root."""
    file, less = tmp_path / "record.jsonl", tmp_path / "less.jsonl"
    made = terminal.json("audit", "export", terminal.job, "--to", str(file))
    root = ("--root", made["root"])
    code, out, err = terminal.types("audit", "verify", str(file), *root)
    assert (code, "the one of this root" in out, err) == (0, True, "")
    kinds = ("--kind", "result", "--kind", "action")
    assert terminal.types("audit", "redact", str(file), *kinds, "--to", str(less))[0] == 0
    assert "Hafenwerk" not in less.read_text()
    assert terminal.json("audit", "verify", str(less), *root) == {
        "faults": [],
        "proven": True,
        "erased": [],
    }
    file.write_text(file.read_text().replace("Hafenwerk", "Hafenwerg", 1))
    code, out, _ = terminal.types("audit", "verify", str(file), *root)
    assert (code, "its body is not the one committed to" in out) == (1, True)


def test_without_a_root_it_says_loudly_that_nothing_is_proven(
    terminal: Terminal, tmp_path: Path
) -> None:
    """On its own line, whatever else is said."""
    file = tmp_path / "record.jsonl"
    terminal.types("audit", "export", terminal.job, "--to", str(file))
    code, out, err = terminal.types("audit", "verify", str(file))
    assert (code, "is intact" in out, err.startswith("NOT PROVEN")) == (0, True, True)
    assert not terminal.json("audit", "verify", str(file))["proven"]
