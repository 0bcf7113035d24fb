"""The hand-written cases of a workflow's folder: input, expected outcome, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from countersign.domain import errors
from countersign.domain.limits.caps import REACHED
from countersign.domain.policy.rules import Found
from countersign.domain.workflow import Workflow
from tests.unit.workflows.bench import Bench, Outcome

MOVES = ("Act", "Ask", "Close", "Escalate")


class Expected(BaseModel):
    """What must come of a case's input; what is left out is not compared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    error: str = ""
    """The class of ours that reading raises."""
    dismissed: bool = False
    facts: Mapping[str, str] = {}
    absent: tuple[str, ...] = ()
    """Facts that there must not be."""
    findings: tuple[str, ...] = ()
    no_findings: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    verdicts: Mapping[str, str] | None = None
    quorums: Mapping[str, str] | None = None
    move: str = ""
    params: Mapping[str, Mapping[str, Any]] = {}
    never: tuple[str, ...] = ()
    """Texts that stand in no fact and in no action."""


class Case(BaseModel):
    """One file. The input is one of `form`, `mail` (its lines) and `raw`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str
    expect: Expected
    form: Mapping[str, Any] | None = None
    door: str = "webhook"
    mail: tuple[str, ...] | None = None
    raw: str = ""
    records: Any = None
    answer: Any = None
    """Parts of a model's answer; the others are what the heuristics say."""
    offline: bool = False
    """Whether no model answers, and the heuristics alone do."""

    def bytes(self) -> tuple[bytes, str]:
        """The input, and the door that it comes through."""
        if self.form is not None:
            return json.dumps(self.form, ensure_ascii=False).encode(), self.door
        return ("\r\n".join(self.mail) if self.mail else self.raw).encode(), "upload"


def cases(package: str) -> dict[str, Case]:
    """Every case of the workflow, by its file's name."""
    folder = resources.files(package) / "cases"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    found = (file for file in files if file.name.endswith(".json"))
    return {
        file.name.removesuffix(".json"): read(
            f"{package}/cases/{file.name}", file.read_text("utf-8")
        )
        for file in found
    }


def read(name: str, text: str) -> Case:
    """Raises ValueError, which names the file and says what is wrong in it."""
    try:
        return Case.model_validate_json(text)
    except ValidationError as broken:
        told = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in broken.errors())
        raise ValueError(f"{name}: {'; '.join(told)}") from None


def check(bench: Bench[Any], case: Case) -> None:
    """The case's input ends with exactly what its author wrote beside it."""
    expected = case.expect
    unknown(bench.workflow, expected)
    body, door = case.bytes()
    if expected.error:
        with pytest.raises(getattr(errors, expected.error)):
            bench.read(body, door)
        return
    given = bench.read(body, door)
    assert bool(bench.workflow.dismiss(given)) == expected.dismissed
    if not expected.dismissed:
        _check(bench.judge(given, case.records, case.answer, offline=case.offline), expected)


def unsaid(found: Iterable[Found]) -> list[str]:
    """Findings whose value is a figure or somebody's words that their sentence leaves out."""
    return [
        f"{one.rule}: {one.value}"
        for one in found
        if re.search(r"\d|“", one.value) and one.value not in one.told
    ]


def unknown(workflow: Workflow[Any], expected: Expected) -> None:
    """Raises ValueError for a rule, an action or a state that there is not: comparing with it would
    prove nothing."""
    rules = {*(rule.id for rule in workflow.rules), REACHED}
    _among("rule", (*expected.findings, *expected.no_findings), rules)
    named = (*expected.params, *(expected.verdicts or ()), *(expected.quorums or ()))
    _among("action", named, workflow.actions)
    _among("state", filter(None, [expected.move]), MOVES)


def _among(what: str, named: Iterable[str], known: Iterable[str]) -> None:
    wrong = sorted(set(named) - set(known))
    if wrong:
        there = ", ".join(sorted(known))
        raise ValueError(f"there is no {what} {', '.join(wrong)}; there are {there}")


def _check(outcome: Outcome[Any], expected: Expected) -> None:
    assert {name: outcome.facts.get(name) for name in expected.facts} == expected.facts
    assert not set(expected.absent) & set(outcome.facts)
    assert set(expected.findings) <= outcome.rules
    assert not set(expected.no_findings) & outcome.rules
    assert tuple(outcome.faults) == expected.faults
    assert unsaid(outcome.found) == []
    if expected.verdicts is not None:
        assert outcome.verdicts == expected.verdicts
    if expected.quorums is not None:
        assert outcome.quorums == expected.quorums
    if expected.move:
        assert outcome.move.state == expected.move, outcome.move.reason
    for action, wanted in expected.params.items():
        params = outcome.params(action)
        assert {name: params.get(name) for name in wanted} == wanted
    everything = "".join(held.body for held in outcome.ledger) + str(outcome.facts)
    assert not [secret for secret in expected.never if secret in everything]
