"""Our own mail takes turns: what has none soon is a due row, and codes have a pace of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.errors import Throttled
from countersign.domain.limits.circuit_breaker import Breaker
from countersign.domain.limits.pace import RateLimit, Row
from countersign.domain.mail import Email
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from countersign.runtime.pace import code_post, post
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, BEN, START, World
from workflows import WORKFLOWS

MAIL, CODES = "mail", "mail-codes"
NOTE = Email(to=ANA.address, subject="hello", text="hello")


@pytest.fixture
def world() -> World:
    made = World(WORKFLOWS["lead_intake"].offline)
    limits = {MAIL: (RateLimit(requests=14, seconds=1), RateLimit(requests=200, seconds=86_400))}
    made.settings = made.settings.model_copy(update={"connector_limits": limits})
    made.deps = made.deps_again()
    return made


def busy(world: World, seconds: float, key: str = MAIL) -> None:
    """Arrange: others' mails are ahead for so long."""
    world.limits.is_busy(key, world.clock.now(), seconds)


def asks(world: World) -> Journey:
    """A job that needs a signature, with others' mails ahead."""
    busy(world, seconds=30)
    journey = Journey(world, accept(world, form()))
    assert journey.goes() == "Ask"
    return journey


def test_a_turn_within_a_second_is_waited_for(world: World) -> None:
    """Then the mail goes out."""
    busy(world, seconds=0.5)
    begun = world.clock.now()
    post(world.deps).send(NOTE)
    assert world.clock.now() - begun >= timedelta(seconds=0.5)
    assert len(world.mail.sent) == 1


def test_a_later_turn_is_told_and_not_taken(world: World) -> None:
    """Nothing is reserved for who does not wait."""
    busy(world, seconds=30)
    before = world.limits.seen(MAIL)
    with pytest.raises(Throttled) as told:
        post(world.deps).send(NOTE)
    assert told.value.retry_after == pytest.approx(30)
    assert (world.mail.sent, world.limits.seen(MAIL)) == ([], before)


def test_an_old_guess_does_not_refuse_a_mail(world: World) -> None:
    """What this process saw a while ago is read again before it says no."""
    busy(world, seconds=30)
    with pytest.raises(Throttled):
        post(world.deps).send(NOTE)
    world.limits.is_busy(MAIL, world.clock.now(), 0)
    post(world.deps).send(NOTE)
    assert len(world.mail.sent) == 1


def test_a_days_limit_that_is_used_up_is_told(world: World) -> None:
    """With the seconds until it has room again."""
    for _ in range(101):
        post(world.deps).send(NOTE)
    with pytest.raises(Throttled) as told:
        post(world.deps).send(NOTE)
    assert (told.value.retry_after or 0) > 60


def test_a_resting_provider_is_not_asked(world: World) -> None:
    """Its breaker is open: whoever sends hears when it closes, as of a turn that is not soon."""
    until = world.clock.now() + timedelta(minutes=1)
    world.limits.rests(Breaker(key=MAIL, open_until=until))
    with pytest.raises(Throttled, match="rests") as told:
        post(world.deps).send(NOTE)
    assert told.value.retry_after == 60
    assert world.mail.sent == []


def test_what_a_resting_provider_cannot_send_is_mailed_by_tick(world: World) -> None:
    """The job waits for its people all the same, who are mailed when it rests no more."""
    world.limits.rests(Breaker(key=MAIL, open_until=world.clock.now() + timedelta(minutes=1)))
    journey = asks(world)
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    assert world.mail.sent == []
    world.clock.passes(seconds=61)
    tick(world.deps)
    assert {mail.to for mail in world.mail.sent} == {ANA.address, BEN.address}


def test_who_books_all_the_time_makes_others_try_again(world: World) -> None:
    """A row that is another one at each look: an error that passes, and no mail."""
    world.limits.is_never_as_guessed(MAIL)
    with pytest.raises(Throttled, match="too many"):
        post(world.deps).send(NOTE)
    assert world.mail.sent == []


def test_requests_whose_turn_is_not_soon_are_mailed_by_tick(world: World) -> None:
    """Ask does not wait: the job waits for its people, who are mailed when it is their turn."""
    journey = asks(world)
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    assert world.mail.sent == []
    world.clock.passes(seconds=31)
    tick(world.deps)
    assert {mail.to for mail in world.mail.sent} == {ANA.address, BEN.address}
    assert "mail" not in journey.record.due


def test_what_has_no_turn_stays_due_as_it_is(world: World) -> None:
    """To wait for a turn is no failure: nothing is written, and the mails go out when it comes."""
    journey = asks(world)
    busy(world, seconds=300)
    world.clock.passes(seconds=31)
    before = journey.record
    tick(world.deps)
    assert journey.record == before
    assert world.mail.sent == []
    world.clock.passes(seconds=269)
    tick(world.deps)
    assert {mail.to for mail in world.mail.sent} == {ANA.address, BEN.address}


def test_tick_waits_some_seconds_for_a_mails_turn(world: World) -> None:
    """Where the provider takes one in a while, each minute sends many."""
    journey = asks(world)
    world.clock.passes(seconds=31)
    busy(world, seconds=4)
    tick(world.deps)
    assert "mail" not in journey.record.due
    assert world.clock.now() - START < timedelta(seconds=40)


def test_requests_go_out_beside_a_campaign(world: World) -> None:
    """Others' mails are ahead for an hour: what is kept free beside them is ours, every minute."""
    jobs = [asks(world)]
    for number in range(9):
        body = form(email=f"{number}@hafenwerk.example")
        jobs.append(Journey(world, accept(world, body, f"evt-{number}")))
        jobs[-1].goes()
    world.clock.passes(seconds=31)
    world.limits.is_busy(MAIL, world.clock.now(), 3_600, holder="campaign")
    tick(world.deps)
    assert len(world.mail.sent) >= 5
    for _ in range(5):
        world.clock.passes(seconds=20)
        tick(world.deps)
    assert not any("mail" in one.record.due for one in jobs)


def test_a_case_whose_mail_has_no_turn_soon_is_told_by_tick(world: World) -> None:
    """Escalate does not wait either."""
    busy(world, seconds=30)
    journey = Journey(world, accept(world, form(country="Elbonia")))
    assert journey.goes() == "Escalate"
    assert world.mail.sent == []
    world.clock.passes(seconds=31)
    tick(world.deps)
    assert [mail.subject[:5] for mail in world.mail.sent] == ["Case:"]
    assert "case" not in journey.record.due


def test_a_case_that_is_over_is_told_to_nobody(world: World) -> None:
    """Ended while its mail waited for a turn: whoever ended it knows."""
    busy(world, seconds=30)
    journey = Journey(world, accept(world, form(country="Elbonia")))
    journey.goes()
    take_out(world.deps, journey.job_id, "close", by="kim", words="not served", facts={})
    world.clock.passes(seconds=31)
    tick(world.deps)
    assert world.mail.sent == []
    assert "case" not in journey.record.due


def test_what_waits_for_its_turn_was_put_off_by_who_sent_it(world: World) -> None:
    """The trail names the state."""
    later = [entry for entry in asks(world).record.audit if "mails wait" in entry.event]
    assert [entry.actor for entry in later] == ["state:Ask"]


def test_a_provider_that_says_later_is_tried_again_by_the_machine(world: World) -> None:
    """That is no turn: nothing says when it is."""
    world.mail.fails_with(Throttled("SES asks to send more slowly"))
    journey = Journey(world, accept(world, form()))
    assert journey.goes() == "Park"
    world.mail.fails_with(Throttled("SES asks to send more slowly"))
    again = Journey(
        world, accept(world, form(country="Elbonia", email="x@hafenwerk.example"), "e2")
    )
    with pytest.raises(Throttled):
        again.goes()


def test_codes_are_not_behind_other_mail(world: World) -> None:
    """A campaign is ahead in the queue of mail; a code that somebody waits for goes at once."""
    busy(world, seconds=600)
    begun = world.clock.now()
    code_post(world.deps).send(NOTE)
    assert world.clock.now() == begun
    assert world.limits.seen(CODES).row != Row()
