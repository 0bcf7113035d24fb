"""T48: past jobs judged again by an unchanged policy show no difference, and one limit that moved
shows there, and only there."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import pytest

from countersign.actions.desk import HAND_OVER
from countersign.domain.approvals.approval import Choice
from countersign.domain.money import Money
from countersign.domain.policy.rules import Findings
from countersign.domain.releases.backtest import Backtest, backtest
from countersign.domain.releases.impact import touched
from countersign.domain.releases.past import Past, line_of, of_line, past
from countersign.domain.workflow import Workflow
from infra.cli.backtest.jobs import judged_file
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from tests.states import in_state
from tests.unit.steps import refunds
from workflows import WORKFLOWS

pytestmark = pytest.mark.guarantee("T48")
Figure = Any
MANY = 10_000
Door = Literal["webhook", "upload"]
EVENTS = Path(__file__).parents[2] / "events"
ORDERS = {"1042": 4_990, "1043": 32_000, "1045": 79_900, "7001": 4_500, "7002": 4_700}
SMALL = ("7001", "7002")
"""Ada's orders that are refunded without a signature."""


def sent() -> Iterator[tuple[Door, str, bytes]]:
    """Door, workflow and bytes of every sample event that lies there as one file."""
    for folder in sorted(EVENTS.iterdir()):
        files = sorted(folder.glob("event.*")) if folder.is_dir() else []
        if files:
            said = json.loads((folder / "expect.json").read_text())
            door: Door = "upload" if said["door"] == "upload" else "webhook"
            yield door, said["workflow"], files[0].read_bytes()


def world(workflow: str) -> World:
    """Signers, Ada's orders, and the workflow's own heuristics instead of a model."""
    made = refunds.world()
    made.model = World(WORKFLOWS[workflow].offline).model
    made.deps = made.deps_again()
    for number, amount in ORDERS.items():
        refunds.has_order(made, number, amount)
    return made


@cache
def jobs() -> tuple[Past, ...]:
    """Every event as a job that ended or waits, through the file."""
    worlds: dict[str, World] = {}
    for number, (door, workflow, body) in enumerate(sent()):
        made = worlds.setdefault(workflow, world(workflow))
        Journey(made, accept(made, body, f"evt-{number}", door, workflow)).goes()
    for order in SMALL:
        paid = {"minor": ORDERS[order], "currency": "EUR"}
        refunds.begin(worlds["refund_request"], f"small-{order}", order=order, amount=paid)
    records = [record for made in worlds.values() for record in made.store.records()]
    return tuple(of_line(line_of(past(record))) for record in records)


def judged(workflows: Mapping[str, Workflow[Any]] = WORKFLOWS, days: int = 0) -> Backtest:
    """All of them again, with the time moved."""
    later = timedelta(days=days)
    return backtest(
        workflows,
        (replace(one, judged_at=one.judged_at and one.judged_at + later) for one in jobs()),
    )


def test_an_unchanged_policy_makes_no_difference() -> None:
    """Nothing moves, of all sample events; those that were never judged say so."""
    found = judged()
    assert found.moved == ()
    assert found.jobs >= 40
    assert found.actions >= 80
    assert set(found.skipped) == {"it was never judged"}


def test_one_limit_that_moved_is_found_and_only_there() -> None:
    """Refunds up to 40 EUR instead of 50 run by themselves: those in between ask, because of that
    rule, and nothing else moves."""
    held = WORKFLOWS["refund_request"]
    limits = held.release.limits
    tighter = tuple(
        Money.model_validate({"minor": 4_000, "currency": "EUR"}) if one.currency == "EUR" else one
        for one in limits.amounts["auto.max"]
    )
    moved = limits.model_copy(update={"amounts": {**limits.amounts, "auto.max": tighter}})
    release = held.release.model_copy(update={"limits": moved})
    found = judged({**WORKFLOWS, "refund_request": replace(held, release=release)})
    assert found.moved
    told = [one for one in found.moved if one.before == "nothing"]
    assert {one.action for one in told} == {"notify.push"}
    assert {(one.workflow, one.before, one.now) for one in found.moved if one not in told} == {
        ("refund_request", "run", "ask")
    }
    money = [one for one in found.moved if one.action == "payments.refund"]
    assert {one.rules for one in money} == {("refund.over_auto",)}
    assert len(money) == len(SMALL)


def beyond(found: Mapping[str, Collection[tuple[str, str]]]) -> set[tuple[str, str, str]]:
    """Of what the sample jobs used, what no release of their workflow is said to touch."""
    return {
        (one.record.job.workflow, *thing)
        for one in jobs()
        for thing in used_by(one)
        if thing not in found[one.record.job.workflow]
    }


def used_by(one: Past) -> Iterator[tuple[str, str]]:
    """The contracts, connectors, rules and workflows that a job of the samples went through."""
    for held in one.record.ledger:
        yield "connector", held.connector
        yield "contract", f"{held.action} v{held.action_version}"
        if held.action == HAND_OVER.id:
            to = str(held.content()["params"]["destination"])
            yield ("team" if to.startswith("team:") else "workflow"), to
    results = one.record.results
    if "input" in results:
        yield "contract", f"{results['input'].contract} v{results['input'].version}"
    found = one.record.result("findings", Findings).found if "findings" in results else ()
    own = {rule.id for rule in WORKFLOWS[one.record.job.workflow].rules}
    yield from (("rule", finding.rule) for finding in found if finding.rule in own)


def declared(workflows: Mapping[str, Workflow[Any]]) -> dict[str, set[tuple[str, str]]]:
    """What a release of each workflow is said to touch."""
    parts = ("prompt", "limits")
    return {
        name: {(one.kind, one.name) for one in touched(workflows, name, parts, {})}
        for name in workflows
    }


def test_what_jobs_use_is_what_a_release_is_said_to_touch() -> None:
    """No contract, connector, rule or workflow that a sample goes through is missing from the
    impact of a release; a workflow that does not declare what it acts on is found out."""
    assert beyond(declared(WORKFLOWS)) == set()
    held = WORKFLOWS["refund_request"]
    hides = {**WORKFLOWS, held.id: replace(held, actions={}, connectors=())}
    missing = beyond(declared(hides))
    assert {thing[1:] for thing in missing} >= {
        ("connector", "payments"),
        ("contract", "payments.refund v1"),
    }


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_ten_thousand_jobs_of_an_export_are_judged_on_the_clock(
    tmp_path: Path, figure: Figure
) -> None:
    """The sample events over and over, out of a file, by every core: how long it takes is told and
    not asserted, since it is the machine's too."""
    lines, file = [line_of(one) for one in jobs()], tmp_path / "jobs.jsonl"
    file.write_bytes(b"\n".join(lines[n % len(lines)] for n in range(MANY)))
    begun = perf_counter()
    found = judged_file(file, "local")
    seconds = perf_counter() - begun
    assert found.jobs + sum(found.skipped.values()) == MANY
    assert found.moved == ()
    figure(f"{MANY:,} exported jobs judged again in {seconds:.0f} s", MANY)


@pytest.mark.control
def test_control_judged_at_another_time_the_same_policy_differs() -> None:
    """The naive backtest takes its own clock: orders are too old by now, and much would ask."""
    assert judged(days=90).more("ask")


def test_what_people_had_made_of_it_is_said() -> None:
    """A rule that is taken out lets run what somebody rejected, edited or approved."""
    made = refunds.world()
    journeys = []
    for number in ("2001", "2002", "2003"):
        refunds.has_order(made, number, 32_000)
        paid = {"minor": 32_000, "currency": "EUR"}
        journeys.append(refunds.begin(made, f"evt-{number}", order=number, amount=paid))
    refunds.signs(made, journeys[0], "robin")
    refunds.signs(made, journeys[1], "robin", Choice.REJECT)
    held = WORKFLOWS["refund_request"]
    lines = tuple(one for one in held.policy.lines if one.when != "refund.over_auto")
    looser = {"refund_request": replace(held, policy=replace(held.policy, lines=lines))}
    found = backtest(looser, [past(one.record) for one in journeys])
    money = [one for one in found.more("run") if one.action == "payments.refund"]
    assert sorted(one.people for one in money) == ["approved", "nobody", "rejected"]


def test_a_job_in_shadow_is_compared_with_what_it_would_have_done() -> None:
    """And one on probation with what would have run: a state is no difference of the policy."""
    for state in ("shadow", "probation"):
        made = refunds.world()
        made.workflows = in_state(state)
        made.deps = made.deps_again()
        journey = refunds.begin(made)
        for workflows in (WORKFLOWS, in_state("shadow")):
            found = backtest(workflows, [past(journey.record)])
            assert (found.jobs, found.moved) == (1, ())
