"""T35: a change of the policy, its rules or the readers breaks a test."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Figure
from tests.guarantees.mutating import mutants

ROOT = Path(__file__).parents[2]
LEAST = 0.95
POLICY = ("tests/unit/domain", "tests/unit/test_workflow.py")
READERS = ("tests/unit/extraction/readers", "tests/guarantees/test_t52_text_decides.py")
PARSED = ("tests/unit/parsing", "tests/guarantees/test_t20_json.py")
REFUNDS = (
    "tests/unit/workflows/test_refund_plan.py",
    "tests/unit/workflows/test_refund_shares.py",
    "tests/unit/workflows/test_refund_offline.py",
    "tests/unit/workflows/test_cases.py",
)
LEADS = (
    "tests/unit/workflows/test_lead_plan.py",
    "tests/unit/workflows/test_lead_sanctions.py",
    "tests/unit/workflows/test_cases.py",
    "tests/guarantees/test_t52_text_decides.py",
)
_PARSING = (
    *("css", "escaped", "html", "json", "masking", "sniff", "text", "charsets"),
    *("mail/addresses", "mail/attributions", "mail/authentication", "mail/automatic", "mail/body"),
    *("mail/forwards", "mail/headers", "mail/message", "mail/mime", "mail/phrases", "mail/quoted"),
    *("mail/thread", "mail/versions"),
    *("transcripts/services", "transcripts/subtitles", "transcripts/transcript"),
)
PARTS = {
    "countersign/domain/policy/policy.py": POLICY,
    "countersign/domain/policy/rules.py": POLICY,
    "countersign/domain/policy/proposal.py": POLICY,
    "countersign/extraction/readers/hearing.py": READERS,
    "countersign/extraction/readers/askers.py": READERS,
    "countersign/extraction/readers/plain.py": READERS,
    "countersign/extraction/readers/words.py": READERS,
    **{f"countersign/parsing/{name}.py": PARSED for name in _PARSING},
    "workflows/refund_request/policy.py": REFUNDS,
    "workflows/refund_request/shares.py": REFUNDS,
    "workflows/refund_request/sums.py": REFUNDS,
    "workflows/lead_intake/policy.py": LEADS,
    "workflows/lead_intake/countries.py": LEADS,
    "workflows/lead_intake/budgets.py": LEADS,
}
"""What decides, and the tests that should see a change of it."""


def survives(code: Path, tests: Sequence[str]) -> bool:
    """Whether all of `tests` pass with the modules below `code`."""
    line = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not soak", "-p", "no:cacheprovider"]
    path = f"pythonpath={code} {ROOT}"
    ran = subprocess.run(
        [*line, "-o", path, *tests], cwd=ROOT, capture_output=True, timeout=600, check=False
    )
    return ran.returncode == 0


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the modules, to change."""
    return Path(shutil.copytree(ROOT / "functions", tmp_path_factory.mktemp("mutants") / "code"))


@pytest.mark.guarantee("T35")
@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("module", PARTS)
def test_nearly_every_change_breaks_a_test(code: Path, module: str, figure: Figure) -> None:
    """Of a hundred changed comparisons, connectives, signs and branches 95 are seen."""
    place, tests = code / module, PARTS[module]
    source, alive, count = place.read_text("utf-8"), list[str](), 0
    assert survives(code, tests), "the tests are red before anything is changed"
    try:
        for mutant in mutants(source):
            place.write_text(mutant.source, "utf-8")
            count += 1
            alive += [f"{module}:{mutant.line} {mutant.change}"] * survives(code, tests)
    finally:
        place.write_text(source, "utf-8")
    figure(f"{module}: {count - len(alive)} of {count} changes seen; not: {alive}", count)
    assert 1 - len(alive) / count >= LEAST, alive


@pytest.mark.control
@pytest.mark.guarantee("T35")
def test_control_a_test_that_asserts_nothing_lets_every_change_live() -> None:
    """Control: changes are found in a module, each alone and none of them the module itself; a
    test that calls and looks at nothing would see none of them."""
    source = "def f(a, b):\n    return a < b and not a == 1 or b + 1 > 2\n"
    found = list(mutants(source))
    assert [one.change for one in found] == ["Or", "And", "Gt", "Lt", "not", "Add", "Eq"]
    assert len({one.source for one in found}) == len(found)
    values = []
    for one in found:
        space: dict[str, object] = {}
        exec(one.source, space)  # noqa: S102 - a text of ours
        values.append(space["f"](1, 3) == 99)  # type: ignore[operator] # it is the function
    assert not any(values)
