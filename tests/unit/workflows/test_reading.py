"""What a person reads on the approval page of every sample event, against what its folder expects.

Five answers, written by hand: what, for whom, how much, why me, until when.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest

from countersign.domain.approvals.directory import Member
from countersign.domain.canonical import canonical
from countersign.domain.jobs.senders import named
from countersign.domain.policy.records import PEOPLE
from countersign.domain.policy.rules import Rule
from countersign.domain.workflow import Raw, Workflow
from infra.cli.trial.inputs import Tried, judgement
from infra.local.people import demo
from infra.settings import load
from tests.unit.workflows.bench import AUTHSERV, NOW, Rows
from tests.unit.workflows.test_lead_events import _SEED
from tests.unit.workflows.test_refund_events import _records
from workflows import WORKFLOWS

EVENTS = Path(__file__).parents[3] / "events"
AFTER_A_RUN = {"142-annotations-corrected"}
"""What is signed there is planned once a file's items are worked through: the player reads it."""
NAMES = sorted({folder.parent.name for folder in EVENTS.glob("*/page.json")} - AFTER_A_RUN)
_INNERMOST = re.compile(r"<details\b(?:(?!<details\b).)*?</details>", re.DOTALL)
_CODE = re.compile(
    r"\b(?:[a-z]+\.[a-z]+_[a-z_]+|[a-z]+_[a-z_]+|j-[a-z0-9]{20,}|(?:cus|ch|re)_\w+"
    r"|\d{4}-\d\d-\d\dT\S+|[A-Z]+_[A-Z_]+|(?:order|contact)-\d+)\b"
)
"""Ids of rules and records, codes, tokens, stored times."""


@cache
def event(name: str) -> tuple[Workflow[Any], Tried]:
    """A sample event with the records that the demo systems hold for it."""
    expected = json.loads((EVENTS / name / "expect.json").read_text("utf-8"))
    flow = WORKFLOWS[expected["workflow"]]
    body = _stored(expected, next((EVENTS / name).glob("event.*")).read_bytes())
    door: Literal["upload", "webhook"] = "upload" if expected["door"] == "upload" else "webhook"
    given = flow.read(Raw(body, door, AUTHSERV))
    rows = _rows(flow, given, after=bool(expected["after"]))
    parts = EVENTS / name / "answer.json"
    answer = parts.read_text("utf-8") if flow.segmented and parts.is_file() else ""
    return flow, Tried(body, door, rows, answer, AUTHSERV, NOW)


def _stored(expected: Mapping[str, Any], body: bytes) -> bytes:
    """What the door keeps of it: beside a proposal, what its caller may propose."""
    row = named(load("local").senders, expected.get("sender", ""))
    if expected["door"] != "propose" or row is None:
        return body
    held = {"caller": row.id, "may": json.loads(canonical(row.proposes))}
    return json.dumps({**held, "proposal": json.loads(body)}).encode()


def _rows(flow: Workflow[Any], given: Any, *, after: bool) -> Rows:
    if flow.id == "refund_request":
        said = flow.offline(flow.prompt_text(given))["order"]
        return _records(said["value"] if said else "", after=after)
    people = {PEOPLE: list(map(_member, demo(NOW)))} if flow.knows_people else {}
    held = {**_SEED.get(given.sender, {}), **people}
    return {**held, **({"claim_holder": [{}]} if after else {})}


def _member(one: Member) -> Mapping[str, str]:
    """Somebody of the demo's directory, as Look stores them."""
    person, roles = one.person, " ".join(one.roles)
    return {"id": person.id, "name": person.name, "address": person.address, "roles": roles}


def page(flow: Workflow[Any], tried: Tried) -> str:
    """The approval page as its first reader gets it."""
    found = judgement(flow, tried).page
    assert found
    return found.html


def unfolded(body: str) -> str:
    """The words that stand on a page before anything is opened."""
    main = body[body.index("<main>") :]
    shown = re.sub(r"<(select|textarea)\b.*?</\1>", " ", main, flags=re.DOTALL)
    while "<details" in shown:
        shown = _INNERMOST.sub(" ", shown)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def missing(expected: Mapping[str, Any], words: str) -> list[str]:
    """The answers that are not on the page."""
    answers: Sequence[str] = (
        *(expected["what"], expected["whom"], expected["until"]),
        *(*expected["much"], *expected["why"]),
    )
    return [one for one in answers if one not in words]


def _expected(name: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((EVENTS / name / "page.json").read_text("utf-8"))
    return held


@pytest.mark.parametrize("name", NAMES)
def test_five_answers_are_on_the_page_and_no_code(name: str) -> None:
    """What, for whom, how much, why me and until when stand unfolded, and nothing internal does."""
    words = unfolded(page(*event(name)))
    assert missing(_expected(name), words) == []
    assert _CODE.findall(words) == []


def test_every_event_that_asks_has_its_expectation() -> None:
    """No event whose page can be made is left out."""
    asking = {
        folder.parent.name for folder in EVENTS.glob("*/event.*") if _is_signed(folder.parent)
    }
    assert sorted(asking - set(NAMES) - AFTER_A_RUN) == []


def _is_signed(folder: Path) -> bool:
    """Of a message that is handed over a child may ask what the job itself does not."""
    expected = json.loads((folder / "expect.json").read_text("utf-8"))
    own = "children" not in expected or judgement(*event(folder.name)).page is not None
    return expected["decision"] is not None and own


@pytest.mark.control
@pytest.mark.parametrize(
    "leak", ["budget.over_limit", "not_arrived", "cus_NoraBeck", "2026-11-16T10:00:00.000000Z"]
)
def test_control_a_code_outside_of_the_details_is_seen(leak: str) -> None:
    """The same words with an id, a raw value or a stored time among them."""
    assert _CODE.findall(f"Why you: {leak} was found.") == [leak]


@pytest.mark.control
@pytest.mark.parametrize("name", ["32-refund-four-eyes", "11-budget-above-the-limit"])
def test_control_a_sentence_swapped_between_two_rules_is_seen(name: str) -> None:
    """With the sentences of two rules exchanged the same test is red."""
    flow, tried = event(name)
    assert missing(_expected(name), unfolded(page(_swapped(flow), tried)))


def _swapped(flow: Workflow[Any]) -> Workflow[Any]:
    pairs = {"refund.over_auto": "refund.over_single", "budget.over_limit": "reply.drafted"}
    other = {**pairs, **{b: a for a, b in pairs.items()}}
    said = {rule.id: rule.sentence for rule in flow.rules}
    rules = tuple(
        Rule(rule.id, said[other[rule.id]], rule.check) if other.get(rule.id) in said else rule
        for rule in flow.rules
    )
    lines = tuple(
        replace(line, sentence="") if line.when in other else line for line in flow.policy.lines
    )
    return replace(flow, rules=rules, policy=replace(flow.policy, lines=lines))
