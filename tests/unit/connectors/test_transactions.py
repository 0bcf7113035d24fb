"""No change is more than DynamoDB takes in one transaction, whatever it leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.connectors.dynamodb.store import MOST_TOGETHER, DynamoStore
from countersign.domain.jobs.change import Change, Due, DueKind, JobRecord, Link, after, transition
from countersign.domain.jobs.inbox import listing
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.matters import Matter
from countersign.domain.workflow import Claim
from tests.builders import AT, JOB_ID, approval, held, job
from tests.fakes.world import ANA, FakeIds

IDS = FakeIds()


class Recording:
    """A table that takes everything, and remembers what came together."""

    def __init__(self) -> None:
        self.together: list[list[Any]] = []

    def transact_write_items(self, **what: Any) -> None:
        """As the client."""
        self.together.append(what["TransactItems"])


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Everything that a change can hold, the people who are asked without a bound."""
    count = st.integers(min_value=0, max_value=12)
    people = tuple(
        ANA.model_copy(update={"id": f"p-{one}"})
        for one in range(draw(st.integers(min_value=1, max_value=150)))
    )
    entries = tuple(held(index=one) for one in range(draw(count)))
    link = Link(link_id="", secret_hash="0" * 64, job_id=JOB_ID, approval_id="a-1", person_id="x")
    due = draw(st.sets(st.sampled_from(get_args(DueKind)), max_size=6))
    return Change(
        event="x",
        actor="t",
        ledger=entries,
        approvals=(approval(*entries, approvers=people),) if draw(st.booleans()) else (),
        token=draw(st.sampled_from(("", "token"))),
        links=tuple(link.model_copy(update={"link_id": f"l-{one.id}"}) for one in people),
        due=tuple(Due(kind=kind, at=AT + timedelta(days=1)) for kind in due),
        done=tuple(get_args(DueKind)),
        dropped=tuple(f"r-{one}" for one in range(draw(count))),
        matters=tuple(Matter(key=f"m-{n}", job_id=JOB_ID, since=AT) for n in range(draw(count))),
        wanted_by=tuple(f"c-{one}" for one in range(draw(st.integers(0, 3)))),
        claim=draw(st.sampled_from((None, Claim(key="k", body="b", days=1)))),
    )


def _written(change: Change) -> list[list[Any]]:
    before = JobRecord(job=job(status=Status.PROCESSING))
    made, said = transition(before.job, change, AT, IDS.salt)
    db = Recording()
    listed = listing(before, after(before, made, said, change), change)
    DynamoStore("jobs", db).write(before.job, made, said, listed)  # type: ignore[arg-type]
    return db.together


@given(changes())
@settings(max_examples=25, deadline=None)
def test_no_change_is_more_than_one_transaction_takes(change: Change) -> None:
    """Each transaction has at most a hundred items; what decides stands in one of them, whole."""
    together = _written(change)
    assert max(map(len, together)) <= MOST_TOGETHER
    deciding = [one for one in together if any("version" in str(item) for item in one)]
    assert len(deciding) == 1
    rows = str(deciding[0])
    assert all(f"ACTION#{one.index:03d}" in rows for one in change.ledger)
    assert ("APPROVAL#" in rows) == bool(change.approvals)


@pytest.mark.control
def test_control_a_small_change_stays_one_transaction() -> None:
    """Control: what fits is all or nothing, links and inboxes too."""
    small = replace(Change(event="x", actor="t"), approvals=(approval(),))
    assert len(_written(small)) == 1
