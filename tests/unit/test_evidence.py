"""`docs/evidence.md`: whoever does not trust us checks a record by its script and by openssl, and
finds each field of a record in its table."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from countersign.domain.approvals.approval import Approval, Decision
from countersign.domain.approvals.questions import Question
from countersign.domain.contract import Stored, Value
from countersign.domain.jobs.audit import Entry
from countersign.domain.jobs.cases import Case, Resolution
from countersign.domain.jobs.job import Job, Source
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.policy import Verdict
from countersign.domain.reporting.export import versions
from countersign.domain.reporting.seals import Seal, SealedHead
from countersign.reporting import sealing
from infra.cli.job_view import cost_of
from tests.builders import record
from tests.unit.cli.terminal import Terminal

DOCUMENT = (Path(__file__).parents[2] / "docs/evidence.md").read_text()
SCRIPT = re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
TABLE = "\n".join(line for line in DOCUMENT.splitlines() if line.startswith("| `"))
OPENSSL = re.search(r"```sh\nopenssl (.*?)\n```", DOCUMENT)
MOST = 40
"""Lines that do something, which whoever checks must read."""
PARTS: tuple[type[Value], ...] = (
    *(Job, Source, LedgerEntry, Verdict, Approval, Decision, Question, Case, Resolution, Entry),
    *(SealedHead, Seal),
)


@pytest.fixture
def sealed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A record of a sealed hour in a folder with the key and the script; what was said of it."""
    terminal = Terminal(capsys)
    terminal.world.clock.passes(hours=1, minutes=6)
    sealing.seal(terminal.world.deps)
    terminal.forgets()
    file = tmp_path / "record.jsonl"
    said: dict[str, str] = terminal.json("audit", "export", terminal.job, "--to", str(file))
    (tmp_path / "seals.pem").write_bytes(terminal.world.signer.public())
    assert SCRIPT
    (tmp_path / "verify_record.py").write_text(SCRIPT[1])
    return tmp_path, said


def runs(folder: Path, *command: str) -> tuple[int, str]:
    """Exit code and all that it prints, of a program that knows nothing of ours."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"}
    )
    return done.returncode, done.stdout + done.stderr


def checked(folder: Path) -> tuple[int, str]:
    """The script on the record."""
    return runs(folder, sys.executable, "-I", "verify_record.py", "record.jsonl")


def flipped(file: Path, at: int) -> None:
    """One byte of it is another one."""
    body = bytearray(file.read_bytes())
    body[at] ^= 1
    file.write_bytes(body)


def test_the_script_and_openssl_prove_a_record_without_us(
    sealed: tuple[Path, dict[str, str]],
) -> None:
    """They say the roots that we said, and that our key signed the hour's; one flipped byte of the
    record, of what was signed or of the signature is found."""
    folder, said = sealed
    assert OPENSSL
    signature = ("openssl", *OPENSSL[1].split())
    assert checked(folder) == (0, f"root {said['root']}\nsealed {said['sealed']}\n")
    assert runs(folder, *signature) == (0, "Verified OK\n")
    for name in ("record.signed", "record.sig"):
        flipped(folder / name, 40)
        assert runs(folder, *signature)[0] == 1
        checked(folder)  # writes both anew
    flipped(folder / "record.jsonl", (folder / "record.jsonl").read_bytes().index(b"Mongolia"))
    code, out = checked(folder)
    assert (code, "FAULT: line" in out) == (1, True)


def test_the_script_is_short_and_imports_nothing_of_ours() -> None:
    """Whoever checks can read it at a sitting."""
    assert SCRIPT
    lines = SCRIPT[1].split('"""')[2].splitlines()
    imports = [line for line in lines if line.startswith(("import", "from"))]
    code = [line for line in lines if line.strip() and line not in imports]
    assert len(code) <= MOST
    modules = {line.split()[1] for line in imports}
    assert modules == {"base64", "hashlib", "json", "sys", "pathlib"}


def test_each_field_of_a_record_stands_in_the_table() -> None:
    """A field that comes is mapped to what it is evidence of."""
    names = {name for part in PARTS for name in part.model_fields}
    names |= {"contract", "version", "body", "edits", *versions(record()), *cost_of(record())}
    known = set(re.findall(r"`(\w+)`", TABLE))
    assert {*Stored.model_fields} - known == {"apart"}  # exported as `gone`
    assert names - known == set()
