"""T01: one event, however often and from however many sides it comes, is one job and one effect."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.jobs.change import created
from countersign.domain.jobs.intake import accepted
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from infra.cli import submit
from infra.local.cloud import deployer
from infra.local.stand import Stand
from tests.contract.test_store import IDS, a_job
from tests.fakes.journey import form
from tests.fakes.on_moto import jobs_table
from tests.forms import forms
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
THREADS = 8
ONE_EVENT = (40, 200)
EVENTS, TIMES = (3, 12), 10
"""In the short form and in the long one."""
ONE_OF_EACH = {"crm.upsert_contact": 1, "crm.create_lead": 1, "crm.request_callback": 1}
ENDED = {"COMPLETED", "WAITING_FOR_REVIEW"}
pytestmark = [pytest.mark.timeout(300)]


def mailbox(name: str) -> str:
    """The address of one sender."""
    return f"one.event.{name}@hafenwerk.example"


def quiet_form(name: str) -> bytes:
    """A form whose sender wants no mail: its three CRM effects are all that may happen."""
    return form(email=mailbox(name), consent=False)


def deliver(stand: Stand, events: Sequence[tuple[str, bytes]]) -> list[submit.DoorAnswer]:
    """All deliveries, from eight sides at once."""

    def one(event: tuple[str, bytes]) -> submit.DoorAnswer:
        return submit.post_webhook(
            stand.url, "lead_intake", stand.webhook_secret, event[0], event[1]
        )

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, events))


def settled(stand: Stand, jobs: set[str]) -> None:
    """Until every job has ended."""
    deadline = time.monotonic() + 120
    while any(stand.deps.store.load(job).job.status not in ENDED for job in jobs):
        assert time.monotonic() < deadline, "the jobs did not end in time"
        time.sleep(0.1)


def journal(stand: Stand) -> list[dict[str, Any]]:
    """All that the CRM wrote down."""
    entries: list[dict[str, Any]] = httpx.get(f"{stand.url}/crm/journal.json", timeout=30).json()[
        "entries"
    ]
    return entries


def caused(entry: Mapping[str, Any], held: LedgerEntry) -> bool:
    """Whether the CRM wrote `entry` for this action: deals and tasks carry the action's key, a
    contact has the id of the receipt."""
    if held.action == "crm.upsert_contact":
        return bool(held.receipt and entry["type"] == "contacts" and entry["id"] == held.receipt.id)
    return bool(entry["key"] == held.key)


def one_effect_of_each_kind(stand: Stand, job: str, address: str) -> None:
    """Each action of the ledger was written once, and nothing else belongs to that person."""
    written = journal(stand)
    ran = [h for h in stand.deps.store.load(job).ledger if h.status is ActionStatus.VERIFIED]
    assert {h.action: sum(caused(e, h) for e in written) for h in ran} == ONE_OF_EACH
    people = {e["id"] for e in written if e["properties"].get("email") == address}
    assert len(people) == 1
    hanging = Counter(e["type"] for e in written if people & set(e["associations"]))
    assert hanging == {"deals": 1, "tasks": 1}


def executions(stand: Stand, job: str) -> int:
    """How many executions the job has had."""
    states = deployer.client("stepfunctions", stand.cloud.endpoint)
    pages = states.get_paginator("list_executions").paginate(
        stateMachineArn=stand.outputs["StateMachineArn"]
    )
    return sum(e["name"].startswith(job) for page in pages for e in page["executions"])


@pytest.mark.cloud
@pytest.mark.guarantee("T01")
@pytest.mark.parametrize("times", forms(*ONE_EVENT))
def test_one_event_often_delivered_is_one_execution_and_one_effect_of_each_kind(
    whole_stand: Stand, figure: Figure, times: int
) -> None:
    """Every delivery is answered 202 with the same job; there is one execution, and one contact,
    one lead and one task."""
    name = f"of-{times}"
    answers = deliver(whole_stand, [(f"evt-t01-{name}", quiet_form(name))] * times)
    assert {answer.status for answer in answers} == {202}
    (job,) = {answer.job_id for answer in answers}
    settled(whole_stand, {job})
    assert executions(whole_stand, job) == 1
    one_effect_of_each_kind(whole_stand, job, mailbox(name))
    figure(f"{times} × 202, 1 execution, 3 effects", times)


@pytest.mark.cloud
@pytest.mark.guarantee("T01")
@pytest.mark.parametrize("events", forms(*EVENTS))
def test_many_events_shuffled_are_exactly_as_many_jobs(
    whole_stand: Stand, figure: Figure, events: int
) -> None:
    """Each of them 10 times in a random order: as many jobs, each with one effect of each kind."""
    seed = drawn_seed()
    names = [f"{events}-{number}" for number in range(events)]
    deliveries = [(f"evt-t01-{name}", quiet_form(name)) for name in names] * TIMES
    dealt_by(seed).shuffle(deliveries)
    answers = deliver(whole_stand, deliveries)
    jobs = {event: a.job_id for (event, _), a in zip(deliveries, answers, strict=True)}
    assert len({answer.job_id for answer in answers}) == events
    settled(whole_stand, set(jobs.values()))
    for name in names:
        one_effect_of_each_kind(whole_stand, jobs[f"evt-t01-{name}"], mailbox(name))
    figure(f"{events} events × {TIMES}: {events} jobs", events * TIMES)


class Serial:
    """DynamoDB as it is: each transaction checks and writes alone."""

    def __init__(self, db: Any) -> None:
        self._db, self._lock = db, threading.Lock()

    def transact_write_items(self, **request: Any) -> None:
        """One after the other."""
        with self._lock:
            self._db.transact_write_items(**request)

    def get_item(self, **request: Any) -> Any:
        """As it is."""
        with self._lock:
            return self._db.get_item(**request)

    def query(self, **request: Any) -> Any:
        """As it is."""
        with self._lock:
            return self._db.query(**request)


class CheckThenWrite(Serial):
    """The naive table: both sides have looked for the rows before either of them writes."""

    def __init__(self, db: Any) -> None:
        super().__init__(db)
        self._looked = threading.Barrier(2, timeout=30)

    def transact_write_items(self, **request: Any) -> None:
        """Look, wait until the other side has looked too, write."""
        puts = [item["Put"] for item in request["TransactItems"]]
        keys = [
            {name: put["Item"][name] for name in ("pk", "sk")}
            for put in puts
            if "ConditionExpression" in put
        ]
        there = [self.get_item(TableName="jobs", Key=key) for key in keys]
        assert not any("Item" in found for found in there)
        self._looked.wait()
        with self._lock:
            for put in puts:
                self._db.put_item(TableName=put["TableName"], Item=put["Item"])


def told_stored(db: Any) -> int:
    """The same event from two sides at once: how many were told that theirs was stored."""
    job, store = a_job(), DynamoStore("jobs", db)
    made, entry = created(job, accepted(job), IDS.salt)
    with ThreadPoolExecutor(2) as pool:
        sides = [pool.submit(store.create, made, entry, accepted(job)) for _ in range(2)]
        return [side.result() for side in sides].count(None)


def stored_once(wrapped: Callable[[Any], Any]) -> None:
    """One side stores the event, and the other is told of it."""
    with jobs_table() as client:
        assert told_stored(wrapped(client)) == 1


def test_of_two_sides_at_once_one_stores_the_event() -> None:
    """Where the table checks and writes in one, the loser is told what is there."""
    stored_once(Serial)


@pytest.mark.control
@pytest.mark.guarantee("T01")
def test_control_a_table_that_checks_first_and_writes_then_stores_the_event_twice() -> None:
    """Both sides look before either writes: both are told that theirs is the first."""
    with pytest.raises(AssertionError, match="2 == 1"):
        stored_once(CheckThenWrite)
