"""Deciding together: each request by the one function, with its own audit entry and result."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from countersign.domain.approvals.approval import Choice, Decision, decide
from countersign.domain.errors import Unavailable
from countersign.domain.money import Money
from countersign.portal.risk import together
from infra.settings import ROOT
from tests.fakes.journey import Journey, accept
from tests.fakes.store import FakeStore
from tests.fakes.world import ANA, World
from tests.unit.steps.test_journeys import offline
from tests.unit.web.many import many
from tests.unit.web.member import MemberBrowser
from tests.unit.web.waiting import tampered, waiting
from workflows import WORKFLOWS


def opened(count: int = 3, store: FakeStore | None = None) -> tuple[World, MemberBrowser]:
    """Some like requests wait, and Ana has the inbox open."""
    world = waiting(store=store)
    many(world, count)
    ana = MemberBrowser(world).signs_in(ANA.address)
    ana.opens()
    world.store.writes = 0
    return world, ana


def filled(ana: MemberBrowser, **changed: str) -> dict[str, str]:
    """The first group's form with all of it checked."""
    boxes = dict.fromkeys(ana.boxes(), "yes")
    own = {"choice": "approve", "reason": "", "code": ana.code(), **changed}
    return {**ana.hidden("take-"), **boxes, **own}


def made(world: World, number: int) -> Decision | None:
    return world.store.load(f"j-{number:03d}").approvals[f"a-{number:03d}"].decision


def said(page: str) -> list[str]:
    """What became of each, in the order of the page."""
    return re.findall(r'<span class="(?:soft|wrong)">([^<]*)</span>', page.split("<h1>")[1])


def test_each_is_decided_on_its_own() -> None:
    """One write and one audit entry for each, by this person, about its own bytes."""
    world, ana = opened()
    world.clock.passes(seconds=40)
    response = ana.posts("/approvals", filled(ana))
    assert (response.status, "3 of 3 approved" in response.body) == (200, True)
    assert world.store.writes == 3
    for number in range(3):
        decision, record = made(world, number), world.store.load(f"j-{number:03d}")
        assert decision is not None
        assert (decision.by, decision.via) == ("ana", "inbox")
        assert set(decision.choices) == {record.ledger[0].digest}
        entry = record.audit[-1]
        assert (entry.event, entry.actor) == ("decided by a person", "person:ana")
        assert entry.fields["seconds"].value == "40"
    assert len(world.executions.succeeded) == 3


def test_only_the_checked_ones() -> None:
    """What is not checked stays as it is; "all" takes every one that the page showed."""
    world, ana = opened()
    sent = filled(ana)
    del sent["take-a-001"]
    assert "2 of 2 approved" in ana.posts("/approvals", sent).body
    assert [made(world, n) is not None for n in range(3)] == [True, False, True]
    ana.opens()
    rest = {name: value for name, value in filled(ana).items() if not name.startswith("take-")}
    assert "1 of 1 approved" in ana.posts("/approvals", {**rest, "all": "yes"}).body


def test_a_rejection_carries_its_reason_to_each() -> None:
    """Without a reason nothing is recorded; with it, each job has it."""
    world, ana = opened()
    assert ana.posts("/approvals", filled(ana, choice="reject")).status == 422
    assert "A rejection needs a reason" in ana.page
    assert ana.posts("/approvals", filled(ana, choice="reject", reason="all doubles")).status == 200
    assert [made(world, n).reason for n in range(3) if made(world, n)] == ["all doubles"] * 3  # type: ignore[union-attr] # filtered


def test_one_code_serves_the_page_and_is_needed() -> None:
    """A wrong code, no choice, nothing checked: all is shown again as it was typed."""
    world, ana = opened()
    response = ana.posts("/approvals", filled(ana, code="XXXXX"))
    assert (response.status, world.store.writes) == (422, 0)
    assert response.body.count('value="yes" checked') == 3
    bare = {n: v for n, v in filled(ana).items() if not n.startswith("take-") and n != "choice"}
    page = ana.posts("/approvals", bare).body
    assert "Check at least one request" in page
    assert "Choose approve or reject" in page


def test_each_that_cannot_be_recorded_says_why() -> None:
    """Decided by another, changed meanwhile, above the limit, replaced, late: the rest is done."""
    world, ana = opened(7)
    sent = filled(ana)
    _decided_by_ben(world, 0)
    _asked_about_other_bytes(world, 1)
    _amount(world, 2)
    _becomes(world, 3, superseded=True)
    _becomes(world, 4, deadline=world.clock.now())
    _damaged(world, 5)
    page = ana.posts("/approvals", sent).body
    assert "1 of 7 approved" in page
    told = " ".join(said(page))
    for words in (
        "Already decided by Ben Okafor.",
        "It changed since the page was shown",
        "It was replaced by a newer request",
        "The time to decide has passed",
    ):
        assert words in told
    assert [made(world, n) is None for n in range(7)] == [False, *[True] * 5, False]
    assert world.store.writes == 1


def test_what_was_decided_is_not_decided_again() -> None:
    """The same form sent twice records once."""
    world, ana = opened()
    sent = filled(ana)
    ana.posts("/approvals", sent)
    page = ana.posts("/approvals", sent).body
    assert "0 of 3 approved" in page
    assert said(page).count("You have decided it already.") == 3
    assert world.store.writes == 3


def test_a_request_of_another_group_cannot_be_slipped_in() -> None:
    """What is irreversible is decided on its own page, whatever the form says."""
    world, ana = opened()
    held = world.store.load("j-waiting")
    (approval,) = held.approvals.values()
    sent = filled(ana)
    value = f"{approval.approval_id} {approval.job_id} {' '.join(approval.digests)}"
    sent |= {"listed": f"{sent['listed']}\n{value}", f"take-{approval.approval_id}": "yes"}
    assert "3 of 4 approved" in ana.posts("/approvals", sent).body
    groups = re.findall(r'id="group-([0-9a-f]+)"', ana.opens().body)
    ana.opens()
    forged = {**sent, "group": groups[0], "opened": sent["opened"]}
    assert "0 of 4 approved" in ana.posts("/approvals", forged).body
    assert world.store.load("j-waiting").approvals[approval.approval_id].decision is None


@pytest.mark.parametrize(
    "change",
    [
        {"listed": None},
        {"opened": None},
        {"extra": "1"},
        {"take-a-999": "yes"},
        {"opened": "1.2.3"},
    ],
)
def test_other_forms_are_refused_whole(change: dict[str, str | None]) -> None:
    """A form that is not ours records nothing for anybody."""
    world, ana = opened()
    sent = {**filled(ana), **change}
    clean = {name: value for name, value in sent.items() if value is not None}
    assert ana.posts("/approvals", clean).status in (400, 403)
    assert world.store.writes == 0


class Slow(FakeStore):
    """Each write takes a while, and every third one fails."""

    def __init__(self, world: list[World], seconds: float) -> None:
        super().__init__()
        self.world, self.seconds, self.armed = world, seconds, False

    def write(self, *args: object, **named: object) -> None:
        """As the port."""
        if self.armed:
            self.world[0].clock.passes(seconds=self.seconds)
            if self.writes % 3 == 2:
                self.writes += 1
                raise Unavailable("no answer")
        super().write(*args, **named)  # type: ignore[arg-type] # passes on


def test_time_and_faults_stop_nobody_elses_request() -> None:
    """What fails is said beside it; what is not reached in time is left as it was."""
    worlds: list[World] = []
    store = Slow(worlds, 1.0)
    world, ana = opened(20, store)
    worlds.append(world)
    sent = filled(ana)
    store.armed = True
    page = ana.posts("/approvals", sent).body
    told = said(page)
    assert told.count("Recorded.") == 7
    assert sum("did not answer" in one for one in told) == 3
    assert sum("Not reached in time" in one for one in told) == 10
    assert sum(made(world, n) is not None for n in range(20)) == 7


def unreached(page: str) -> list[str]:
    """The rows of what was not reached."""
    rows = re.findall(r"<li>(.*?)</li>", page, re.DOTALL)
    return [row for row in rows if "Not reached in time" in row]


@pytest.mark.parametrize(("seconds", "names"), [(1.0, "request {n}"), (14.0, "Job j-{n:03d}")])
def test_what_was_not_reached_is_named_and_linked(seconds: float, names: str) -> None:
    """In its own words while there is time to read them, then by its job: never just `a request`;
    each row leads to its page."""
    worlds: list[World] = []
    store = Slow(worlds, seconds)
    world, ana = opened(20, store)
    worlds.append(world)
    sent = filled(ana)
    store.armed = True
    rows = unreached(ana.posts("/approvals", sent).body)
    assert rows
    for n, row in enumerate(rows, 20 - len(rows)):
        assert names.format(n=n) in row
        assert f"/approvals/requests/j-{n:03d}/a-{n:03d}" in row


def test_a_hundred_are_decided_in_one_post() -> None:
    """As many as a page shows are read, checked, decided and told, each in a write of its own; a
    bench measures how long it takes."""
    world, ana = opened(99)
    assert "99 of 99 approved" in ana.posts("/approvals", filled(ana)).body
    assert world.store.writes == 99


def _decided_by_ben(world: World, number: int) -> None:
    held = world.store.load(f"j-{number:03d}")
    (approval,) = held.approvals.values()
    choices = dict.fromkeys(approval.digests, Choice.REJECT)
    by_ben = Decision(by="ben", at=world.clock.now(), choices=choices, reason="no")
    world.store.put(replace(held, approvals={approval.approval_id: decide(approval, by_ben)}))


def _becomes(world: World, number: int, **update: object) -> None:
    held = world.store.load(f"j-{number:03d}")
    (approval,) = held.approvals.values()
    changed = approval.model_copy(update=update)
    world.store.put(replace(held, approvals={approval.approval_id: changed}))


def _asked_about_other_bytes(world: World, number: int) -> None:
    other = world.store.load("j-006").ledger[0]
    _becomes(world, number, digests=(other.digest,))


def _amount(world: World, number: int) -> None:
    digest = world.store.load(f"j-{number:03d}").ledger[0].digest
    _becomes(world, number, amounts={digest: Money(amount=Decimal(900), currency="EUR")})


def _damaged(world: World, number: int) -> None:
    held = world.store.load(f"j-{number:03d}")
    entry = held.ledger[0].model_copy(update={"body": "{}"})
    world.store.put(replace(held, ledger=(entry,)))


def test_the_helpers_damage_what_they_say() -> None:
    """Control: a tampered entry of the first job is seen by the inbox as well."""
    world, ana = opened()
    tampered(world, 1, body="{}")
    assert "1 cannot be signed" in ana.opens().body


def test_a_sample_event_qualifies() -> None:
    """The lead of event 27 waits with what can be undone alone: it may be decided with others."""
    sample = ROOT / "events" / "27-lead-without-mail-above-the-limit" / "event.json"
    world = World(offline)
    journey = Journey(world, accept(world, sample.read_bytes()))
    journey.goes()
    held, workflow = journey.record, WORKFLOWS["lead_intake"]
    assert held.pending
    assert together(held, held.pending, workflow, world.clock.now())
