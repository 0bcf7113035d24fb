"""`countersign try`: one input is judged as the steps would, and nothing is stored or sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.cli.trial.inputs import Tried, judgement
from infra.settings import ROOT
from tests.unit.cli.terminal import Terminal
from tests.unit.test_workflow import FLOW, MOVED, answer
from tests.unit.workflows.bench import NOW, OURS

EVENTS = ROOT / "events"
KNOWN = {"email": "ada@stonebridge.example", "country": "France", "address": "1 Low Road"}


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def event(name: str) -> str:
    """The file of a sample event."""
    (found,) = (EVENTS / name).glob("event.*")
    return str(found)


def tried(said: Any = None, text: str = MOVED) -> Any:
    """A form of the one-page workflow, whose sender the CRM knows."""
    body = json.dumps({"email": "ada@stonebridge.example", "message": text}).encode()
    content = json.dumps(said) if said else ""
    given = Tried(body, "webhook", {"contact": [KNOWN]}, content, "mx.example.com", NOW, OURS)
    return judgement(FLOW, given)


def test_a_lead_is_judged_whole(terminal: Terminal) -> None:
    """Facts with quotes, findings with value and threshold, verdicts, parameters, what comes next:
    and the world is as it was."""
    before = terminal.json("jobs")
    told = terminal.json("try", "lead_intake", event("11-budget-above-the-limit"))
    facts = {one["name"]: one for one in told["facts"]}
    assert facts["email"]["quotes"] == [facts["email"]["value"]]
    found = {one["rule"]: (one["value"], one["threshold"]) for one in told["findings"]}
    assert found["budget.over_limit"][1] == "50,000.00 EUR"
    verdicts = {one["action"]: one["verdict"] for one in told["actions"]}
    assert verdicts["crm.create_lead"] == "ask"
    assert told["next"]["state"] == "Act"
    assert terminal.json("jobs") == before


def test_the_approval_page_is_the_real_one(terminal: Terminal, tmp_path: Path) -> None:
    """What waits for a signature is rendered by the page's own templates, into a file."""
    page = tmp_path / "page.html"
    code, out, _ = terminal.types(
        "try", "refund_request", event("34-refund-unauthenticated-sender"), "--page", str(page)
    )
    assert code == 0
    assert page.name in "".join(out.split())
    assert max(map(len, out.splitlines())) <= 80
    html = page.read_text()
    assert "1 action waits for your signature" in html
    assert "There is no order 1056." in html


def test_records_change_the_judgement() -> None:
    """What a lookup would find is handed in; another country asks, and the page says why."""
    judged = tried(answer(country="Ireland"))
    (found,) = [one for one in judged.data["findings"] if one["rule"] == "other_country"]
    assert (found["value"], found["threshold"]) == ("Ireland", "France")
    assert judged.data["lookups"][0]["found"] == 1
    assert judged.page is not None
    assert "Robin Doyle" in judged.page.html


def test_an_invented_address_is_told_as_what_it_is() -> None:
    """A quote that does not say its value is dropped, the fact has none, and the job would be a
    case after one repair."""
    told = tried(answer(address="2 Oak Street, Galway")).data
    assert told["dropped"] == [
        {"part": "address", "quotes": ["12 Oak Street, Galway"], "whole": True}
    ]
    assert told["faults"] == ["fact address has no quote"]
    assert told["next"]["state"] == "Escalate"


@pytest.mark.control
def test_control_a_right_answer_has_nothing_dropped() -> None:
    """The same answer with the address that was written keeps every quote."""
    told = tried(answer()).data
    assert (told["dropped"], told["faults"]) == ([], [])


def test_an_answer_that_breaks_its_contract_is_told_by_its_fields() -> None:
    """The model would be asked once to repair it; then a person gets the job."""
    told = tried({"address": "12 Oak Street"}).data
    assert told["next"]["state"] == "Escalate"
    assert "confidence: Field required" in told["faults"][0]


@pytest.mark.parametrize(
    ("name", "state", "code", "why"),
    [
        ("14-contract-breaking-json", "Escalate", 1, "message: Field required"),
        ("13-malformed-mime", "Escalate", 1, "by hand"),
        ("09-out-of-office-reply", "Close", 0, "out-of-office"),
    ],
)
def test_an_input_that_comes_no_further_says_why(
    terminal: Terminal, name: str, state: str, code: int, why: str
) -> None:
    """A broken contract names its fields, unreadable bytes are quarantined (both exit 1), and
    automatic mail is dismissed."""
    ended, out, _ = terminal.types("try", "lead_intake", event(name), "--json")
    told = json.loads(out)
    assert (ended, told["next"]["state"]) == (code, state)
    assert why in told["refused"] + told["dismissed"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("try", "lead_intak", event("10-spam")), "did you mean"),
        (("try", "lead_intake", event("10-spam"), "--stage", "locl"), "Unknown stage"),
        (("try", "lead_intake", event("10-spam"), "--records", event("10-spam")), "Write the name"),
    ],
)
def test_wrong_use_is_told_with_what_would_be_right(
    terminal: Terminal, words: tuple[str, ...], complaint: str
) -> None:
    """A typo of a workflow or a stage, and records of another shape, end with exit code 2."""
    code, _, said = terminal.types(*words)
    assert code == 2
    assert complaint in " ".join(said.replace("│", " ").split())


def test_records_that_no_lookup_wants_are_told(terminal: Terminal, tmp_path: Path) -> None:
    """A misspelt lookup would silently find nothing: it warns, with those that there are."""
    rows = tmp_path / "rows.json"
    rows.write_text('{"contac": [{"email": "a@example.com"}]}')
    code, _, said = terminal.types(
        "try", "lead_intake", event("01-web-form-complete"), "--records", str(rows)
    )
    assert code == 0
    assert said.startswith("Warning: nothing is looked up as contac here; lookups: contact,")
