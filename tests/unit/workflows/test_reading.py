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

from countersign.domain.approvals.approval import Choice
from countersign.domain.approvals.directory import Member
from countersign.domain.canonical import canonical
from countersign.domain.errors import ContractBroken, NeedsPerson
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.senders import named
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.records import PEOPLE
from countersign.domain.policy.rules import Rule
from countersign.domain.workflow import Raw, Workflow
from countersign.web.headline import amounts, headline
from infra.cli.trial.inputs import Tried, judgement
from infra.cli.trial.page import Page, page_of
from infra.local.people import demo
from infra.settings import load
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from tests.unit.steps.test_launch_plan import shop
from tests.unit.workflows.bench import AUTHSERV, NOW, OURS, Rows
from tests.unit.workflows.test_annotation_qa import Walk
from tests.unit.workflows.test_lead_events import _SEED
from tests.unit.workflows.test_refund_events import _records
from workflows import WORKFLOWS

EVENTS = Path(__file__).parents[3] / "events"
AFTER_A_RUN = {"142-annotations-corrected"}
"""What is signed there is planned once a file's items are worked through."""
AFTER_ANOTHER = {"130-plan-that-moves-a-week": "121-plan-signed"}
"""What is asked there is compared with what an earlier event's job delivered."""
PLAYED = AFTER_A_RUN | AFTER_ANOTHER.keys()
NAMES = sorted({folder.parent.name for folder in EVENTS.glob("*/page.json")} - PLAYED)
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
    try:
        rows = _rows(flow, flow.read(Raw(body, door, AUTHSERV)), after=bool(expected["after"]))
    except (ContractBroken, NeedsPerson):  # nothing is looked up for what nobody can read
        rows = {}
    parts = EVENTS / name / "answer.json"
    answer = parts.read_text("utf-8") if flow.segmented and parts.is_file() else ""
    return flow, Tried(body, door, rows, answer, AUTHSERV, NOW, OURS)


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
    return asked(flow, tried).html


def asked(flow: Workflow[Any], tried: Tried) -> Page:
    """The page, and the job that it is of."""
    found = judgement(flow, tried).page
    assert found
    return found


def asked_of(name: str) -> tuple[Workflow[Any], Page]:
    """The same of a sample event; of one whose file is worked through
    first, or that comes after another, after that."""
    if name in AFTER_ANOTHER:
        return _after_another(name)
    if name not in AFTER_A_RUN:
        flow, tried = event(name)
        return flow, asked(flow, tried)
    walk = Walk(next((EVENTS / name).glob("event.*")).read_bytes())
    flow = WORKFLOWS[walk.journey.record.job.workflow]
    return flow, page_of(flow, walk.journey.record, walk.world.clock.now())


def _after_another(name: str) -> tuple[Workflow[Any], Page]:
    """The earlier event's job is signed, and then this one's is asked about."""
    world, flow = shop(), WORKFLOWS["launch_plan"]
    for member in demo(world.clock.now()):
        world.people.save(member)
    first = _posted(world, AFTER_ANOTHER[name], flow.id)
    assert first.record.pending
    first.is_decided(Choice.APPROVE, by=first.record.pending.approvers[0].id)
    first.answered()
    return flow, page_of(flow, _posted(world, name, flow.id).record, world.clock.now())


def _posted(world: World, name: str, workflow: str) -> Journey:
    body = next((EVENTS / name).glob("event.*")).read_bytes()
    journey = Journey(world, accept(world, body, name, "webhook", workflow))
    journey.goes()
    return journey


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


@pytest.mark.parametrize("name", [*NAMES, *sorted(PLAYED)])
def test_five_answers_are_on_the_page_and_no_code(name: str) -> None:
    """What, for whom, how much, why me and until when stand unfolded, and nothing internal does;
    whom it is about stands there once, and in the inbox it says who and how much."""
    flow, shown = asked_of(name)
    words, expected = unfolded(shown.html), _expected(name)
    assert missing(expected, words) == []
    assert _CODE.findall(words) == []
    assert _told_twice(shown.html) == []
    title = headline(shown.record, flow) or flow.title
    assert _wrong_title(title, shown.record) == ""
    assert not any(_sums(shown.record)) or expected["much"]


_WHOM = re.compile(r'<p class="whom">For <bdi>(.*?)</bdi></p>')
_ROW = re.compile(r'<dd class="text" dir="auto">(.*?)</dd>', re.DOTALL)


def _told_twice(body: str) -> list[str]:
    """Rows of what is signed that say what the head of the page has said."""
    form = body[body.index('id="decide"') : body.index('class="evidence"')]
    return [one for one in _ROW.findall(form) if one in _WHOM.findall(body)]


def _sums(record: JobRecord) -> set[str]:
    """What is asked moves or promises, as pages write it."""
    params = [
        held.content()["params"] for held in record.ledger if held.verdict.answer is Answer.ASK
    ]
    return {str(sum_) for one in params for sum_ in amounts(one)}


def _wrong_title(title: str, record: JobRecord) -> str:
    """What a headline lacks: whom it is about, the sums that are asked; or an id that it has."""
    targets = dict.fromkeys(held.content()["target"] for held in record.ledger)
    joined = ", ".join(targets) if len(targets) > 1 else None
    if title in ("", joined) or _CODE.search(title):
        return f"no name: {title!r}"
    return "; ".join(one for one in _sums(record) if one not in title)


@pytest.mark.control
def test_control_a_row_said_twice_and_a_title_of_ids_are_seen() -> None:
    """As pages were: the customer's row below their own name, and what an action goes to for a
    name, without the sum."""
    _, shown = asked_of("40-refund-one-signature")
    (whom,) = _WHOM.findall(shown.html)
    row = f'<dl class="rows"><dt>Customer</dt><dd class="text" dir="auto">{whom}</dd></dl>'
    assert _told_twice(shown.html.replace('<div class="evidence">', f'{row}<div class="evidence">'))
    joined = ", ".join(dict.fromkeys(held.content()["target"] for held in shown.record.ledger))
    assert _wrong_title(joined, shown.record).startswith("no name")
    assert _wrong_title("Nora Beck", shown.record) == "59.00 EUR"


def test_every_expectation_says_all_that_it_can() -> None:
    """None passes because it names nothing: only what moves no money has no sum."""
    for name in (*NAMES, *PLAYED):
        held = _expected(name)
        assert all((held["what"], held["whom"], held["until"], *held["why"], held["why"])), name


def test_every_event_that_asks_has_its_expectation() -> None:
    """No event whose page can be made is left out."""
    asking = {
        folder.parent.name for folder in EVENTS.glob("*/event.*") if _is_signed(folder.parent)
    }
    assert sorted(asking - set(NAMES) - PLAYED) == []


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
