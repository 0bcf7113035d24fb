"""The hand-written cases of refund_request: input, expected outcome, and why."""

from __future__ import annotations

import pytest

from tests.unit.workflows.case_files import cases, check
from tests.unit.workflows.refunds import BENCH

CASES = cases("workflows.refund_request")


@pytest.mark.parametrize("name", CASES)
def test_a_case_ends_as_its_author_said(name: str) -> None:
    """Each request ends with exactly the facts, findings and verdicts written beside it."""
    check(BENCH, CASES[name])


def test_there_are_enough_cases_and_each_gives_its_reason() -> None:
    """A case without a reason is a snapshot: each says why its outcome is right."""
    assert len(CASES) >= 25
    assert [name for name, case in CASES.items() if len(case["reason"]) < 20] == []
