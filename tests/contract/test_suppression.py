"""The suppression list: the same rules hold for the fakes and for DynamoDB's transactions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from countersign.connectors.dynamodb.store import DynamoStore
from countersign.connectors.dynamodb.suppression import DynamoSuppressionList
from countersign.domain.errors import NotWanted, StoreConflict
from countersign.domain.jobs.change import Change, transition
from countersign.domain.jobs.suppression import suppressed
from countersign.domain.ports import JobStore, SuppressionList
from tests.contract.test_store import IDS, stored
from tests.fakes.on_moto import jobs_table
from tests.fakes.store import FakeStore
from tests.fakes.suppression import FakeSuppressionList
from tests.fakes.world import START

ADA = suppressed("ada@example.com", "by hand", START, "kim")
BEN = suppressed("ben@example.com", "opt-out", START, "j-1")


@dataclass(frozen=True)
class Table:
    """Jobs, and the list beside them."""

    store: JobStore
    suppression: SuppressionList


@pytest.fixture(params=["fake", "moto"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """The adapters under the contract."""
    if request.param == "fake":
        store = FakeStore()
        yield Table(store, FakeSuppressionList(store))
        return
    with jobs_table() as db:
        yield Table(DynamoStore("jobs", db), DynamoSuppressionList("jobs", db))


def writes(table: Table, job_id: str, change: Change, version: int = 0) -> None:
    """One change of the job; of a version that is not there where one is given."""
    before = table.store.load(job_id).job
    after, entry = transition(before, change, START, IDS.salt)
    stale = before.model_copy(update={"version": version or before.version})
    table.store.write(stale, after, entry, change)


def test_rows_are_added_found_and_taken_out(table: Table) -> None:
    """One row per contact; what is taken out twice was there once."""
    assert not table.suppression.has(ADA.key)
    for row in (ADA, BEN, ADA):
        table.suppression.add(row)
    assert sorted(one.key for one in table.suppression.rows()) == sorted([ADA.key, BEN.key])
    assert table.suppression.has(ADA.key)
    assert [table.suppression.remove(ADA.key) for _ in range(2)] == [True, False]
    assert list(table.suppression.rows()) == [BEN]


def test_a_change_for_somebody_who_wants_no_mail_is_not_stored(table: Table) -> None:
    """Nothing of it: neither its state nor its audit entry. Taken out of the list, it is stored."""
    job_id = stored(table.store).job.job_id
    claim = Change(event="claimed", actor="state:Act", wanted_by=(ADA.key,))
    table.suppression.add(ADA)
    before = table.store.load(job_id)
    with pytest.raises(NotWanted):
        writes(table, job_id, claim)
    assert table.store.load(job_id) == before
    table.suppression.remove(ADA.key)
    writes(table, job_id, claim)
    assert table.store.load(job_id).job.version == before.job.version + 1


def test_what_a_job_hears_is_on_the_list_with_its_change(table: Table) -> None:
    """Both, or neither: from that moment on no other job's mail is claimed."""
    heard, mails = stored(table.store), stored(table.store, "evt-2")
    writes(table, heard.job.job_id, Change(event="decided", actor="state:X", suppressed=(BEN,)))
    claim = Change(event="claimed", actor="state:Act", wanted_by=(BEN.key,))
    with pytest.raises(NotWanted):
        writes(table, mails.job.job_id, claim)


def test_somebody_elses_write_is_a_conflict_whoever_is_suppressed(table: Table) -> None:
    """A job that changed meanwhile is read again first: what it is then decides."""
    job_id = stored(table.store).job.job_id
    table.suppression.add(ADA)
    claim = Change(event="claimed", actor="state:Act", wanted_by=(ADA.key,))
    with pytest.raises(StoreConflict):
        writes(table, job_id, claim, version=99)
