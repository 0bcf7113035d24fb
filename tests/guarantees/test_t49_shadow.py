"""T49: a candidate's shadow judges live jobs by what is stored, and can do nothing else.

What it would look up elsewhere is never called the same; what people then decided stands beside
it; and its role reads jobs, asks its model, writes rows of its own, and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from countersign.connectors.dynamodb.shadows import PARTITION
from countersign.domain.approvals.approval import Choice
from countersign.domain.policy.records import Lookup
from countersign.domain.releases.candidate_shadow import beside
from countersign.domain.releases.comparing import Difference
from countersign.domain.releases.evaluation import Evaluation, evaluation
from countersign.releases.shadowing import shadow
from infra.local.rights.wire import Need
from infra.steps import ROWS, SHADOW, SHOWS, Grant, Row, rows
from tests.answers import arrives, mail
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.rights.policy import Statement, allowed
from tests.unit.releases.test_evaluating import FLOW
from tests.unit.releases.test_shadowing import DIGEST, begins, world
from tests.unit.steps import refunds

pytestmark = pytest.mark.guarantee("T49")
Figure = Any
OTHER_ORDER = "2002"
MINE = f"{PARTITION}{DIGEST}"
"""The partition of the candidate."""


def shown(made: World, journey: Journey) -> Evaluation:
    """What an operator sees of the job beside its shadow."""
    shadow(made.deps, journey.job_id, DIGEST)
    kept = made.shadows.kept(DIGEST)[journey.job_id]
    return evaluation([beside(FLOW, journey.record, kept)])


def found_parts(made: World, journey: Journey) -> Sequence[Difference]:
    """All that both say of the job."""
    return beside(FLOW, journey.record, made.shadows.kept(DIGEST)[journey.job_id]).parts


def asked(made: World) -> Journey:
    """A refund of 799 EUR, which people are asked about."""
    refunds.has_order(made, "1045", 79_900)
    paid = {"minor": 79_900, "currency": "EUR"}
    return refunds.begin(made, order="1045", amount=paid)


def test_a_candidate_that_says_the_same_is_shown_as_the_same() -> None:
    """Every fact, action and verdict; nothing else is looked up, written or sent."""
    made = world()
    found = shown(made, begins(made))
    assert (found.differ, found.elsewhere) == ((), ())
    assert all(rate.hits == rate.n > 0 for rate in found.same.values())


def test_what_people_then_decided_stands_beside_it() -> None:
    """A rejected refund that the candidate would let run is a false approval."""
    made = world()
    journey = asked(made)
    pending = journey.record.pending
    assert pending
    refunds.signs(made, journey, pending.approvers[0].id, Choice.REJECT)
    found = shown(made, journey)
    assert found.after.wrong_alone.n > 0
    assert found.wrong == ()
    assert {part.people for part in found_parts(made, journey) if part.part == "verdict"} == {
        "rejected: not this one"
    }


def test_what_it_would_look_up_elsewhere_is_never_the_same() -> None:
    """It reads another order in the message, and what that one holds nobody knows."""
    made = world(bold={"order": {"value": OTHER_ORDER, "quotes": [OTHER_ORDER]}})
    text = f"Please refund order 1042 over 49.90 EUR. My last order was {OTHER_ORDER}."
    journey = arrives(made, mail(text), "evt-9")
    found = shown(made, journey)
    assert found.elsewhere == (journey.job_id,)
    assert {rate.n for rate in found.same.values()} == {0}


@pytest.mark.control
def test_control_judged_by_the_records_that_are_there_it_would_look_the_same() -> None:
    """The naive shadow does not ask what would have been looked up."""
    made = world()
    journey = begins(made)
    elsewhere = Lookup(name="o", connector="payments", kind="order", field="number", value="9")
    found = shown(made, journey)
    assert found.elsewhere == ()
    kept = made.shadows.kept(DIGEST)[journey.job_id]
    away = kept.model_copy(update={"elsewhere": (elsewhere.name,)})
    naive = beside(FLOW, journey.record, kept)
    assert evaluation([naive]).same["fact"].n > 0
    assert evaluation([replace(naive, after=away)]).same["fact"].n == 0


def statements(row: Row) -> list[Statement]:
    """The row's rights as the stack grants them."""
    return [
        Statement(row.name, "Allow", grant.actions, (grant.on,), _of_rows(grant))
        for grant in row.may
    ]


def _of_rows(grant: Grant) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    if not grant.rows:
        return ()
    keys = "dynamodb:leadingkeys"
    return (
        ("ForAllValues:StringLike", keys, (f"{grant.rows}*",)),
        ("Null", keys, ("false",)),
    )


def wanted_of(row: Row) -> Iterator[Need]:
    """Each right of a row, as a call: of a table, on a job's row."""
    for grant in row.may:
        for action in grant.actions:
            leading = ("JOB#j-1",) if grant.service == "dynamodb" else ()
            yield Need(action, grant.on, leading)


def test_its_role_reads_jobs_asks_its_model_and_writes_its_own_rows(figure: Figure) -> None:
    """Of all calls that any function makes it may read, and take its messages; it writes no job's
    row, and no other partition but those of candidates."""
    own = statements(SHADOW)
    reads = {"dynamodb:Query", "secretsmanager:GetSecretValue", "s3:GetObject"}
    others = {need for row in ROWS for need in wanted_of(row)}
    refused = [need for need in sorted(others, key=repr) if not allowed(own, need)]
    may = [need for need in others if allowed(own, need)]
    assert {need.action for need in may} == reads
    objects = {"payloads/releases/*", "payloads/results/*"}
    assert {need.resource for need in may} == {"jobs", *objects, "model-key"}
    rows_ = [Need(f"dynamodb:{verb}", "jobs", (MINE,)) for verb in ("PutItem", "UpdateItem")]
    assert all(allowed(own, need) for need in rows_)
    foreign = [replace(n, leading=keys) for n in rows_ for keys in _foreign()]
    assert [need for need in foreign if allowed(own, need)] == []
    tried = len(refused) + len(foreign)
    assert tried >= 40
    figure(f"{tried} calls that are not its own are refused", tried)


def _foreign() -> Iterator[tuple[str, ...]]:
    """Partitions of others, alone and beside its own; and a request that names none."""
    for key in ("JOB#j-1", "BUDGET#2026-11-30", "PERSON#ana", "RELEASES", "PACE#model"):
        yield (key,)
        yield (MINE, key)
    yield ()


def test_a_stage_that_shows_nothing_has_neither_function_nor_right() -> None:
    """Off by default: no queue, no function, no grant, no variable."""
    without = {row.name: row for row in rows(())}
    with_ = {row.name: row for row in rows((), shows=True)}
    assert set(with_) - set(without) == {"Shadow"}
    changed = {name for name, row in without.items() if with_[name] != row}
    assert changed == {"Start", "Tick"}
    more: Mapping[str, Any] = {"on": SHOWS, "service": "sqs", "verbs": "SendMessage"}
    for name in changed:
        assert set(with_[name].may) - set(without[name].may) == {Grant(**more)}


@pytest.mark.control
def test_control_a_role_that_may_write_the_table_reaches_every_job() -> None:
    """Without the condition on its rows."""
    wide = replace(SHADOW, may=tuple(replace(one, rows="") for one in SHADOW.may))
    assert allowed(statements(wide), Need("dynamodb:PutItem", "jobs", ("JOB#j-1",)))
