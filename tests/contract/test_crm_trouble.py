"""The CRM's contract on refusals, lost answers, lies and lookups, the same for both sides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from countersign.domain.errors import (
    Ambiguous,
    Misconfigured,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.policy.records import Lookup
from tests.contract.crm_sides import ADA, DEAL, Side
from tests.looking import looked

pytestmark = pytest.mark.enable_socket


def _lookup(kind: str, value: str, field: str = "email") -> Lookup:
    return Lookup(name="x", connector="crm", kind=kind, field=field, value=value)


@pytest.mark.parametrize(
    ("kind", "change", "name"),
    [
        ("contacts", {"nickname": "SECRET-7"}, "nickname"),
        ("contacts", {"email": "SECRET-7"}, "email"),
        ("contacts", {"email": "a@b@example.com"}, "email"),
        ("contacts", {"hubspot_owner_id": "7007"}, "hubspot_owner_id"),
        ("contacts", {"hs_language": "SECRET-7"}, "hs_language"),
        ("contacts", {"hs_email_optout": "false"}, "hs_email_optout"),
        ("contacts", {"email": ""}, "email"),
        ("deals", {"amount": "SECRET-7"}, "amount"),
        ("deals", {"amount": "NaN"}, "amount"),
        ("deals", {"dealstage": "SECRET-7"}, "dealstage"),
        ("deals", {"dealstage": "partnersigned"}, "dealstage"),
        ("deals", {"pipeline": "SECRET-7"}, "pipeline"),
        ("deals", {"deal_currency_code": "XTS"}, "deal_currency_code"),
        ("deals", {"closedate": "SECRET-7"}, "closedate"),
        ("deals", {"dealname": ""}, "dealname"),
        ("tasks", {"hs_timestamp": "SECRET-7"}, "hs_timestamp"),
        ("tasks", {"hs_timestamp": ""}, "hs_timestamp"),
        ("tasks", {"hs_task_status": "SECRET-7"}, "hs_task_status"),
    ],
)
def test_what_hubspot_rejects_is_refused_by_name(
    side: Side, kind: str, change: dict[str, str], name: str
) -> None:
    """A refusal names the property and never quotes its value; nothing is applied."""
    good = {"contacts": {"email": ADA}, "deals": DEAL, "tasks": {"hs_timestamp": "1772442000000"}}
    with pytest.raises(Refused, match=name) as refused:
        side.crm.create(kind, {**good[kind], **change})
    assert "SECRET" not in str(refused.value)
    assert side.journal() == []


def test_the_reading_token_cannot_write(side: Side) -> None:
    """Look's token reads, and every write with it is refused."""
    assert looked(side.reader, _lookup("contact", ADA)) == ()
    with pytest.raises(Misconfigured, match="MISSING_SCOPES"):
        side.reader.create("contacts", {"email": ADA})
    with pytest.raises(Misconfigured, match="MISSING_SCOPES"):
        side.reader.update("contacts", "1", {"company": "Quill"})
    assert side.journal() == []


def test_a_lost_answer_is_ambiguous_and_found_by_its_key(side: Side) -> None:
    """The write happened, only its key can tell, and doing it again adds nothing."""
    contact = side.has_contact(ADA)
    side.loses_the_answer()
    with pytest.raises(Ambiguous):
        side.crm.create("deals", DEAL, contact)
    found = side.crm.find("deals", "countersign_action_key", "cs-1")
    assert found
    assert side.crm.create("deals", DEAL, contact).id == found.id
    assert len(side.journal()) == 1


def test_a_lie_looks_like_success_and_is_seen_by_reading(side: Side) -> None:
    """An answer that claims a write which was not applied: only a read tells."""
    side.lies()
    claimed = side.crm.create("deals", DEAL)
    assert claimed.fields["dealname"] == DEAL["dealname"]
    with pytest.raises(NotFound):
        side.crm.read("deals", claimed.id)
    assert side.journal() == []


def test_later_and_unavailable_are_told_apart_and_apply_nothing(side: Side) -> None:
    """429 carries how long to wait; 503 is worth another try; both for reads and writes."""
    calls: tuple[Callable[[], object], ...] = (
        lambda: side.crm.find("contacts", "email", ADA),
        lambda: side.crm.create("contacts", {"email": ADA}),
    )
    for call in calls:
        side.throttles()
        with pytest.raises(Throttled) as throttled:
            call()
        assert throttled.value.retry_after == 3.0
        side.is_unavailable()
        with pytest.raises(Unavailable):
            call()
    assert side.journal() == []


def test_lookups_give_the_contact_and_its_deals(side: Side) -> None:
    """`contact` and `deals_of_contact` by e-mail, with HubSpot's own property names."""
    side.has_contact(ADA, hs_email_optout="true")
    side.has_contact("other@example.com")
    mine = side.has_deal(ADA, dealstage="closedlost", closedate="2026-02-20T00:00:00.000Z")
    side.has_deal("other@example.com")
    (contact,) = looked(side.crm, _lookup("contact", ADA))
    assert contact.fields["hs_email_optout"] == "true"
    (deal,) = looked(side.crm, _lookup("deals_of_contact", ADA))
    assert (deal.kind, deal.id, deal.fields["dealstage"]) == ("deals", mine, "closedlost")
    assert deal.fields["closedate"] == "2026-02-20T00:00:00.000Z"


def test_a_lookup_of_nobody_is_empty_and_an_unknown_one_refused(side: Side) -> None:
    """No contact means no records, not an error; a question that the CRM has not is a defect."""
    assert looked(side.crm, _lookup("contact", ADA)) == ()
    assert looked(side.crm, _lookup("deals_of_contact", ADA)) == ()
    for unknown in (_lookup("contact", ADA, "phone"), _lookup("orders", ADA)):
        with pytest.raises(Refused, match="no lookup"):
            looked(side.crm, unknown)


def test_more_deals_than_one_batch_are_all_there(side: Side) -> None:
    """Count in is count out, beyond HubSpot's 100 per batch."""
    side.has_contact(ADA)
    made = {side.has_deal(ADA) for _ in range(205)}
    assert {deal.id for deal in looked(side.crm, _lookup("deals_of_contact", ADA))} == made
