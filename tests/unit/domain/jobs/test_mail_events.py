"""Returned mails: what a provider's event says, which action it fails, and who is out of reach."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.approvals.approval import Approval, decide
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.mail_events import (
    DELIVERY,
    Returned,
    failed_by,
    mails_failed,
    not_arrived,
    returned,
    unreached,
    without,
)
from countersign.domain.ledger.action import Receipt
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from tests.builders import ANA, AT, BEN, JOB_ID, approval, decision, held, job, record

A = ActionStatus
RECEIPT = Receipt(id="mail-1", evidence={"accepted": "yes"})


def event(kind: str = "Email Bounced", **detail: Any) -> dict[str, Any]:
    """An event of the provider about the mail `mail-1`; `detail` overwrites its parts."""
    tags = {"job": [JOB_ID], "part": ["k-1"]}
    usual = {
        "bounce": {"bounceType": "Permanent", "bounceSubType": "General"},
        "mail": {"messageId": "mail-1", "tags": tags},
    }
    return {"source": "aws.ses", "detail-type": kind, "detail": usual | detail}


def told(entry: LedgerEntry, **parts: Any) -> Returned:
    """The mail of this entry came back."""
    usual: dict[str, Any] = {
        "kind": "bounced",
        "why": "Permanent/General",
        "soft": False,
        "message_id": RECEIPT.id,
        "job_id": JOB_ID,
        "part": entry.key,
    }
    return Returned(**usual | parts)


def sent(status: ActionStatus = A.VERIFIED, **parts: Any) -> LedgerEntry:
    """A mail that was sent."""
    return held(0, "mail.memo", **{"status": status, "receipt": RECEIPT, **parts})


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("Email Bounced", {}, "bounced: Permanent/General"),
        ("Email Complaint Received", {"complaint": {"complaintFeedbackType": "abuse"}},
         "complaint: abuse"),
        ("Email Rejected", {"reject": {"reason": "Bad content"}}, "rejected: Bad content"),
        ("Email Complaint Received", {}, "complaint"),
        ("Email Rejected", {"reject": {"reason": "<b>" + 50 * "x"}}, "rejected: b" + 39 * "x"),
    ],
)  # fmt: skip
def test_an_event_is_read_as_a_value(kind: str, detail: dict[str, Any], words: str) -> None:
    """Each of the three kinds tells which mail of which job it is about, and why."""
    read = returned(event(kind, **detail))
    assert read
    assert read.words == words
    assert (read.job_id, read.part, read.message_id) == (JOB_ID, "k-1", "mail-1")


@pytest.mark.parametrize(("kind", "soft"), [("Transient", True), ("Permanent", False)])
def test_only_a_transient_bounce_is_soft(kind: str, soft: bool) -> None:
    """A full mailbox may have taken the mail all the same; an address that is gone has not."""
    read = returned(event(bounce={"bounceType": kind}))
    assert read
    assert read.soft is soft


@pytest.mark.parametrize(
    "given_", [{}, event("Email Opened"), {"detail-type": "Email Bounced", "detail": "text"}]
)
def test_other_events_say_nothing(given_: dict[str, Any]) -> None:
    """What is none of the three kinds, or has no readable detail, is no returned mail."""
    assert returned(given_) is None


hostile = st.recursive(
    st.none() | st.integers() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(hostile, hostile, hostile, hostile)
def test_no_event_breaks_the_reading_or_brings_its_own_signs(
    why: Any, message_id: Any, job_tag: Any, part: Any
) -> None:
    """Whatever an event holds, it reads as bounded words of plain signs and ids, or as nothing."""
    mail = {"messageId": message_id, "tags": {"job": [job_tag], "part": part}}
    read = returned(event(bounce={"bounceType": why, "bounceSubType": why}, mail=mail))
    assert read
    assert len(read.why) <= 2 * 40 + 1
    assert all(sign.isascii() and (sign.isalnum() or sign in " _-/") for sign in read.why)
    for one in (read.job_id, read.part):
        assert len(one) <= 256
        assert all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in one)


@pytest.mark.control
@pytest.mark.parametrize("tag", [["a", "b"], [], [7], ["../a"], "text", None])
def test_an_ambiguous_tag_names_no_job(tag: Any) -> None:
    """Control: taking the first of several values, or any text, would let an event choose a job."""
    read = returned(event(mail={"messageId": "mail-1", "tags": {"job": tag}}))
    assert read
    assert read.job_id == ""


@pytest.mark.parametrize("status", [A.CLAIMED, A.VERIFIED, A.UNKNOWN])
@pytest.mark.parametrize("receipt", [RECEIPT, None])
def test_a_returned_mail_has_failed(status: ActionStatus, receipt: Receipt | None) -> None:
    """Also where its answer was lost: then the event brings the id of the mail."""
    entry = sent(status, receipt=receipt)
    failed = failed_by((held(1), entry), told(entry))
    assert failed
    assert (failed.status, failed.note) == (A.FAILED, "bounced: Permanent/General")
    assert failed.receipt
    assert failed.receipt.id == RECEIPT.id
    assert failed.digest == entry.digest


@pytest.mark.parametrize("status", sorted(set(A) - {A.CLAIMED, A.VERIFIED, A.UNKNOWN, A.KEPT}))
def test_what_was_not_sent_cannot_come_back(status: ActionStatus) -> None:
    """An event changes nothing of a mail that was not sent, or has failed already."""
    assert failed_by((sent(status),), told(sent())) is None


def test_an_event_is_about_one_sending_of_one_mail() -> None:
    """Another sending under the same key, other bytes, and another connector's entry stay."""
    assert failed_by((sent(),), told(sent(), message_id="mail-2")) is None
    assert failed_by((sent(),), told(sent(), part="another")) is None
    crm = held(0, status=A.VERIFIED)
    assert failed_by((crm,), told(crm)) is None


def test_a_mail_that_a_rollback_kept_stays_kept_and_says_both() -> None:
    """It is not sent again: status stays, the note tells both, and the event counts once."""
    entry = sent(A.KEPT, note="a mail cannot be taken back")
    kept = failed_by((entry,), told(entry))
    assert kept
    assert kept.status is A.KEPT
    assert kept.note == "bounced: Permanent/General; a mail cannot be taken back"
    assert kept.receipt
    assert kept.receipt.evidence["accepted"] == "yes"
    assert failed_by((kept,), told(entry)) is None


def test_the_mails_that_failed_are_named() -> None:
    """Failed ones and kept ones that came back; no other connector's, and none that arrived."""
    entry = sent(A.KEPT, note="kept")
    kept = failed_by((entry,), told(entry))
    assert kept
    failed = sent(A.FAILED, note="bounced")
    others = (entry, sent(), sent(A.CLAIMED, receipt=None), held(2, status=A.FAILED))
    assert mails_failed((*others, failed, kept)) == [failed, kept]
    assert not_arrived(failed) == "the mail of mail.memo did not reach its recipient (bounced)"


ASKED = approval(held())


def test_somebody_without_mail_is_out_of_reach_once() -> None:
    """They are noted beside those before; a second event about them changes nothing."""
    out = without(ASKED, ANA.id)
    assert out
    assert out.unreachable == (ANA.id,)
    assert without(out, ANA.id) is None
    both = without(out, BEN.id)
    assert both
    assert both.unreachable == (ANA.id, BEN.id)


@pytest.mark.parametrize(
    ("request_", "person_id"),
    [
        (decide(ASKED, decision(ASKED)), BEN.id),
        (approval(held(), superseded=True), ANA.id),
        (approval(held(), signatures=(decision(ASKED),)), ANA.id),
        (ASKED, "cleo"),
    ],
    ids=["decided", "replaced", "signed", "not asked"],
)
def test_who_need_not_be_reached_any_more_is_not_missed(request_: Approval, person_id: str) -> None:
    """A decided or replaced request, somebody who signed, and somebody not asked change nothing."""
    assert without(request_, person_id) is None


def test_an_unreached_person_brings_the_next_look_at_once() -> None:
    """The change names person, request and reason, and is due now."""
    waiting = record(job=job(Status.WAITING_FOR_REVIEW), approvals={"a-1": ASKED})
    change = unreached(waiting, "a-1", ANA.id, "bounced", AT)
    assert change
    assert (change.actor, change.event) == (DELIVERY, "mail came back")
    assert change.fields == {"person": "ana", "approval": "a-1", "why": "bounced"}
    assert [one.unreachable for one in change.approvals] == [(ANA.id,)]
    assert [(row.kind, row.at) for row in change.due] == [("returned", AT)]


def test_a_late_event_changes_nothing() -> None:
    """Another job state, an unknown request, or a person already out of reach: no change."""
    waiting = record(job=job(Status.WAITING_FOR_REVIEW), approvals={"a-1": ASKED})
    assert unreached(record(approvals={"a-1": ASKED}), "a-1", ANA.id, "bounced", AT) is None
    assert unreached(waiting, "a-2", ANA.id, "bounced", AT) is None
    assert unreached(waiting, "a-1", "cleo", "bounced", AT) is None
