"""T01: one event, however often and from however many sides it comes, is one job and one effect."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws

from countersign.connectors.dynamo import DynamoStore
from countersign.domain.change import created
from countersign.domain.errors import StoreConflict
from countersign.domain.intake import accepted
from infra.commands import submit
from infra.local import deployer
from infra.local.stand import Stand
from tests.contract.test_store import IDS, a_job
from tests.fakes.journey import form
from tests.fakes.tables import create_jobs_table

Figure = Callable[[str, int], None]
THREADS = 8
ONE_EVENT = 200
EVENTS, TIMES = 12, 10
EVENTS_OF_CONTROL = 40
ENDED = {"COMPLETED", "WAITING_FOR_REVIEW"}
pytestmark = [pytest.mark.timeout(300)]


def quiet_form(number: int) -> bytes:
    """A form whose sender wants no mail: its three CRM effects are all that may happen."""
    return form(email=f"one.event.{number}@hafenwerk.example", consent=False)


def deliver(stand: Stand, events: Sequence[tuple[str, bytes]]) -> list[submit.Answer]:
    """All deliveries, from eight sides at once."""

    def one(event: tuple[str, bytes]) -> submit.Answer:
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


def journal(stand: Stand, address: str) -> list[dict[str, Any]]:
    """What the CRM wrote down of one contact and what hangs on it."""
    entries = httpx.get(f"{stand.url}/crm/journal.json", timeout=30).json()["entries"]
    return [entry for entry in entries if address in json.dumps(entry)]


def executions(stand: Stand, job: str) -> int:
    """How many executions the job has had."""
    states = deployer.client("stepfunctions", stand.cloud.endpoint)
    pages = states.get_paginator("list_executions").paginate(
        stateMachineArn=stand.outputs["StateMachineArn"]
    )
    return sum(e["name"].startswith(job) for page in pages for e in page["executions"])


@pytest.mark.cloud
@pytest.mark.guarantee("T01")
def test_one_event_delivered_200_times_is_one_execution_and_one_effect_of_each_kind(
    whole_stand: Stand, figure: Figure
) -> None:
    """Every delivery is answered 202 with the same job; there is one execution, and one contact,
    one lead and one task."""
    address = "one.event.0@hafenwerk.example"
    answers = deliver(whole_stand, [("evt-t01", quiet_form(0))] * ONE_EVENT)
    assert {answer.status for answer in answers} == {202}
    (job,) = {answer.job_id for answer in answers}
    settled(whole_stand, {job})
    assert executions(whole_stand, job) == 1
    kinds = Counter(entry["type"] for entry in journal(whole_stand, address))
    assert kinds["contacts"] == 1
    record = whole_stand.deps.store.load(job)
    assert [held.status.value for held in record.ledger].count("verified") == 3
    figure(f"{ONE_EVENT} × 202, 1 execution, 3 effects", ONE_EVENT)


@pytest.mark.cloud
@pytest.mark.guarantee("T01")
def test_many_events_shuffled_are_exactly_as_many_jobs(whole_stand: Stand, figure: Figure) -> None:
    """Each of 12 events 10 times in a random order: 12 jobs, 12 contacts."""
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")  # noqa: T201 - a failing run is replayed by its seed
    deliveries = [(f"evt-t01-{n}", quiet_form(n)) for n in range(1, EVENTS + 1)] * TIMES
    random.Random(seed).shuffle(deliveries)  # noqa: S311 - replayable, not secret
    jobs = {answer.job_id for answer in deliver(whole_stand, deliveries)}
    assert len(jobs) == EVENTS
    settled(whole_stand, jobs)
    for number in range(1, EVENTS + 1):
        written = journal(whole_stand, f"one.event.{number}@hafenwerk.example")
        assert [e["type"] for e in written].count("contacts") == 1
    figure(f"{EVENTS} events × {TIMES}: {EVENTS} jobs", EVENTS * TIMES)


@pytest.mark.control
@pytest.mark.usefixtures("made_up_credentials")
@pytest.mark.guarantee("T01")
def test_control_on_a_table_without_locks_races_are_won_twice_or_lose_rows() -> None:
    """moto's DynamoDB has no lock: the same race is won twice, or a failed transaction takes other
    people's rows with it."""
    job = a_job()
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        create_jobs_table(client, "jobs")
        store = DynamoStore("jobs", client)

        def create(number: int) -> bool:
            again = job.model_copy(update={"job_id": f"j-{number}"})
            made, entry = created(again, accepted(again), IDS.salt)
            with suppress(StoreConflict):
                return store.create(made, entry, accepted(again)) is None
            return False

        with ThreadPoolExecutor(THREADS) as pool:
            wins = sum(pool.map(create, [n for n in range(EVENTS_OF_CONTROL) for _ in range(8)]))
        rows = client.scan(TableName="jobs", Select="COUNT")["Count"]
    assert (wins, rows) != (EVENTS_OF_CONTROL, 4 * EVENTS_OF_CONTROL)
