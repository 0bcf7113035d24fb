"""The hand-written cases of lead_intake: input, expected outcome, and why."""

from __future__ import annotations

import pytest

from tests.unit.workflows.bench import Bench
from tests.unit.workflows.case_files import cases, check
from tests.unit.workflows.pipeline import WORKFLOW

CASES = cases("workflows.lead_intake")


@pytest.mark.parametrize("name", CASES)
def test_a_case_ends_as_its_author_said(name: str) -> None:
    """Each case's input ends with exactly the facts, findings and verdicts written beside it."""
    check(Bench(WORKFLOW), CASES[name])


def test_every_case_gives_its_reason() -> None:
    """A case without a reason is a snapshot: each says why its outcome is right."""
    assert len(CASES) >= 20
    assert [name for name, case in CASES.items() if len(case["reason"]) < 20] == []
