"""Inboxes: every change of a job lists what begins to wait and removes what waits no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.domain.approvals.approval import Choice, Decision, Person, decide
from countersign.domain.approvals.directory import Member
from countersign.domain.jobs import inbox
from countersign.domain.jobs.cases import Resolution, resolve
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.policy.policy import Quorum
from tests.fakes.world import ANA, BEN, CLEO, START
from tests.unit.web.many import escalated, waits


def boxes(record: JobRecord) -> set[str]:
    return {row.box for row in inbox.waiting(record)}


def asked(record: JobRecord, **update: object) -> JobRecord:
    (approval,) = record.approvals.values()
    changed = approval.model_copy(update=update)
    return replace(record, approvals={approval.approval_id: changed})


def status(record: JobRecord, to: Status) -> JobRecord:
    return replace(record, job=record.job.model_copy(update={"status": to}))


def test_a_request_waits_for_everybody_who_was_asked_and_has_not_signed() -> None:
    """A next tier is listed beside the first; who signed is taken out, the others stay."""
    record = waits(1, quorum=Quorum.TWO)
    assert boxes(record) == {"person:ana", "person:ben"}
    further = asked(record, approvers=(ANA, BEN, CLEO))
    assert boxes(further) == {"person:ana", "person:ben", "person:cleo"}
    (approval,) = further.approvals.values()
    choices = dict.fromkeys(approval.digests, Choice.APPROVE)
    signed = decide(approval, Decision(by="ana", at=START, choices=choices))
    record = replace(further, approvals={approval.approval_id: signed})
    assert boxes(record) == {"person:ben", "person:cleo"}
    last = decide(signed, Decision(by="ben", at=START, choices=choices))
    assert boxes(replace(further, approvals={approval.approval_id: last})) == set()


@pytest.mark.parametrize("ended", [Status.COMPLETED, Status.REJECTED, Status.ROLLED_BACK])
def test_an_ended_job_waits_for_nobody(ended: Status) -> None:
    """A request that was left open does not outlive its job; neither does a replaced one."""
    assert boxes(status(waits(1), ended)) == set()
    assert boxes(asked(waits(1), superseded=True)) == set()


def test_a_case_waits_for_its_owner_and_for_operations() -> None:
    """Both roles see it until it is ended; operations owning it is one row."""
    assert boxes(escalated()) == {"role:sales-ops", "role:operations"}
    assert boxes(escalated("operations")) == {"role:operations"}
    assert boxes(status(escalated(), Status.RETRYING)) == set()


def test_a_killed_execution_waits_for_operations() -> None:
    """FAILED without an open case, even after an earlier one was ended, is for operations."""
    failed = status(escalated(), Status.FAILED)
    assert boxes(replace(failed, case=None)) == {"role:operations"}
    assert failed.case
    said = Resolution(way="close", by="ana", at=START, words="x")
    assert boxes(replace(failed, case=resolve(failed.case, said))) == {"role:operations"}


def test_a_change_is_told_what_to_list_and_what_to_remove() -> None:
    """Only the difference: what stays is not written again."""
    record = waits(1)
    further = asked(record, approvers=(BEN, CLEO))
    change = inbox.listing(record, further, Change(event="x", actor="t"))
    assert [row.box for row in change.listed] == ["person:cleo"]
    assert [row.box for row in change.unlisted] == ["person:ana"]
    same = inbox.listing(record, record, Change(event="x", actor="t"))
    assert (same.listed, same.unlisted) == ((), ())


def test_a_member_reads_their_own_box_and_those_of_their_roles() -> None:
    """Operations sees every case once; somebody else those of their roles."""
    member = Member(
        person=Person(id="kim", name="Kim", address="kim@example.com"), roles=("a", "b")
    )
    assert inbox.boxes(member) == ("person:kim", "role:a", "role:b")
    all_of_it = member.model_copy(update={"roles": ("a", "operations")})
    assert inbox.boxes(all_of_it) == ("person:kim", "role:operations")
