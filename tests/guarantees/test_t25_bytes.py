"""T25: what was rendered is what was approved is what was executed, whoever edits stored rows."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest

from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.entry import LedgerEntry, params_of
from tests.guarantees.forging import (
    AFTER,
    BEFORE,
    BODIES,
    ENTRIES,
    ONCE_DECIDED,
    REQUESTS,
    forged_body,
    forged_entry,
    unsigned,
    with_entry,
    with_request,
)
from tests.guarantees.signing import KINDS, SENDER, Figure, Waiting, asked, bytes_on, sha256
from tests.seeds import dice
from tests.unit.web.visitor import Browser
from workflows import WORKFLOWS

pytestmark = pytest.mark.guarantee("T25")

ENOUGH = 0.95
FORM: dict[str, Any] = {
    "name": "Zoë Lindner",
    "message": "Grüße! We are looking for a quote for 40 licences of your dispatch software. "
    "Our budget is 12,500 EUR and we would like to start by the end of March.",
}


@dataclass(frozen=True)
class Forgery:
    """One change of one stored row. `index` is the action it is about; None: all of them."""

    name: str
    record: JobRecord
    index: int | None


def forgery(held: Waiting, dealt: random.Random, *, late: bool) -> Forgery:
    """A change that changes something: not every text has letters that NFD takes apart."""
    while True:
        made = drawn(held, dealt, late=late)
        if made.record != held.record:
            return made


def drawn(held: Waiting, dealt: random.Random, *, late: bool) -> Forgery:
    """A change of the stored rows, drawn from everything that can be changed by then."""
    record, index = held.record, dealt.randrange(len(KINDS))
    entry, one = record.ledger[index], held.approval
    requests = {**REQUESTS, **(AFTER if late else BEFORE)}
    kind = dealt.choice(["bytes", "bytes and digest", "beside the bytes", "request"])
    if kind == "request":
        name = dealt.choice(sorted(requests))
        return Forgery(name, with_request(record, one, requests[name](one)), None)
    if kind == "beside the bytes":
        name = dealt.choice(sorted(ENTRIES if late else set(ENTRIES) - ONCE_DECIDED))
        return Forgery(name, with_entry(record, forged_entry(entry, name)), index)
    name = dealt.choice(sorted(BODIES))
    made = forged_body(entry, name, dealt, fits=kind != "bytes")
    return Forgery(f"{name} ({kind})", with_entry(record, made), index)


def ran(held: Waiting) -> set[int]:
    """Which actions took effect, by the journals of CRM and mail alone."""
    effects = held.effects()
    assert max(effects.values(), default=1) == 1, "an effect happened twice"
    return {KINDS.index(kind) for kind in effects}


def signs(person: Browser) -> int:
    """The person submits what they read; the status."""
    return person.posts(person.filled()).status


def one_run(dealt: random.Random) -> tuple[Forgery | None, Waiting, int]:
    """Render, approve and execute, with one forgery on the way; one in ten has none."""
    held, forged, late = asked(**FORM), None, dealt.random() < 0.5
    person = held.browser("ana")
    person.opens()
    honest = dealt.random() < 0.1
    if not honest and not late:
        forged = forgery(held, dealt, late=False)
        held.world.store.put(forged.record)
    status = signs(person)
    if not honest and late:
        forged = forgery(held, dealt, late=True)
        held.world.store.put(forged.record)
    held.journey.goes(dealt.choice(["Act", "Decide", "Look"]))
    return forged, held, status


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "runs", [20, pytest.param(1_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_nothing_that_was_changed_runs(figure: Figure, runs: int) -> None:
    """No forged action takes effect; runs without forgery carry all four out."""
    dealt, names, honest = dice(), Counter[str](), 0
    while names.total() < runs:
        forged, held, status = one_run(dealt)
        effects = ran(held)
        if forged is None:
            honest += 1
            assert (status, effects) == (303, {0, 1, 2, 3})
            continue
        names[forged.name.partition(" (")[0]] += 1
        assert not effects if forged.index is None else forged.index not in effects, forged.name
    assert honest, "no run was without a forgery; the proof could be empty"
    assert len(names) >= min(30, runs // 4)
    words = f"0 of {runs:,} forgeries of {len(names)} kinds executed"
    figure(f"{words}, {honest} honest runs did", runs)


@pytest.mark.parametrize("runs", [10, pytest.param(100, marks=pytest.mark.soak)])
def test_rendered_approved_and_executed_are_the_same_bytes(figure: Figure, runs: int) -> None:
    """The page's bytes, the decision's digests and the effects in the journals hash alike."""
    dealt = dice()
    for number in range(runs):
        wanted = f"{dealt.randrange(10, 99)} licences"
        held = asked(event=f"evt-{number}", message=FORM["message"].replace("40 licences", wanted))
        person = held.browser()
        rendered = bytes_on(person.opens().body)
        signs(person)
        held.journey.answered()
        hashes = [sha256(body) for body in rendered]
        decision = held.decision
        assert decision is not None
        assert set(decision.choices) == set(hashes)
        assert [sha256(body) for body in executed(held, rendered)] == hashes
        assert wanted in rendered[3].decode()
    figure(f"{4 * runs} of {4 * runs} hashes alike: rendered, approved, executed", 4 * runs)


def executed(held: Waiting, rendered: list[bytes]) -> list[bytes]:
    """The bytes again, every parameter that the journals hold taken from there."""
    contact, deal, task = held.world.crm.journal
    (mail,) = held.world.mail.to(SENDER)
    parsed = [json.loads(body) for body in rendered]
    assert [w.kind for w in (contact, deal, task)] == ["contacts", "deals", "tasks"]
    keys = [write.key for write in (deal, task)]
    assert keys == [f"cs-{sha256(body)[:32]}" for body in rendered[1:3]]
    seen = [
        {"email": contact.fields["email"]},
        {"title": deal.fields["dealname"], "owner": deal.fields["hubspot_owner_id"]},
        {"owner": task.fields["hubspot_owner_id"]},
        {
            "to": mail.to,
            "subject": mail.subject,
            "text": mail.text,
            "in_reply_to": mail.in_reply_to,
        },
    ]
    for body, values in zip(parsed, seen, strict=True):
        assert set(values) <= set(body["params"])
        body["params"].update(values)
    return [
        json.dumps(b, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        for b in parsed
    ]


@pytest.mark.control
def test_control_a_hash_of_the_summary_misses_what_the_summary_leaves_out() -> None:
    """Signing the sentence that a person reads lets another text through under the same hash."""
    held = asked(**FORM)
    reply = held.record.ledger[3]
    forged = reply.model_copy(update={"body": reply.body.replace("thank you", "no thank you")})

    def summary(entry: LedgerEntry) -> str:
        action = WORKFLOWS["lead_intake"].actions[entry.action]
        return sha256(action.words(params_of(entry, action)).encode())

    assert forged.body != reply.body
    assert summary(forged) == summary(reply)
    assert sha256(forged.body.encode()) != reply.digest


@pytest.mark.parametrize("state", ["Look", "Decide", "Act"])
def test_an_entry_that_says_policy_let_it_run_does_not(state: str) -> None:
    """A stored verdict that was turned from ask into run is no authority."""
    held = asked(**FORM)
    held.world.store.put(with_entry(held.record, unsigned(held.record.ledger[3])))
    held.journey.goes(state)
    assert held.effects() == {}


def test_a_signed_row_that_is_copied_runs_once() -> None:
    """One signature is one effect, however many rows carry its bytes."""
    held = asked(**FORM)
    person = held.browser()
    person.opens()
    assert signs(person) == 303
    record = held.record
    copied = record.ledger[3].model_copy(update={"index": 4})
    held.world.store.put(replace(record, ledger=(*record.ledger, copied)))
    held.journey.answered()
    assert held.effects().get("mail", 0) <= 1
