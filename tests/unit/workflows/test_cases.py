"""The hand-written cases of every workflow's folder: input, expected outcome, and why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.workflows.bench import Bench
from tests.unit.workflows.case_files import cases, check
from workflows import WORKFLOWS

CASES = {name: cases(f"workflows.{name}") for name in WORKFLOWS}


@pytest.mark.parametrize(("workflow", "case"), [(w, c) for w in CASES for c in CASES[w]])
def test_a_case_ends_as_its_author_said(workflow: str, case: str) -> None:
    """Each case's input ends with exactly the facts, findings and verdicts written beside it."""
    check(Bench(WORKFLOWS[workflow]), CASES[workflow][case])


@pytest.mark.parametrize("workflow", CASES)
def test_a_workflow_has_cases_and_each_gives_its_reason(workflow: str) -> None:
    """A case without a reason is a snapshot: each says why its outcome is right."""
    assert CASES[workflow]
    assert [name for name, case in CASES[workflow].items() if len(case["reason"]) < 20] == []


def _facts(case: dict[str, Any]) -> dict[str, str]:
    return case["expect"].get("facts", {}) if "error" not in case["expect"] else {}


@pytest.mark.control
@pytest.mark.parametrize("workflow", CASES)
def test_another_outcome_than_the_written_one_is_seen(workflow: str) -> None:
    """Control: the same case with one fact otherwise is red."""
    case = next(one for one in CASES[workflow].values() if _facts(one))
    wrong = {**case["expect"], "facts": dict.fromkeys(_facts(case), "otherwise")}
    with pytest.raises(AssertionError):
        check(Bench(WORKFLOWS[workflow]), {**case, "expect": wrong})
