"""The hand-written cases of a workflow's folder: input, expected outcome, and why."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from countersign.domain import errors
from tests.unit.workflows.bench import Bench, Outcome


def cases(package: str) -> dict[str, dict[str, Any]]:
    """Every case of the workflow, by its file's name."""
    folder = resources.files(package) / "cases"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".json"): json.loads(file.read_text(encoding="utf-8"))
        for file in files
        if file.name.endswith(".json")
    }


def check(bench: Bench[Any], case: dict[str, Any]) -> None:
    """The case's input ends with exactly what its author wrote beside it."""
    expected = case["expect"]
    body, door = _bytes(case)
    if "error" in expected:
        with pytest.raises(getattr(errors, expected["error"])):
            bench.read(body, door)
        return
    given = bench.read(body, door)
    assert bool(bench.workflow.dismiss(given)) == expected.get("dismissed", False)
    if not expected.get("dismissed"):
        _check(bench.judge(given, case.get("records"), case.get("answer")), expected)


def _bytes(case: dict[str, Any]) -> tuple[bytes, str]:
    if "form" in case:
        return json.dumps(case["form"], ensure_ascii=False).encode(), case.get("door", "webhook")
    text = "\r\n".join(case["mail"]) if "mail" in case else case["raw"]
    return text.encode(), "upload"


def _check(outcome: Outcome[Any], expected: dict[str, Any]) -> None:
    facts = {name: outcome.facts.get(name) for name in expected.get("facts", {})}
    assert facts == expected.get("facts", {})
    assert not set(expected.get("absent", ())) & set(outcome.facts)
    assert set(expected.get("findings", ())) <= outcome.rules
    assert not set(expected.get("no_findings", ())) & outcome.rules
    assert outcome.faults == expected.get("faults", [])
    assert outcome.verdicts == expected.get("verdicts", outcome.verdicts)
    assert outcome.quorums == expected.get("quorums", outcome.quorums)
    assert outcome.move.state == expected.get("move", outcome.move.state)
    for action, wanted in expected.get("params", {}).items():
        params = outcome.params(action)
        assert {name: params[name] for name in wanted} == wanted
    everything = "".join(held.body for held in outcome.ledger) + str(outcome.facts)
    assert not [secret for secret in expected.get("never", ()) if secret in everything]
