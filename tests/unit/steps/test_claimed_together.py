"""Actions that follow each other and have keys are claimed in one write: what one of them meets,
or a kill between two, leaves the others as if each had been claimed at its turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest

from countersign.domain.errors import Refused, Unavailable
from countersign.domain.jobs.attempts import label
from countersign.domain.policy.records import Record
from countersign.entrypoints.tick import tick
from tests.fakes.crm import FakeCrm
from tests.fakes.journey import Journey, accept, form
from tests.fakes.store import Crash
from tests.fakes.world import World
from tests.unit.steps.test_journeys import offline

CONTACT, DEAL, TASK = "crm.upsert_contact", "crm.create_lead", "crm.request_callback"
REFUSED = Refused("the CRM refused to create: 400 VALIDATION_ERROR")


class MeetsTrouble(FakeCrm):
    """Something happens each time before an object of a kind is made, one after the other."""

    def __init__(self, kind: str, *troubles: Callable[[], None]) -> None:
        super().__init__()
        self._kind, self._troubles = kind, list(troubles)

    def create(self, kind: str, fields: Mapping[str, str], contact: str = "") -> Record:
        """As the port."""
        if kind == self._kind and self._troubles:
            self._troubles.pop(0)()
        return super().create(kind, fields, contact)


def ends_in(error: BaseException) -> Callable[[], None]:
    """Trouble that is this error."""

    def trouble() -> None:
        raise error

    return trouble


def arrived(crm: FakeCrm | None = None) -> tuple[World, Journey]:
    """A form's job that wants a contact, a deal and a task."""
    world = World(offline)
    world.crm = crm or FakeCrm()
    world.deps = world.deps_again()
    return world, Journey(world, accept(world, form()))


def made(world: World) -> Counter[str]:
    """What was created in the CRM, by kind."""
    return Counter(write.kind for write in world.crm.journal if write.method == "POST")


def claims(journey: Journey) -> list[list[str]]:
    """The actions of each claim, as the trail tells them."""
    names = {label(held): held.action for held in journey.record.ledger}
    return [
        [names[name] for name, field in sorted(entry.fields.items()) if "attempt" in field.value]
        for entry in journey.record.audit
        if entry.event == "claimed"
    ]


def test_three_actions_with_keys_are_one_claim_and_what_has_none_is_its_own() -> None:
    """A write for each would be two calls more in every job."""
    _, journey = arrived()
    journey.goes()
    assert claims(journey) == [[CONTACT, DEAL, TASK]]
    attempts = {held.attempt for held in journey.record.ledger if held.attempt}
    assert len(attempts) == 3


def test_a_refusal_leaves_what_follows_as_it_stood_before() -> None:
    """The task was claimed with the deal that is refused: it is authorised, and was never tried."""
    world, journey = arrived(MeetsTrouble("deals", ends_in(REFUSED)))
    assert journey.goes() == "Escalate"
    assert [journey.statuses()[one] for one in (CONTACT, DEAL, TASK)] == [
        *("verified", "failed", "authorised")
    ]
    (task,) = (held for held in journey.record.ledger if held.action == TASK)
    assert (task.attempt, task.note) == ("", "put back: nothing was sent")
    assert made(world) == {"contacts": 1}


def test_a_target_that_is_away_keeps_only_its_own_claim() -> None:
    """What went before is stored, and what follows is let go, in the write that says why: the next
    attempt looks for the deal alone."""
    away = (ends_in(Unavailable("the CRM is away")) for _ in range(2))
    world, journey = arrived(MeetsTrouble("deals", *away))
    assert journey.goes() == "Park"
    assert [journey.statuses()[one] for one in (CONTACT, DEAL, TASK)] == [
        *("verified", "claimed", "authorised")
    ]
    world.clock.passes(minutes=30)
    tick(world.deps)
    journey.goes()
    assert made(world) == {"contacts": 1, "deals": 1, "tasks": 1}
    assert claims(journey) == [[CONTACT, DEAL, TASK], [DEAL, TASK]]


def test_of_a_killed_visit_nothing_is_sent_once_the_job_is_a_persons() -> None:
    """Killed before the deal; the next attempt finds the contact, and the deal is refused: the task
    is looked for, is not there, and waits for the person as if nobody had claimed it."""
    world, journey = arrived(MeetsTrouble("deals", ends_in(Crash("killed")), ends_in(REFUSED)))
    with suppress(Crash):
        journey.goes()
    assert [journey.statuses()[one] for one in (CONTACT, DEAL, TASK)] == ["claimed"] * 3
    again = Journey(world, journey.job_id, world.deps_again())
    assert again.goes("Act", {"connector": "crm"}) == "Escalate"
    assert [again.statuses()[one] for one in (CONTACT, DEAL, TASK)] == [
        *("verified", "failed", "authorised")
    ]
    assert made(world) == {"contacts": 1}


def test_a_visit_whose_time_is_over_sends_nothing_more() -> None:
    """It was stopped between two effects, and the machine has begun the state anew meanwhile: what
    it claimed along is that one's."""
    world = World(offline)
    crm = MeetsTrouble("contacts", lambda: world.clock.passes(minutes=10))
    world.crm = crm
    world.deps = world.deps_again()
    journey = Journey(world, accept(world, form()))
    given = journey.stops_before("Act")
    with pytest.raises(Unavailable):
        journey.enters("Act", given)
    assert made(world) == {"contacts": 1}
    assert [journey.statuses()[one] for one in (CONTACT, DEAL, TASK)] == [
        *("verified", "claimed", "authorised")
    ]
