"""One judge: every route to a decision goes through `authority`, and there is no other route."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import countersign
from countersign.domain.approvals.approval import Approval, Choice, Decision, apply_decision, decide
from countersign.domain.approvals.directory import SigningLimit
from countersign.domain.approvals.links import hashed
from countersign.domain.jobs.change import Change, Link
from countersign.domain.money import Money
from tests.fakes.world import ANA, BEN, World
from tests.unit.routes import ONLY_IN, ROUTES, callers, faults, recorders, unjudged
from tests.unit.web.many import waits
from tests.unit.web.member import MemberBrowser
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import waiting

ROOT = Path(countersign.__file__).parent
PROJECT = ROOT.parents[1]
JOB, APPROVAL = "j-001", "a-001"
SECRET = "secret-of-ana-" + "s" * 20


def by_link(world: World, spoil: Callable[[], None]) -> None:
    """The mailed link."""
    ana = Browser(world)
    ana.params = {"link": "link-of-route", "secret": SECRET}
    ana.opens()
    sent = ana.filled()
    spoil()
    ana.posts(sent)


def by_inbox(world: World, spoil: Callable[[], None]) -> None:
    """The request's own page, signed in."""
    path = f"/approvals/requests/{JOB}/{APPROVAL}"
    ana = MemberBrowser(world).signs_in(ANA.address)
    ana.opens(path)
    names = dict.fromkeys(re.findall(r'name="(choice-[0-9a-f]+)"', ana.page), "approve")
    sent = {**ana.hidden(), "cause": "", "reason": "", "code": ana.code(), **names}
    spoil()
    ana.posts(path, sent)


def in_bulk(world: World, spoil: Callable[[], None]) -> None:
    """Together with its like."""
    ana = MemberBrowser(world).signs_in(ANA.address)
    ana.opens()
    sent = {**ana.hidden("take-"), "choice": "approve", "reason": "", "code": ana.code()}
    spoil()
    ana.posts("/approvals", {**sent, "all": "yes"})


def naively(world: World, spoil: Callable[[], None]) -> None:
    """A route that somebody adds and that asks nobody."""
    spoil()
    held = world.store.load(JOB)
    asked = held.approvals[APPROVAL]
    made = Decision(by="ana", at=asked.requested_at, choices={asked.digests[0]: Choice.APPROVE})
    blank = asked.model_copy(update={"superseded": False, "approvers": (ANA,), "requester": ""})
    decided = decide(blank.model_copy(update={"author": "", "deadline": LATE}), made)
    ledger = apply_decision(decided, held.ledger)
    world.deps.commit(held, Change("decided", "person:ana", approvals=(decided,), ledger=ledger))


PLAYED = {"link": by_link, "inbox": by_inbox, "bulk": in_bulk}
LATE = waits(1).approvals[APPROVAL].deadline + timedelta(days=9)


def changed(world: World, **update: object) -> None:
    held = world.store.load(JOB)
    asked: Approval = held.approvals[APPROVAL]
    world.store.put(replace(held, approvals={APPROVAL: asked.model_copy(update=update)}))


def amount(world: World) -> None:
    (digest,) = world.store.load(JOB).approvals[APPROVAL].digests
    changed(world, amounts={digest: Money(amount=Decimal(1), currency="EUR")})


REFUSALS: dict[str, Callable[[World], None]] = {
    "left the company": lambda world: world.people.leaves(ANA),
    "was not asked": lambda world: changed(world, approvers=(BEN,)),
    "asked for it": lambda world: changed(world, requester=ANA.address),
    "wrote the policy": lambda world: changed(world, author="ana"),
    "no limit covers it": amount,
    "too late": lambda world: changed(world, deadline=world.clock.now()),
    "replaced": lambda world: changed(world, superseded=True),
}
"""Everything for which `authority` refuses, as it happens after the page was shown."""


def arranged() -> World:
    """One request that every route can decide."""
    world = waiting()
    world.store._records.clear()
    world.store._inbox.clear()
    world.store.put(waits(1))
    link = Link(
        link_id="link-of-route",
        secret_hash=hashed(SECRET),
        job_id=JOB,
        approval_id=APPROVAL,
        person_id="ana",
    )
    world.deps.commit(world.store.load(JOB), Change("asked", "state:Ask", links=(link,)))
    return world


def signed(world: World) -> bool:
    asked = world.store.load(JOB).approvals[APPROVAL]
    return bool(asked.signatures or asked.decision)


def test_no_other_place_makes_a_decision() -> None:
    """Only the judge decides, only the recorder signs, only time expires, in all of the code."""
    assert faults(ROOT) == []


def test_no_command_makes_a_decision_beside_the_doors() -> None:
    """The command line and the local cloud reach a decision through a door, or not at all."""
    assert faults(PROJECT / "infra") == []
    assert recorders(PROJECT / "infra") == set()


def test_every_route_is_listed_and_played() -> None:
    """Who calls the recorder is in the table, and each route of the table is tested below."""
    assert recorders(ROOT) - {"approvals/decide.py"} == set(ROUTES)
    assert frozenset().union(*ROUTES.values()) == set(PLAYED)


@pytest.mark.parametrize("name", sorted(set(ONLY_IN) - {"apply_decision"}))
def test_every_way_to_a_power_is_listed(name: str) -> None:
    """Decisions, edits, questions, cases and rollbacks, on pages and at the command line: the table
    names each caller, and no caller that is gone."""
    assert callers(name, ROOT, PROJECT / "infra") == ONLY_IN[name]


def test_each_power_is_judged_where_it_is_written() -> None:
    """The one place behind all routes to it asks its judge."""
    assert unjudged(ROOT) == []


@pytest.mark.parametrize("route", PLAYED)
def test_each_route_decides_when_authority_allows(route: str) -> None:
    """Control for the refusals: unspoilt, the same steps end in this person's signature."""
    world = arranged()
    PLAYED[route](world, lambda: None)
    assert signed(world)


@pytest.mark.parametrize("why", REFUSALS)
@pytest.mark.parametrize("route", PLAYED)
def test_no_route_avoids_authority(route: str, why: str) -> None:
    """Whatever authority refuses, no route records: not even when it comes true at the last
    moment, with the page open and the form filled in."""
    world = arranged()
    PLAYED[route](world, lambda: REFUSALS[why](world))
    assert not signed(world)


@pytest.mark.parametrize("route", PLAYED)
def test_no_route_avoids_the_mailed_code(route: str) -> None:
    """Above the limit no route records what came without a code, within everybody's own limits."""
    world = arranged()
    most = Money(amount=Decimal(9_000), currency="EUR")
    world.people.becomes(ANA, limits=(SigningLimit(actions="*", most=most),))
    PLAYED[route](world, lambda: amount(world))
    assert not signed(world)
    assert len(world.codes.all()) == (route != "bulk")


@pytest.mark.control
def test_a_route_beside_authority_is_caught() -> None:
    """Control: a route that asks nobody records for each reason, and the check above sees it."""
    caught = []
    for why, spoil in REFUSALS.items():
        world = arranged()
        naively(world, lambda made=world, does=spoil: does(made))  # type: ignore[misc] # bound now
        caught += [why] if signed(world) else []
    assert caught == list(REFUSALS)


SEEDED = (
    (
        "from countersign.domain.approvals.approval import decide\n\n"
        "def f(a, d):\n    return decide(a, d)\n"
    ),
    "from countersign.domain.approvals.approval import decide as ok\nROUTES = {'x': ok}\n",
    (
        "from countersign.domain.approvals import approval\n\n"
        "def f(a, d):\n    return approval.decide(a, d)\n"
    ),
    (
        "from countersign.domain.approvals.authority import authority\n\n"
        "def f(m, a, d):\n    return authority(m, a, d)\n"
    ),
    (
        "from countersign.domain.approvals.authority import sign\n\n"
        "def f(p, a, d):\n    return sign(p, a, d)\n"
    ),
    (
        "from countersign.domain.approvals.approval import give_up\n\n"
        "def f(a, n):\n    return give_up(a, n)\n"
    ),
    (
        "from countersign.domain.approvals.approval import apply_decision\n\n"
        "def f(a, x):\n    return apply_decision(a, x)\n"
    ),
    "def f(a, d):\n    return a.model_copy(update={'decision': d})\n",
    "def f(a, d):\n    return a.model_copy(update={**{}, 'signatures': (d,)})\n",
    "def f(d):\n    return Approval(job_id='j', decision=d)\n",
    "from countersign.jobs.cases import take_out\n\ndef f(d):\n    return take_out(d)\n",
    "from countersign.domain.jobs.cases import resolve\n\ndef f(c, r):\n    return resolve(c, r)\n",
    "from countersign.jobs import rollback\n\ndef f(d):\n    return rollback.roll_back(d)\n",
    (
        "from countersign.domain.planning.edits import edited\n\n"
        "def f(w, r):\n    return edited(w, r)\n"
    ),
    "from countersign.domain.approvals.questions import asked as q\n\ndef f(a):\n    return q(a)\n",
)


@pytest.mark.control
@pytest.mark.parametrize("source", SEEDED)
def test_a_module_that_decides_by_itself_is_seen(source: str, tmp_path: Path) -> None:
    """Control: each way of going round the judge is found in a module that has it."""
    path = tmp_path / "doors" / "shortcut.py"
    path.parent.mkdir()
    path.write_text(source)
    assert faults(tmp_path)


@pytest.mark.control
def test_a_new_caller_of_the_recorder_is_seen(tmp_path: Path) -> None:
    """Control: a route that nobody listed is named."""
    (tmp_path / "new.py").write_text("def f(d, h, x):\n    return record_decision(d, h, x)\n")
    assert recorders(tmp_path) == {"new.py"}
