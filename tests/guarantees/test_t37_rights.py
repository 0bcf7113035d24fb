"""T37: every AWS call is one that the product's rights allow, and every right is one that is used.

The calls are those of the events and of a tour of what they do not play. They are judged by an
evaluator of our own, against the template of the stage prod: what the local stage may besides
(reading the clock) has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from infra.build.code import SOURCE
from infra.local.front.samples import one_of_each_kind, samples
from infra.local.player.play import play
from infra.local.rights import calls
from infra.local.rights.calls import Journal
from infra.local.rights.wire import Need
from infra.local.stand import Plan, Stand, stand
from infra.settings import load
from tests.rights.attempts import can_be_tried, credentials, refused
from tests.rights.behalf import ON_BEHALF
from tests.rights.judge import (
    Rights,
    Use,
    demanded,
    denied,
    foreign,
    grants,
    product,
    spare,
    unused,
    used,
)
from tests.rights.policy import Statement, allowed
from tests.rights.rows import HELD, grants_to, things_of
from tests.rights.stack import Stack
from tests.rights.tour import tour
from tests.seeds import dealt_by, drawn_seed

Figure = Any
TRIES = 40
BESIDE = ("13-malformed-mime",)
"""What Prepare cannot read, of a workflow that reads at once: Escalate settles what was due."""
ANOTHER = "JOB#j-of-somebody-else"
pytestmark = [pytest.mark.guarantee("T37"), pytest.mark.cloud, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Played:
    """The exit code, and what was said."""

    stand: Stand
    code: int
    said: StringIO


@dataclass(frozen=True)
class Recorded:
    """`uses`: what functions used. `on_behalf`: what AWS used in their names."""

    stand: Stand
    journal: Journal
    stack: Stack
    rights: Rights
    uses: frozenset[Use]
    on_behalf: frozenset[Use]

    @property
    def all(self) -> frozenset[Use]:
        """Both."""
        return self.uses | self.on_behalf


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """One event of each kind, played as `make run ONCE=1` plays all. What nobody decides ends by
    time; that is a stop of the tour."""
    timely = [one for one in samples() if one.expect.decision != "expire"]
    kinds = one_of_each_kind(timely)
    some = [one for one in timely if one in kinds or one.name in BESIDE]
    said, result = StringIO(), tmp_path_factory.mktemp("played") / "run.json"
    with stand(Plan(port=0, code=SOURCE), lambda _: None) as whole:
        yield Played(whole, play(whole, Console(file=said), some, result), said)


def test_one_event_of_each_kind_ends_as_it_says(played: Played) -> None:
    """Every write, refund and mail of them is one that policy allowed or a person signed."""
    assert played.code == 0, played.said.getvalue()


@pytest.fixture(scope="module")
def recorded(played: Played) -> Recorded:
    """The calls of the events and of the tour after them, which moves the clock, takes keys away
    and asks for what is denied."""
    whole = played.stand
    print(played.said.getvalue())  # noqa: T201 - what the stand had seen before
    tour(whole)
    journal = calls.taken(whole.cloud.endpoint, whole.cloud.scratch)
    stack = product(journal.names)
    uses = frozenset(used(stack, journal))
    return Recorded(whole, journal, stack, stack.roles(), uses, demanded(stack))


def of_functions(rights: Rights) -> set[str]:
    """The roles that have a row."""
    return {role for role in rights if role.startswith("Functions")}


def test_no_call_is_denied(recorded: Recorded, figure: Figure) -> None:
    """Neither by the local cloud nor by the evaluator; and every role of a row has made calls."""
    made = recorded.journal.calls
    assert calls.refused(recorded.journal) == []
    assert denied(recorded.stack, recorded.rights, recorded.all) == []
    assert {use.role for use in recorded.uses} == of_functions(recorded.rights)
    assert len(made) >= 50 * len(HELD)
    figure(f"{len(made):,} recorded calls, {len(recorded.uses):,} different ones: 0 denied", 1)


def test_no_grant_is_unused(recorded: Recorded, figure: Figure) -> None:
    """Every verb on every resource was used by the function, or by AWS for a reason that stands
    in the template."""
    held = list(grants(recorded.rights))
    assert unused(recorded.rights, recorded.all) == []
    own = len(held) - len(unused(recorded.rights, recorded.uses))
    figure(f"{len(held)} grants: {own} used by code, {len(held) - own} on its behalf, 0 unused", 1)


def test_no_grant_and_no_statement_can_go(recorded: Recorded, figure: Figure) -> None:
    """Without any one of them a recorded call is denied."""
    assert spare(recorded.stack, recorded.rights, recorded.all) == []
    statements = 0
    for role, held in recorded.rights.items():
        mine = [use for use in recorded.all if use.role == role]
        for gone in held:
            rest = {role: [one for one in held if one != gone]}
            assert denied(recorded.stack, rest, mine), gone
            statements += 1
    figure(f"each of {statements} statements is needed", statements)


def test_a_task_role_reaches_the_rows_of_its_own_job_only(
    recorded: Recorded, figure: Figure
) -> None:
    """Each of its calls was made in a session with a policy; on another job's row the same session
    is denied."""
    tasks = [use for use in recorded.uses if "TaskRole" in use.role]
    assert {row.name for row in HELD if row.task} <= {_row_of(use.role) for use in tasks}
    assert all(use.policy for use in tasks)
    on_rows = [use for use in tasks if use.need.leading]
    others = [replace(use, need=replace(use.need, leading=(ANOTHER,))) for use in on_rows]
    assert denied(recorded.stack, recorded.rights, others) == others
    assert len(on_rows) >= 100
    figure(f"{len(on_rows)} calls of task roles denied on another job's rows", len(on_rows))


def _row_of(role: str) -> str:
    return role.removeprefix("Functions").partition("TaskRole")[0]


def test_each_role_may_what_its_row_says_of_everybodys_calls(
    recorded: Recorded, figure: Figure
) -> None:
    """All roles of rows by all recorded calls of others: what the row does not cover is denied."""
    things, pairs, apart = things_of(recorded.stack, load("prod").mail_from), 0, 0
    for role in sorted(of_functions(recorded.rights)):
        for use in recorded.uses:
            may = allowed(recorded.rights[role], use.need)
            assert may is grants_to(role, use.need, things), (role, use)
            pairs += 1
            apart += not may
    figure(f"{apart:,} of {pairs:,} pairs of role and call denied, as the rows say", pairs)


def test_other_functions_calls_are_denied_for_real(recorded: Recorded, figure: Figure) -> None:
    """A sample of them, with each function's own credentials, on the local cloud (whose functions
    may all read the clock's table: what that covers is not tried)."""
    seed = drawn_seed()
    stack, endpoint = recorded.stack, recorded.stand.cloud.endpoint
    before = len(journal_now(recorded).calls)
    functions = {stack.role_of(name): name for name in stack.of("Lambda::Function")}
    toured = {use.role for use in used(stack, recorded.journal)}
    here = product(recorded.stack.names, "local").roles()
    pairs = sorted(
        {
            (role, use.need)
            for role, use in foreign(recorded.rights, recorded.uses)
            if role in functions and role in toured and can_be_tried(use.need)
            if not allowed(here[role], use.need)
        },
        key=repr,
    )
    sample = dealt_by(seed).sample(pairs, TRIES)
    for role, need in sample:
        assert refused(endpoint, credentials(stack, functions[role]), need), (role, need)
    seen = [call for call in journal_now(recorded).calls[before:] if call.denied]
    assert len(seen) >= TRIES
    figure(f"{TRIES} of {TRIES} foreign calls refused by the local cloud, all recorded", TRIES)


def journal_now(recorded: Recorded) -> Journal:
    """What has been recorded on the tour's stand by now."""
    cloud = recorded.stand.cloud
    return calls.taken(cloud.endpoint, cloud.scratch)


@pytest.mark.control
def test_control_a_functions_own_call_is_not_refused(recorded: Recorded) -> None:
    """With the same credentials, in the same way: it is the right that is missing, not the key."""
    stack, endpoint = recorded.stack, recorded.stand.cloud.endpoint
    functions = {stack.role_of(name): name for name in stack.of("Lambda::Function")}
    reads = ("dynamodb:Query", "secretsmanager:GetSecretValue")
    own = {
        (use.role, use.need.action): use
        for use in used(stack, recorded.journal)
        if use.need.action in reads and use.role in functions
    }
    assert len(own) >= 10
    for use in own.values():
        assert not refused(endpoint, credentials(stack, functions[use.role]), use.need), use


@pytest.mark.control
@pytest.mark.parametrize("more", ["dynamodb:*", "dynamodb:Scan", "s3:PutObject"])
def test_control_a_right_too_many_is_seen(recorded: Recorded, more: str) -> None:
    """Each verb that nobody uses is reported, also behind a wildcard."""
    role = next(name for name in recorded.rights if name.startswith("FunctionsClose"))
    wide = Statement(f"{role}/more", "Allow", (more,), ("*",))
    rights = {**recorded.rights, role: [*recorded.rights[role], wide]}
    found = unused(rights, recorded.all)
    assert found
    assert {grant.origin for _, grant in found} == {wide.origin}


@pytest.mark.control
def test_control_a_call_beyond_the_row_is_denied(recorded: Recorded) -> None:
    """A function that begins to scan is seen by the evaluator."""
    some = next(use for use in recorded.uses if use.need.action == "dynamodb:Query")
    scan = replace(some, need=Need("dynamodb:Scan", some.need.resource))
    assert denied(recorded.stack, recorded.rights, {*recorded.uses, scan}) == [scan]


@pytest.mark.control
@pytest.mark.parametrize("number", range(len(ON_BEHALF)))
def test_control_without_its_cause_a_right_on_behalf_is_unused(
    recorded: Recorded, number: int
) -> None:
    """Each row of the table rests on a property that is there: without it, its rights are too
    many."""
    row = ON_BEHALF[number]
    caused = frozenset(Use(*demand) for demand in row.of(recorded.stack))
    assert caused
    rest = recorded.uses | (recorded.on_behalf - caused)
    left = unused(recorded.rights, rest)
    assert {role for role, _ in left} <= {use.role for use in caused}
    assert left
