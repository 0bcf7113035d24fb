"""Several signers: each person's own words to each action, on every page that tells of them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from countersign.approvals.mails import approval_request
from countersign.approvals.outcome import decided
from countersign.approvals.views.request import request
from countersign.approvals.views.signatures import signed_notice
from countersign.domain.approvals.approval import (
    Approval,
    Choice,
    Decision,
    Person,
    RejectionReason,
    apply_decision,
    decide,
    expire,
)
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.policy import Quorum
from countersign.web.forms import Form
from countersign.web.rendering import render
from tests.fakes.world import ANA, BEN, CLEO, START
from tests.unit.web.waiting import APPROVAL, record
from workflows import WORKFLOWS

FLOW = WORKFLOWS["lead_intake"]


def two_actions() -> JobRecord:
    """A job that asks two people about two actions."""
    held = record()
    asked = held.approvals[APPROVAL]
    return with_approval(held, asked.model_copy(update={"quorum": Quorum.TWO}))


def with_approval(held: JobRecord, approval: Approval) -> JobRecord:
    """`held` with this approval, settled if it is decided."""
    moved = (
        {one.digest: one for one in apply_decision(approval, held.ledger)}
        if approval.decision
        else {}
    )
    ledger = tuple(moved.get(one.digest, one) for one in held.ledger)
    return replace(held, ledger=ledger, approvals={APPROVAL: approval})


def says(held: JobRecord, by: Person, minutes: int, *choices: Choice, reason: str = "") -> Approval:
    """The approval after `by` said `choices` in order."""
    asked = held.approvals[APPROVAL]
    decision = Decision(
        by=by.id,
        at=START + timedelta(minutes=minutes),
        choices=dict(zip(asked.digests, choices, strict=True)),
        cause=RejectionReason.FACTS if reason else None,
        reason=reason,
    )
    return decide(asked, decision)


def half_signed() -> JobRecord:
    """Ben rejected the first action with a reason and approved the second."""
    held = two_actions()
    approval = says(held, BEN, 1, Choice.REJECT, Choice.APPROVE, reason="he has no <vans>")
    return with_approval(held, approval)


def both_signed() -> JobRecord:
    """Ana then approved both, which decides."""
    held = half_signed()
    return with_approval(held, says(held, ANA, 7, Choice.APPROVE, Choice.APPROVE))


def words(page: str) -> str:
    """The page's words, without tags and runs of space."""
    main = page.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", main)).split())


def after(held: JobRecord, person: Person) -> str:
    """What `person` reads on the decided page."""
    approval = held.approvals[APPROVAL]
    assert approval.decision
    view = decided(held, approval, approval.decision, person, FLOW)
    return words(render("decided.html.j2", it=view))


def test_nobody_is_told_that_they_said_what_another_said() -> None:
    """Ana approved both; the first did not run because Ben, by name, rejected it."""
    page = after(both_signed(), ANA)
    assert "You, Mon 2 Mar 2026, 09:07 UTC: approved action 1; approved action 2" in page
    assert (
        "Ben Okafor, Mon 2 Mar 2026, 09:01 UTC: rejected action 1: wrong facts: he has no <vans>; "
        "approved action 2"
    ) in page
    assert "did not run, because Ben Okafor rejected it: wrong facts: he has no <vans>" in page
    assert "about to run" in page
    assert "You decided" not in page


def test_who_rejected_reads_that_they_did_and_others_read_both_names() -> None:
    """Ben is told that he rejected it; Cleo, who did not sign, reads who did."""
    assert "because you rejected it: wrong facts" in after(both_signed(), BEN)
    page = after(both_signed(), CLEO)
    assert "Already decided by Ben Okafor and Ana Costa" in page
    assert "You" not in page.replace("Your", "")


@pytest.mark.control
def test_the_joined_decision_would_say_it_falsely() -> None:
    """The combined decision carries Ben's rejection and words under Ana's name."""
    joined = both_signed().approvals[APPROVAL].decision
    assert joined
    assert (joined.by, Choice.REJECT in joined.choices.values()) == (ANA.id, True)
    assert "he has no <vans>" in joined.words


def test_time_after_one_signature_does_not_hide_it() -> None:
    """Not enough signed in time: who signed what is still told."""
    held = half_signed()
    late = expire(held.approvals[APPROVAL], START + timedelta(hours=48))
    page = after(with_approval(held, late), ANA)
    assert "Not approved: not enough people signed in time" in page
    assert "did not run, because the time ran out" in page
    assert "Ben Okafor, Mon 2 Mar 2026, 09:01 UTC: rejected action 1" in page


def test_the_next_signer_reads_what_the_first_said() -> None:
    """Not only that Ben signed: what he rejected, and why."""
    held = half_signed()
    view = request(held, held.approvals[APPROVAL], ANA, FLOW, START)
    page = words(render("approval.html.j2", it=view, form=Form(shown="", code="ABCDE")))
    assert "1 of 2 signatures." in page
    assert "Ben Okafor, Mon 2 Mar 2026, 09:01 UTC: rejected action 1: wrong facts: he has" in page


def test_the_notice_says_what_was_signed() -> None:
    """After the first of two signatures, per action."""
    lines = signed_notice(half_signed().approvals[APPROVAL], BEN).lines
    assert lines[:2] == (
        "You rejected action 1, so it will not run: wrong facts: he has no <vans>",
        "You approved action 2.",
    )
    assert lines[2].startswith("Somebody else must sign too")


def test_the_mail_of_an_edited_request_says_who_edited() -> None:
    """In the subject, and at the action, in text and HTML; never for what nobody edited."""
    held = record()
    waits = held.approvals[APPROVAL].digests
    ledger = tuple(
        one.model_copy(update={"edited_by": BEN.id}) if one.digest in waits[:1] else one
        for one in held.ledger
    )
    plain = approval_request(held, held.approvals[APPROVAL], FLOW, ANA, "https://example.com/x")
    sent = approval_request(
        replace(held, ledger=ledger), held.approvals[APPROVAL], FLOW, ANA, "https://example.com/x"
    )
    assert sent.subject.startswith("Sign (edited by Ben Okafor): reply to Maria Keller")
    assert sent.text.count("(edited by Ben Okafor)") == 1
    assert "(edited by Ben Okafor)" in sent.html
    assert "edited" not in plain.subject + plain.text + plain.html
