"""The hand-written cases of a workflow's folder: input, expected outcome, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from countersign.domain import errors
from countersign.domain.limits.caps import REACHED
from countersign.domain.policy.rules import Found
from countersign.domain.releases.cases import Case, Expected
from countersign.domain.workflow import Workflow
from infra.cli.evaluate.inputs import given_of
from tests.unit.workflows.bench import NOW, Bench, Outcome

MOVES = ("Act", "Ask", "Close", "Escalate")


def check(bench: Bench[Any], case: Case) -> None:
    """The case's input ends with exactly what its author wrote beside it."""
    expected = case.expect
    unknown(bench.workflow, expected)
    if expected.error:
        with pytest.raises(getattr(errors, expected.error)):
            given_of(bench.workflow, case)
        return
    given = given_of(bench.workflow, case)
    assert bool(bench.workflow.dismiss(given)) == expected.dismissed
    if not expected.dismissed:
        said = (case.records, case.answer)
        outcome = bench.judge(given, *said, offline=case.offline, now=case.at or NOW)
        _check(outcome, expected)


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
