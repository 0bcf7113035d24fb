"""What nobody knows is settled by a person's evidence, and until then it counts as done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.jobs.audit import Entry
from countersign.domain.jobs.job import Status
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.cli.terminal import Terminal
from tests.unit.steps import refunds
from tests.unit.steps.refunds import amounts, begin, ended
from tests.unit.steps.test_refund_troubles import unknown

REFUND = "payments.refund"
WORDS = "seen in the account: re_1"
SPENT, NOTHING = 1, 0


def settled(way: str, *, happened: bool | None = None) -> tuple[World, Journey]:
    """A job with an unknown refund whose case has ended."""
    world = refunds.world()
    journey = unknown(world)
    take_out(
        world.deps,
        journey.job_id,
        way,  # type: ignore[arg-type] # parametrized
        by="kim",
        words=WORDS,
        facts={},
        happened=happened,
    )
    return world, journey


def last(journey: Journey) -> Entry:
    """The latest audit entry."""
    return journey.record.audit[-1]


@pytest.mark.parametrize(
    ("way", "happened", "ends_as", "status", "counted"),
    [
        ("done", None, "COMPLETED", "verified", SPENT),
        ("done", False, "COMPLETED", "failed", NOTHING),
        ("close", None, "COMPLETED", "unknown", SPENT),
        ("close", True, "COMPLETED", "verified", SPENT),
        ("close", False, "REJECTED", "failed", NOTHING),
    ],
)
def test_a_case_with_an_unknown_outcome_ends_as_the_person_found_it(
    way: str, happened: bool | None, ends_as: str, status: str, counted: int
) -> None:
    """Never REJECTED (“nothing ran”) while it may have run; what it reserved of the cap follows."""
    world, journey = settled(way, happened=happened)
    assert (ended(journey), journey.statuses()[REFUND]) == (ends_as, status)
    world.clock.passes(hours=2)
    tick(world.deps)
    assert "reservation" not in journey.record.due
    assert (world.caps.total("cap.customer") > 0) is bool(counted)


@pytest.mark.parametrize(("happened", "said"), [(True, ""), (False, " (it did not happen)")])
def test_the_evidence_is_in_the_ledger_and_in_the_audit_trail(happened: bool, said: str) -> None:
    """Who settled it, in which words, on the entry that was unknown."""
    _, journey = settled("done", happened=happened)
    held = journey.record.ledger[0]
    assert held.note == f"settled by kim{said}: {WORDS}"
    entry = last(journey)
    assert (entry.event, entry.actor) == ("case done", "person:kim")
    assert entry.fields[f"0 {REFUND}"].value == f"{held.status} {held.note}"


@pytest.mark.parametrize(("way", "happened"), [("close", None), ("done", None), ("done", True)])
def test_a_second_request_does_not_run_unsigned_over_an_unknown_one(
    way: str, happened: bool | None
) -> None:
    """The first one may have refunded: the same request again is joined to it, not paid."""
    world, _ = settled(way, happened=happened)
    world.clock.passes(minutes=timedelta(hours=1).seconds // 60)
    again = begin(world, "evt-2")
    assert again.record.job.status is not Status.COMPLETED or again.record.ledger == ()
    assert amounts(world) == []


def test_control_a_first_one_that_did_not_happen_lets_the_second_run() -> None:
    """The person found that nothing left the account: the same request is refunded now, once."""
    world, _ = settled("close", happened=False)
    world.payments.a_day_passes()
    begin(world, "evt-2")
    assert amounts(world) == [4_990]


def test_the_command_says_what_did_not_happen(capsys: pytest.CaptureFixture[str]) -> None:
    """`case JOB done --did-not-happen`; with resume it is wrong use, and nothing is written."""
    terminal = Terminal(capsys)
    terminal.world = refunds.world()
    terminal.journey = unknown(terminal.world)
    terminal.forgets()
    more = ("--by", "kim", "--words", WORDS, "--did-not-happen")
    assert terminal.types("case", terminal.job, "resume", *more)[0] == 2
    assert terminal.journey.statuses()[REFUND] == "unknown"
    code, out, _ = terminal.types("case", terminal.job, "done", *more)
    assert (code, "COMPLETED" in out) == (0, True)
    assert terminal.journey.statuses()[REFUND] == "failed"
