"""Which step fails: lines and ledgers, counted by step and kind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.errors import (
    ConnectorResting,
    ContractBroken,
    CountersignError,
    DefinitionBroken,
    ForTeam,
    Joined,
    Paused,
    Refused,
    SecretMissing,
    StoreConflict,
    category,
)
from countersign.domain.jobs.change import Change, transition
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.reporting.failing import Failure, failing, of_ledger
from tests.builders import AT, held, job, record, salts


def at(minutes: int, job_id: str, step: str = "Act", what: str = "Unavailable") -> Failure:
    """A step raised."""
    return Failure(AT + timedelta(minutes=minutes), step, what, job_id)


def test_a_line_has_its_beginning_its_jobs_and_the_latest_of_them() -> None:
    """One line per step and kind, who fails most first; a job that failed twice is one job."""
    first, second = failing(
        [at(5, "j-2"), at(1, "j-1"), at(9, "j-1"), at(3, "j-3", "Look", "Refused")], 1
    )
    assert (first.step, first.what, first.count, first.jobs) == ("Act", "Unavailable", 3, 2)
    assert (first.since, first.last) == (AT + timedelta(minutes=1), AT + timedelta(minutes=9))
    assert first.samples == ("j-1",)
    assert (second.step, second.what, second.samples) == ("Look", "Refused", ("j-3",))
    assert failing([], 3) == ()


def test_a_ledger_tells_of_actions_that_failed_and_of_executions_that_died() -> None:
    """At the time of the last attempt where the trail has one; what went well is no failure."""
    row = job()
    _, killed = transition(
        row, Change(event="execution ended", actor="system:recorder"), AT, salts()
    )
    told = {"0 crm.memo": "claimed (attempt 1)"}
    _, claimed = transition(
        row, Change(event="claimed", actor="state:Act", fields=told), AT, salts()
    )
    late = row.model_copy(update={"updated_at": AT + timedelta(hours=1)})
    bad = held(0, status=ActionStatus.UNKNOWN)
    worse, good = held(1, status=ActionStatus.FAILED), held(2, status=ActionStatus.VERIFIED)
    found = of_ledger(record((bad, worse, good), job=late, audit=(claimed, killed)))
    assert [(one.step, one.what, one.at) for one in found] == [
        ("Act", "crm.memo unknown", AT),
        ("Act", "crm.memo failed", late.updated_at),
        ("machine", "execution ended", AT),
    ]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (DefinitionBroken("x"), "defect"),
        (SecretMissing("x"), "misconfigured"),
        (ConnectorResting("crm"), "resting"),
        (StoreConflict("x"), "transient"),
        (Refused("x"), "refused"),
        (ContractBroken("x"), "contract"),
        (ForTeam("x"), None),
        (Paused("crm", "kim: why", AT), None),
        (Joined("x"), None),
    ],
)
def test_an_error_has_one_category(error: CountersignError, kind: str | None) -> None:
    """Whose trouble it is; a turn, a team or nothing left to do is nobody's."""
    assert category(error) == kind
