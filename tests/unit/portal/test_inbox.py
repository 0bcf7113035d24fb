"""The inbox: everything that waits for one person, oldest first, like risk together."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.change import Change, JobRecord, Listed
from countersign.domain.jobs.job import JobSummary, Status
from countersign.domain.policy.policy import Quorum
from tests.fakes.journey import Journey, accept, form
from tests.fakes.store import FakeStore
from tests.fakes.world import ANA, BEN, CLEO, World
from tests.unit.web.many import escalated, many, waits
from tests.unit.web.member import MemberBrowser
from tests.unit.web.waiting import APPROVAL, JOB, tampered, waiting


def order(page: str) -> list[str]:
    """The jobs of the page's requests, in its order."""
    return re.findall(r'class="open" href="/approvals/requests/([^/]+)/', page)


def signed_in(world: World) -> MemberBrowser:
    return MemberBrowser(world).signs_in(ANA.address)


def test_all_that_waits_is_listed_oldest_first_in_groups() -> None:
    """The group with the oldest request comes first, and within a group the oldest request."""
    world = waiting()
    for number in (3, 1, 2):
        world.store.put(waits(number))
    ana = signed_in(world)
    assert ana.opens().status == 200
    assert order(ana.page) == ["j-001", "j-002", "j-003", JOB]
    assert "4 requests wait for you" in ana.page
    assert ana.page.count('<section class="card" id="group-') == 2
    assert (ana.page.count("Can be undone"), ana.page.count("Cannot be undone")) == (1, 1)


def test_a_line_says_what_for_whom_how_much_and_why() -> None:
    """What will happen, the amount that asked for it, the confidence, since when and until when."""
    world = waiting()
    ana = signed_in(world)
    page = ana.opens().body
    for words in (
        "Maria Keller, Keller GmbH",
        "Send the drafted reply to",
        "A budget of 60,000.00 EUR is above 50,000.00 EUR: a person looks first",
        "Confidence 84 %",
        "</time> left</span>",
    ):
        assert words in page


def test_only_what_can_be_undone_is_decided_together() -> None:
    """Irreversible actions, two signatures and look-alike letters have no checkbox."""
    world = waiting()
    world.store.put(waits(1))
    world.store.put(waits(2, quorum=Quorum.TWO))
    ana = signed_in(world)
    ana.opens()
    assert ana.boxes() == ["take-a-001"]
    assert set(order(ana.page)) == {JOB, "j-001", "j-002"}


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.PARKED, Status.COMPLETED])
def test_what_cannot_be_decided_now_is_left_out(status: Status) -> None:
    """A row that is behind its job shows nothing and breaks nothing."""
    world = waiting()
    held = world.store.load(JOB)
    world.store._records[JOB] = replace(held, job=held.job.model_copy(update={"status": status}))
    ana = signed_in(world)
    assert "Nothing waits for you" in ana.opens().body


def test_a_damaged_request_is_named_and_cannot_be_signed() -> None:
    """Bytes that are not the ones asked about are listed apart, without their words."""
    world = waiting()
    tampered(world, 2, body="{}")
    ana = signed_in(world)
    page = ana.opens().body
    assert "1 cannot be signed" in page
    assert JOB in page
    assert ana.boxes() == []


def test_a_decision_by_link_takes_the_request_out_of_every_inbox() -> None:
    """What one person decided waits for nobody, in the same write."""
    world = waiting()
    world.store.put(waits(1))
    ana, ben = signed_in(world), MemberBrowser(world).signs_in(BEN.address)
    path = "/approvals/requests/j-001/a-001"
    ben.opens(path)
    names = dict.fromkeys(re.findall(r'name="(choice-[0-9a-f]+)"', ben.page), "approve")
    sent = {**ben.hidden(), "cause": "", "reason": "", "code": ben.code(), **names}
    assert ben.posts(path, sent).status == 303
    assert "Your decision is recorded" in ben.opens(path).body
    ana.opens()
    assert order(ana.page) == [JOB]
    assert "Already decided by" in ana.opens(path).body
    (row,) = world.store.inbox("person:ana", 10)
    assert row.approval_id == APPROVAL


def test_the_steps_fill_and_empty_the_inbox() -> None:
    """Asked, asked further, decided: the rows follow the job through the real steps."""
    world = World(lambda _: {"actions": []})
    world.model._otherwise = _offline
    journey = Journey(world, accept(world, form(message="Budget 90,000 EUR, please reply.")))
    journey.goes()
    if journey.record.pending is None:
        pytest.fail(f"the job does not wait: {journey.visited}")
    for person in journey.record.pending.approvers:
        assert [r.job_id for r in world.store.inbox(f"person:{person.id}", 9)] == [journey.job_id]
    journey.is_decided(Choice.APPROVE)
    assert world.store.inbox("person:ana", 9) == []


def _offline(shown: str) -> object:
    from workflows import WORKFLOWS  # noqa: PLC0415 - its tables are large

    return WORKFLOWS["lead_intake"].offline(shown)


def test_cases_of_the_own_roles_are_listed() -> None:
    """The owner's role and operations see a case; others do not."""
    world = waiting()
    world.store.put(escalated())
    world.people.becomes(ANA, roles=("sales", "sales-ops"))
    world.people.becomes(BEN, roles=("operations",))
    pages = {
        who.id: MemberBrowser(world).signs_in(who.address).opens().body for who in (ANA, BEN, CLEO)
    }
    assert ["/approvals/cases/j-case" in pages[one] for one in ("ana", "ben", "cleo")] == [
        True,
        True,
        False,
    ]
    assert "1 request and 1 case wait for you" in pages["ana"]


def test_a_hundred_are_shown_and_the_rest_is_told() -> None:
    """The page has an end; what it leaves out is said."""
    world = waiting()
    many(world, 120)
    ana = signed_in(world)
    ana.opens()
    assert len(ana.boxes()) == 100
    assert "These are the oldest 100" in ana.page


class Counting(FakeStore):
    """Counts what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []

    def load(self, job_id: str) -> JobRecord:
        """As the port."""
        self.reads.append("load")
        return super().load(job_id)

    def inbox(self, box: str, limit: int) -> Sequence[Listed]:
        """As the port."""
        self.reads.append(f"inbox {limit}")
        return super().inbox(box, limit)

    def live(self, statuses: Collection[Status], limit: int) -> Sequence[JobSummary]:
        """As the port: a list of jobs, which the page must not need."""
        self.reads.append("all jobs")
        return super().live(statuses, limit)


def test_reading_costs_what_is_shown() -> None:
    """One read for each box, one for each request shown, however many other jobs there are."""
    store = Counting()
    world = waiting(store=store)
    many(world, 5)
    for number in range(20, 60):
        store.put(waits(number, people=(CLEO,)))
    ana = signed_in(world)
    store.reads.clear()
    ana.opens()
    assert (store.reads.count("load"), store.reads.count("inbox 101")) == (6, 2)
    assert "all jobs" not in store.reads


def test_writes_other_than_a_jobs_own_list_nothing() -> None:
    """A change that moves no request leaves every inbox as it is."""
    world = waiting()
    before = world.store.inbox("person:ana", 9)
    world.deps.commit(world.store.load(JOB), Change(event="x", actor="t"))
    assert world.store.inbox("person:ana", 9) == before
