"""The hand-written cases of every workflow's folder: input, expected outcome, and why."""

from __future__ import annotations

from typing import Any

import pytest

from countersign.domain.releases.cases import Expected, read_case
from infra.cli.evaluate.inputs import cases_of
from tests.unit.workflows.bench import Bench
from tests.unit.workflows.case_files import check, unknown
from workflows import WORKFLOWS

CASES = {name: cases_of(f"workflows.{name}") for name in WORKFLOWS}


@pytest.mark.parametrize(("workflow", "case"), [(w, c) for w in CASES for c in CASES[w]])
def test_a_case_ends_as_its_author_said(workflow: str, case: str) -> None:
    """Each case's input ends with exactly the facts, findings and verdicts written beside it."""
    check(Bench(WORKFLOWS[workflow]), CASES[workflow][case])


@pytest.mark.parametrize("workflow", CASES)
def test_a_workflow_has_cases_and_each_gives_its_reason(workflow: str) -> None:
    """A case without a reason is a snapshot: each says why its outcome is right."""
    assert CASES[workflow]
    assert [name for name, case in CASES[workflow].items() if len(case.reason) < 20] == []


@pytest.mark.control
@pytest.mark.parametrize("workflow", CASES)
def test_another_outcome_than_the_written_one_is_seen(workflow: str) -> None:
    """Control: the same case with one fact otherwise is red."""
    case = next(one for one in CASES[workflow].values() if one.expect.facts)
    wrong = case.expect.model_copy(update={"facts": dict.fromkeys(case.expect.facts, "otherwise")})
    with pytest.raises(AssertionError):
        check(Bench(WORKFLOWS[workflow]), case.model_copy(update={"expect": wrong}))


@pytest.mark.control
@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ('{"verdict": {"email.send_reply": "run"}}', "expect.verdict"),
        ('{"finding": ["x"]}', "expect.finding"),
        ('{"move": "Ask"', "one.json"),
    ],
)
def test_a_case_with_a_word_that_nobody_knows_is_refused(expect: str, told: str) -> None:
    """It would compare nothing; the file and the word are named."""
    with pytest.raises(ValueError, match=r"one\.json") as wrong:
        read_case("one.json", f'{{"reason": "why", "raw": "x", "expect": {expect}}}')
    assert told in str(wrong.value)


@pytest.mark.control
@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({"no_findings": ("spam.suspectd",)}, "there is no rule spam.suspectd"),
        ({"verdicts": {"email.sendreply": "run"}}, "there is no action email.sendreply"),
        ({"move": "Moves"}, "there is no state Moves; there are Act, Ask, Close, Escalate"),
    ],
)
def test_a_case_about_something_that_is_not_there_is_refused(
    expect: dict[str, Any], told: str
) -> None:
    """Each workflow has its rules and actions."""
    for workflow in WORKFLOWS.values():
        with pytest.raises(ValueError, match=told):
            unknown(workflow, Expected(**expect))
