"""T45: whatever is proposed, by whom, and however often: nothing is done outside policy, and
nothing twice."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.web.http import Response
from tests.fakes.agents import Agent, refund, with_an_order
from tests.fakes.journey import Journey
from tests.fakes.world import SHOP_SECRET, World
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T45"), pytest.mark.timeout(900)]
ALONE, MOST, A_DAY = 2_000, 30_000, 6_000
"""The caller's row, in cents."""
SUMS = (100, 1_900, 2_000, 2_001, 15_000, 30_000, 30_001, 500_000)
SHORT, LONG, RACERS, CALLERS = 15, 1_000, 4, 50


@dataclass(frozen=True)
class Meant:
    """What one proposal was about, and what a person said to it."""

    cents: int
    theirs: bool
    """Whether the charge is the customer's that it names."""
    day: str
    approved: bool = False

    @property
    def may(self) -> bool:
        """Whether policy lets it be done at all."""
        return self.theirs and self.cents <= MOST and (self.cents <= ALONE or self.approved)


@dataclass
class Attacked:
    """A world at whose door everything is tried."""

    dice: Random
    world: World = field(default_factory=lambda: with_an_order()[0])
    meant: dict[str, Meant] = field(default_factory=dict)
    """By the charge: each proposal has one of its own."""
    refused: int = 0

    @property
    def agent(self) -> Agent:
        """Who may propose."""
        return Agent(self.world)

    def tries(self, number: int) -> None:
        """One proposal of some kind; the first ones are small and right."""
        kinds = (self.honest, self.forged, self.mutated, self.replayed, self.raced)
        body = self.proposal(f"7{number:04d}", plain=number < len(kinds))
        kinds[number % len(kinds)](f"k{number}", body)

    def proposal(self, order: str, *, plain: bool) -> bytes:
        """A refund of any size, of a customer who may be another one."""
        cents = SUMS[0] if plain else self.dice.choice(SUMS)
        theirs = plain or self.dice.random() > 0.2
        customer = f"cus_{order}"
        self.charge = self.world.payments.has_order(order, 600_000, "eur", customer=customer)
        more = {"order": order, "customer": customer if theirs else "cus_Other"}
        day = f"{self.world.clock.now():%Y-%m-%d}"
        self.meant[self.charge] = Meant(cents, theirs, day)
        said = {"actions": [refund(self.charge, cents / 100, **more)], "reason": "asked"}
        return json.dumps(said).encode()

    def honest(self, key: str, body: bytes) -> None:
        """Signed by who may."""
        self.ends(self.agent.posts(body, key))

    def forged(self, key: str, body: bytes) -> None:
        """By another's secret, under another's name, or without a signature."""
        for strange in (
            Agent(self.world, secret=SHOP_SECRET),
            Agent(self.world, "shop", SHOP_SECRET),
        ):
            self.turned_away(strange.posts(body, key))
        bare = {**self.agent.signed(body, key), "webhook-signature": "v1," + "A" * 43 + "="}
        self.turned_away(self.agent.sends(body, bare))

    def mutated(self, key: str, body: bytes) -> None:
        """A byte is another one after it was signed; or the key comes with another body."""
        at = self.dice.randrange(len(body))
        bent = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        self.ends(self.agent.posts(body, key))
        self.turned_away(self.agent.posts(bent, key))
        self.turned_away(self.agent.sends(bent, self.agent.signed(body, f"{key}-m")))

    def replayed(self, key: str, body: bytes) -> None:
        """As it was signed, at once and long after; and signed anew, days later."""
        headers = self.agent.signed(body, key)
        first = self.agent.sends(body, headers)
        self.ends(first)
        assert self.agent.sends(body, headers) == first
        self.world.clock.passes(minutes=self.dice.choice((6, 25 * 60, 8 * 24 * 60)))
        self.turned_away(self.agent.sends(body, headers))
        assert self.agent.posts(body, key) == first

    def raced(self, key: str, body: bytes) -> None:
        """Several at once: one job, and one answer."""
        answers = list[Response]()
        racers = [
            threading.Thread(target=lambda: answers.append(self.agent.posts(body, key)))
            for _ in range(RACERS)
        ]
        for one in racers:
            one.start()
        for one in racers:
            one.join()
        assert {one.status for one in answers} <= {202, 503}
        (body_told,) = {one.body for one in answers if one.status == 202}
        self.ends(next(one for one in answers if one.body == body_told))

    def ends(self, answer: Response) -> None:
        """Every job that is queued runs to its end; what asks is decided by a person."""
        journey = Journey(self.world, str(json.loads(answer.body)["job_id"]))
        if journey.goes() == "Ask":
            approves = self.dice.random() < 0.5
            journey.is_decided(Choice.APPROVE if approves else Choice.REJECT, reason="as I see it")
            self.meant[self.charge] = replace(self.meant[self.charge], approved=approves)
            journey.answered()

    def turned_away(self, answer: Response) -> None:
        """Neither taken in nor an answer that somebody could take for it."""
        assert answer.status in (400, 401, 409, 422), answer.body
        self.refused += 1

    def faults(self) -> Iterator[str]:
        """What was done outside policy, twice, or not at all."""
        done = Counter(one.charge for one in self.world.payments.journal)
        alone = Counter[str]()
        for one in self.world.payments.journal:
            meant = self.meant[one.charge]
            if not meant.may or one.amount != meant.cents or done[one.charge] > 1:
                yield f"{one.amount} of {meant}, {done[one.charge]} times"
            alone[meant.day] += 0 if meant.approved else one.amount
        yield from (f"{cents} alone on {day}" for day, cents in alone.items() if cents > A_DAY)
        lost = (m for charge, m in self.meant.items() if m.may and m.approved and not done[charge])
        yield from (f"signed and not done: {one}" for one in lost)


@pytest.mark.parametrize("tries", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def test_nothing_is_done_outside_policy_and_nothing_twice(tries: int, figure: Figure) -> None:
    """Forged, bent, replayed, racing and honest ones of any size: each effect is one that the
    caller's row or a person allowed, once, and none that was signed is missing."""
    place = Attacked(dealt_by(drawn_seed()))
    for number in range(tries):
        place.tries(number)
    assert list(place.faults()) == []
    assert place.refused
    assert place.world.payments.journal
    figure(
        f"{tries:,} proposals forged, bent, replayed or racing: {place.refused:,} turned away,"
        " 0 outside policy, 0 twice",
        tries,
    )


def test_fifty_callers_at_once_are_fifty_jobs() -> None:
    """Each with a key and an order of its own, some of them cut off and sent again: every one is
    taken in once, and each small refund is done once, as far as a day's sum goes."""
    place = Attacked(dealt_by(45))
    sent = [(f"k{n}", place.proposal(f"7{n:04d}", plain=True)) for n in range(CALLERS)]
    answers = list[Response]()

    def calls(key: str, body: bytes) -> None:
        answers.extend(place.agent.posts(body, key) for _ in range(2))

    callers = [threading.Thread(target=calls, args=one) for one in sent]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    taken = {one.body: one for one in answers if one.status == 202}
    assert len(taken) == CALLERS
    for answer in taken.values():
        Journey(place.world, str(json.loads(answer.body)["job_id"])).goes()
    assert len(place.world.payments.journal) == CALLERS
    assert list(place.faults()) == []


class WithinAWindow:
    """Control: a door that remembers a key for a day, as many do."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}
        self.done = Counter[str]()

    def takes(self, headers: Mapping[str, str], at: datetime) -> None:
        """What is not known to it is done."""
        key = headers["webhook-id"]
        if at - self._seen.get(key, datetime.min.replace(tzinfo=at.tzinfo)) > timedelta(days=1):
            self._seen[key] = at
            self.done[key] += 1


@pytest.mark.control
def test_control_a_window_of_time_does_it_twice() -> None:
    """Control: the same replays, eight days later, are done twice by a door with a window; ours
    answers as it did."""
    place, naive = Attacked(dealt_by(7)), WithinAWindow()
    agent, body = place.agent, place.proposal("7000", plain=True)
    for days in (0, 8):
        place.world.clock.passes(days=days)
        naive.takes(agent.signed(body, "k"), place.world.clock.now())
    assert naive.done == {"k": 2}
    assert len({agent.posts(body, "k").body for _ in range(2)}) == 1
