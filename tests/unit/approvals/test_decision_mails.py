"""Word of a decision: whoever was asked too learns it in their thread, and no step waits for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.domain.errors import Ambiguous, Refused, Unavailable
from countersign.domain.jobs.job import Status
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey
from tests.fakes.world import ANA, BEN, CLEO, World
from tests.unit.approvals.test_approval_edit import asked_job, at_work


def decided(choice: str = "approve", **said: str) -> tuple[World, Journey]:
    """Ana decides by her link what she and Ben were asked, and the job comes to its end."""
    world, journey = asked_job()
    ana = at_work(world, ANA.address)
    assert ana.posts(ana.filled(choice, **said)).status == 303
    journey.answered()
    return world, journey


def told(world: World, minutes: int = 3) -> None:
    """Time passes, and tick runs."""
    world.mail.sent.clear()
    world.clock.passes(minutes=minutes)
    tick(world.deps)


def test_who_was_asked_too_is_told_in_the_thread_of_their_mail() -> None:
    """Ben's mail says in its first line who approved and when, what, and where the inbox is; it has
    no button; who decided has none, and nothing stays due."""
    world, journey = asked_job()
    asked = world.mail.to(BEN.address)[-1]
    ana = at_work(world, ANA.address)
    ana.posts(ana.filled())
    journey.answered()
    told(world)
    (mail,) = world.mail.sent
    assert (mail.to, mail.in_reply_to) == (BEN.address, asked.in_reply_to)
    assert mail.subject == f"[Approved] {asked.subject}"
    assert mail.text.startswith("Approved by Ana Costa on Mon 2 Mar 2026, 09:00 UTC.\n")
    assert "Send the drafted reply to anna.lindner@hafenwerk.example" in mail.text
    assert mail.text.count("http") == 1
    assert f'href="{world.settings.public_base_url}/approvals"' in mail.html
    assert "decided" not in journey.record.due
    told(world)
    assert world.mail.sent == []


def test_a_rejection_says_why() -> None:
    """The cause and the words of who rejected stand beside the action."""
    world, _ = decided("reject", cause="wrong tone", reason="too cold")
    told(world)
    (mail,) = world.mail.sent
    assert mail.subject.startswith("[Rejected] Sign: reply to")
    assert "rejected (wrong tone: too cold); it does not run." in mail.text


def test_when_time_decides_all_of_them_are_told() -> None:
    """Sellers and their lead were asked and nobody answered: each learns that it did not pass."""
    world, _ = asked_job()
    for _ in range(3):
        world.clock.passes(hours=30)
        tick(world.deps)
    world.clock.passes(minutes=3)
    tick(world.deps)
    told_ = [one for one in world.mail.sent if one.subject.startswith("[Not approved]")]
    assert {one.to for one in told_} == {ANA.address, BEN.address, CLEO.address}
    assert told_[0].text.startswith("Not approved: nobody decided in time. Nothing of it runs.")


def test_nobody_is_told_while_it_is_carried_out() -> None:
    """While steps work on the job the row waits: no step finds that the job changed for it."""
    world, journey = asked_job()
    ana = at_work(world, ANA.address)
    ana.posts(ana.filled())
    held = journey.record
    moving = held.job.model_copy(update={"status": Status.PROCESSING})
    world.store.put(replace(held, job=moving))
    told(world)
    assert world.mail.sent == []
    assert "decided" in journey.record.due


@pytest.mark.parametrize("answer", [Refused("gone"), Ambiguous("no answer")])
def test_a_mail_that_is_refused_or_lost_is_not_repeated(answer: Exception) -> None:
    """It was the last one about this request: what it says stands on the page."""
    world, journey = decided()
    world.mail.fails_with(answer)
    told(world)
    told(world)
    assert world.mail.sent == []
    assert "decided" not in journey.record.due


def test_a_busy_provider_is_asked_again() -> None:
    """Nothing was sent: Ben is told by a later run."""
    world, _ = decided()
    world.mail.fails_with(Unavailable("busy"))
    told(world)
    assert world.mail.sent == []
    told(world, minutes=10)
    assert [one.to for one in world.mail.sent] == [BEN.address]


@pytest.mark.control
def test_control_without_anybody_else_there_is_no_row() -> None:
    """Ben has no mail of it: Ana decides, and nothing is due for anybody."""
    world, journey = asked_job()
    held = journey.record.pending
    assert held
    assert {one.id for one in held.approvers} == {"ana", "ben"}
    record = journey.record
    notes = {one for one in record.notes if not one.endswith(".ben")}
    world.store.put(replace(record, notes=frozenset(notes)))
    ana = at_work(world, ANA.address)
    ana.posts(ana.filled())
    assert set(journey.record.due) == {"callback"}
