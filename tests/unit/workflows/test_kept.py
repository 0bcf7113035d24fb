"""Every promise has an owner: what a fixed text says is kept by an action before it in the plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.policy import Answer
from countersign.domain.workflow import Workflow
from countersign.extraction import replies
from countersign.extraction.replies import ACKNOWLEDGEMENTS, DECLINED, RECEIVED
from infra.cli.evaluate.inputs import cases_of
from tests.unit.workflows.bench import Bench
from workflows import WORKFLOWS
from workflows.refund_request.replies import CONFIRMATIONS, CONSIDERED

KEPT_BY: Mapping[str, frozenset[str]] = {
    "received": frozenset(),
    "acknowledgement": frozenset({"notify.push", "crm.request_callback"}),
    "confirmation": frozenset({"payments.refund"}),
    "considered": frozenset(),
    "declined": frozenset(),
}
"""Each fixed text that can leave, and the actions of which one keeps it; none: nothing is
promised."""
TEXTS = {
    "received": [text for _, text in RECEIVED.values()],
    "acknowledgement": [text for _, text in ACKNOWLEDGEMENTS.values()],
    "confirmation": [text for _, text in CONFIRMATIONS.values()],
    "considered": [text for _, text in CONSIDERED.values()],
    "declined": [text for _, text in DECLINED.values()],
}


def kind_of(text: str) -> str:
    """Which of the fixed texts it is; empty for one that nobody has paired."""
    for kind, texts in TEXTS.items():
        for one in texts:
            parts = map(re.escape, re.split(r"\{\w+\}", one))
            if re.fullmatch(".+".join(parts), text):
                return kind
    return ""


def broken(ledger: tuple[LedgerEntry, ...]) -> list[str]:
    """Promises of a plan that nothing before them keeps."""
    found = []
    for held in ledger:
        params = held.content()["params"]
        if params.get("template") != "acknowledgement":
            continue
        kind = kind_of(params["text"])
        keepers = KEPT_BY.get(kind)
        before = {e.action for e in ledger if e.index < held.index}
        kept = keepers is not None and (not keepers or held.after in keepers & before)
        found += [] if kept else [f"{kind or 'unknown text'} after {held.after or 'nothing'}"]
    return found


def plans(name: str) -> Iterator[tuple[str, tuple[LedgerEntry, ...]]]:
    """The plan of every case of a workflow that has one."""
    bench = Bench[Any](WORKFLOWS[name])
    for case_name, case in cases_of(f"workflows.{name}").items():
        if case.expect.error or case.expect.dismissed:
            continue
        given = bench.read(*case.bytes())
        yield case_name, tuple(bench.judge(given, case.records, case.answer).ledger)


@pytest.mark.parametrize("name", ["lead_intake", "refund_request"])
def test_what_is_promised_is_handed_over_before(name: str) -> None:
    """In every case: a text that promises a colleague comes after the action that hands the message
    to one, a confirmation after the refund; every other fixed text promises nothing."""
    found = {case: broken(plan) for case, plan in plans(name)}
    assert {case: faults for case, faults in found.items() if faults} == {}
    assert len(found) >= 20


def form(message: str) -> bytes:
    """What Kim writes."""
    return json.dumps({"name": "Kim", "email": "kim@example.org", "message": message}).encode()


def without_destinations(flow: Workflow[Any]) -> Workflow[Any]:
    """The workflow in a stage that names no team."""
    limits = flow.release.limits
    kept = {n: held for n, held in limits.lists.items() if not n.startswith("destination.")}
    release = flow.release.model_copy(update={"limits": limits.model_copy(update={"lists": kept})})
    return replace(flow, release=release)


def test_without_a_team_the_text_is_another_and_true() -> None:
    """Nobody is told, so nobody is promised: the message has arrived, and that is all it says."""
    body = form("I would like to apply for a job as a driver. My CV is attached.")
    there = Bench[Any](WORKFLOWS["lead_intake"])
    nowhere = Bench[Any](without_destinations(WORKFLOWS["lead_intake"]))
    texts = {}
    for bench in (there, nowhere):
        plan = tuple(bench.judge(bench.read(body)).ledger)
        assert broken(plan) == []
        reply = next(held for held in plan if held.action == "email.send_reply")
        texts[bench is there] = kind_of(reply.content()["params"]["text"])
    assert texts == {True: "acknowledgement", False: "received"}


def test_the_team_is_told_all_that_is_known_and_until_when() -> None:
    """Who wrote, what, and the due time; by itself, also for a stranger."""
    bench = Bench[Any](WORKFLOWS["lead_intake"])
    body = form("Our scanner does not work since today, please help. The error says 503.")
    outcome = bench.judge(bench.read(body))
    push = outcome.params("notify.push")
    assert push["channel"] == "support"
    assert re.search(r"answered by \w{3} \d\d \w{3} \d\d:\d\d UTC", push["text"])
    assert all(one in push["text"] for one in ("kim@example.org", "Our scanner does not work"))
    told = next(held for held in outcome.ledger if held.action == "notify.push")
    assert told.verdict.answer is Answer.RUN


def test_the_texts_are_in_the_same_languages() -> None:
    """Whoever is promised nothing is answered in their language too."""
    assert RECEIVED.keys() == ACKNOWLEDGEMENTS.keys() == DECLINED.keys()
    assert replies.acknowledgement("xx", "") == RECEIVED["en"]


@pytest.mark.control
def test_control_a_promise_without_its_action_is_seen() -> None:
    """The plan as it was before: the acknowledgement alone, or before what keeps it."""
    plan = next(
        plan
        for _, plan in plans("lead_intake")
        if any(held.action == "notify.push" for held in plan)
    )
    alone = tuple(held for held in plan if held.action != "notify.push")
    assert broken(alone) == ["acknowledgement after notify.push"]
