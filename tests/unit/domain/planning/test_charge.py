"""Who may end a case, or order a rollback: one judge for the page and the command."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.directory import Member
from countersign.domain.contract import Stored
from countersign.domain.jobs.forgetting import TOMBSTONE
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.charge import (
    may_mark,
    may_pause,
    may_resolve,
    may_roll_back,
    reopens,
    why_rejected,
)
from tests.builders import ANA, Memo, approval, case, held, job, record
from tests.flows import Letter
from tests.unit.domain.planning.test_rollback import flow

STUCK = job(Status.ESCALATED)
ASKED = {"input": Stored.of(Letter(text="asker@example.com"))}


def member(*roles: str, address: str = ANA.address) -> Member:
    """Ana, in these roles."""
    return Member(person=ANA.model_copy(update={"address": address}), roles=roles)


@pytest.mark.parametrize("role", ["sales-ops", "operations"])
def test_the_owner_and_operations_end_a_case(role: str) -> None:
    """Either role is enough."""
    held = record(job=STUCK, case=case(), results=ASKED)
    assert may_resolve(member("other", role), held, flow()).allowed


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (None, "not in the directory"),
        (member("sales"), "one of the roles operations, sales-ops"),
        (member("operations", address="ASKER@example.com"), "asked for themselves"),
    ],
)
def test_nobody_else_may_and_never_who_asked_for_it(who: Member | None, reason: str) -> None:
    """Each refusal says why."""
    judged = may_resolve(who, record(job=STUCK, case=case(), results=ASKED), flow())
    assert (judged.allowed, reason in judged.reason) == (False, True)


def test_without_an_open_case_there_is_nothing_to_end() -> None:
    """A job that runs has none; a killed one has one for operations, though none is stored."""
    assert "no open case" in may_resolve(member("operations"), record(), flow()).reason
    killed = record(job=job(Status.FAILED))
    assert may_resolve(member("operations"), killed, flow()).allowed
    assert not may_resolve(member("sales-ops"), killed, flow()).allowed


def test_a_job_that_ended_with_nothing_done_can_be_taken_up_unless_it_has_a_case() -> None:
    """What people rejected is; what has a case, or ended otherwise after it was asked, is not."""
    ended = job(Status.REJECTED)
    assert reopens(record(job=ended))
    no = held(0, status=ActionStatus.REJECTED, note="wrong facts")
    request = approval(no)
    asked = {request.approval_id: request}
    assert not reopens(record(job=ended, approvals=asked))
    assert reopens(record((no,), job=ended, approvals=asked))
    assert why_rejected(record((no, no))) == "wrong facts"
    assert not reopens(record(job=ended, case=case()))
    assert not reopens(record(job=job(Status.COMPLETED)))
    erased = record(job=ended, results={TOMBSTONE: Stored.of(Memo(text="a tombstone"))})
    assert not reopens(erased)
    assert not may_resolve(member("operations"), erased, flow()).allowed


def test_a_case_of_other_code_can_still_be_ended() -> None:
    """Neither a workflow that is gone nor an input that nobody reads keeps it open for ever."""
    foreign = record(job=STUCK, case=case(), results={"input": Stored.of(Memo(text="?"))})
    assert may_resolve(member("operations"), foreign, flow()).allowed
    assert may_resolve(member("operations"), foreign, None).allowed


@pytest.mark.parametrize("role", ["sales-ops", "sales", "operations"])
def test_the_owner_those_who_sign_and_operations_may_order_it(role: str) -> None:
    """Any one of these roles is enough."""
    assert may_roll_back(member("other", role), flow(), record()).allowed


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (None, "not in the directory"),
        (member("refunds"), "one of the roles operations, sales, sales-ops"),
        (member("sales", address="ASKER@example.com"), "asked for themselves"),
    ],
)
def test_nobody_else_may_order_it(who: Member | None, reason: str) -> None:
    """Each refusal says why."""
    stored = {"input": Stored.of(Letter(text="asker@example.com"))}
    judged = may_roll_back(who, flow(), record(results=stored))
    assert (judged.allowed, reason in judged.reason) == (False, True)


def test_a_workflow_is_paused_by_its_owner_a_connector_by_operations() -> None:
    """Who only signs stops neither."""
    assert may_pause(member("sales-ops"), flow()).allowed
    assert may_pause(member("operations"), None).allowed
    assert not may_pause(member("sales-ops"), None).allowed
    assert not may_pause(member("sales"), flow()).allowed


def test_a_job_in_shadow_is_marked_by_who_would_have_had_it() -> None:
    """Its owner, who signs, or operations; never who wrote it."""
    held = record(job=job(Status.SHADOWED), results=ASKED)
    assert may_mark(member("sales-ops"), flow(), held).allowed
    assert not may_mark(member("press"), flow(), held).allowed
    assert not may_mark(member("operations", address="asker@example.com"), flow(), held).allowed
