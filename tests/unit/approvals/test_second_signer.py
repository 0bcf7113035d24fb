"""Four eyes: what the first signer rejected is not asked of the second, and notes stay apart."""

from __future__ import annotations

from countersign.domain.approvals.approval import Choice
from tests.unit.approvals.test_approval_edit import at_work
from tests.unit.steps import refunds

INES, SAM = "ines@countersign.example", "sam@countersign.example"


def test_the_second_signer_sees_who_rejected_what_and_is_not_asked_about_it() -> None:
    """Ines rejects the reply; Sam's page says so, has no choice for it, and takes the others."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1049", 79_900)
    reply = next(h.digest for h in journey.record.ledger if h.action == "email.send_reply")
    ines, sam = at_work(world, INES), at_work(world, SAM)
    stale = sam.filled()
    form = {**ines.filled(), f"choice-{reply}": "reject", "cause": "wrong tone", "reason": "cold"}
    assert ines.posts(form).status == 303
    sam.opens()
    assert "Ines</bdi> rejected it: " in sam.page
    assert "You need not choose anything here." in sam.page
    assert f'name="choice-{reply}"' not in sam.page
    own = {**sam.filled(), "reason": "order checked"}
    assert f"choice-{reply}" not in own
    assert sam.posts(own).status == 303
    asked = next(one for one in journey.record.approvals.values() if one.decision)
    assert asked.decision
    assert asked.decision.choices[reply] is Choice.REJECT
    notes = {held.action: held.note for held in journey.record.ledger}
    assert notes["email.send_reply"] == "wrong tone: cold"
    assert notes["payments.refund"] == "order checked"
    assert (sam.opens().status, sam.posts(stale).status) == (200, 409)


def test_a_page_that_was_open_before_the_rejection_still_decides() -> None:
    """Sam approves what Ines rejected meanwhile: it is taken, and the action stays rejected."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1050", 79_900)
    reply = next(h.digest for h in journey.record.ledger if h.action == "email.send_reply")
    ines, sam = at_work(world, INES), at_work(world, SAM)
    stale = sam.filled()
    ines.posts({**ines.filled(), f"choice-{reply}": "reject", "cause": "wrong tone"})
    assert sam.posts(stale).status == 303
    statuses = {held.action: held.status.value for held in journey.record.ledger}
    assert statuses["email.send_reply"] == "rejected"
    assert statuses["payments.refund"] == "authorised"


def test_an_edit_takes_no_rejection_back() -> None:
    """Ines rejects the reply and Sam lowers the refund: the new request asks about the refund
    alone, and the reply stays rejected with her words."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1049", 79_900)
    reply = next(h.digest for h in journey.record.ledger if h.action == "email.send_reply")
    at = {held.action: held.index for held in journey.record.ledger}
    ines = at_work(world, INES)
    ines.posts({**ines.filled(), f"choice-{reply}": "reject", "cause": "wrong tone"})
    number = str(at["payments.refund"] + 1)
    sam = at_work(world, SAM, edit=number)
    form = {"field-amount": "500.00 EUR", "field-reason": "requested_by_customer"}
    assert "Your edit is recorded" in sam.posts(sam.fields(**form)).body
    stands = {held.action: held.status.value for held in journey.record.ledger}
    assert (stands["email.send_reply"], stands["payments.refund"]) == ("rejected", "planned")
    journey.answered()
    pending = journey.record.pending
    assert pending
    assert reply not in pending.digests
    assert next(h.note for h in journey.record.ledger if h.digest == reply) == "wrong tone"


def test_what_somebody_rejected_is_not_edited_any_more() -> None:
    """Sam wants to mend the reply that Ines rejected: the page says why not, and nothing moves."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1050", 79_900)
    held = next(h for h in journey.record.ledger if h.action == "email.send_reply")
    ines = at_work(world, INES)
    ines.posts({**ines.filled(), f"choice-{held.digest}": "reject", "cause": "wrong tone"})
    sam = at_work(world, SAM, edit=str(held.index + 1))
    version = journey.record.job.version
    texts = {"field-subject": "Re: order", "field-text": "Hello, we look at it."}
    refused = sam.posts(sam.fields(**texts))
    assert (refused.status, "one rejection is enough" in refused.body) == (422, True)
    assert journey.record.job.version == version
