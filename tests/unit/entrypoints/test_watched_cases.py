"""A case is mailed to the role that owns it, and somebody is reminded until it is ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.jobs.cases import EACH_DAY, next_look
from countersign.domain.jobs.inbox import open_case
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from tests.fakes.journey import Journey, accept, form
from tests.fakes.store import Crash
from tests.fakes.world import ANA, BEN, CLEO, KIM, World
from workflows import WORKFLOWS

SUBJECT = "Quote wanted"


@pytest.fixture
def world() -> World:
    """Kim answers for leads; whoever is named for cases is Cleo."""
    made = World(WORKFLOWS["lead_intake"].offline)
    made.people.becomes(KIM, roles=("sales-ops", "operations"))
    made.settings = made.settings.model_copy(update={"case_owner": CLEO})
    made.deps = made.deps_again()
    return made


def in_a_case(world: World) -> Journey:
    """A country without a rule: a person must look."""
    journey = Journey(world, accept(world, form(country="Mongolia", phone="+976 7012 0142")))
    assert journey.goes() == "Escalate"
    return journey


def subjects(world: World, address: str) -> list[str]:
    return [mail.subject.partition(":")[0] for mail in world.mail.to(address)]


def passes(world: World, time: timedelta) -> None:
    world.clock.passes(seconds=time.total_seconds())
    tick(world.deps)


def test_the_role_that_owns_it_is_mailed_and_sees_what_it_is_about(world: World) -> None:
    """Sender, subject and amount stand in the mail; whoever has another role gets none."""
    in_a_case(world)
    (mail,) = world.mail.sent
    assert mail.to == KIM.address
    assert "From: anna.lindner@hafenwerk.example" in mail.text
    assert "Subject: Hello, we are looking for a quote" in mail.text
    assert "Amount: 12,500.00 EUR" in mail.text
    assert "Amount" in mail.html


def test_without_anybody_in_the_role_whoever_is_named_for_cases_is_told(world: World) -> None:
    """Nobody is told is not possible."""
    world.people.becomes(KIM, roles=())
    in_a_case(world)
    assert [mail.to for mail in world.mail.sent] == [CLEO.address]


def test_reminder_next_and_alarm(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Halfway its owners again; when it is due the next one beside them; from the second day on an
    alarm each day."""
    case = open_case(in_a_case(world).record)
    assert case
    half = (case.due_at - case.opened_at) / 2
    capsys.readouterr()
    passes(world, half)
    assert subjects(world, KIM.address) == ["Case", "Reminder"]
    assert subjects(world, CLEO.address) == []
    passes(world, half)
    assert subjects(world, KIM.address)[2:] == subjects(world, CLEO.address) != []
    assert '"CasesOverdue":' not in capsys.readouterr().out
    passes(world, EACH_DAY)
    assert capsys.readouterr().out.count('"CasesOverdue":') == 1
    assert {ANA.address, BEN.address} & {mail.to for mail in world.mail.sent} == set()


def test_an_ended_case_reminds_nobody(world: World) -> None:
    """Its row goes with it."""
    journey = in_a_case(world)
    assert "overdue" in journey.record.due
    take_out(world.deps, journey.job_id, "close", by="kim", words="a test", facts={})
    assert "overdue" not in journey.record.due
    passes(world, timedelta(days=5))
    assert subjects(world, KIM.address) == ["Case"]


def test_a_crash_after_a_mail_mails_nobody_twice(world: World) -> None:
    """The mark follows the mail; a row that is done again finds it."""
    journey = in_a_case(world)
    case = open_case(journey.record)
    assert case
    world.store.crashes_before_write(2)
    with pytest.raises(Crash):
        passes(world, (case.due_at - case.opened_at) / 2)
    tick(world.deps)
    passes(world, timedelta(hours=2))
    told = subjects(world, KIM.address)
    assert len(told) == len(set(told)) == 2


def test_the_looks_are_in_order(world: World) -> None:
    """Halfway, due, and each day after that, whenever one asks."""
    case = open_case(in_a_case(world).record)
    assert case
    half = case.opened_at + (case.due_at - case.opened_at) / 2
    assert next_look(case, case.opened_at) == half
    assert next_look(case, half) == case.due_at
    assert next_look(case, case.due_at) == case.due_at + EACH_DAY
