"""The index of matters: which keys lead to a job, and in which order a mail asks for them."""

from __future__ import annotations

from countersign.domain.jobs import matters
from countersign.domain.jobs.matters import Thread
from countersign.domain.ledger.action import Receipt
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.mail import token_of_key
from tests.builders import AT, JOB_ID, held, job

INBOUND = "answers@example.com"


def test_an_address_is_one_however_it_is_spelled() -> None:
    """Case and spaces around it make no other correspondent."""
    same = {matters.contact_key(one) for one in ("Ana@Example.com", " ana@example.com ")}
    assert len(same) == 1
    assert matters.contact_key("ana@example.org") not in same


def test_a_key_does_not_show_what_it_stands_for() -> None:
    """Nobody who reads the table reads an address or an id of a mail."""
    assert "ana" not in matters.contact_key("ana@example.com")
    assert matters.message_key("<a@b>") != matters.mail_key("<a@b>")
    assert matters.token_key("a@b") != matters.contact_key("a@b")


def test_versions_of_one_thing_are_found_within_their_workflow() -> None:
    """The same name in another one is about something else."""
    assert matters.subject_key("plans", "aurora") == matters.subject_key("plans", "aurora")
    assert matters.subject_key("plans", "aurora") != matters.subject_key("lists", "aurora")


def test_the_surest_sign_comes_first() -> None:
    """The address with a token, then the sender's own earlier mails, then ours, the nearest
    first."""
    thread = Thread(
        answers=("<0100-1@eu-west-1.amazonses.com>", "<second@theirs>", "<first@theirs>"),
        recipients=("sales@example.com", "answers+abc123@example.com"),
    )
    assert list(matters.thread_keys(thread, INBOUND)) == [
        matters.token_key("abc123"),
        matters.message_key("second@theirs"),
        matters.message_key("first@theirs"),
        matters.mail_key("0100-1@email.amazonses.com"),
    ]


def test_the_region_behind_a_providers_id_does_not_matter() -> None:
    """The provider tells us `0100-1`; mail programs repeat it with what the region puts behind."""
    regions = ("0100-1", "<0100-1@email.amazonses.com>", "<0100-1@eu-central-1.amazonses.com>")
    assert len({matters.mail_key(one) for one in regions}) == 1


def test_what_arrived_leads_to_its_job_and_its_mail_to_the_first_one() -> None:
    """A third mail of a thread finds the job of the first."""
    rows = matters.of_input(job(), "ana@example.com", "<2@theirs>", root="j-first")
    assert {row.key: row.job_id for row in rows} == {
        matters.contact_key("ana@example.com"): JOB_ID,
        matters.message_key("<2@theirs>"): "j-first",
    }
    assert matters.of_input(job(), "", "", root=JOB_ID) == ()


def test_mails_that_left_lead_back_by_their_id_and_by_their_token() -> None:
    """What failed, or is no mail, leads nowhere."""
    sent = held(0, "mail.memo", status=ActionStatus.VERIFIED, receipt=Receipt(id="0100-1"))
    failed = held(1, "mail.memo", status=ActionStatus.FAILED, receipt=Receipt(id="0100-2"))
    other = held(2, status=ActionStatus.VERIFIED, receipt=Receipt(id="7"))
    rows = matters.of_mails(job(), (sent, failed, other))
    assert {row.key for row in rows} == {
        matters.mail_key("0100-1"),
        matters.token_key(token_of_key(sent.key)),
    }
    assert {(row.job_id, row.since) for row in rows} == {(JOB_ID, AT)}
