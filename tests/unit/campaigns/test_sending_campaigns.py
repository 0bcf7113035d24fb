"""A campaign on its way: read, planned, signed once, each message sent once, each row told of."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from countersign.campaigns.standing import Standing
from countersign.domain.campaigns.sent import Event, Sent
from countersign.domain.errors import Ambiguous, CountersignError, Refused, Throttled, Unavailable
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.suppression import suppressed
from countersign.domain.lane.batches import entered
from countersign.domain.lane.control import Word
from countersign.domain.lane.items import Item, ItemState
from countersign.lane import orders
from countersign.portal.items import items
from tests.mailing import BRIEF, NOON, Mailing, contact, moves_to, outreach, zipped

ROWS = [contact(number) for number in range(1, 13)]
ALL = sorted(row.partition(";")[0] for row in ROWS)


def signed(mailing: Mailing) -> dict[str, Any]:
    """The parameters of the plan."""
    found: dict[str, Any] = json.loads(mailing.world.store.load(mailing.job_id).ledger[0].body)[
        "params"
    ]
    return found


def test_each_contact_gets_one_message_and_every_row_is_accounted_for() -> None:
    """Signed once, each gets one message with an address of its own for stopping."""
    mailing = Mailing(zipped(ROWS))
    mailing.ends()
    assert (mailing.status, sorted(mailing.sent)) == (Status.COMPLETED, ALL)
    found = mailing.evidence
    assert (found["rows"], found["done"], found["left"], found["unknown"]) == ("12", "12", "0", "0")
    assert len({mail.unsubscribe for mail in mailing.world.campaign_mail.sent}) == len(ROWS)
    assert mailing.document("rows.csv").count(",sent,") == len(ROWS)


def test_its_page_says_what_became_of_its_mails_and_how_fast_they_go_out() -> None:
    """Apart from the rows of its list: rates against their limits, what came back with bounds."""
    mailing = Mailing(zipped([contact(number) for number in range(1, 100)]))
    mailing.machine.runs()
    for number in mailing.world.campaigns.messages(mailing.job_id, 1):
        where, now = (mailing.job_id, 1, number), mailing.world.clock.now()
        mailing.world.campaigns.event(where, Event.SENT, now)
    found = items(mailing.world.deps, mailing.world.store.load(mailing.job_id))
    assert found is not None
    assert [name for name, _ in found.states] == [one.value for one in ItemState]
    told = dict(found.mails)
    assert told["sent"] == str(len(mailing.world.campaigns.messages(mailing.job_id, 1)))
    assert "a second, 10 at most (" in told["now to gmx"]


def test_of_many_groups_of_receivers_the_busiest_are_told() -> None:
    """A list of companies has as many groups as domains."""
    taken = {f"firma{number}.example": number for number in range(40)}
    told = Standing({}, taken, 60.0, 780, None).told()
    busiest = [f"now to firma{number}.example" for number in range(39, 29, -1)]
    assert [name for name in told if name.startswith("now to")] == busiest


def test_nothing_is_sent_before_somebody_signed() -> None:
    """The plan waits, whatever the brief says."""
    mailing = Mailing(zipped(ROWS), sign=False)
    assert (mailing.status, mailing.sent) == (Status.WAITING_FOR_REVIEW, [])


def test_a_changed_letter_of_template_or_list_is_another_plan() -> None:
    """Its digest is over template, list and limits."""
    plans = {
        signed(Mailing(body, sign=False))["plan"]
        for body in (
            zipped(ROWS),
            zipped(ROWS, BRIEF.replace("for free", "for freе")),
            zipped([*ROWS[:-1], contact(99)]),
        )
    }
    assert len(plans) == 3


def test_whoever_opts_out_between_plan_and_message_gets_none() -> None:
    """The suppression list is looked at in the write of the intent."""
    mailing = Mailing(zipped(ROWS))
    held = suppressed(ALL[0], "opt-out", NOON, "somebody")
    mailing.world.suppression.add(held)
    mailing.ends()
    assert sorted(mailing.sent) == ALL[1:]
    assert mailing.evidence["skipped"] == "1"
    assert "on the suppression list" in mailing.document("rows.csv")


def test_two_campaigns_at_once_write_to_a_person_once() -> None:
    """One message per person within the days, of all campaigns together."""
    world = outreach()
    first = Mailing(zipped(ROWS), world)
    second = Mailing(zipped(ROWS, BRIEF.replace("for free", "gladly")), world, event="c-2")
    first.machine.runs()
    first.ends()
    second.ends()
    assert sorted(first.sent) == ALL
    assert second.evidence["skipped"] == str(len(ROWS))
    moves_to(world, NOON + timedelta(days=8))
    world.sending_limits.says(world.clock.now(), quota=50_000, rate=14)
    third = Mailing(zipped(ROWS), world, event="c-3")
    third.ends()
    assert third.evidence["done"] == str(len(ROWS))


def test_the_plan_says_who_gets_none_and_why() -> None:
    """Whom the rules forbid now is counted in it."""
    world = outreach()
    world.suppression.add(suppressed(ALL[0], "opt-out", NOON, "somebody"))
    rows = [*ROWS, ROWS[1], "broken", "no@web.de;;;;de;DE;", "x@web.de;=cmd|1;;;de;DE;doi"]
    said = signed(Mailing(zipped(rows), world, sign=False))
    assert said["messages"] == len(ROWS) - 1
    assert set(said["left_out"].splitlines()) == {
        "1: the address stands in an earlier row",
        "1: the list shows no consent",
        "1: on the suppression list",
        "1 cannot be read: the row has another number of cells than the header",
        "1 cannot be read: a cell that the message uses is a formula",
    }


def test_at_night_nobody_gets_anything_and_nobody_is_lost() -> None:
    """What is left waits for the morning where the contact is."""
    mailing = Mailing(zipped(ROWS))
    moves_to(mailing.world, NOON + timedelta(hours=10))
    mailing.machine.runs()
    mailing.goes()
    assert (mailing.sent, mailing.status) == ([], Status.PARKED)
    run = mailing.world.lanes.run(mailing.job_id)
    assert run is not None
    assert run.again_at is not None
    assert run.again_at > mailing.world.clock.now() + timedelta(hours=7)
    moves_to(mailing.world, run.again_at)
    mailing.world.sending_limits.says(mailing.world.clock.now(), quota=50_000, rate=14)
    mailing.ends()
    assert sorted(mailing.sent) == ALL


@pytest.mark.parametrize("sent", [True, False])
def test_a_lost_answer_is_no_second_message(sent: bool) -> None:
    """The message waits for its delivery event; where none comes within an hour, a person gets one
    case with its row."""
    mailing = Mailing(zipped(ROWS))
    mailing.world.campaign_mail.fails_with(Ambiguous("lost"), after_sending=sent)
    mailing.machine.runs()
    mailing.goes()
    assert mailing.status is Status.PARKED
    (batch, lost), *more = [
        (batch, number)
        for batch in range(1, 9)
        for number, one in mailing.world.campaigns.messages(mailing.job_id, batch).items()
        if not one.is_known
    ]
    assert not more
    if sent:
        where = (mailing.job_id, batch, lost)
        mailing.world.campaigns.event(where, Event.DELIVERED, mailing.world.clock.now(), "m")
    mailing.ends()
    assert len(mailing.sent) == len(ROWS) - (not sent)
    assert mailing.evidence["unknown"] == str(int(not sent))
    record = mailing.world.store.load(mailing.job_id)
    assert record.job.status is (Status.COMPLETED if sent else Status.ESCALATED)
    if not sent:
        seen = record.ledger[0].seen
        assert seen is not None
        assert f"rows {lost} (1 in unknown.csv)" in seen.fields[0].after
        assert mailing.document("unknown.csv").splitlines()[1].startswith(f"{lost},unknown")


@pytest.mark.parametrize("fault", [Throttled("slowly"), Unavailable("away")])
def test_what_was_certainly_not_sent_is_sent_later(fault: CountersignError) -> None:
    """Its intent is taken back, also for the rule of one message per person."""
    mailing = Mailing(zipped(ROWS))
    mailing.world.campaign_mail.fails_with(fault)
    mailing.ends()
    assert (sorted(mailing.sent), mailing.status) == (ALL, Status.COMPLETED)


def test_what_the_provider_refuses_has_failed_and_counts_for_no_rule() -> None:
    """The person may get the next campaign."""
    mailing = Mailing(zipped(ROWS[:60]))
    mailing.world.campaign_mail.fails_with(Refused("the address is none"))
    mailing.ends()
    assert mailing.evidence["failed"] == "1"
    assert len(mailing.world.campaigns.written) == len(ROWS) - 1


@pytest.mark.parametrize("word", [Word.PAUSED, Word.CANCELLED])
def test_people_stop_it_between_two_messages(word: Word) -> None:
    """What is paused goes on with whom is left; what is cancelled says how many are left."""
    mailing = Mailing(zipped([contact(n) for n in range(1, 200)]))
    (name, job_id), *_ = mailing.world.item_runs.started
    first, *others = mailing.machine.children(name, job_id)
    mailing.machine.works(first)
    orders.order(mailing.world.deps, job_id, word, by="kim", reason="too fast")
    for one in others:
        mailing.machine.works(one)
    mailing.machine.collects(name, job_id)
    there = len(mailing.sent)
    assert there == first.batch.size
    if word is Word.PAUSED:
        orders.order(mailing.world.deps, job_id, Word.RUNNING, by="kim", reason="go on")
    mailing.goes()
    mailing.ends()
    assert mailing.status is Status.COMPLETED
    left = 0 if word is Word.PAUSED else 199 - there
    assert (len(mailing.sent), len(set(mailing.sent))) == (199 - left, 199 - left)
    assert mailing.evidence["left"] == str(left)


def test_whoever_resumes_in_the_moment_that_its_job_is_written_is_heard() -> None:
    """`tick` or the run's end writes the job at once with the order: it goes on all the same."""
    mailing = Mailing(zipped([contact(n) for n in range(1, 200)]))
    world = mailing.world
    (name, job_id), *_ = world.item_runs.started
    orders.order(world.deps, job_id, Word.PAUSED, by="kim", reason="too fast")
    for one in mailing.machine.children(name, job_id):
        mailing.machine.works(one)
    mailing.machine.collects(name, job_id)
    world.store.refuses("resumed")
    orders.order(world.deps, job_id, Word.RUNNING, by="kim", reason="go on")
    assert mailing.status is Status.RETRYING
    mailing.goes()
    mailing.ends()
    assert (len(mailing.sent), mailing.status) == (199, Status.COMPLETED)


@pytest.mark.parametrize("heard", [True, False])
def test_a_cancelled_campaign_finds_out_what_became_of_a_message_that_was_begun(
    heard: bool,
) -> None:
    """An intent whose answer is lost is not left: its event says that it was sent, or after an hour
    a person gets it. Whom nobody wrote to is left, and the table says so of each row."""
    mailing = Mailing(zipped(ROWS))
    mailing.world.campaign_mail.fails_with(Ambiguous("lost"), after_sending=heard)
    (name, job_id), *_ = mailing.world.item_runs.started
    first, *others = mailing.machine.children(name, job_id)
    mailing.machine.works(first)
    orders.order(mailing.world.deps, job_id, Word.CANCELLED, by="kim", reason="the offer ended")
    for one in others:
        mailing.machine.works(one)
    mailing.machine.collects(name, job_id)
    mailing.goes()
    assert mailing.status is Status.PARKED
    where = [(job_id, first.batch.number, n) for n, one in _unheard(mailing, first.batch.number)]
    if heard:
        mailing.world.campaigns.event(where[0], Event.DELIVERED, mailing.world.clock.now(), "m")
    mailing.ends()
    size, total = first.batch.size, len(ROWS)
    found = {name: int(mailing.evidence[name]) for name in ("done", "unknown", "left", "skipped")}
    want = {"done": size - (not heard), "unknown": int(not heard), "left": total - size}
    assert found == {**want, "skipped": 0}
    assert mailing.evidence["word"] == "cancelled"
    assert len(mailing.sent) == size - (not heard)
    assert mailing.status is (Status.COMPLETED if heard else Status.ESCALATED)
    said = [row.split(",")[1] for row in mailing.document("rows.csv").splitlines()[1:]]
    assert Counter(said) == Counter(sent=want["done"], unknown=want["unknown"], left=want["left"])


def _unheard(mailing: Mailing, batch: int) -> list[tuple[int, Sent]]:
    found = mailing.world.campaigns.messages(mailing.job_id, batch).items()
    return [(number, one) for number, one in found if not one.is_known]


def test_what_was_cancelled_while_it_was_being_left_out_is_left() -> None:
    """A row that was claimed and has no message was not sent, and is not waited for."""
    mailing = Mailing(zipped(ROWS))
    world = mailing.world
    (name, job_id), *_ = world.item_runs.started
    first, *_others = mailing.machine.children(name, job_id)
    head = entered(None, 1)
    world.lanes.keep_head(job_id, first.batch.number, None, head)
    row = Item(number=first.batch.first, entry=head.entry, tries=1)
    world.lanes.claim(job_id, first.batch.number, row)
    orders.order(world.deps, job_id, Word.CANCELLED, by="kim", reason="the offer ended")
    mailing.ends()
    assert (mailing.status, mailing.sent) == (Status.COMPLETED, [])
    assert (mailing.evidence["left"], mailing.evidence["unknown"]) == (str(len(ROWS)), "0")


def test_another_campaign_than_the_signed_one_is_not_sent() -> None:
    """Where new code would make other messages of the same brief, none leaves."""
    mailing = Mailing(zipped(ROWS))
    run = mailing.world.lanes.run(mailing.job_id)
    assert run is not None
    other = run.model_copy(update={"terms": "0" * 64, "version": run.version + 1})
    mailing.world.lanes.keep_run(run, other)
    mailing.machine.runs()
    assert mailing.sent == []
