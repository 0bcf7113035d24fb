"""The jobs table: the same rules hold for the fake, for moto and for the emulator's DynamoDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import get_args

import pytest

from countersign.connectors.dynamodb import rows
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.approvals.questions import Question
from countersign.domain.errors import ClaimHeld, NotFound, StoreConflict
from countersign.domain.jobs.audit import verify
from countersign.domain.jobs.change import (
    Change,
    Due,
    DueKind,
    JobRecord,
    Link,
    Listed,
    after,
    created,
    transition,
)
from countersign.domain.jobs.inbox import listing
from countersign.domain.jobs.intake import accepted, new_job
from countersign.domain.jobs.job import Job, JobSummary, Pointer, Source, Status
from countersign.domain.jobs.matters import Matter
from countersign.domain.limits.pace import Turn
from countersign.domain.ports import JobStore
from countersign.domain.workflow import Claim
from tests.builders import approval
from tests.fakes.on_moto import client as on_moto_client
from tests.fakes.on_moto import jobs_table
from tests.fakes.store import FakeStore
from tests.fakes.world import ANA, BEN, START, FakeIds

IDS = FakeIds()
EVERY_KIND: tuple[DueKind, ...] = get_args(DueKind)
CROWDED, ELSEWHERE = 12, 3
"""Jobs in one shard, with so many due rows that they fill more than a page of 100; and others."""


@pytest.fixture(params=["fake", "moto"])
def store(request: pytest.FixtureRequest) -> Iterator[JobStore]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeStore()
        return
    with jobs_table() as db:
        yield DynamoStore("jobs", db)


def a_job(event: str = "evt-1", body: str = "b0") -> Job:
    source = Source(
        door="webhook",
        sender="lead_intake",
        event_id=event,
        payload=Pointer(bucket="payloads", key="raw/x"),
        body_digest=body,
        size=12,
        received_at=START,
    )
    return new_job("lead_intake", "r0", source, START)


def stored(store: JobStore, event: str = "evt-1") -> JobRecord:
    job = a_job(event)
    made, entry = created(job, accepted(job), IDS.salt)
    assert store.create(made, entry, accepted(job)) is None
    return store.load(job.job_id)


def commit(store: JobStore, record: JobRecord, change: Change) -> JobRecord:
    job, entry = transition(record.job, change, START, IDS.salt)
    store.write(record.job, job, entry, change)
    return after(record, job, entry, change)


PROCESSING = Change(event="prepared", actor="state:Prepare", status=Status.PROCESSING)


def test_what_is_stored_is_what_is_loaded(store: JobStore) -> None:
    """A record read from the table equals the record that was written, byte for byte."""
    record = stored(store)
    change = Change(
        event="prepared",
        actor="state:Prepare",
        status=Status.PROCESSING,
        fields={"name": "Zoë\n€"},
        due=(Due(kind="approval", at=START),),
        done=("queue",),
        token="",
    )
    assert commit(store, record, change) == store.load(record.job.job_id)


def test_an_event_is_stored_once_and_the_second_learns_the_first_ones_digest(
    store: JobStore,
) -> None:
    """A redelivery is told what the first delivery's body was, whatever came with it."""
    stored(store)
    again = a_job(body="other")
    made, entry = created(again, accepted(again), IDS.salt)
    seen = store.create(made, entry, accepted(again))
    assert seen is not None
    assert seen.body_digest == "b0"
    assert store.load(again.job_id).job.source.body_digest == "b0"


def gone(store: JobStore, job_id: str) -> None:
    """The job's rows have had their days, and the table has deleted them."""
    if isinstance(store, FakeStore):
        store.expires(job_id)
        return
    over = int((START + timedelta(days=rows.JOB_DAYS)).timestamp())
    table = on_moto_client("dynamodb")
    for item in table.scan(TableName="jobs")["Items"]:
        if int(item["ttl"]["N"]) <= over:
            table.delete_item(TableName="jobs", Key={"pk": item["pk"], "sk": item["sk"]})


@pytest.mark.guarantee("T02")
def test_an_event_is_known_longer_than_its_job(store: JobStore) -> None:
    """When the job is gone the same id still creates nothing, and another body is still told."""
    job = stored(store).job
    gone(store, job.job_id)
    with pytest.raises(NotFound):
        store.load(job.job_id)
    for body, same in (("b0", True), ("other", False)):
        again = a_job(body=body)
        made, entry = created(again, accepted(again), IDS.salt)
        seen = store.create(made, entry, accepted(again))
        assert seen is not None
        assert (seen.body_digest == again.source.body_digest) is same
    with pytest.raises(NotFound):
        store.load(job.job_id)


def test_an_unknown_job_is_not_found(store: JobStore) -> None:
    """No job, no record."""
    with pytest.raises(NotFound):
        store.load("j-none")


def test_a_write_on_an_old_version_changes_nothing(store: JobStore) -> None:
    """Whoever read before somebody else wrote must read again."""
    old = stored(store)
    new = commit(store, old, PROCESSING)
    with pytest.raises(StoreConflict):
        commit(store, old, Change(event="late", actor="state:Close", status=Status.REJECTED))
    assert store.load(old.job.job_id) == new


def test_a_write_of_an_execution_that_lost_the_job_changes_nothing(store: JobStore) -> None:
    """A step of another execution is refused by the condition, even at the right version."""
    record = commit(store, stored(store), PROCESSING)
    foreign = record.job.model_copy(update={"execution": "somebody-else"})
    job, entry = transition(foreign, PROCESSING, START, IDS.salt)
    with pytest.raises(StoreConflict):
        store.write(foreign, job, entry, PROCESSING)


def test_the_audit_chain_of_a_loaded_job_verifies(store: JobStore) -> None:
    """Numbers, order and hashes survive the table."""
    record = commit(store, stored(store), PROCESSING)
    for event in "abc":
        record = commit(store, record, Change(event=event, actor="state:Look"))
    loaded = store.load(record.job.job_id)
    job = loaded.job
    assert verify(loaded.audit, length=job.audit_length, head=job.audit_head) == []


def test_due_rows_come_oldest_first_and_only_when_due(store: JobStore) -> None:
    """What is due later is not seen now; what was settled is gone."""
    first, second = stored(store, "evt-1"), stored(store, "evt-2")
    commit(store, second, Change(event="x", actor="t", due=(Due(kind="parked", at=START),)))
    assert [row.due.kind for row in store.due(START)] == ["parked"]
    later = list(store.due(START + timedelta(minutes=3)))
    assert [row.due.kind for row in later] == ["parked", "queue", "queue"]
    commit(store, first, Change(event="y", actor="t", done=("queue",)))
    assert len(list(store.due(START + timedelta(minutes=3)))) == 2


def test_a_row_that_failed_is_due_again_later_and_counts_its_failures(store: JobStore) -> None:
    """Only the row moves; its job is as it was, version included."""
    record = stored(store)
    [row] = store.due(START + timedelta(minutes=3))
    until = START + timedelta(minutes=9)
    store.postpone(row, until)
    assert list(store.due(START + timedelta(minutes=8))) == []
    assert list(store.due(until)) == [replace(row, due=row.due.failed_until(until))]
    assert store.load(record.job.job_id).job == record.job


def test_a_forgotten_row_is_due_no_more(store: JobStore) -> None:
    """Forgetting it twice is no fault."""
    record = stored(store)
    [row] = store.due(START + timedelta(minutes=3))
    store.forget(row)
    store.forget(row)
    assert list(store.due(START + timedelta(days=1))) == []
    assert store.load(record.job.job_id).due == {}


def test_a_row_that_changed_since_it_was_read_stays_as_it_is(store: JobStore) -> None:
    """Whoever read an old row neither moves nor deletes what was written meanwhile."""
    record = stored(store)
    [old] = store.due(START + timedelta(minutes=3))
    new = Due(kind="queue", at=START + timedelta(minutes=5))
    commit(store, record, Change(event="x", actor="t", due=(new,)))
    store.postpone(old, START + timedelta(days=1))
    store.forget(old)
    assert store.load(record.job.job_id).due == {"queue": new}


def shard(job: Job) -> str:
    """The shard of the due index that the job's rows are in."""
    return str(rows.due(job.job_id, Due(kind="queue", at=START), START)["due_shard"]["S"])


def test_all_due_rows_are_read_however_many(store: JobStore) -> None:
    """More than one page of the index; each row once, oldest first."""
    jobs = [a_job(f"evt-{number}") for number in range(100)]
    one, *rest = (list(those) for _, those in groupby(sorted(jobs, key=shard), key=shard))
    chosen = one[:CROWDED] + [job for those in rest for job in those][-ELSEWHERE:]
    for age, job in enumerate(chosen):
        made, entry = created(job, accepted(job), IDS.salt)
        due = tuple(Due(kind=kind, at=START - timedelta(minutes=age)) for kind in EVERY_KIND)
        store.create(made, entry, Change(event="accepted", actor="t", due=due))
    found = list(store.due(START))
    assert len(one) >= CROWDED
    assert {(row.job_id, row.due.kind) for row in found} == {
        (job.job_id, kind) for job in chosen for kind in EVERY_KIND
    }
    assert len(found) == len(chosen) * len(EVERY_KIND)
    assert found == sorted(found, key=lambda row: row.due.at)


def test_jobs_are_listed_by_status_latest_first(store: JobStore) -> None:
    """A job is in the list of its present status only."""
    record = stored(store)
    commit(store, record, PROCESSING)
    assert [job.job_id for job in store.live({Status.PROCESSING}, 5)] == [record.job.job_id]
    assert store.live({Status.PENDING}, 5) == []
    assert store.oldest(Status.PENDING) is None
    stored(store, "evt-later")
    assert store.oldest(Status.PROCESSING) == JobSummary.of(store.load(record.job.job_id).job)


def test_a_list_shows_of_a_job_what_the_job_says(store: JobStore) -> None:
    """Its turn and its reason included; no list reads the job for it."""
    reason, turn = "its turn at crm-write comes later", Turn(at=START, requests=0)
    record = commit(
        store,
        stored(store),
        Change(event="x", actor="t", reason=reason, turns={"crm-write": turn}),
    )
    assert store.live({Status.PENDING}, 5) == [JobSummary.of(record.job)]


def test_finished_jobs_are_listed_by_the_day_they_ended(store: JobStore) -> None:
    """Latest first, over midnight and empty days, only of the asked time, and of one status; what
    is under way again is not among them."""
    over = [Status.COMPLETED, Status.COMPLETED, Status.REJECTED, Status.COMPLETED, Status.COMPLETED]
    hours = (1, 40, 41, 150, 200)
    for number, (status, after_hours) in enumerate(zip(over, hours, strict=True)):
        record = commit(store, stored(store, f"evt-{number}"), PROCESSING)
        ends(store, record, status, START + timedelta(hours=after_hours))
    since, now = START + timedelta(hours=2), START + timedelta(hours=201)
    found = store.ended({Status.COMPLETED}, since, now, 5)
    assert [job.updated_at - START for job in found] == [timedelta(hours=h) for h in (200, 150, 40)]
    assert list(store.ended({Status.COMPLETED}, since, now, 2)) == list(found[:2])
    assert store.live({Status.COMPLETED}, 5) == []
    back = store.load(found[0].job_id)
    commit(store, back, Change(event="rollback", actor="t", status=Status.RETRYING))
    assert [job.job_id for job in store.live({Status.RETRYING}, 5)] == [back.job.job_id]
    assert list(store.ended({Status.COMPLETED}, since, now, 5)) == list(found[1:])


def test_several_statuses_are_listed_at_once(store: JobStore) -> None:
    """Of each the latest, however many there are of another: in each shard of the table too."""
    every, begun = [stored(store, f"evt-{number}") for number in range(24)], []
    for record in every[::2]:
        commit(store, record, PROCESSING)
        begun.append(record.job.job_id)
    wanted = {Status.PENDING, Status.PROCESSING, Status.PARKED}
    for limit in (1, 3, 24):
        found = store.live(wanted, limit)
        assert Counter(one.status for one in found) == dict.fromkeys(
            (Status.PENDING, Status.PROCESSING), min(limit, 12)
        )
        assert list(found) == sorted(found, key=lambda job: job.updated_at, reverse=True)
    assert {one.job_id for one in found if one.status is Status.PROCESSING} == {*begun}
    since, now = START, START + timedelta(hours=30)
    for number, job_id in enumerate(begun):
        status = Status.REJECTED if number % 3 else Status.COMPLETED
        ends(store, store.load(job_id), status, START + timedelta(hours=2 * number))
    over = store.ended({Status.REJECTED, Status.COMPLETED, Status.SHADOWED}, since, now, 3)
    assert [(job.updated_at - START) // timedelta(hours=1) for job in over] == [
        22,
        20,
        18,
        16,
        12,
        6,
    ]


def ends(store: JobStore, record: JobRecord, status: Status, at: datetime) -> None:
    """The job ends at this time."""
    job, entry = transition(record.job, Change(event="x", actor="t", status=status), at, IDS.salt)
    store.write(record.job, job, entry, Change(event="x", actor="t", status=status))


def test_a_claim_has_one_holder_until_it_expires(store: JobStore) -> None:
    """The second claimant learns who is first, may take over by name, and gets an expired one."""
    claim = Claim(key="k", body="need", days=30)
    assert store.claim(claim, "j-1", START).job_id == "j-1"
    held = store.claim(claim, "j-2", START)
    assert (held.job_id, held.body, held.since) == ("j-1", "need", START)
    assert store.claim(claim, "j-2", START, over="j-x").job_id == "j-1"
    assert store.claim(claim, "j-2", START, over="j-1").job_id == "j-2"
    assert store.claim(claim, "j-3", START + timedelta(days=31)).job_id == "j-3"


def test_a_claim_in_a_write_is_held_with_it_or_nothing_is_written(store: JobStore) -> None:
    """Of two jobs the first one has it; the other one's job is as it was, and can be written."""
    first, second = stored(store), stored(store, "evt-2")
    looked = Change(event="looked", actor="t", claim=Claim(key="k", body="need", days=30))
    after = commit(store, first, looked)
    with pytest.raises(ClaimHeld):
        commit(store, second, looked)
    held = store.claim(Claim(key="k", body="other", days=30), second.job.job_id, START)
    assert (held.job_id, held.body) == (first.job.job_id, "need")
    assert held.since == after.job.updated_at
    assert store.load(second.job.job_id).job == second.job
    commit(store, second, Change(event="looked", actor="t"))


def test_a_claim_that_was_refused_with_its_job_is_a_conflict(store: JobStore) -> None:
    """Whoever wrote the job first may be this very write: it is read again."""
    record = stored(store)
    looked = Change(event="looked", actor="t", claim=Claim(key="k", body="need", days=30))
    commit(store, record, looked)
    with pytest.raises(StoreConflict) as met:
        commit(store, record, looked)
    assert not isinstance(met.value, ClaimHeld)


def test_a_try_on_a_link_is_counted_once(store: JobStore) -> None:
    """Two who read the same count cannot both add to it."""
    link = Link(link_id="l", secret_hash="h", job_id="j", approval_id="a", person_id="ana")
    commit(store, stored(store), Change(event="asked", actor="state:Ask", links=(link,)))
    store.count_try(link)
    assert store.link("l").tries == 1
    with pytest.raises(StoreConflict):
        store.count_try(link)
    with pytest.raises(NotFound):
        store.link("none")


def test_questions_stay_under_their_job_and_are_replaced_by_their_answers(store: JobStore) -> None:
    """A question is one row of its job; its answer overwrites it."""
    question = Question(
        question_id="a-1-1",
        approval_id="a-1",
        by=ANA,
        contact=BEN,
        asked_at=START,
        text="Do we know them?",
    )
    said = question.model_copy(update={"answer": "Zoë does", "answered_at": START})
    record = commit(
        store, stored(store), Change(event="asked back", actor="person:ana", questions=(question,))
    )
    record = commit(store, record, Change(event="x", actor="t", questions=(said,)))
    assert store.load(record.job.job_id) == record
    assert record.questions == {"a-1-1": said}


def test_a_mark_stays_under_its_job(store: JobStore) -> None:
    """A mark says that something was sent, and is loaded with the job."""
    record = stored(store)
    store.note(record.job.job_id, "a-1")
    assert store.load(record.job.job_id).notes == {"a-1"}


def listed(number: int, box: str = "person:ana") -> Listed:
    since = START + timedelta(seconds=number)
    return Listed(box=box, since=since, job_id=f"j-{number}", approval_id=f"a-{number}")


def test_an_inbox_has_its_rows_oldest_first(store: JobStore) -> None:
    """What begins to wait is listed in its box only, in the order of waiting, up to the limit."""
    rows = tuple(listed(number) for number in (3, 1, 2))
    other = listed(1, "role:operations")
    record = stored(store)
    commit(store, record, Change(event="x", actor="t", listed=(*rows, other)))
    assert store.inbox("person:ana", 10) == [listed(1), listed(2), listed(3)]
    assert store.inbox("person:ana", 2) == [listed(1), listed(2)]
    assert store.inbox("role:operations", 10) == [other]
    assert store.inbox("person:ben", 10) == []


def test_what_waits_no_more_is_gone_in_the_same_write(store: JobStore) -> None:
    """Rows are removed with the change that ends the waiting; removing one twice is no fault."""
    record = stored(store)
    rows = (listed(1), listed(2))
    record = commit(store, record, Change(event="x", actor="t", listed=rows))
    record = commit(store, record, Change(event="y", actor="t", unlisted=rows[:1]))
    assert store.inbox("person:ana", 10) == [listed(2)]
    commit(store, record, Change(event="z", actor="t", unlisted=rows[:1]))
    assert store.inbox("person:ana", 10) == [listed(2)]


def test_a_write_that_is_refused_lists_nothing(store: JobStore) -> None:
    """The rows of an inbox come and go with their job's write, or not at all."""
    old = stored(store)
    commit(store, old, PROCESSING)
    with pytest.raises(StoreConflict):
        commit(store, old, Change(event="late", actor="t", listed=(listed(1),)))
    assert store.inbox("person:ana", 10) == []


def test_every_row_of_a_job_is_forgotten_with_it() -> None:
    """Every row of the job's partition has a time to live, marks, tokens and due rows included."""
    with jobs_table() as db:
        store = DynamoStore("jobs", db)
        asks = approval()
        record = stored(store)
        asked = Change(event="asked", actor="t", approvals=(asks,), token="t-1")
        commit(store, record, asked)
        store.note(record.job.job_id, "a-1")
        found = db.scan(TableName="jobs")["Items"]
    kinds = {item["sk"]["S"].partition("#")[0] for item in found}
    assert kinds >= {"STATE", "AUDIT", "DUE", "NOTE", "TOKEN", "APPROVAL"}
    assert [item["sk"]["S"] for item in found if "ttl" not in item] == []


def test_a_key_leads_to_its_jobs_in_the_order_in_which_they_came(store: JobStore) -> None:
    """Rows are written with their job; from either end, no more than are asked for."""
    made = [replace_since(number) for number in range(3)]
    for one in made:
        row = Matter(key="k" * 64, job_id=one.job_id, since=one.created_at)
        stored, entry = created(one, Change(event="came", actor="t", matters=(row,)), IDS.salt)
        assert store.create(stored, entry, Change(event="came", actor="t")) is None
        job, entry = transition(stored, Change(event="read", actor="t"), START, IDS.salt)
        store.write(stored, job, entry, Change(event="read", actor="t", matters=(row,)))
    first, second, third = (one.job_id for one in made)
    assert [row.job_id for row in store.matters("k" * 64, 2)] == [first, second]
    assert [row.job_id for row in store.matters("k" * 64, 2, newest_first=True)] == [third, second]
    before = store.matters("k" * 64, 5, newest_first=True, until=made[2].created_at)
    assert [row.job_id for row in before] == [second, first]
    assert store.matters("z" * 64, 2) == []


def test_of_the_jobs_that_asked_somebody_the_last_one_is_found_first(store: JobStore) -> None:
    """However many came after it."""
    ids = []
    for number, asked in enumerate((True, True, False)):
        held, at = stored(store, f"evt-{number}"), START + timedelta(hours=number)
        row = Matter(key="k" * 64, job_id=held.job.job_id, since=at, asked=asked)
        commit(store, held, Change(event="asked", actor="t", matters=(row,)))
        ids.append(held.job.job_id)
    found = store.matters("k" * 64, 5, newest_first=True)
    assert [row.job_id for row in found] == [ids[1], ids[2]]


def replace_since(minutes: int) -> Job:
    """A job that came so many minutes later."""
    at = START + timedelta(minutes=minutes)
    return a_job(f"evt-matter-{minutes}").model_copy(update={"created_at": at})


def _asking(approvers: int) -> Change:
    """What Ask writes of so many people: the request, a link for each, and the token."""
    people = tuple(ANA.model_copy(update={"id": f"p-{one:03d}"}) for one in range(approvers))
    links = tuple(
        Link(
            link_id=f"l-{one.id}",
            secret_hash="0" * 64,
            job_id=a_job().job_id,
            approval_id="a-1",
            person_id=one.id,
        )
        for one in people
    )
    asked = approval(job_id=a_job().job_id, approvers=people)
    ask = Change(event="asked", actor="state:Ask", status=Status.WAITING_FOR_REVIEW)
    return replace(ask, approvals=(asked,), links=links, token="t-1")


def test_however_many_are_asked_the_request_is_stored_and_settled(store: JobStore) -> None:
    """A tier of 48 people asks, one of them signs, and nothing waits in any inbox afterwards:
    what leads people to the request is written in parts where it is more than one transaction."""
    record = commit(store, stored(store), PROCESSING)
    change = _asking(48)
    asked = commit(store, record, listing(record, _after(record, change), change))
    assert store.load(record.job.job_id) == asked
    boxes = ("person:p-000", "person:p-047")
    assert all(store.inbox(box, 9) for box in boxes)
    assert store.link("l-p-047").person_id == "p-047"
    void = asked.approvals["a-1"].model_copy(update={"superseded": True})
    ends = Change(event="withdrawn", actor="person:ana", approvals=(void,))
    commit(store, asked, listing(asked, _after(asked, ends), ends))
    assert not any(store.inbox(box, 9) for box in boxes)


@pytest.mark.control
def test_control_a_request_that_lost_the_job_leaves_nothing_that_anybody_can_sign(
    store: JobStore,
) -> None:
    """Control: with more people than one transaction takes, a refused write stores no request."""
    old = commit(store, stored(store), PROCESSING)
    new = commit(store, old, Change(event="looked", actor="state:Look"))
    change = _asking(50)
    with pytest.raises(StoreConflict):
        commit(store, old, listing(old, _after(old, change), change))
    assert store.load(old.job.job_id) == new


def _after(record: JobRecord, change: Change) -> JobRecord:
    job, entry = transition(record.job, change, START, IDS.salt)
    return after(record, job, entry, change)
