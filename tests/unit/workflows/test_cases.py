"""The hand-written cases of lead_intake: input, expected outcome, and why."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from countersign.domain import errors
from tests.unit.workflows.pipeline import WORKFLOW, Outcome, judge, read

_FOLDER = resources.files("countersign.workflows.lead_intake") / "cases"
CASES: dict[str, dict[str, Any]] = {
    file.name.removesuffix(".json"): json.loads(file.read_text(encoding="utf-8"))
    for file in sorted(_FOLDER.iterdir(), key=lambda file: file.name)
    if file.name.endswith(".json")
}


def _bytes(case: dict[str, Any]) -> tuple[bytes, str]:
    if "form" in case:
        return json.dumps(case["form"], ensure_ascii=False).encode(), "webhook"
    text = "\r\n".join(case["mail"]) if "mail" in case else case["raw"]
    return text.encode(), "upload"


def _check(outcome: Outcome, expected: dict[str, Any]) -> None:
    facts = {name: outcome.facts.get(name) for name in expected.get("facts", {})}
    assert facts == expected.get("facts", {})
    assert not set(expected.get("absent", ())) & set(outcome.facts)
    assert set(expected.get("findings", ())) <= outcome.rules
    assert not set(expected.get("no_findings", ())) & outcome.rules
    assert outcome.faults == expected.get("faults", [])
    assert outcome.verdicts == expected.get("verdicts", outcome.verdicts)
    assert outcome.move.state == expected.get("move", outcome.move.state)
    for action, wanted in expected.get("params", {}).items():
        params = outcome.params(action)
        assert {name: params[name] for name in wanted} == wanted
    everything = "".join(held.body for held in outcome.ledger) + str(outcome.facts)
    assert not [secret for secret in expected.get("never", ()) if secret in everything]


@pytest.mark.parametrize("name", CASES)
def test_a_case_ends_as_its_author_said(name: str) -> None:
    """Each case's input ends with exactly the facts, findings and verdicts written beside it."""
    case = CASES[name]
    expected = case["expect"]
    body, door = _bytes(case)
    if "error" in expected:
        with pytest.raises(getattr(errors, expected["error"])):
            read(body, door)
        return
    given = read(body, door)
    assert bool(WORKFLOW.dismiss(given)) == expected.get("dismissed", False)
    if not expected.get("dismissed"):
        _check(judge(given, case.get("records"), case.get("answer")), expected)


def test_every_case_gives_its_reason() -> None:
    """A case without a reason is a snapshot: each says why its outcome is right."""
    assert len(CASES) >= 20
    assert [name for name, case in CASES.items() if len(case["reason"]) < 20] == []
