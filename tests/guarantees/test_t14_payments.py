"""T14 for money: a provider's 200 is no proof; a refund that it did not make is never verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from countersign.actions.payments import REFUND, Refund
from countersign.domain.contract import Contract, Stored
from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger import entry as ledger
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.money import Money
from countersign.domain.policy.records import Record, Records
from countersign.domain.policy.rules import Findings
from countersign.runtime.step import Call, run
from countersign.steps.act.handler import act
from tests.builders import job, proposal
from tests.contract.payments_sides import ServerSide, server_side
from tests.fakes.world import START, FakeClock, World
from tests.seeds import dealt_by
from workflows import WORKFLOWS

Figure = Callable[[str, int], None]
SEED, TRIALS = 20260915, 100
FLOW = WORKFLOWS["refund_request"]
pytestmark = [pytest.mark.guarantee("T14"), pytest.mark.enable_socket]


class Lie(StrEnum):
    """What the provider does after its 200."""

    NONE = "does it"
    NOTHING = "does nothing"
    LATER = "shows it later"


@dataclass(frozen=True)
class Trial:
    """One refund against one provider."""

    number: int
    lie: Lie
    cents: int
    lag: timedelta

    @property
    def params(self) -> Mapping[str, Any]:
        """What is asked for, but for the charge."""
        amount = Money(amount=Decimal(self.cents) / 100, currency="EUR")
        order = f"7{self.number:04}"
        return {"order": order, "customer": "", "amount": amount, "reason": "duplicate"}


class Late:
    """The account as readers see it that lag: a refund is there by its id only after `lag`."""

    def __init__(self, side: ServerSide, clock: FakeClock, lag: timedelta) -> None:
        self._payments, self._clock, self._lag = side.payments, clock, lag
        self._made_at = clock.now()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._payments, name)

    def refund(self, *given: Any) -> Record:
        """As the port."""
        self._made_at = self._clock.now()
        return self._payments.refund(*given)

    def read(self, refund_id: str) -> Record:
        """As the port."""
        if self._clock.now() < self._made_at + self._lag:
            raise NotFound("not to be seen yet")
        return self._payments.read(refund_id)


@pytest.fixture(scope="module")
def side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSide]:
    """The adapter and the demo server, which keeps the journal."""
    with server_side(tmp_path_factory.mktemp("payments")) as running:
        yield running


def trials() -> list[Trial]:
    """All lies over amounts and lags, both ends of the settle time included."""
    dice = dealt_by(SEED)
    print(f"seed {SEED}")  # noqa: T201 - the seed
    lags = (0.0, 5.0, dice.uniform(0, 5), dice.uniform(4.5, 5))
    return [
        Trial(number, dice.choice(tuple(Lie)), dice.randint(1, 4_990), _lag(dice.choice(lags)))
        for number in range(TRIALS)
    ]


def _lag(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def met(trial: Trial, side: ServerSide) -> tuple[World, Refund]:
    """A world with that provider, and the refund of a paid order."""
    world = World(lambda _: {})
    lag = trial.lag if trial.lie is Lie.LATER else timedelta(0)
    world.deps.__dict__["payments"] = Late(side, world.clock, lag)
    charge = side.has_order(trial.params["order"], 4_990, "eur")
    if trial.lie is Lie.NOTHING:
        side.lies()
    return world, Refund(charge=charge, **trial.params)


def entry(refund: Refund, job_id: str, now: datetime) -> LedgerEntry:
    """The action as policy lets it run when nothing was found."""
    return ledger.entry(
        0,
        ProposedAction(action=REFUND.id, params=refund, target=refund.charge),
        REFUND,
        FLOW.policy.verdict(REFUND.id, ()),
        job_id=job_id,
        policy=FLOW.policy.version,
        expires_at=now + timedelta(days=45),
    )


def looked_at(refund: Refund) -> Records:
    """What Look found."""
    paid = Record(kind="order", id=refund.charge, version="1", fields={"currency": "EUR"})
    return Records(read_at=START, found={"order": (paid,)})


def visited(world: World, refund: Refund, number: int) -> LedgerEntry:
    """The action after one visit of Act."""
    job_id = f"j-{number:024}"
    results: dict[str, Contract] = {
        "records": looked_at(refund),
        "findings": Findings(found=()),
        "proposal": proposal(),
    }
    record = JobRecord(
        job=job(Status.PROCESSING, job_id=job_id, execution=job_id, workflow=FLOW.id),
        results={name: Stored.of(value) for name, value in results.items()},
        ledger=(entry(refund, job_id, START),),
    )
    world.store.put(record)
    call = Call(job_id=job_id, execution=job_id, state="Act", input={"connector": "payments"})
    run(world.deps, act, call)
    return world.store.load(job_id).ledger[0]


def moved(side: ServerSide, refund: Refund) -> list[int]:
    """What left the account for this charge, by the provider's own journal."""
    return [one.amount for one in side.journal() if one.charge == refund.charge]


def test_no_refund_is_verified_that_was_not_made(side: ServerSide, figure: Figure) -> None:
    """100 answers of 100: verified is exactly what the provider's journal has, once."""
    side.empty()
    met_with: Counter[Lie] = Counter()
    wrong = []
    for trial in trials():
        world, refund = met(trial, side)
        ended = visited(world, refund, trial.number)
        met_with[trial.lie] += 1
        made = moved(side, refund)
        assert made == ([] if trial.lie is Lie.NOTHING else [trial.cents])
        wrong += [trial] if (ended.status is ActionStatus.VERIFIED) is not bool(made) else []
    assert min(met_with[lie] for lie in Lie) >= TRIALS / 6
    assert wrong == []
    lies, late = met_with[Lie.NOTHING], met_with[Lie.LATER]
    figure(f"{TRIALS} refunds: 0 of {lies} lies verified, 0 of {late} delays missed", TRIALS)


@pytest.mark.control
def test_control_who_trusts_the_200_confirms_money_that_never_left(side: ServerSide) -> None:
    """The naive design: an answer without an error is success. The same trials find it."""
    side.empty()
    false = 0
    for trial in trials():
        _, refund = met(trial, side)
        answered = REFUND.do(side.payments, refund, f"cs-naive-{trial.number}")
        false += bool(answered.id) and not moved(side, refund)
    assert false >= TRIALS / 6
