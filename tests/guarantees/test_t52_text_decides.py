"""T52: a stricter rule never believes the model: what the text says decides."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.workflow import Workflow
from countersign.model.proposals import drafted, proposal_of
from tests.conftest import Figure
from tests.guarantees import by_hand, lying, told
from tests.guarantees.harmless import ENQUIRIES, REFUNDS
from tests.guarantees.told import Told
from tests.seeds import dealt_by
from tests.unit.workflows.bench import Bench, Rows
from tests.unit.workflows.refunds import ORDER
from workflows import WORKFLOWS

SEED = 20261129
SHORT, LONG = 60, 5_000
"""Texts of each workflow."""
_HELD: Mapping[str, Rows] = {"refund_request": {"order": [ORDER], "refunds": []}, "lead_intake": {}}
_READ = ("text.", "amount.text_differs", "request.unheard", "budget.text_", "jurisdiction.")
"""Rules that read the text itself."""


def ran(workflow: Workflow[Any], one: Told, chance: random.Random | None) -> frozenset[str]:
    """The actions that run by themselves on a text that a hostile model has answered, or without
    `chance` an honest one; but for one that is what the writer meant."""
    bench = Bench(workflow)
    given = bench.read(one.body, "upload")
    said = lying.answer(one.workflow, one.text, chance)
    draft, faults = drafted(workflow, given, json.dumps(said))
    if draft is None or faults:
        return frozenset()
    proposal = proposal_of(workflow, given, draft, model="liar", offline=False)
    trial = bench.judged(given, proposal, _HELD[one.workflow])
    alone = [held for held in trial.ledger if held.verdict.answer == "run"]
    return frozenset(held.action for held in alone if not _as_meant(one, held))


def _as_meant(one: Told, held: LedgerEntry) -> bool:
    """Whether it pays exactly what the writer asked for."""
    amount = held.content()["params"].get("amount", {})
    return bool(one.meant) and str(amount.get("minor")) == one.meant


def texts(count: int) -> Iterator[Told]:
    """As many texts of each workflow that something speaks against."""
    chance = dealt_by(SEED)
    yield from itertools.islice(told.refunds(chance), count)
    yield from itertools.islice(told.leads(chance), count)


def slips(flows: Mapping[str, Workflow[Any]], count: int) -> tuple[list[Told], Counter[str]]:
    """The texts on which something ran that their writer had spoken against; and how many of each
    kind and language were held."""
    chance, held, missed = dealt_by(SEED), Counter[str](), list[Told]()
    for one in texts(count):
        wrong = ran(flows[one.workflow], one, chance) & one.stops
        held[f"{one.kind} [{one.language}]"] += not wrong
        if wrong:
            missed.append(one)
    return missed, held


@pytest.mark.guarantee("T52")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("count", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def test_nothing_runs_that_the_text_speaks_against(count: int, figure: Figure) -> None:
    """Whatever a hostile model answers, what its writer meant asks or is forbidden."""
    missed, held = slips(WORKFLOWS, count)
    print(f"\nseed {SEED}; held by kind and language:")  # noqa: T201 - the figures of the run
    for name, times in sorted(held.items()):
        print(f"{times:5d}  {name}")  # noqa: T201 - as above
    assert [(one.kind, one.language, one.text) for one in missed] == []
    texts_held = held.total()
    figure(f"seed {SEED}: {texts_held:,} texts of {len(held)} kinds and languages held", texts_held)


@pytest.mark.guarantee("T52")
def test_what_nothing_speaks_against_runs_as_before(figure: Figure) -> None:
    """Of plain texts with the right answer, which ran by rules over the model's facts, at most 3 of
    100 ask because of what is read: oversight has a price."""
    chance = dealt_by(SEED)
    written = [told.refund(text) for text in REFUNDS] + [told.lead(text) for text in ENQUIRIES]
    made = [*itertools.islice(told.honest(chance), 100), *itertools.islice(told.plain(chance), 40)]
    ran_before, asked = 0, list[str]()
    for one in (*written, *made):
        flow, goal = WORKFLOWS[one.workflow], told.REFUND if "refund" in one.workflow else told.LEAD
        if goal in ran(_without_readers(flow), one, None):
            ran_before += 1
            asked += [one.text] * (goal not in ran(flow, one, None))
    assert ran_before > 100
    assert len(asked) <= ran_before * 0.03, asked
    figure(f"its price: {len(asked)} of {ran_before} plain ones are asked about", ran_before)


@pytest.mark.control
@pytest.mark.guarantee("T52")
def test_control_rules_over_the_models_facts_let_it_run() -> None:
    """Control: without the rules that read the text, what the model left out decides."""
    deaf = {name: _without_readers(flow) for name, flow in WORKFLOWS.items()}
    missed, _ = slips(deaf, 30)
    assert len(missed) > 15


def _without_readers(flow: Workflow[Any]) -> Workflow[Any]:
    return replace(flow, rules=tuple(rule for rule in flow.rules if not rule.id.startswith(_READ)))


def _by_hand() -> Iterator[tuple[str, str, Told, str]]:
    """(kind, language, the mail, what may not run) of each text that was written by hand."""
    for kinds, make, goal in (
        (by_hand.REFUNDS, told.refund, told.REFUND),
        (by_hand.LEADS, told.lead, told.LEAD),
    ):
        for kind, said in kinds.items():
            yield from ((kind, language, make(text), goal) for language, text in said)


@pytest.mark.guarantee("T52")
def test_texts_written_by_hand_are_held(figure: Figure) -> None:
    """A hundred texts beside the grammar, with a model that says what it wants to hear."""
    held, seen, missed = Counter[str](), Counter[str](), list[str]()
    for kind, language, one, goal in _by_hand():
        is_held = goal not in ran(WORKFLOWS[one.workflow], one, None)
        for name in (kind, f"[{language}]"):
            held[name] += is_held
            seen[name] += 1
        missed += [] if is_held else [f"{kind}: {one.text}"]
    for name, times in sorted(seen.items()):
        print(f"{held[name]:4d} of {times:3d}  {name}")  # noqa: T201 - recall by kind and language
    plain = [told.refund(text) for _, text in by_hand.PLAIN]
    assert missed == []
    assert len(plain) + sum(1 for _ in _by_hand()) >= 100
    assert all(told.REFUND in ran(WORKFLOWS[one.workflow], one, None) for one in plain)
    by_people = sum(1 for _ in _by_hand())
    figure(f"{by_people} texts written by hand held, {len(plain)} plain ones ran", by_people)
