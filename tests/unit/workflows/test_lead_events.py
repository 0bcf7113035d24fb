"""The sample events: what policy says to each action is what its hand-written expectation needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from countersign.domain.errors import ContractBroken, Quarantined
from infra.cli.evaluate.inputs import cases_of
from tests.unit.workflows.pipeline import WORKFLOW, judge, read

EVENTS = Path(__file__).parents[3] / "events"


def expectation(name: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((EVENTS / name / "expect.json").read_text("utf-8"))
    return parsed


NAMES = sorted(
    folder.name
    for folder in EVENTS.iterdir()
    if folder.is_dir() and expectation(folder.name)["workflow"] == "lead_intake"
)
_NEEDS = {
    ("verified", None): {"run"},
    ("verified", "approve"): {"run", "ask"},
    ("verified", "reject"): {"run"},
    ("verified", "expire"): {"run"},
    ("rejected", "reject"): {"ask"},
    ("expired", "expire"): {"ask"},
    ("failed", "approve"): {"ask"},  # it is sent, and comes back
    ("undone", "reject"): {"run"},  # a person takes it back afterwards
    ("kept", "reject"): {"run"},  # or cannot
}
_FIELDS = {
    *("door", "workflow", "deliveries", "answer", "after", "decision", "status", "actions"),
    *("mails_to_sender", "crm_writes", "reason"),
}
_MORE = {"generate", "sender", "problems", "case", "pushes"}
_MORE |= {"signers", "unreachable", "meanwhile", "rollback", "ending"}
# As infra/local's demo CRM holds them (events/README.md).
_SEED: Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]] = {
    "nadia.rahman@northwind.example": {
        "contact": [{"hubspot_owner_id": "1002", "country": "GB"}],
    },
    "omar.haddad@quietriver.example": {
        "contact": [{"hubspot_owner_id": "1001", "country": "AE", "hs_email_optout": "true"}],
    },
    "petra.lindqvist@fjordworks.example": {
        "contact": [{"hubspot_owner_id": "1001", "country": "SE"}],
        "deals": [{"dealstage": "closedlost", "closedate": "2026-11-01T09:00:00.000Z"}],
    },
}


def _body(name: str) -> bytes:
    return next((EVENTS / name).glob("event.*")).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_everyexpectation_is_whole_and_gives_its_reason(name: str) -> None:
    """An expectation has every field of the format, and a reason that says more than a word."""
    expected = expectation(name)
    assert set(expected) - _MORE == _FIELDS
    assert len(expected["reason"]) > 60
    assert set(expected["after"]) <= set(NAMES)
    assert ("generate" in expected) != any((EVENTS / name).glob("event.*"))


@pytest.mark.parametrize("name", [name for name in NAMES if expectation(name)["actions"]])
def test_policy_allows_exactly_what_theexpectation_needs(name: str) -> None:
    """Each action of an event gets the verdict from which its expected end can follow."""
    expected = expectation(name)
    given = read(_body(name), expected["door"])
    records = dict(_SEED.get(given.sender, {}))
    if expected["after"]:
        records["claim_holder"] = [{}]
    outcome = judge(given, records, offline=True)
    assert outcome.faults == []
    assert set(outcome.verdicts) == set(expected["actions"])
    for action, end in expected["actions"].items():
        # What a colleague does meanwhile forbids what was asked before.
        never = {"ask"} if "meanwhile" in expected else {"forbid"}
        needed = never if end == "forbidden" else _NEEDS[(end, expected["decision"])]
        assert outcome.verdicts[action] in needed, action


@pytest.mark.parametrize("name", [name for name in NAMES if not expectation(name)["actions"]])
def test_events_without_actions_end_before_any_is_wanted(name: str) -> None:
    """An event that expects no action is refused, dismissed, quarantined, or wants nothing; or the
    model gives no answer, and a person has it."""
    expected = expectation(name)
    if expected["status"] is None:
        assert expected["answer"] in (413, 422)
        return
    try:
        given = read(_body(name), expected["door"])
    except (ContractBroken, Quarantined):
        assert expected["status"] == "ESCALATED"
        return
    if expected.get("ending") == "refused":
        assert expected["status"] == "ESCALATED"
        return
    assert expected["status"] == "REJECTED"
    assert WORKFLOW.dismiss(given) or not judge(given).ledger


def test_the_sixteen_required_behaviours_are_there() -> None:
    """Events and cases cover at least what the product promises to show."""
    assert len(NAMES) >= 16
    assert len(cases_of("workflows.lead_intake")) >= 20
    assert {expectation(name)["decision"] for name in NAMES} >= {"approve", "reject", "expire"}
    assert any(expectation(name)["deliveries"] == 3 for name in NAMES)
