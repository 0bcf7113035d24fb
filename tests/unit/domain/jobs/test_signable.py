"""What an approver is shown is what was asked, byte for byte, or nothing."""

from __future__ import annotations

import pytest

from countersign.domain.contract import Stored
from countersign.domain.errors import NotAuthorised, UnknownVersion
from countersign.domain.jobs.signable import signable_entries
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.policy.proposal import Proposal
from tests.builders import AT, approval, held, proposal, record

CRM, MAIL = held(status=ActionStatus.PLANNED), held(1, "mail.memo", status=ActionStatus.PLANNED)


def test_what_was_asked_comes_in_the_order_in_which_it_was_asked() -> None:
    """The approval's order, whatever the ledger's is."""
    assert signable_entries(record((CRM, MAIL)), approval(MAIL, CRM), AT) == (MAIL, CRM)


@pytest.mark.parametrize(
    ("there", "why"),
    [
        ((MAIL,), "not the ones that were asked about"),
        ((CRM.model_copy(update={"status": ActionStatus.VERIFIED}), MAIL), "does not wait"),
    ],
)
def test_what_is_not_what_was_asked_is_not_shown(there: tuple[object, ...], why: str) -> None:
    """An entry that is gone, or that ran meanwhile, cannot be signed."""
    with pytest.raises(NotAuthorised, match=why):
        signable_entries(record(there), approval(CRM, MAIL), AT)  # type: ignore[arg-type] # entries, both


def test_a_result_is_read_as_the_contract_that_it_was_stored_under() -> None:
    """What is missing is another version's, and nobody guesses it."""
    seen = record((CRM,), results={"proposal": Stored.of(proposal())})
    assert seen.result("proposal", Proposal) == proposal()
    with pytest.raises(UnknownVersion, match="nothing is stored as records"):
        seen.result("records", Proposal)
