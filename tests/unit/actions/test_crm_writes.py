"""What exactly the CRM's actions write: what is known and different, and nothing else."""

from __future__ import annotations

import pytest

from countersign.actions.crm import CREATE_LEAD, REQUEST_CALLBACK, UPSERT_CONTACT, Contact
from tests.fakes.crm import FakeCrm
from tests.fakes.crm_cases import ADA, CALLBACK, CONTACT, LEAD, crm_for, read


@pytest.mark.parametrize(
    "alike",
    [
        {"phone": "+1 555-0100", "company": " Quill &  Sons "},
        {"firstname": "ADA MARIA", "lastname": "QUILL"},
        {"firstname": "Ada Maria", "lastname": "Quill van Dyck"},
        {"email": "first@example.com", "hs_additional_emails": f"x@example.com;{ADA}"},
    ],
)
def test_another_spelling_of_the_same_is_the_same(alike: dict[str, str]) -> None:
    """Formatted phones, spaces, case, a fuller name and a second address are no difference."""
    crm = FakeCrm()
    receipt = UPSERT_CONTACT.do(crm, CONTACT, "cs-1")
    crm.somebody_edits(receipt.id, **alike)
    assert read(UPSERT_CONTACT, crm, CONTACT, receipt) == dict(UPSERT_CONTACT.expected(CONTACT))


def test_an_existing_contact_is_completed_and_not_taken_over() -> None:
    """Only what is known and different is written; the owner and the opt-out stay."""
    crm = FakeCrm()
    known = {"firstname": "Ada Maria", "lastname": "Quill", "country": "US"}
    there = crm.has_contact(ADA, hubspot_owner_id="1003", hs_email_optout="true", **known)
    receipt = UPSERT_CONTACT.do(crm, CONTACT, "cs-1")
    (write,) = crm.journal
    assert (write.method, write.id) == ("PATCH", there)
    assert write.fields == {
        "phone": "+15550100",
        "company": "Quill & Sons",
        "country": "GB",
        "hs_language": "en",
    }
    assert crm.holds("contacts", there)["hubspot_owner_id"] == "1003"
    assert crm.holds("contacts", there)["hs_email_optout"] == "true"
    assert read(UPSERT_CONTACT, crm, CONTACT, receipt) == dict(UPSERT_CONTACT.expected(CONTACT))


def test_a_contact_without_an_owner_gets_one() -> None:
    """Nobody owns it: the routed seller does from now on."""
    crm = FakeCrm()
    there = crm.has_contact(ADA)
    UPSERT_CONTACT.do(crm, CONTACT, "cs-1")
    assert crm.holds("contacts", there)["hubspot_owner_id"] == "1001"


def test_what_is_not_known_is_not_written() -> None:
    """Empty text means not known: it clears nothing, on a new or on an existing contact."""
    crm = FakeCrm()
    there = crm.has_contact(ADA, firstname="Ada", lastname="Quill", phone="+15550100")
    bare = Contact(email=ADA, name="")
    UPSERT_CONTACT.do(crm, bare, "cs-1")
    UPSERT_CONTACT.do(crm, bare.model_copy(update={"name": "Adi"}), "cs-2")
    assert [write.fields for write in crm.journal] == [{"firstname": "Adi"}]
    assert crm.holds("contacts", there)["lastname"] == "Quill"
    new = UPSERT_CONTACT.do(crm, Contact(email="new@example.com", name=""), "cs-3")
    made = {"email": "new@example.com", "countersign_created_by": "cs-3"}
    assert crm.holds("contacts", new.id) == made


def test_a_contact_that_another_writer_made_first_is_completed() -> None:
    """Two messages at once: the one who comes second completes the contact of the first."""

    class Raced(FakeCrm):
        def find(self, kind: str, field: str, value: str) -> None:  # noqa: ARG002 - sees nothing
            return None

    crm = Raced()
    there = crm.has_contact(ADA, hubspot_owner_id="1002")
    receipt = UPSERT_CONTACT.do(crm, CONTACT, "cs-1")
    assert receipt.id == there
    assert crm.holds("contacts", there)["company"] == "Quill & Sons"
    assert crm.holds("contacts", there)["hubspot_owner_id"] == "1002"


def test_what_is_written_for_a_lead_and_a_callback() -> None:
    """The first stage, the amount with its currency, the call's due time, the key, the contact."""
    crm = crm_for(LEAD)
    CREATE_LEAD.do(crm, LEAD, "cs-1")
    REQUEST_CALLBACK.do(crm, CALLBACK, "cs-2")
    (contact,) = crm.all("contacts")
    deal, task = crm.journal
    assert deal.fields == {
        "dealname": "Forty scanners",
        "pipeline": "default",
        "dealstage": "appointmentscheduled",
        "amount": "1250.00",
        "deal_currency_code": "EUR",
        "description": "Forty handheld scanners\nTimeline: by June\nSource: web form",
        "hubspot_owner_id": "1001",
        "countersign_action_key": "cs-1",
    }
    assert task.fields == {
        "hs_task_subject": "Call Ada back",
        "hs_task_body": "Prefers mornings<br>&lt;b&gt;urgent&lt;/b&gt; &amp; new",
        "hs_timestamp": "2026-03-04T09:30:00.000Z",
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "CALL",
        "hubspot_owner_id": "1002",
        "countersign_action_key": "cs-2",
    }
    assert {deal.contact, task.contact} == {contact.id}


def test_a_lead_without_a_budget_has_no_amount() -> None:
    """Not known is not zero."""
    crm = crm_for(LEAD)
    bare = LEAD.model_copy(update={"budget": None, "timeline": "", "source": ""})
    receipt = CREATE_LEAD.do(crm, bare, "cs-1")
    assert not {"amount", "deal_currency_code"} & set(crm.journal[0].fields)
    assert read(CREATE_LEAD, crm, bare, receipt) == dict(CREATE_LEAD.expected(bare))
