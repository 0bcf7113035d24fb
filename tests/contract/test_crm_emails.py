"""The CRM's contract on mails that colleagues sent, the same for the fake and for the adapter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from countersign.domain.policy.records import Lookup
from tests.contract.crm_sides import ADA, Side
from tests.looking import looked

pytestmark = pytest.mark.enable_socket
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def sent_to(email: str) -> Lookup:
    """The question for what was mailed to a contact."""
    kind = "sent_emails_of_contact"
    return Lookup(name="sent", connector="crm", kind=kind, field="email", value=email)


def test_mails_to_a_contact_are_told_with_their_time(side: Side) -> None:
    """Outgoing ones only, of this contact only; nobody's are none."""
    side.has_contact(ADA)
    side.has_contact("bo@example.com")
    out = side.has_email(ADA, AT)
    side.has_email(ADA, AT, hs_email_direction="INCOMING_EMAIL")
    side.has_email("bo@example.com", AT)
    (mail,) = looked(side.crm, sent_to(ADA.upper()))
    assert (mail.kind, mail.id) == ("emails", out)
    assert mail.fields == {
        "hs_timestamp": "2026-03-02T09:00:00.000Z",
        "hs_email_direction": "EMAIL",
        "hs_email_status": "SENT",
    }
    assert looked(side.crm, sent_to("nobody@example.com")) == ()


def test_of_a_long_correspondence_the_latest_is_there(side: Side) -> None:
    """More mails than one batch holds: what was sent last is among what is read."""
    side.has_contact(ADA)
    ids = [side.has_email(ADA, AT + timedelta(minutes=n)) for n in range(130)]
    found = [mail.id for mail in looked(side.crm, sent_to(ADA))]
    assert found[-1] == ids[-1]
    assert set(ids[-100:]) <= set(found)
